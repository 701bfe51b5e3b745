/** Days, and what can be wrong with office hours before the platform is asked. */
import type { OfficeHours, OpeningHours, Weekday } from '$lib/backend'
import { locale } from '$lib/i18n/locale.svelte'
import { m } from '$lib/paraglide/messages'

export const DAYS: Weekday[] = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']

/** The name of a weekday, as it stands alone. */
export function dayName(day: Weekday): string {
  // 1 January 2024 was a Monday.
  const date = new Date(Date.UTC(2024, 0, 1 + DAYS.indexOf(day)))
  const name = new Intl.DateTimeFormat(locale.tag, { weekday: 'long', timeZone: 'UTC' }).format(date)
  return name.charAt(0).toLocaleUpperCase(locale.tag) + name.slice(1)
}

export function faultOf(office: OfficeHours): string | null {
  for (const day of office.week) {
    if (!follow(day.hours)) return m.hours_fault({ day: dayName(day.day) })
  }
  for (const holiday of office.holidays) {
    if (holiday.name.trim() === '') return m.hours_holiday_unnamed()
    if (!follow(holiday.hours)) return m.hours_fault({ day: holiday.name })
  }
  const dates = office.holidays.map((holiday) => holiday.date)
  return new Set(dates).size < dates.length ? m.hours_date_twice() : null
}

/** Each begins before it ends, and after the one before it has ended. */
function follow(hours: OpeningHours[]): boolean {
  let end = '00:00'
  for (const { opens, closes } of hours) {
    if (opens === '' || closes === '' || opens < end || closes <= opens) return false
    end = closes
  }
  return true
}
