/** The workspace and its office hours, rehearsed. */
import type { Failure, OfficeHours, OfficeHoursView, UpdateWorkspace, WorkspaceSettings } from '$lib/backend'
import type { Subject } from '.'

const stale = { code: 'settings_stale', problem: 'stale' } satisfies Failure

export function workspace(): Subject {
  const by = { changed_at: null, changed_by: null }
  let settings: WorkspaceSettings = {
    name: 'Demo workspace',
    time_zone: 'Europe/Paris',
    default_language: 'en',
    team_mandatory: false,
    address: null,
    ...by,
  }
  let hours: OfficeHours = {
    always_open: false,
    week: (['monday', 'tuesday', 'wednesday', 'thursday', 'friday'] as const).map((day) => ({
      day,
      hours: [
        { opens: '09:00', closes: '12:30' },
        { opens: '14:00', closes: '18:00' },
      ],
    })),
    holidays: [
      { date: '2026-12-25', yearly: true, name: 'Christmas', hours: [] },
      { date: '2026-12-24', yearly: true, name: 'Christmas Eve', hours: [{ opens: '09:00', closes: '12:00' }] },
    ],
  }
  const versions = { workspace: 1, hours: 1 }
  const changed = () => ({ changed_at: new Date().toISOString(), changed_by: { id: 'usr_admin', name: 'Nadia Admin' } })
  let hoursBy: Pick<OfficeHoursView, 'changed_at' | 'changed_by'> = by

  return ({ method, path, body, version }) => {
    if (path === '/v1/admin/workspace') {
      if (method === 'PUT') {
        if (version !== `"${versions.workspace}"`) throw stale
        settings = { ...(body as UpdateWorkspace), address: settings.address, ...changed() }
        versions.workspace++
      }
      return { body: settings, version: `"${versions.workspace}"` }
    }
    if (path === '/v1/admin/office-hours') {
      if (method === 'PUT') {
        if (version !== `"${versions.hours}"`) throw stale
        hours = body as OfficeHours
        hoursBy = changed()
        versions.hours++
      }
      const view: OfficeHoursView = {
        hours,
        time_zone: settings.time_zone,
        open_now: hours.always_open,
        changes_at: hours.always_open ? null : '2026-03-09T08:00:00.000Z',
        ...hoursBy,
      }
      return { body: view, version: `"${versions.hours}"` }
    }
    return undefined
  }
}
