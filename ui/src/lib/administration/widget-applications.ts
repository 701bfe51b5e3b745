/** Widget applications: the CRMs that may embed conversations (R12). */
import type { Backend } from '$lib/backend'
import type { WidgetApplication } from '$lib/wire/WidgetApplication'
import type { WidgetApplicationDetails } from '$lib/wire/WidgetApplicationDetails'
import type { WidgetApplicationMade } from '$lib/wire/WidgetApplicationMade'
import type { WidgetApplications as Listed } from '$lib/wire/WidgetApplications'
import { Calls, segment } from './call'

export type { WidgetApplication, WidgetApplicationDetails, WidgetApplicationMade }

const PATH = '/v1/admin/widget-applications'

export class WidgetApplications {
  readonly #calls: Calls

  constructor(backend: Backend) {
    this.#calls = new Calls(backend)
  }

  async list(): Promise<WidgetApplication[]> {
    return (await this.#calls.get<Listed>(PATH)).items
  }

  /** The answer has the secret, this one time. */
  create(details: WidgetApplicationDetails): Promise<WidgetApplicationMade> {
    return this.#calls.post(PATH, details)
  }

  async change(application: WidgetApplication, details: WidgetApplicationDetails): Promise<WidgetApplication> {
    return (await this.#calls.put<WidgetApplication>(one(application), details, version(application))).value
  }

  /** The answer has the secret, this one time. The one before goes on for some hours. */
  renewSecret(application: WidgetApplication, former_valid_for_hours: number): Promise<WidgetApplicationMade> {
    return this.#calls.post(`${one(application)}/secret`, { former_valid_for_hours }, version(application))
  }

  /** Ends every page that is open. */
  revokeTokens(application: WidgetApplication): Promise<void> {
    return this.#calls.delete(`${one(application)}/tokens`, version(application))
  }

  delete(application: WidgetApplication): Promise<void> {
    return this.#calls.delete(one(application), version(application))
  }
}

const one = ({ id }: WidgetApplication) => `${PATH}/${segment(id)}`
const version = ({ version }: WidgetApplication) => `"${version}"`
