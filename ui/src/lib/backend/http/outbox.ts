/**
 * The outbox of a page in a browser. The rules are the engine's (DESIGN, outbox): the key is made at the click and kept for life, the entry is
 * on the shelf before its first byte leaves, an outcome that nobody knows is asked for before anything is sent again, order is
 * strict, and what the platform refuses waits for the person with its text.
 *
 * Of several tabs on one conversation one sends at a time. Even without that nothing would happen twice: they would use the same keys.
 */
import type { Receipt } from '../../wire/Receipt'
import type { Choice, Chosen, Code, Failure } from '../wire'
import type { Click, Outcome } from './platform'
import type { Entry, Kept, Shelf } from './shelf'

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 60_000
const DAY_MS = 86_400_000

/** What stood against an entry has been answered. */
const fresh = {
  state: 'queued',
  code: null,
  problem: null,
  newer: null,
  dueAt: null,
  told: false,
  waitsForSwitch: false,
} as const

/** What the outbox needs of the world. */
export interface Surroundings {
  shelf: Shelf
  place: string
  conversationId: string
  /** How long the platform remembers a key, in days. */
  keyDays: number
  perform(click: Click): Promise<Outcome>
  look(key: string): Promise<Outcome>
  closeEnabled(): boolean
  /** Entries came, went or changed. */
  onchanged(): void
  onapplied(entry: Entry, receipt: Receipt): void
  onrefused(entry: Entry): void
}

export class Outbox {
  kept: Kept = { draft: '', entries: [] }
  #running = false
  #again = false
  #ended = false
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(readonly around: Surroundings) {}

  /** Reads what is on the shelf and goes on with it. */
  async open() {
    this.kept = await this.around.shelf.read(this.around.place)
    void this.wake()
  }

  async reread() {
    this.kept = await this.around.shelf.read(this.around.place)
    this.around.onchanged()
  }

