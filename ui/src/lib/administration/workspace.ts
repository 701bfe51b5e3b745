/** The workspace as a whole, and when it is open. */
import type { Backend, OfficeHours, OfficeHoursView, UpdateWorkspace, WorkspaceSettings } from '$lib/backend'
import { Calls, type Versioned } from './call'

const WORKSPACE = '/v1/admin/workspace'
const HOURS = '/v1/admin/office-hours'

export class WorkspaceAdministration {
  readonly #calls: Calls

  constructor(backend: Backend) {
    this.#calls = new Calls(backend)
  }

  read(): Promise<Versioned<WorkspaceSettings>> {
    return this.#calls.read(WORKSPACE)
  }

  save(settings: UpdateWorkspace, version: string): Promise<Versioned<WorkspaceSettings>> {
    return this.#calls.put(WORKSPACE, settings, version)
  }

  hours(): Promise<Versioned<OfficeHoursView>> {
    return this.#calls.read(HOURS)
  }

  saveHours(hours: OfficeHours, version: string): Promise<Versioned<OfficeHoursView>> {
    return this.#calls.put(HOURS, hours, version)
  }
}
