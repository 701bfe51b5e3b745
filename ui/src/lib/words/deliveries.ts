/**
 * Why something was not delivered. The platform notes its own findings in English words, which are known here; what a provider said
 * stands as it said it, in quotation marks.
 */
import { m } from '$lib/paraglide/messages'

const known: Record<string, () => string> = {
  'no answer in time': m.delivery_why_slow,
  'cannot connect': m.delivery_why_unreachable,
  'the connection broke off': m.delivery_why_broke_off,
}

export function deliveryReason(reason: string): string {
  const status = Number(/^the provider answered (\d{3})$/.exec(reason)?.[1])
  if (status === 401 || status === 403) return m.delivery_why_unauthorised({ status })
  if (status === 404 || status === 410) return m.delivery_why_not_there({ status })
  if (status === 429) return m.delivery_why_too_many({ status })
  if (status >= 500) return m.delivery_why_out_of_order({ status })
  if (status) return m.delivery_why_status({ status })
  return known[reason]?.() ?? m.delivery_why_said({ reason })
}
