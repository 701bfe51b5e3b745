/**
 * What a browser without our engine keeps of a conversation: the draft, and the clicks that the platform has not confirmed. One record per
 * place (workspace, person, conversation), changed in one transaction, so that a click and the end of its draft are kept together, an entry
 * that goes to another place is never in both, and two tabs cannot both take the same entry away.
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

/** What is kept in two places. */
export interface Pair {
  from: Kept
  to: Kept
}

export interface Shelf {
  /** Whether what is put here outlives the page. */
  readonly lasting: boolean
  read(place: string): Promise<Kept>
  /** One transaction; answers what is there afterwards. */
  change(place: string, change: (kept: Kept) => Kept): Promise<Kept>
  /** Both places in one transaction: either both are changed or none is. */
  changeBoth(from: string, to: string, change: (pair: Pair) => Pair): Promise<Pair>
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
    return this.#copy(place)
  }

  async change(place: string, change: (kept: Kept) => Kept) {
    const kept = change(this.#copy(place))
    this.#places.set(place, structuredClone(kept))
    return kept
  }

  async changeBoth(from: string, to: string, change: (pair: Pair) => Pair) {
    const pair = change({ from: this.#copy(from), to: this.#copy(to) })
    this.#places.set(from, structuredClone(pair.from))
    this.#places.set(to, structuredClone(pair.to))
    return pair
  }

  listen() {
    return () => undefined
  }

  #copy(place: string): Kept {
    return structuredClone(this.#places.get(place) ?? nothing())
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

  async change(place: string, change: (kept: Kept) => Kept): Promise<Kept> {
    const [kept] = await this.#changeAll([place], ([kept]) => [change(kept!)])
    return kept!
  }

  async changeBoth(from: string, to: string, change: (pair: Pair) => Pair): Promise<Pair> {
    const kept = await this.#changeAll([from, to], ([from, to]) => {
      const pair = change({ from: from!, to: to! })
      return [pair.from, pair.to]
    })
    return { from: kept[0]!, to: kept[1]! }
  }

  #changeAll(places: string[], change: (kept: Kept[]) => Kept[]): Promise<Kept[]> {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction(STORE, 'readwrite', { durability: 'strict' })
      const store = transaction.objectStore(STORE)
      const asked = places.map((place) => store.get(place))
      let kept: Kept[] = []
      // They are answered in the order in which they were asked.
      asked.at(-1)!.onsuccess = () => {
        try {
          kept = change(asked.map(({ result }) => (result as Kept | undefined) ?? nothing()))
        } catch (reason) {
          reject(reason)
          transaction.abort()
          return
        }
        places.forEach((place, number) => {
          const now = kept[number]!
          if (now.draft === '' && now.entries.length === 0) store.delete(place)
          else store.put(now, place)
        })
      }
      transaction.oncomplete = () => {
        places.forEach((place) => this.#told.postMessage(place))
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
