/**
 * Whether the reply can be sent, and if not, why: said in place of the button's effect, on every path (D16, R4).
 */
import type { Composer, ComposerBlock } from '$lib/backend'
import { count } from '$lib/i18n/number'
import { until } from '$lib/i18n/time'
import { m } from '$lib/paraglide/messages'
import { unsendableText } from '$lib/words/files'

const HOUR_MS = 3_600_000

export interface Sendable {
  /** Both buttons work. */
  allowed: boolean
  /** The line beside the buttons. */
  line: string
  tone: 'plain' | 'wait' | 'bad'
}

const blocks: Record<ComposerBlock, () => string> = {
  closed: m.composer_blocked_closed,
  close_queued: m.composer_blocked_close_queued,
  window_expired: m.composer_blocked_window_expired,
  tags_missing: m.composer_blocked_tags_missing,
}

/** Length in Unicode scalar values, as the platform counts (CONTRACT, "Order in full"). */
export function length(text: string): number {
  let scalars = 0
  for (const scalar of text) if (scalar) scalars++
  return scalars
}

export function sendable(text: string, composer: Composer, limit: number, now: number, hint: string): Sendable {
  if (composer.blocked) return { allowed: false, line: blocks[composer.blocked](), tone: 'wait' }
  const windowLeft = composer.window_ends_at ? Date.parse(composer.window_ends_at) - now : Infinity
  if (windowLeft <= 0) return { allowed: false, line: m.composer_blocked_window_expired(), tone: 'wait' }

  // Most replies are far from the limit; UTF-16 units are never fewer than scalar values.
  const left = text.length <= limit * 0.9 ? limit : limit - length(text)
  if (left < 0) return { allowed: false, line: m.composer_over({ count: -left, shown: count(-left) }), tone: 'bad' }
  const unsendable = unsendableText(composer)
  if (unsendable) return { allowed: false, line: unsendable, tone: 'bad' }
  // A file is a reply, also a last one (R4).
  if (/^\p{White_Space}*$/u.test(text) && composer.files.length === 0) {
    return {
      allowed: false,
      line: composer.close_enabled ? m.composer_empty_close() : m.composer_empty(),
      tone: 'plain',
    }
  }
  if (left <= limit / 10)
    return { allowed: true, line: m.composer_left({ count: left, shown: count(left) }), tone: 'wait' }
  if (windowLeft < HOUR_MS && composer.window_ends_at) {
    return { allowed: true, line: m.composer_window({ time: until(composer.window_ends_at, now) }), tone: 'wait' }
  }
  return { allowed: true, line: hint, tone: 'plain' }
}
