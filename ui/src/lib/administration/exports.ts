/** Exports that the platform makes, and their schedule (D51). */
import type { Export } from '$lib/wire/Export'
import type { ExportSchedule } from '$lib/wire/ExportSchedule'
import type { NewExport } from '$lib/wire/NewExport'
import type { UpdateExportSchedule } from '$lib/wire/UpdateExportSchedule'
import { Calls, segment, type Versioned } from './call'

const EXPORTS = '/v1/admin/exports'
const SCHEDULE = '/v1/admin/export-schedule'

export class ExportCalls extends Calls {
  /** The newest of them; older ones are gone after their days. */
  async list(): Promise<Export[]> {
    return (await this.get<{ items: Export[] }>(EXPORTS, { limit: 200 })).items
  }

  ask(days: NewExport): Promise<Export> {
    return this.post(EXPORTS, days)
  }

  remove(id: string): Promise<void> {
    return this.delete(`${EXPORTS}/${segment(id)}`)
  }

  /** Where the file of an export is. */
  static file(id: string): string {
    return `${EXPORTS}/${segment(id)}/file`
  }

  schedule(): Promise<Versioned<ExportSchedule>> {
    return this.read(SCHEDULE)
  }

  saveSchedule(schedule: UpdateExportSchedule, version: string): Promise<Versioned<ExportSchedule>> {
    return this.put(SCHEDULE, schedule, version)
  }
}
