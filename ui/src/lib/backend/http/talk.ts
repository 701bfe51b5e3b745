/** One conversation of the widget: its token, what the platform last said of it, its stream and its outbox. */
import type { Receipt } from '../../wire/Receipt'
import type { WidgetSession } from '../../wire/WidgetSession'
import type { ConversationView, Failure, QueueEntry, TimelinePage } from '../wire'
import { Access, type Entrance } from './access'
import { Outbox } from './outbox'
import type { Platform } from './platform'
import type { Entry, Shelf } from './shelf'
import { EventStream } from './stream'
import { shown, viewOf, type Known } from './view'

const ENTRIES = 50

/** What a conversation tells the page. */
export interface Listener {
  onqueue(): void
  onconversation(): void
  ontyping(on: boolean): void
  onsession(): void
  onconnection(online: boolean): void
  onaccess(failure: Failure | null): void
  onsettled(entry: QueueEntry, receipt: Receipt | null): void
}

export class Talk {
  readonly access: Access
  readonly outbox: Outbox
  #stream: EventStream | null = null
  #known: Known | null = null
  #fresh = false
  #reading: Promise<void> | null = null
  readonly #stops: (() => void)[] = []

  private constructor(
    readonly platform: Platform,
    shelf: Shelf,
    entrance: Entrance,
    token: string,
    public session: WidgetSession,
    readonly listener: Listener,
  ) {
    const id = session.conversation_id
    this.access = new Access(
      entrance,
      id,
      token,
      (another) => this.#admit(another),
      () => this.#renewed(),
      (failure) => listener.onaccess(failure),
    )
    this.access.livesUntil(session.expires_at)
    const place = `${session.workspace.id}/${session.user.id}/${id}`
    this.outbox = new Outbox({
      shelf,
      place,
      conversationId: id,
      keyDays: session.platform.idempotency_days,
      perform: (click) => platform.perform(this.access, click),
      look: (key) => platform.look(this.access, key),
      closeEnabled: () => this.session.features.close_conversation,
      onchanged: () => listener.onqueue(),
      onapplied: (entry, receipt) => {
        this.#fresh = false
        listener.onsettled(this.#shown(entry, 'done'), receipt)
        listener.onconversation()
      },
      onrefused: (entry) => {
        // What is new there is what the person has to see now.
        this.#fresh = false
        void this.#readSession().then(() => {
          listener.onsettled(this.#shown(entry), null)
          listener.onconversation()
        })
      },
    })
    this.#stops.push(shelf.listen(place, () => void this.outbox.reread()))
  }

  /** Opens what a token opens. */
  static async open(platform: Platform, shelf: Shelf, entrance: Entrance, token: string, listener: Listener) {
    const nobody = () => undefined
    const first = new Access(entrance, null, token, async () => undefined, nobody, nobody)
    const session = await platform.session(first)
    const talk = new Talk(platform, shelf, entrance, first.token, session, listener)
    await talk.outbox.open()
    return talk
  }

  get id(): string {
    return this.session.conversation_id
  }

  /** Listens to what happens in it, until it is left. */
  follow() {
    if (this.#stream) return
    this.#stream = new EventStream(this.platform, this.access, this.session.seq, {
      onopen: () => {
        this.listener.onconnection(true)
        void this.outbox.wake(true)
      },
      onlost: () => this.listener.onconnection(false),
      ontyping: (data) => this.#typing(data),
      onevent: (kind) => {
        this.#fresh = false
        if (kind === 'settings.changed' || kind === 'conversation.closed' || kind === 'reset') void this.#readSession()
        this.listener.onconversation()
      },
    })
    void this.#stream.run()
  }

  leave() {
    this.#stream?.stop()
    this.#stream = null
  }

  end() {
    this.leave()
    this.outbox.end()
    this.access.end()
    this.#stops.forEach((stop) => stop())
  }

  /** Everything there may be to do is tried now. */
  wake() {
    this.#stream?.wake()
    void this.outbox.wake(true)
  }

  /** Asks the platform whatever is known. */
  async refresh() {
    this.#fresh = false
    await this.#readSession()
    this.wake()
    this.listener.onconversation()
  }

  /** From the platform's last answer where that still holds, or where the platform does not answer. */
  async view(): Promise<ConversationView> {
    // What is being read counts as fresh from its beginning on, and is there at its end.
    while (!this.#fresh || this.#reading) {
      try {
        await this.#read()
      } catch (reason) {
        if (!this.#known || (reason as Failure).code === 'conversation_unknown') throw reason
        break
      }
    }
    if (!this.#known) throw { code: 'internal' } satisfies Failure
    return viewOf(this.#known, this.session, this.outbox.kept)
  }

  async older(before: string | null, limit: number): Promise<TimelinePage> {
    const page = await this.platform.messages(this.access, this.id, before, Math.min(limit, 200))
    return { entries: page.items, next: page.next }
  }

  queue(): QueueEntry[] {
    const known = this.#known
    if (!known) return []
    const { kept } = this.outbox
    return kept.entries.map((entry) => shown(entry, known.conversation, kept, known.timeline.items))
  }

  entry(key: string): QueueEntry | undefined {
    return this.queue().find((entry) => entry.id === key)
  }

  #shown(entry: Entry, ended?: 'done'): QueueEntry {
    const conversation = this.#known?.conversation
    const nobody = { id: this.id, customer: { name: '' } } as Known['conversation']
    return shown(entry, conversation ?? nobody, this.outbox.kept, this.#known?.timeline.items, ended)
  }

  /** Both answers at once; whoever asks meanwhile waits for the same. */
  #read(): Promise<void> {
    this.#reading ??= (async () => {
      this.#fresh = true
      try {
        const [conversation, timeline] = await Promise.all([
          this.platform.conversation(this.access, this.id),
          this.platform.messages(this.access, this.id, null, ENTRIES),
        ])
        this.#known = { conversation, timeline }
      } catch (reason) {
        this.#fresh = false
        throw reason
      } finally {
        this.#reading = null
      }
    })()
    return this.#reading
  }

  #typing(data: string) {
    try {
      const { conversation_id, on } = JSON.parse(data) as { conversation_id: string; on: boolean }
      if (conversation_id === this.id) this.listener.ontyping(on)
    } catch {
      // Nobody misses it.
    }
  }

  async #readSession() {
    try {
      this.#take(await this.platform.session(this.access))
    } catch {
      // What was known holds; the platform has the last word at the click.
    }
  }

  /** A token is looked at before anything queued goes out with it. */
  async #admit(token: string) {
    const renew = () => Promise.reject({ code: 'session_expired' } satisfies Failure)
    this.#take(await this.platform.session({ token, renew }))
  }

  #take(session: WidgetSession) {
    const before = this.session
    // A token for another conversation opens nothing here, and nobody's clicks go out as another person's.
    if (session.conversation_id !== this.id) throw { code: 'conversation_unknown' } satisfies Failure
    if (!samePerson(session, before)) throw { code: 'another_person' } satisfies Failure
    this.session = session
    this.access.livesUntil(session.expires_at)
    if (session.features.close_conversation !== before.features.close_conversation) {
      this.listener.onsession()
      void this.outbox.wake()
    }
  }

  #renewed() {
    this.listener.onaccess(null)
    this.#stream?.wake()
    void this.outbox.wake()
  }
}

/** Whether two tokens act for the same person of the same workspace. */
export function samePerson(one: WidgetSession, other: WidgetSession): boolean {
  return one.user.id === other.user.id && one.workspace.id === other.workspace.id
}
