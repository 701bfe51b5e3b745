/** Figures that look like a busy team's: the same for the same days, so that pictures and tests can be compared. */
import { plus } from '$lib/figures/period'
import { channels } from '../platform'
import type { Subject } from '.'

const people = [
  { id: 'usr_alice', name: 'Alice Martin', share: 0.5 },
  { id: 'usr_bob', name: 'Bob Carter', share: 0.25 },
  { id: 'usr_xavier', name: 'Xavier Lenoir', share: 0.05, gone: true },
  { id: 'scenario_webchat', name: 'Web chat scenario', share: 0.2 },
]
const teams = [
  { id: 'none', name: 'none', share: 0.1 },
  { id: 'team_billing', name: 'Billing', share: 0.55 },
  { id: 'team_delivery', name: 'Delivery', share: 0.3 },
  { id: 'team_fax', name: 'Fax desk', share: 0.05, gone: true },
]
const columns: [string, number][] = [
  ['answer', 320],
  ['close-conversation', 84],
  ['archive', 31],
  ['execute-answer', 2],
  ['assign', 140],
  ['release', 12],
  ['hold', 18],
  ['help-request', 6],
  ['note', 44],
  ['tag', 120],
  ['route', 61],
]

type Numbers = Record<string, number>

/** Weekends are quiet, and no two days are alike. */
function busy(day: string): number {
  const date = new Date(`${day}T00:00:00Z`)
  const turn = Math.sin(date.getTime() / 86_400_000) * 0.25 + Math.cos(date.getTime() / 432_000_000) * 0.15
  return ([0, 6].includes(date.getUTCDay()) ? 0.15 : 1) * (1 + turn)
}

function scaled(by: number): Numbers {
  return Object.fromEntries(columns.map(([name, usual]) => [name, Math.round(usual * by)]))
}

function sum(rows: { counts: Numbers }[]): Numbers {
  const total = (name: string) => rows.reduce((all, { counts }) => all + (counts[name] ?? 0), 0)
  return Object.fromEntries(columns.map(([name]) => [name, Math.round(total(name) * (name === 'answer' ? 1 : 0.96))]))
}

function daysBetween(from: string, to: string): string[] {
  const days = []
  for (let day = from; day < to && days.length < 4000; day = plus(day, 1)) days.push(day)
  return days
}

function keyOf(group: string, day: string): string {
  if (group === 'month') return day.slice(0, 7)
  if (group === 'day') return day
  return plus(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7))
}

function partsOf(group: string) {
  if (group === 'author') return people
  if (group === 'team') return teams
  return group === 'channel' ? channels.map(({ id, name }) => ({ id, name, share: 1 / 3 })) : null
}

function rowsOf(group: string, days: string[], weight: number, author: string | null) {
  const kinds: Record<string, string> = { advisor: 'usr_', scenario: 'scenario_' }
  const is = (id: string) => author === null || id.startsWith(kinds[author] ?? author)
  const parts = partsOf(group)?.filter(({ id }) => group !== 'author' || is(id))
  const all = days.reduce((sum, day) => sum + busy(day), 0) * weight
  if (parts) return parts.map(({ id, name, share }) => ({ key: id, name, by: all * share }))
  const by = new Map<string, number>()
  for (const day of days) by.set(keyOf(group, day), (by.get(keyOf(group, day)) ?? 0) + busy(day) * weight)
  return [...by].map(([key, by]) => ({ key, name: key, by }))
}

function volumes(group: string, days: string[], weight: number, author: string | null = null) {
  const rows = rowsOf(group, days, weight, author).map(({ key, name, by }) => ({ key, name, counts: scaled(by) }))
  return { rows, totals: sum(rows) }
}

function delays(group: string, days: string[], weight: number) {
  const rows = rowsOf(group, days, weight, 'advisor').map(({ key, name, by }) => {
    const count = Math.round(by * 80)
    const some = count > 0
    return { key, name, count, median_s: some ? 200 + (by % 1) * 90 : null, p90_s: some ? 1500 + (by % 1) * 900 : null }
  })
  const count = rows.reduce((all, row) => all + row.count, 0)
  const ends = [60, 300, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400, null]
  const shares = [0.08, 0.45, 0.2, 0.12, 0.07, 0.04, 0.02, 0.01, 0.007, 0.003]
  const distribution = ends.map((up_to_s, index) => ({ up_to_s, count: Math.round(count * (shares[index] ?? 0)) }))
  const [median_s, p90_s] = count > 0 ? [241, 1830] : [null, null]
  return { count, median_s, p90_s, distribution, rows }
}

export function figures(): Subject {
  return ({ method, path }) => {
    const [subject, query = ''] = path.split('?')
    if (method !== 'GET') return
    if (subject === '/v1/directory') {
      const there = ({ id, gone }: { id: string; gone?: boolean }) => !gone && id !== 'none'
      const users = people
        .filter((one) => there(one) && one.id.startsWith('usr_'))
        .map(({ id, name }) => ({ id, name }))
      const routed = teams.filter(there).map(({ id, name }) => ({ id, name }))
      return { body: { channels, teams: routed, users, tags: [], canned_replies: [] } }
    }
    if (!subject?.startsWith('/v1/analytics/')) return
    const asked = new URLSearchParams(query)
    // Without a range: of all time, as far as that goes here.
    const [from, to] = [asked.get('from') ?? '2026-01-01', asked.get('to') ?? '2026-12-31']
    const days = daysBetween(from, to)
    const before = daysBetween(plus(from, -days.length), from)
    const group = asked.get('group_by') ?? 'day'
    const author = asked.get('author')
    const parts: Record<string, number> = { advisor: 0.8, scenario: 0.2, nobody: 0 }
    const ofAuthor = author === null ? 1 : (parts[author] ?? 0.4)
    const weight = ofAuthor * (asked.get('team') ? 0.4 : 1) * (asked.get('channel') ? 0.33 : 1)
    const period = { from: `${plus(from, -days.length)}T00:00:00.000Z`, to: `${from}T00:00:00.000Z` }
    const compared = asked.get('compare') !== null

    if (subject === '/v1/analytics/actions') {
      const previous = compared ? { previous: { ...period, ...volumes(group, before, weight * 0.9, author) } } : {}
      return { body: { columns: columns.map(([name]) => name), ...volumes(group, days, weight, author), ...previous } }
    }
    if (subject === '/v1/analytics/delays') {
      const { count } = delays(group, before, weight)
      const previous = compared ? { previous: { ...period, count, median_s: 262, p90_s: 2010 } } : {}
      // Nights and weekends do not count: answers come a third of the time sooner.
      const counted = asked.get('time') === 'office_hours' ? 2 / 3 : 1
      const all = delays(group, days, weight)
      const shorter = <T extends { median_s: number | null; p90_s: number | null }>(row: T) => ({
        ...row,
        median_s: row.median_s && row.median_s * counted,
        p90_s: row.p90_s && row.p90_s * counted,
      })
      return { body: { ...shorter(all), rows: all.rows.map(shorter), ...previous } }
    }
    return undefined
  }
}
