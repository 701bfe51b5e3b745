/** What is held on customers: found, looked at, handed out, erased. */
import type { Backend } from '$lib/backend'
import type { CustomerSummary } from '$lib/wire/CustomerSummary'
import { Calls, segment, type Versioned } from './call'

export interface CustomerPage {
  items: CustomerSummary[]
  next: string | null
}

export class Customers {
  readonly #calls: Calls

  constructor(backend: Backend) {
    this.#calls = new Calls(backend)
  }

  find(q: string, after: string | null = null): Promise<CustomerPage> {
    return this.#calls.get('/v1/admin/customers', { q, after })
  }

  one(id: string): Promise<Versioned<CustomerSummary>> {
    return this.#calls.read(`/v1/admin/customers/${segment(id)}`)
  }

  /** Marks a customer as very important, or takes the mark away. */
  async mark(id: string, vip: boolean): Promise<CustomerSummary> {
    const { version } = await this.one(id)
    return (await this.#calls.patch<CustomerSummary>(`/v1/admin/customers/${segment(id)}`, { vip }, version)).value
  }

  /** Where everything that is held is handed out, for saving it. */
  file(id: string): string {
    return `/v1/admin/customers/${segment(id)}/data`
  }

  erase(id: string, version: string): Promise<void> {
    return this.#calls.delete(`/v1/admin/customers/${segment(id)}/data`, version)
  }
}
