/** How the office hours stand at a moment, in words: within or outside, and what comes next. */
import { locale } from '$lib/i18n/locale.svelte'
import { m } from '$lib/paraglide/messages'
import type { OfficeMoment } from '$lib/wire/OfficeMoment'

const SIX_DAYS_MS = 6 * 86_400_000

/** “Outside office hours: the workspace opens Monday 09:00”. */
export function officeText(office: OfficeMoment): string {
  const time = nextChange(office)
  if (office.open) return time === null ? m.office_always() : m.office_within({ time })
  return time === null ? m.office_never() : m.office_outside({ time })
}

/** The day and the time of the workspace at which it opens or closes next; `null`: never. */
export function nextChange({ at, changes_at, time_zone }: Omit<OfficeMoment, 'open'>): string | null {
  if (changes_at === null) return null
  const far = Date.parse(changes_at) - Date.parse(at) > SIX_DAYS_MS
  const date = far ? ({ day: 'numeric', month: 'long' } as const) : {}
  const options = { weekday: 'long', ...date, hour: '2-digit', minute: '2-digit', timeZone: time_zone } as const
  return new Intl.DateTimeFormat(locale.tag, options).format(new Date(changes_at))
}