  /** Durable when this answers (D21): the entry is there, and its text is no draft any more. */
  async add(close: boolean, text: string, seen: string | null): Promise<Entry> {
    const entry: Entry = {
      key: newKey(),
      close,
      text,
      seen,
      clickedAt: new Date().toISOString(),
      state: 'queued',
      attempts: 0,
      triedAt: null,
      dueAt: null,
      told: false,
      problem: null,
      code: null,
      newer: null,
      waitsForSwitch: false,
    }
    await this.#change((kept) => {
      if (kept.entries.some((one) => one.close)) throw { code: 'conversation_closed' } satisfies Failure
      const draft = kept.draft.startsWith(text) ? kept.draft.slice(text.length) : kept.draft
      return { draft, entries: [...kept.entries, entry] }
    })
    void this.wake()
    return entry
  }

  /** What has returned to the draft since it was seen stays in it, before the text. */
  async saveDraft(text: string, insteadOf: string) {
    await this.#change((kept) => {
      const there = kept.draft
      const returned =
        insteadOf === '' ? there : there.endsWith(`\n\n${insteadOf}`) ? there.slice(0, -insteadOf.length - 2) : ''
      return { ...kept, draft: [returned, text].filter((part) => part !== '').join('\n\n') }
    }, false)
  }

  /** Something makes another attempt worth while: the network, another token, a look. */
  async wake(now = false) {
    if (now) {
      await this.#change(
        (kept) => ({ ...kept, entries: kept.entries.map((one) => (one.told ? one : { ...one, dueAt: null })) }),
        false,
      )
    }
    if (this.#running) {
      this.#again = true
      return
    }
    this.#running = true
    try {
      do {
        this.#again = false
        await alone(`signoff-widget:${this.around.place}`, () => this.#work())
      } while (this.#again && !this.#ended)
    } finally {
      this.#running = false
    }
  }

  end() {
    this.#ended = true
    clearTimeout(this.#timer)
  }

  async choose(key: string, choice: Choice, seen: string | null): Promise<Chosen> {
    const entry = (await this.around.shelf.read(this.around.place)).entries.find((one) => one.key === key)
    if (!entry) throw { code: 'entry_unknown' } satisfies Failure
    if (!choicesOf(entry).includes(choice)) throw { code: 'entry_in_flight' } satisfies Failure
    switch (choice) {
      case 'undo':
      case 'edit':
        await this.#decide(entry, (kept) => ({
          draft: kept.draft === '' ? entry.text : `${entry.text}\n\n${kept.draft}`,
          entries: without(kept, key),
        }))
        return { kind: 'back_in_draft', conversation_id: this.around.conversationId }
      case 'discard':
      case 'went_through':
        await this.#decide(entry, (kept) => ({ ...kept, entries: without(kept, key) }))
        break
      case 'confirm_again':
      case 'retry':
        await this.#requeue(entry, { seen: seen ?? entry.seen })
        break
      case 'send_without_closing':
        await this.#requeue(entry, { seen: seen ?? entry.seen, close: false })
        break
      case 'wait':
        await this.#requeue(entry, { waitsForSwitch: true })
        break
      case 'send_in_newer':
      case 'drop_rest':
        throw { code: 'entry_in_flight' } satisfies Failure
    }
    return { kind: 'applied' }
  }

  /**
   * Carries an entry that was refused here to the end of another conversation's outbox (D7), under its key. It closes nothing there: that was
   * not confirmed for it.
   */
  async carry(key: string, there: Outbox, seen: string | null) {
    const { shelf, place } = this.around
    const { from, to } = await shelf.changeBoth(place, there.around.place, ({ from, to }) => {
      const entry = from.entries.find((one) => one.key === key)
      if (!entry) throw { code: 'entry_unknown' } satisfies Failure
      if (!choicesOf(entry).includes('send_in_newer')) throw { code: 'entry_in_flight' } satisfies Failure
      if (to.entries.some((one) => one.close)) throw { code: 'conversation_closed' } satisfies Failure
      const carried: Entry = { ...entry, ...fresh, close: false, seen: seen ?? entry.seen, triedAt: null }
      return { from: { ...from, entries: without(from, key) }, to: { ...to, entries: [...to.entries, carried] } }
    })
    this.kept = from
    there.kept = to
    this.around.onchanged()
    void this.wake()
    void there.wake()
  }

  async #requeue(entry: Entry, change: Partial<Entry>) {
    await this.#decide(entry, (kept) => ({
      ...kept,
      entries: kept.entries.map((one) => (one.key === entry.key ? { ...one, ...fresh, ...change } : one)),
    }))
    void this.wake()
  }

  /** Changes what the person has decided about, if it still is as it was shown. */
  async #decide(entry: Entry, change: (kept: Kept) => Kept) {
    await this.#change((kept) => {
      const now = kept.entries.find((one) => one.key === entry.key)
      if (!now) throw { code: 'entry_unknown' } satisfies Failure
      if (now.state !== entry.state) throw { code: 'entry_in_flight' } satisfies Failure
      return change(kept)
    })
  }

  async #work() {
    for (;;) {
      if (this.#ended) return
      this.kept = await this.around.shelf.read(this.around.place)
      const head = this.kept.entries[0]
      if (!head || head.state === 'needs_attention') return
      if (head.waitsForSwitch && !this.around.closeEnabled()) return
      const wait = (head.dueAt ?? 0) - Date.now()
      if (wait > 0) return this.#later(wait)
      // What was never on its way can wait until there is a network; what is in doubt is asked about at once.
      if (!navigator.onLine && head.state === 'queued') return
      if (!(await this.#attempt(head))) return
    }
  }

  /** Whether there may be more to do at once. */
  async #attempt(head: Entry): Promise<boolean> {
    if (head.state !== 'queued') {
      const doubtful: Entry = { ...head, state: 'checking' }
      const known = await this.around.look(head.key)
      // Who may not look has learned nothing of what became of the click.
      if (known.kind === 'refused') return this.#settle(doubtful, { ...known, code: 'outcome_unknown' })
      if (known.kind !== 'unknown_key') return this.#settle(doubtful, known)
      if (head.triedAt !== null && Date.now() - Date.parse(head.triedAt) > (this.around.keyDays - 1) * DAY_MS) {
        return this.#settle(head, { kind: 'refused', code: 'outcome_unknown', newer: null, limit: null })
      }
    }
    const sending: Entry = {
      ...head,
      state: 'sending',
      attempts: head.attempts + 1,
      triedAt: head.triedAt ?? new Date().toISOString(),
      told: false,
      waitsForSwitch: false,
    }
    await this.#replace(sending)
    const outcome = await this.around.perform({ ...sending, conversationId: this.around.conversationId })
    return this.#settle(sending, outcome)
  }

  async #settle(entry: Entry, outcome: Outcome): Promise<boolean> {
    switch (outcome.kind) {
      case 'applied':
        await this.#change((kept) => ({ ...kept, entries: without(kept, entry.key) }))
        this.around.onapplied(entry, outcome.receipt)
        return true
      case 'refused': {
        const refused: Entry = {
          ...entry,
          state: 'needs_attention',
          code: outcome.code,
          newer: outcome.newer,
          problem: null,
          dueAt: null,
        }
        await this.#replace(refused)
        this.around.onrefused(refused)
        return false
      }
      case 'wait':
        return this.#pause(
          { ...entry, state: unlessInDoubt(entry), problem: outcome.code, told: true },
          outcome.afterMs,
        )
      case 'in_doubt':
        return this.#pause({ ...entry, state: 'checking', problem: outcome.code }, pauseMs(entry.attempts))
      case 'no_access':
        // 401: nothing was applied. Another token wakes it (D25).
        await this.#replace({ ...entry, state: unlessInDoubt(entry), dueAt: null })
        return false
      case 'unknown_key':
        await this.#replace({ ...entry, state: 'queued', dueAt: null })
        return true
    }
  }

  async #pause(entry: Entry, ms: number): Promise<boolean> {
    await this.#replace({ ...entry, dueAt: Date.now() + ms })
    this.#later(ms)
    return false
  }

  #later(ms: number) {
    clearTimeout(this.#timer)
    if (!this.#ended) this.#timer = setTimeout(() => void this.wake(), ms)
  }

  async #replace(entry: Entry) {
    await this.#change((kept) => ({
      ...kept,
      entries: kept.entries.map((one) => (one.key === entry.key ? entry : one)),
    }))
  }

  async #change(change: (kept: Kept) => Kept, tell = true) {
    this.kept = await this.around.shelf.change(this.around.place, change)
    if (tell) this.around.onchanged()
  }
}

