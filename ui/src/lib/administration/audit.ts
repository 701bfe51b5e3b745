/** The audit log: filtered pages, and the addresses of its exports. */
import type { AuditEntry, Backend, Page } from '$lib/backend'
import { Calls, where } from './call'

export interface AuditFilter {
  text?: string
  what?: string
  who?: string
  /** The first and the last day, as `YYYY-MM-DD` in the person's own time. */
  from?: string
  to?: string
}

/** The moments that the days stand for: a day is a day where the person sits, and the last one counts in full. */
function moments({ from, to, ...rest }: AuditFilter) {
  const start = (day: string, later: number) => {
    const [year, month, date] = day.split('-').map(Number) as [number, number, number]
    return new Date(year, month - 1, date + later).toISOString()
  }
  return { ...rest, from: from ? start(from, 0) : undefined, to: to ? start(to, 1) : undefined }
}

export class AuditClient {
  readonly #calls: Calls

  constructor(backend: Backend) {
    this.#calls = new Calls(backend)
  }

  page(filter: AuditFilter, after: string | null = null): Promise<Page<AuditEntry>> {
    return this.#calls.get('/v1/audit-log', { ...moments(filter), after })
  }
}

/** Where the log is to be had as a file. */
export function auditExport(filter: AuditFilter, kind: 'csv' | 'jsonl'): string {
  return where(`/v1/exports/audit-log.${kind}`, moments(filter))
}
