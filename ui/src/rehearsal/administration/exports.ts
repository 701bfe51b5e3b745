/** Exports and their schedule. What is asked for is ready when the list is looked at the next time but one. */
import type { Failure } from '$lib/backend'
import type { Export } from '$lib/wire/Export'
import type { ExportSchedule } from '$lib/wire/ExportSchedule'
import type { UpdateExportSchedule } from '$lib/wire/UpdateExportSchedule'
import type { Subject } from '.'

const nadia = { id: 'usr_admin', name: 'Nadia Admin' }
const DAY_MS = 86_400_000

function midnight(offsetDays: number): string {
  const day = new Date(Date.now() + offsetDays * DAY_MS)
  return `${day.toISOString().slice(0, 10)}T00:00:00.000Z`
}

function daily(days: number): Export {
  const from = midnight(-days)
  const failed = days === 3
  return {
    id: `exp_${days}`,
    kind: 'daily',
    from,
    to: midnight(1 - days),
    status: failed ? 'failed' : 'ready',
    file_name: `signoff-${from.slice(0, 10)}.zip`,
    asked_at: midnight(1 - days),
    asked_by: null,
    ended_at: midnight(1 - days).replace('T00:00', 'T02:00'),
    bytes: failed ? null : 4_812_345 + days * 91_011,
    sha256: failed ? null : 'c0ffee',
    files: [],
    reason: failed ? 'disk-full' : null,
  }
}

export function exports(): Subject {
  let list: Export[] = [1, 2, 3, 4].map(daily)
  let version = 1
  let schedule: ExportSchedule = {
    enabled: true,
    hour: 2,
    keep_days: 7,
    next_at: midnight(1).replace('T00:00', 'T02:00'),
    changed_at: null,
    changed_by: null,
  }

  return ({ method, path, body, version: seen }) => {
    const [subject] = path.split('?')
    if (subject === '/v1/admin/export-schedule') {
      if (method === 'PUT') {
        if (seen !== String(version)) throw { code: 'settings_stale', problem: 'stale' } satisfies Failure
        version++
        const wanted = body as UpdateExportSchedule
        const next_at = wanted.enabled ? midnight(1).replace('T00', `T${String(wanted.hour).padStart(2, '0')}`) : null
        schedule = { ...wanted, next_at, changed_at: new Date().toISOString(), changed_by: nadia }
      }
      return { body: schedule, version: String(version) }
    }
    if (!subject?.startsWith('/v1/admin/exports')) return
    if (method === 'POST') {
      const { from, to } = body as { from: string; to: string }
      const asked: Export = {
        ...daily(0),
        id: `exp_asked_${list.length}`,
        kind: 'requested',
        from: `${from}T00:00:00.000Z`,
        to: `${to}T00:00:00.000Z`,
        status: 'waiting',
        file_name: `signoff-${from}.zip`,
        asked_at: new Date().toISOString(),
        asked_by: nadia,
        ended_at: null,
        bytes: null,
        sha256: null,
      }
      list = [asked, ...list]
      return { status: 201, body: asked }
    }
    if (method === 'DELETE') {
      list = list.filter(({ id }) => !subject.endsWith(id))
      return { status: 204 }
    }
    const shown = list
    const ended_at = new Date().toISOString()
    list = list.map((one) => (one.status === 'waiting' ? { ...one, status: 'ready', bytes: 1_234_567, ended_at } : one))
    return { body: { items: shown, next: null } }
  }
}
