/**
 * One open conversation: the newest answer of the engine, the older entries that were scrolled to, and what has been seen.
 *
 * `seen` is the newest customer message that was on the screen. It travels with every reply and closing (D6): what came in
 * below the fold was not seen, and the platform will say so.
 */
import {
  failureOf,
  type AttachedFile,
  type Backend,
  type ConversationView,
  type Failure,
  type TimelineEntry,
} from '$lib/backend'

const OLDER_PAGE = 100

export class OpenConversation {
  view = $state.raw<ConversationView | null>(null)
  entries = $state.raw<TimelineEntry[]>([])
  failure = $state.raw<Failure | null>(null)
  loadingOlder = $state(false)
  seen = $state.raw<string | null>(null)

  #before = $state.raw<string | null>(null)
  #asked = 0
  /** What the engine was told last: telling it again would make it announce again, and this ask again, for ever. */
  #marked: string | null | undefined

  constructor(
    readonly backend: Backend,
    readonly id: string,
  ) {}

  get hasOlder(): boolean {
    return this.#before !== null
  }

  async load() {
    const asked = ++this.#asked
    try {
      const view = await this.backend.conversation(this.id)
      if (asked !== this.#asked) return
      this.#merge(view)
      this.view = view
      this.failure = null
    } catch (reason) {
      if (asked === this.#asked) this.failure = failureOf(reason)
    }
  }

  async loadOlder() {
    const before = this.#before
    if (before === null || this.loadingOlder) return
    this.loadingOlder = true
    try {
      const page = await this.backend.timeline({ conversation_id: this.id, before, limit: OLDER_PAGE })
      this.entries = inOrder([...page.entries, ...this.entries])
      this.#before = page.next
    } catch (reason) {
      this.failure = failureOf(reason)
    } finally {
      this.loadingOlder = false
    }
  }

  /** The end of the timeline is on the screen. */
  markSeen() {
    const newest = this.view?.last_customer_message_id ?? null
    if (newest === this.#marked) return
    this.#marked = newest
    this.seen = newest
    this.backend.markSeen(this.id).catch(() => {
      // The row stays bold until the next look; nothing else depends on it.
    })
  }

  /** The draft's files, as an answer has just named them. What was asked before it knows less, so it is asked again. */
  filesAre(files: AttachedFile[]) {
    if (this.view) this.view = { ...this.view, composer: { ...this.view.composer, files } }
    void this.load()
  }

  #merge(view: ConversationView) {
    const page = view.timeline
    const known = new Set(this.entries.map((entry) => entry.id))
    const continues = page.entries.some((entry) => known.has(entry.id))
    if (this.entries.length === 0 || !continues) {
      this.entries = page.entries
      this.#before = page.next
    } else {
      this.entries = inOrder([...this.entries, ...page.entries])
    }
  }
}

/** Each entry once, the newest version of it, along the timeline. */
function inOrder(entries: TimelineEntry[]): TimelineEntry[] {
  const byId = new Map(entries.map((entry) => [entry.id, entry]))
  return [...byId.values()].sort((one, other) => one.position - other.position)
}
