/**
 * The rehearsal's platform: conversations in memory, and the rules of closing as the real one applies them (R3, R8, D6 to D8).
 * Small on purpose; the real rules are the platform crate's.
 */
import type {
  Attachment,
  Author,
  ChannelRef,
  ClosedBy,
  Code,
  ConversationState,
  Happening,
  TimelineEntry,
} from '$lib/backend'
import { matters, people } from './texts'

export interface Talk {
  id: string
  state: ConversationState
  channel: ChannelRef
  customer: { id: string; name: string; language: string; vip: boolean }
  team: string | null
  assignee: { id: string; name: string } | null
  tags: string[]
  opened_at: string
  closed_at: string | null
  closed_by: ClosedBy | null
  previous: string | null
  windowEndsAt: string | null
  entries: TimelineEntry[]
  unread: boolean
}

export class Refusal extends Error {
  constructor(
    readonly code: Code,
    readonly newer: string | null = null,
  ) {
    super(code)
  }
}

export const channels: ChannelRef[] = [
  { id: 'ch_webchat', type: 'web_chat', name: 'Web chat', reply_limit: 20_000 },
  { id: 'ch_whatsapp', type: 'whatsapp', name: 'WhatsApp', reply_limit: 4_096 },
  { id: 'ch_messenger', type: 'messenger', name: 'Messenger', reply_limit: 2_000 },
]

const MINUTE_MS = 60_000
const states: ConversationState[] = ['received', 'received', 'ongoing', 'answered', 'closed', 'received', 'archived']
const colleague = { id: 'usr_bob', name: 'Bob Carter' }
const me = { id: 'usr_alice', name: 'Alice Martin' }

export class RehearsedPlatform {
  readonly talks = new Map<string, Talk>()
  closeEnabled = false
  closeChangedAt: string | null = null
  closeChangedBy: { id: string; name: string } | null = null
  /** Why replies are refused, if they are. */
  refuses: Code | null = null
  #made = 0

  constructor(
    readonly now: () => number,
    size: number,
  ) {
    for (let at = 0; at < size; at++) this.#seed(at, size)
  }

  talk(id: string): Talk {
    const talk = this.talks.get(id)
    if (!talk) throw new Refusal('conversation_unknown')
    return talk
  }

  lastCustomerMessage(talk: Talk): string | null {
    return talk.entries.findLast((entry) => entry.kind === 'message')?.id ?? null
  }

  newerThan(talk: Talk): string | null {
    const later = [...this.talks.values()].filter(
      (other) => other.customer.id === talk.customer.id && other.opened_at > talk.opened_at,
    )
    return later.at(-1)?.id ?? null
  }

  /** A customer writes: in the open conversation, or in a new one after a closing (R9). */
  customerWrites(conversationId: string, text: string, attachments: Attachment[] = []): string {
    const known = this.talk(conversationId)
    let talk = known
    if (known.state === 'closed') {
      talk = {
        ...known,
        id: this.#id('conv'),
        state: 'received',
        assignee: null,
        tags: [],
        opened_at: this.#at(),
        closed_at: null,
        closed_by: null,
        previous: known.id,
        entries: [],
      }
      this.talks.set(talk.id, talk)
    }
    const author: Author = { kind: 'customer', id: talk.customer.id, name: talk.customer.name }
    this.#enter(talk, { kind: 'message', author, text, at: this.#at(), delivery: null, client_key: null, attachments })
    talk.state = talk.assignee ? 'ongoing' : 'received'
    talk.unread = true
    return talk.id
  }

  reply(
    conversationId: string,
    text: string,
    seen: string | null,
    close: boolean,
    survey: boolean,
    key: string,
    files: Attachment[] = [],
  ) {
    const talk = this.talk(conversationId)
    if (this.refuses) throw new Refusal(this.refuses)
    if (close && !this.closeEnabled) throw new Refusal('close_disabled')
    if (talk.state === 'closed') throw new Refusal('conversation_closed', this.newerThan(talk))
    if (seen !== null && seen !== this.lastCustomerMessage(talk)) throw new Refusal('customer_wrote_since')
    const author: Author = { kind: 'advisor', ...me }
    this.#say(talk, 'reply', author, text, key, this.#at(), files)
    talk.state = 'answered'
    if ((close || survey) && talk.channel.id !== 'ch_messenger')
      this.#event(talk, { type: 'survey-sent', survey_id: this.#id('srv') })
    if (close) this.close(talk.id, { kind: 'advisor', ...me })
  }

