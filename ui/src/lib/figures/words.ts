/** The names of columns, rows and lengths of time. */
import type { GroupBy } from '$lib/administration/figures'
import { locale } from '$lib/i18n/locale.svelte'
import { m } from '$lib/paraglide/messages'
import type { Period } from './period'

const columns: Record<string, () => string> = {
  answer: m.column_answer,
  'close-conversation': m.column_close_conversation,
  archive: m.column_archive,
  'execute-answer': m.column_execute_answer,
  assign: m.column_assign,
  release: m.column_release,
  hold: m.column_hold,
  'help-request': m.column_help_request,
  note: m.column_note,
  tag: m.column_tag,
  route: m.column_route,
}

/** A column of a newer platform goes by its own name. */
export function columnName(column: string): string {
  return columns[column]?.() ?? column
}

/** Columns whose totals count conversations (D50). */
export const aboutConversations = new Set([
  'close-conversation',
  'archive',
  'assign',
  'release',
  'hold',
  'help-request',
  'tag',
  'route',
])

/** Closing first: that is what one comes for; then as often as they are used. */
const ORDER = [
  'close-conversation',
  'answer',
  'archive',
  'note',
  'assign',
  'release',
  'hold',
  'help-request',
  'tag',
  'route',
]

export function inOrder(names: string[]): string[] {
  const place = (name: string) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length)
  return [...names].sort((one, other) => place(one) - place(other))
}

/** Whether rows are stretches of time, one after the other. */
export function isDated(group: GroupBy): boolean {
  return group === 'day' || group === 'week' || group === 'month'
}

export function groupName(group: GroupBy): string {
  switch (group) {
    case 'day':
      return m.group_day()
    case 'week':
      return m.group_week()
    case 'month':
      return m.group_month()
    case 'author':
      return m.group_author()
    case 'channel':
      return m.group_channel()
    case 'team':
      return m.group_team()
  }
}

export function periodName(period: Period): string {
  switch (period) {
    case 'today':
      return m.period_today()
    case 'yesterday':
      return m.period_yesterday()
    case 'last_7_days':
      return m.period_last_7_days()
    case 'last_30_days':
      return m.period_last_30_days()
    case 'this_month':
      return m.period_this_month()
    case 'last_month':
      return m.period_last_month()
    case 'this_year':
      return m.period_this_year()
    case 'last_12_months':
      return m.period_last_12_months()
    case 'free':
      return m.period_free()
  }
}

/** A row's name: days as people write them, everything else as it is called. */
export function rowName(group: GroupBy, row: { key: string; name: string }): string {
  const utc = { timeZone: 'UTC' } as const
  switch (group) {
    case 'day':
      return dated(row.key, { ...utc, weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' })
    case 'week':
      return m.week_of({ date: dated(row.key, { ...utc, day: 'numeric', month: 'short', year: 'numeric' }) })
    case 'month':
      return dated(`${row.key}-01`, { ...utc, month: 'long', year: 'numeric' })
    case 'team':
      return row.key === 'none' ? m.team_none() : row.name
    case 'author':
    case 'channel':
      return row.name
  }
}

/** Rows in the order in which they are looked at: days as they follow each other, everything else by name, what has none at the end. */
export function inRows<T extends { key: string; name: string }>(group: GroupBy, rows: T[]): T[] {
  if (isDated(group)) return rows
  const last = ({ key }: T) => Number(group === 'team' && key === 'none')
  return [...rows].sort(
    (one, other) => last(one) - last(other) || rowName(group, one).localeCompare(rowName(group, other), locale.tag),
  )
}

/** How the CSV is told of the order of a table's rows. */
export function sortOf(group: GroupBy, order: { column: string; descending: boolean } | null): string | null {
  const first = isDated(group) ? 'key' : 'name'
  if (!order) return isDated(group) ? null : first
  return (order.descending ? '-' : '') + (order.column === 'key' ? first : order.column)
}

/** The same, short: under a chart. */
export function rowLabel(group: GroupBy, row: { key: string; name: string }): string {
  const utc = { timeZone: 'UTC' } as const
  if (group === 'day' || group === 'week') return dated(row.key, { ...utc, day: 'numeric', month: 'short' })
  if (group === 'month') return dated(`${row.key}-01`, { ...utc, month: 'short', year: '2-digit' })
  return rowName(group, row)
}

export function dated(day: string, options: Intl.DateTimeFormatOptions): string {
  const at = new Date(`${day}T00:00:00Z`)
  return Number.isNaN(at.getTime()) ? day : new Intl.DateTimeFormat(locale.tag, options).format(at)
}

/** A length of time in at most two units: "45 s", "3 min 20 s", "2 h 5 min", "1 d 3 h". */
export function lengthOf(seconds: number | null): string {
  if (seconds === null) return '–'
  const whole = Math.round(seconds)
  if (whole < 60) return m.length_seconds({ count: whole })
  if (whole < 3600) return two(m.length_minutes({ count: Math.floor(whole / 60) }), whole % 60, m.length_seconds)
  const minutes = Math.round(whole / 60)
  if (minutes < 1440) return two(m.length_hours({ count: Math.floor(minutes / 60) }), minutes % 60, m.length_minutes)
  const hours = Math.round(minutes / 60)
  return two(m.length_days({ count: Math.floor(hours / 24) }), hours % 24, m.length_hours)
}

function two(large: string, rest: number, small: (inputs: { count: number }) => string): string {
  return rest === 0 ? large : `${large} ${small({ count: rest })}`
}

/** A bucket of delays: what is longer than the end of the one before, up to its own end, which belongs to it. */
export function bucketName(upTo: number | null, before: number | null): string {
  if (upTo === null) return m.bucket_over({ length: lengthOf(before) })
  if (before === null) return m.bucket_within({ length: lengthOf(upTo) })
  return m.bucket_between({ from: lengthOf(before), to: lengthOf(upTo) })
}
