/**
 * Calls of the platform's administration, as the clients of this folder make them: one file per subject, each method typed with the
 * contract's own shapes. All of them need the network and reject with a {@link Failure}, whose `problem` is the platform's own code.
 */
import { failureOf, type Administer, type Backend, type Failure } from '$lib/backend'

/** A document with the version that a change of it has to name. */
export interface Versioned<T> {
  value: T
  version: string
}

type Values = Record<string, string | number | boolean | null | undefined>

/** A path with its parameters; those without a value are left out. */
export function where(path: string, values: Values = {}): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== null && value !== '') query.set(name, String(value))
  }
  const text = query.toString()
  return text === '' ? path : `${path}?${text}`
}

/** Nothing of the administration is queued, so nobody tries again but whoever asked: the sentence has to say so. */
function untried(failure: Failure): Failure {
  const problem = failure.code === 'platform_unavailable' || failure.code === 'platform_nonsense'
  return problem ? { ...failure, problem: failure.code } : failure
}

/** One segment of a path, for an id from the platform. */
export function segment(id: string): string {
  return encodeURIComponent(id)
}

export class Calls {
  constructor(readonly backend: Backend) {}

  async get<T>(path: string, values?: Values): Promise<T> {
    return (await this.#make('GET', where(path, values))).value as T
  }

  async read<T>(path: string): Promise<Versioned<T>> {
    return (await this.#make('GET', path)) as Versioned<T>
  }

  async post<T>(path: string, body: unknown = {}, version: string | null = null): Promise<T> {
    return (await this.#make('POST', path, body, version)).value as T
  }

  /** Has something done to a document as it was seen. */
  async change<T>(path: string, version: string): Promise<Versioned<T>> {
    return (await this.#make('POST', path, {}, version)) as Versioned<T>
  }

  async put<T>(path: string, body: unknown, version: string): Promise<Versioned<T>> {
    return (await this.#make('PUT', path, body, version)) as Versioned<T>
  }

  async patch<T>(path: string, body: unknown, version: string): Promise<Versioned<T>> {
    return (await this.#make('PATCH', path, body, version)) as Versioned<T>
  }

  async delete(path: string, version: string | null = null): Promise<void> {
    await this.#make('DELETE', path, null, version)
  }

  async #make(method: Administer['method'], path: string, body: unknown = null, version: string | null = null) {
    const answer = await this.backend.administer({ method, path, body, version }).catch((reason: unknown) => {
      throw untried(failureOf(reason))
    })
    return { value: answer.body, version: answer.version ?? '' }
  }
}