  close(conversationId: string, by: ClosedBy) {
    const talk = this.talk(conversationId)
    talk.state = 'closed'
    talk.closed_at = this.#at()
    talk.closed_by = by
    this.#event(talk, { type: 'closed', by })
  }

  archive(conversationId: string) {
    const talk = this.#open(conversationId)
    talk.state = 'archived'
    this.#event(talk, { type: 'archived' })
  }

  assign(conversationId: string, to: { id: string; name: string } | null) {
    const talk = this.#open(conversationId)
    const from = talk.assignee
    talk.assignee = to
    talk.state = to ? 'ongoing' : 'received'
    this.#event(talk, to ? { type: 'assigned', to, from } : { type: 'released', from })
  }

  #open(conversationId: string): Talk {
    const talk = this.talk(conversationId)
    if (talk.state === 'closed') throw new Refusal('conversation_closed', this.newerThan(talk))
    return talk
  }

  #say(
    talk: Talk,
    kind: string,
    author: Author,
    text: string,
    key: string | null = null,
    at = this.#at(),
    attachments: Attachment[] = [],
  ) {
    const delivery = kind === 'reply' ? { status: 'delivered', reason: null } : null
    this.#enter(talk, { kind, author, text, at, delivery, client_key: key, attachments })
  }

  #event(talk: Talk, event: Happening, at = this.#at()) {
    this.#enter(talk, {
      kind: 'event',
      author: { kind: 'advisor', ...me },
      text: event.type,
      at,
      delivery: null,
      client_key: null,
      event,
    })
  }

  #enter(talk: Talk, entry: Omit<TimelineEntry, 'id' | 'conversation_id' | 'position'>) {
    talk.entries.push({ id: this.#id('ent'), conversation_id: talk.id, position: talk.entries.length + 1, ...entry })
  }

  #at(): string {
    return new Date(this.now()).toISOString()
  }

  #id(prefix: string): string {
    return `${prefix}_${String(++this.#made).padStart(6, '0')}`
  }

  #seed(at: number, size: number) {
    const matter = matters[at % matters.length]!
    const name = people[at % people.length]!
    const state = states[at % states.length]!
    const opened = this.now() - (size - at) * 11 * MINUTE_MS - 3 * MINUTE_MS
    const channel = channels[at % 5 < 3 ? 0 : at % 5 < 4 ? 1 : 2]!
    const talk: Talk = {
      id: this.#id('conv'),
      state,
      channel,
      customer: { id: `cus_${at % people.length}`, name, language: matter.language, vip: at % 9 === 1 },
      team: at % 3 === 0 ? null : 'Customer care',
      assignee: state === 'ongoing' || state === 'answered' ? (at % 4 < 2 ? me : colleague) : null,
      tags: matter.tags,
      opened_at: new Date(opened).toISOString(),
      closed_at: null,
      closed_by: null,
      previous: null,
      windowEndsAt: channel.id === 'ch_whatsapp' ? new Date(opened + 24 * 60 * MINUTE_MS).toISOString() : null,
      entries: [],
      unread: at % 3 !== 1 && state === 'received',
    }
    this.talks.set(talk.id, talk)
    const lines = state === 'received' ? matter.lines.slice(0, 3) : matter.lines
    lines.forEach((line, number) => {
      const when = new Date(opened + number * 2 * MINUTE_MS).toISOString()
      if (line.startsWith('> ')) this.#say(talk, 'reply', { kind: 'advisor', ...me }, line.slice(2), null, when)
      else this.#say(talk, 'message', { kind: 'customer', id: talk.customer.id, name }, line, null, when)
      if (number === 0 && at % 2 === 0) {
        this.#enter(talk, {
          kind: 'reply',
          author: { kind: 'scenario', id: 'scn_demo', name: 'Scenario' },
          text: 'Thank you for your message. An advisor will be with you shortly.',
          at: when,
          delivery: { status: 'delivered', reason: null },
          client_key: null,
        })
      }
    })
    if (state === 'closed') {
      this.#event(talk, { type: 'survey-sent', survey_id: this.#id('srv') }, talk.opened_at)
      talk.closed_at = new Date(opened + 9 * MINUTE_MS).toISOString()
      talk.closed_by = at % 2 ? { kind: 'advisor', ...me } : { kind: 'scenario', id: 'scn_demo', name: 'Scenario' }
      this.#event(talk, { type: 'closed', by: talk.closed_by }, talk.closed_at)
    }
  }
}