/** What the person can do with an entry, the safest first, as the engine offers it. */
export function choicesOf(entry: Entry): Choice[] {
  switch (entry.state) {
    case 'sending':
      return []
    case 'checking':
      return entry.dueAt ? ['retry'] : []
    case 'queued':
      if (entry.waitsForSwitch) return ['undo', 'edit', 'send_without_closing']
      return entry.dueAt ? ['undo', 'edit', 'retry'] : ['undo', 'edit']
    case 'needs_attention':
      return attentionChoices(entry)
  }
}

function attentionChoices(entry: Entry): Choice[] {
  switch (entry.code satisfies Code | null) {
    case 'customer_wrote_since':
      return entry.close ? ['edit', 'send_without_closing', 'confirm_again', 'discard'] : ['edit', 'retry', 'discard']
    case 'conversation_closed':
      return entry.newer ? ['send_in_newer', 'discard'] : ['discard']
    case 'close_disabled':
      return ['wait', 'edit', 'send_without_closing', 'discard']
    case 'outcome_unknown':
      return ['went_through', 'edit', 'retry', 'discard']
    case 'internal':
      return ['edit', 'discard']
    default:
      return ['edit', 'retry', 'discard']
  }
}

/** Nothing was applied this time; an attempt before may have been. */
function unlessInDoubt(entry: Entry): Entry['state'] {
  return entry.state === 'checking' ? 'checking' : 'queued'
}

function without(kept: Kept, key: string): Entry[] {
  return kept.entries.filter((one) => one.key !== key)
}

function pauseMs(attempts: number): number {
  const most = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempts, 10))
  return most * (0.5 + Math.random() / 2)
}

/** Nobody else does the same meanwhile, in browsers that can promise that here: some forbid it in frames, as they forbid storage. */
async function alone(name: string, work: () => Promise<void>) {
  let begun = false
  try {
    await navigator.locks.request(name, async () => {
      begun = true
      await work()
    })
  } catch (reason) {
    if (begun) throw reason
    await work()
  }
}

/** A UUID. `crypto.randomUUID` is missing in frames of pages without TLS. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6]! & 0x0f) | 0x40
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
