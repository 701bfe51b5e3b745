/** Times as people say them: short and relative on the screen, absolute on hover and for screen readers. */
import { m } from '$lib/paraglide/messages'
import { locale } from './locale.svelte'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

const formats = new Map<string, Intl.DateTimeFormat>()

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale.tag}${JSON.stringify(options)}`
  let made = formats.get(key)
  if (!made) {
    made = new Intl.DateTimeFormat(locale.tag, options)
    formats.set(key, made)
  }
  return made
}

/** "now", "4 min", "3 h", "2 d", then the date. */
export function ago(at: string, now: number): string {
  const age = now - Date.parse(at)
  if (age < MINUTE_MS) return m.time_now()
  if (age < HOUR_MS) return m.time_minutes({ count: Math.floor(age / MINUTE_MS) })
  if (age < DAY_MS) return m.time_hours({ count: Math.floor(age / HOUR_MS) })
  if (age < 7 * DAY_MS) return m.time_days({ count: Math.floor(age / DAY_MS) })
  return date(at, now)
}

/** How long until then, at least a minute. */
export function until(at: string, now: number): string {
  const left = Math.max(MINUTE_MS, Date.parse(at) - now)
  if (left < HOUR_MS) return m.time_minutes({ count: Math.ceil(left / MINUTE_MS) })
  if (left < DAY_MS) return m.time_hours({ count: Math.round(left / HOUR_MS) })
  return m.time_days({ count: Math.round(left / DAY_MS) })
}

/** The time of day. */
export function timeOfDay(at: string): string {
  return format({ hour: '2-digit', minute: '2-digit' }).format(new Date(at))
}

/** The date, with its year only if that is not this one. */
export function date(at: string, now: number): string {
  const then = new Date(at)
  const sameYear = then.getFullYear() === new Date(now).getFullYear()
  return format({ day: 'numeric', month: 'short', ...(sameYear ? {} : { year: 'numeric' }) }).format(then)
}

/** A time to the minute, with its day only if that is not today. */
export function moment(at: string, now: number): string {
  if (sameDay(at, new Date(now).toISOString())) return timeOfDay(at)
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear()
  const year = sameYear ? {} : { year: 'numeric' as const }
  return format({ day: 'numeric', month: 'short', ...year, hour: '2-digit', minute: '2-digit' }).format(new Date(at))
}

/** A day as a heading: today, yesterday, or weekday and date. */
export function day(at: string, now: number): string {
  const midnight = new Date(now).setHours(0, 0, 0, 0)
  const then = Date.parse(at)
  if (then >= midnight) return m.time_today()
  if (then >= midnight - DAY_MS) return m.time_yesterday()
  const sameYear = new Date(then).getFullYear() === new Date(now).getFullYear()
  const year = sameYear ? {} : { year: 'numeric' as const }
  return format({ weekday: 'long', day: 'numeric', month: 'long', ...year }).format(new Date(then))
}

/** Everything: for hover, screen readers and the audit log. */
export function absolute(at: string): string {
  return format({ dateStyle: 'long', timeStyle: 'short' }).format(new Date(at))
}

/** Whether two times are on the same day, here. */
export function sameDay(one: string, other: string): boolean {
  return new Date(one).toDateString() === new Date(other).toDateString()
}
