/**
 * The rows of the inbox: what is asked, what is shown, and what waits until it may be shown.
 *
 * Rows must not jump under the pointer. While the pointer is over the list, conversations that come or go wait behind "3 new";
 * what changes within a row is shown at once. When the pointer leaves, the list becomes what it should be.
 */
import {
  failureOf,
  type Backend,
  type ChannelRef,
  type ConversationState,
  type Failure,
  type InboxPage,
  type InboxQuery,
  type InboxRow,
  type Scope,
  type TabCounts,
} from '$lib/backend'

const PAGE = 100
/** The most that the engine answers at once. */
const MOST = 500

/** What a new list asks. The window asks it with its first breath, so that the answer is there when the list is. */
export const FIRST_QUESTION: InboxQuery = {
  tab: 'received',
  scope: 'all',
  channel_id: null,
  search: null,
  after: null,
  limit: PAGE,
}

export class InboxList {
  tab = $state<ConversationState>(FIRST_QUESTION.tab)
  scope = $state<Scope>(FIRST_QUESTION.scope)
  channelId = $state<string | null>(FIRST_QUESTION.channel_id)
  search = $state('')

  rows = $state.raw<InboxRow[]>([])
  next = $state.raw<string | null>(null)
  counts = $state.raw<TabCounts | null>(null)
  channels = $state.raw<ChannelRef[]>([])
  failure = $state.raw<Failure | null>(null)
  /** The first answer to the present question has come. */
  loaded = $state(false)
  loading = $state(false)

  #waiting = $state.raw<InboxPage | null>(null)
  #engaged = false
  /** Numbers the questions: only the answer to the newest one counts. */
  #asked = 0

  /** With the answer to {@link FIRST_QUESTION}, if that is known. */
  constructor(
    readonly backend: Backend,
    firstPage: InboxPage | null = null,
  ) {
    if (!firstPage) return
    this.#show(firstPage)
    this.loaded = true
  }

  /** What is searched for is searched for in every tab. */
  get searching(): boolean {
    return this.search.trim() !== ''
  }

  get filtered(): boolean {
    return this.searching || this.channelId !== null || (this.tab === 'ongoing' && this.scope !== 'all')
  }

  /** Conversations that wait behind "3 new". */
  get newCount(): number {
    const shown = new Set(this.rows.map((row) => row.id))
    return this.#waiting?.rows.filter((row) => !shown.has(row.id)).length ?? 0
  }

  /** Rows that are still shown although they have left this tab. */
  readonly gone: Set<string> = $derived.by(() => {
    if (!this.#waiting) return new Set<string>()
    const there = new Set(this.#waiting.rows.map((row) => row.id))
    return new Set(this.rows.filter((row) => !there.has(row.id)).map((row) => row.id))
  })

  /** Asks from the beginning: another tab, filter or search. */
  async load() {
    const asked = ++this.#asked
    this.loading = true
    this.#waiting = null
    try {
      const page = await this.#ask(null, PAGE)
      if (asked !== this.#asked) return
      this.#show(page)
      this.loaded = true
      this.failure = null
    } catch (reason) {
      if (asked === this.#asked) this.failure = failureOf(reason)
    } finally {
      if (asked === this.#asked) this.loading = false
    }
  }

  show(tab: ConversationState) {
    if (tab === this.tab) return
    this.tab = tab
    this.rows = []
    this.next = null
    this.loaded = false
    void this.load()
  }

  /** Something changed: asks again for what is shown. */
  async update() {
    const asked = ++this.#asked
    const limit = Math.min(MOST, Math.max(PAGE, this.rows.length))
    try {
      const page = await this.#ask(null, limit)
      if (asked !== this.#asked) return
      this.loaded = true
      this.loading = false
      this.failure = null
      this.#arrive(this.#withTail(page))
    } catch (reason) {
      if (asked === this.#asked) this.failure = failureOf(reason)
    }
  }

  /** The next page, when the end of the list comes into sight. */
  async more() {
    if (!this.next || this.loading) return
    const asked = ++this.#asked
    this.loading = true
    try {
      const page = await this.#ask(this.next, PAGE)
      if (asked !== this.#asked) return
      const shown = new Set(this.rows.map((row) => row.id))
      this.rows = [...this.rows, ...page.rows.filter((row) => !shown.has(row.id))]
      this.next = page.next
    } catch (reason) {
      if (asked === this.#asked) this.failure = failureOf(reason)
    } finally {
      if (asked === this.#asked) this.loading = false
    }
  }

  /** The pointer came or went. */
  engage(engaged: boolean) {
    this.#engaged = engaged
    if (!engaged) this.settle()
  }

  /** Shows what waits. */
  settle() {
    if (this.#waiting) this.#show(this.#waiting)
  }

  /** The conversation after this one in the list, or the one before if it is the last. */
  neighbour(id: string): string | null {
    const at = this.rows.findIndex((row) => row.id === id)
    if (at < 0) return this.rows[0]?.id ?? null
    return (this.rows[at + 1] ?? this.rows[at - 1])?.id ?? null
  }

  #ask(after: string | null, limit: number): Promise<InboxPage> {
    const search = this.search.trim()
    return this.backend.inbox({
      tab: this.tab,
      scope: this.tab === 'ongoing' ? this.scope : 'all',
      channel_id: this.channelId,
      search: search === '' ? null : search,
      after,
      limit,
    })
  }

  /** An update asks for at most {@link MOST} rows; what was scrolled past those stays as it was. */
  #withTail(page: InboxPage): InboxPage {
    if (page.rows.length < MOST || this.rows.length <= page.rows.length) return page
    const fresh = new Set(page.rows.map((row) => row.id))
    const tail = this.rows.slice(page.rows.length).filter((row) => !fresh.has(row.id))
    return { ...page, rows: [...page.rows, ...tail], next: this.next }
  }

  #arrive(page: InboxPage) {
    const same = page.rows.length === this.rows.length && page.rows.every((row, at) => row.id === this.rows[at]?.id)
    if (same || !this.#engaged) return this.#show(page)
    const fresh = new Map(page.rows.map((row) => [row.id, row]))
    this.rows = this.rows.map((row) => fresh.get(row.id) ?? row)
    this.counts = page.counts
    this.#waiting = page
  }

  #show(page: InboxPage) {
    this.rows = page.rows
    this.next = page.next
    this.counts = page.counts
    this.channels = page.channels
    this.#waiting = null
  }
}
