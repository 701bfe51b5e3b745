/**
 * What a browser without our engine keeps of a conversation: the draft, and the clicks that the platform has not confirmed. One record per
 * place (workspace, person, conversation), changed in one transaction, so that a click and the end of its draft are kept together and
 * two tabs cannot both take the same entry away.
 *
 * A browser that forbids storage in frames leaves memory: everything works, and the page says that it has to stay open.
 */
import type { Code } from '../wire'

/** A click under the key that it keeps for life (D5). */
export interface Entry {
  key: string
  close: boolean
  text: string
  seen: string | null
  clickedAt: string
  /** `sending` is written before the first byte leaves; whoever finds it asks before anything is sent again. */
  state: 'queued' | 'sending' | 'checking' | 'needs_attention'
  attempts: number
  triedAt: string | null
  dueAt: number | null
  /** The platform itself has named the time: nothing but the person makes it earlier. */
  told: boolean
  problem: Code | null
  /** Why it waits for the person. */
  code: Code | null
  newer: string | null
  waitsForSwitch: boolean
}

export interface Kept {
  draft: string
  entries: Entry[]
}

export interface Shelf {
  /** Whether what is put here outlives the page. */
  readonly lasting: boolean
  read(place: string): Promise<Kept>
  /** One transaction; answers what is there afterwards. */
  change(place: string, change: (kept: Kept) => Kept): Promise<Kept>
  /** Changes that were made by another tab. */
  listen(place: string, listener: () => void): () => void
}

const NAME = 'signoff-widget'
const STORE = 'places'
const nothing = (): Kept => ({ draft: '', entries: [] })

/** The browser's own storage if it may be used, else memory. */
export async function openShelf(): Promise<Shelf> {
  try {
    return new LastingShelf(await openDatabase())
  } catch {
    return new PassingShelf()
  }
}

export class PassingShelf implements Shelf {
  readonly lasting = false
  readonly #places = new Map<string, Kept>()

  async read(place: string) {
    return structuredClone(this.#places.get(place) ?? nothing())
  }

  async change(place: string, change: (kept: Kept) => Kept) {
    const kept = change(structuredClone(this.#places.get(place) ?? nothing()))
    this.#places.set(place, structuredClone(kept))
    return kept
  }

  listen() {
    return () => undefined
  }
}

class LastingShelf implements Shelf {
  readonly lasting = true
  readonly #told = new BroadcastChannel(NAME)

  constructor(readonly database: IDBDatabase) {}

  read(place: string): Promise<Kept> {
    return new Promise((resolve, reject) => {
      const asked = this.database.transaction(STORE, 'readonly').objectStore(STORE).get(place)
      asked.onsuccess = () => resolve((asked.result as Kept | undefined) ?? nothing())
      asked.onerror = () => reject(failure(asked.error))
    })
  }

  change(place: string, change: (kept: Kept) => Kept): Promise<Kept> {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction(STORE, 'readwrite', { durability: 'strict' })
      const store = transaction.objectStore(STORE)
      const asked = store.get(place)
      let kept = nothing()
      asked.onsuccess = () => {
        try {
          kept = change((asked.result as Kept | undefined) ?? nothing())
        } catch (reason) {
          reject(reason)
          transaction.abort()
          return
        }
        if (kept.draft === '' && kept.entries.length === 0) store.delete(place)
        else store.put(kept, place)
      }
      transaction.oncomplete = () => {
        this.#told.postMessage(place)
        resolve(kept)
      }
      transaction.onabort = () => reject(failure(transaction.error))
    })
  }

  listen(place: string, listener: () => void) {
    const hear = (event: MessageEvent) => event.data === place && listener()
    this.#told.addEventListener('message', hear)
    return () => this.#told.removeEventListener('message', hear)
  }
}

function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(NAME, 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE)
    opening.onsuccess = () => resolve(opening.result)
    opening.onerror = () => reject(opening.error ?? new Error('no storage'))
    opening.onblocked = () => reject(new Error('storage is in use'))
  })
}

/** Nothing was kept: the text stays where it was typed. */
function failure(error: DOMException | null): { code: Code; detail: string } {
  return { code: 'disk_full', detail: error?.name ?? 'storage' }
}
