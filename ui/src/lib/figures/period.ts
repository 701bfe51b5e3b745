/** Days as people choose them. A day is a text, YYYY-MM-DD; the platform knows in which time zone it begins. */

export const periods = [
  'today',
  'yesterday',
  'last_7_days',
  'last_30_days',
  'this_month',
  'last_month',
  'this_year',
  'last_12_months',
  'free',
] as const

export type Period = (typeof periods)[number]

/** The first and the last day. */
export interface Days {
  first: string
  last: string
}

/** The days of a period that is not free, seen from today. */
export function daysOf(period: Exclude<Period, 'free'>, today: string): Days {
  const [year = 0, month = 0] = today.split('-').map(Number)
  switch (period) {
    case 'today':
      return { first: today, last: today }
    case 'yesterday':
      return { first: plus(today, -1), last: plus(today, -1) }
    case 'last_7_days':
      return { first: plus(today, -6), last: today }
    case 'last_30_days':
      return { first: plus(today, -29), last: today }
    case 'this_month':
      return { first: day(year, month, 1), last: today }
    case 'last_month':
      return { first: day(year, month - 1, 1), last: day(year, month, 0) }
    case 'this_year':
      return { first: day(year, 1, 1), last: today }
    case 'last_12_months':
      return { first: plus(day(year - 1, month, Number(today.slice(8))), 1), last: today }
  }
}

/** So many days later. */
export function plus(text: string, days: number): string {
  const at = new Date(`${text}T00:00:00Z`)
  at.setUTCDate(at.getUTCDate() + days)
  return at.toISOString().slice(0, 10)
}

/** The Monday of a day's week. */
export function mondayOf(day: string): string {
  return plus(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7))
}

/** The keys of all days, weeks or months from one day to the day before another. */
export function everyKey(group: 'day' | 'week' | 'month', from: string, to: string): string[] {
  const keys = new Set<string>()
  for (let day = from; day < to; day = plus(day, 1)) {
    keys.add(group === 'day' ? day : group === 'week' ? mondayOf(day) : day.slice(0, 7))
  }
  return [...keys]
}

export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`))
}

/** The system's time zone, by its IANA name. */
export function timeZone(): string {
  const name = Intl.DateTimeFormat().resolvedOptions().timeZone
  return name && name !== 'Etc/Unknown' ? name : 'UTC'
}

/** The day that it is in a time zone. */
export function todayIn(zone: string, now: number): string {
  // Sweden writes dates as ISO 8601 does.
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' }).format(new Date(now)).slice(0, 10)
}

function day(year: number, month: number, date: number): string {
  return new Date(Date.UTC(year, month - 1, date)).toISOString().slice(0, 10)
}
