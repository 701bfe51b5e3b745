/** Words of the channels' page. */
import type { ChannelSettings, Failure } from '$lib/backend'
import { count } from '$lib/i18n/number'
import { absolute } from '$lib/i18n/time'
import { m } from '$lib/paraglide/messages'
import { sentence } from '$lib/words/codes'
import { deliveryReason } from '$lib/words/deliveries'

/** The names of the kinds, which are the same in every language but for our own. */
export function typeName(type: string): string {
  const names: Record<string, string> = {
    web_chat: m.channel_type_web_chat(),
    whatsapp: 'WhatsApp',
    messenger: 'Messenger',
    instagram: 'Instagram',
    apple_messages: 'Apple Messages',
    rcs: 'RCS',
    kakaotalk: 'KakaoTalk',
    line: 'LINE',
  }
  return names[type] ?? type
}

/** How deliveries go, in a sentence. */
export function deliveriesText({ rules, deliveries }: ChannelSettings): string {
  if (deliveries.failing > 0) {
    return m.channel_deliveries_failing({
      count: count(deliveries.waiting),
      reason: deliveryReason(deliveries.reason ?? ''),
    })
  }
  if (deliveries.waiting > 0) return m.channel_deliveries_waiting({ count: count(deliveries.waiting) })
  if (rules.provider.type === 'polling') return m.channel_deliveries_polling()
  if (deliveries.last_success_at) return m.channel_deliveries_ok({ time: absolute(deliveries.last_success_at) })
  return m.channel_deliveries_none()
}

/** What the platform refused, where it said more than the app's own code does. */
export function refusal(failure: Failure): string {
  switch (failure.problem) {
    case 'address-refused':
      return m.channel_problem_address()
    case 'channel-unknown':
      return m.channel_problem_unknown()
    case 'invalid-body':
    case 'invalid-value':
      return m.channel_problem_invalid()
    default:
      return sentence(failure)
  }
}
