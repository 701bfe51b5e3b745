/** The rehearsal's audit log, narrowed as the platform narrows it. */
import type { AuditEntry, Page } from '$lib/backend'

const PAGE = 50

export function auditPage(entries: AuditEntry[], path: string): Page<AuditEntry> {
  const asked = new URLSearchParams(path.split('?')[1])
  const text = (asked.get('text') ?? '').toLowerCase()
  const [what, who] = [asked.get('what'), asked.get('who')]
  const [from, to] = [asked.get('from') ?? '', asked.get('to') ?? '9999']
  const fitting = entries
    .filter((entry) => !what || entry.what === what || entry.what.startsWith(`${what}.`))
    .filter((entry) => !who || entry.who.id === who)
    .filter((entry) => entry.at >= from && entry.at < to)
    .filter((entry) => JSON.stringify(entry).toLowerCase().includes(text))
  const begin = Number(asked.get('after') ?? 0)
  const next = begin + PAGE < fitting.length ? String(begin + PAGE) : null
  return { items: fitting.slice(begin, begin + PAGE), next }
}
