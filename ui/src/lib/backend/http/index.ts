/**
 * The backend of the widget's page: one conversation over HTTP, in a browser that has no engine (R12).
 *
 * What a widget cannot do rejects with `not_allowed`: its token would not open it either.
 */
import type { Receipt } from '../../wire/Receipt'
import type { Backend } from '../backend'
import type {
  Announcement,
  AppState,
  Choose,
  Chosen,
  Code,
  Draft,
  Failure,
  InboxQuery,
  Preferences,
  QueueEntry,
  SendAndClose,
  SendReply,
  Startup,
  TimelineQuery,
} from '../wire'
import type { Entrance } from './access'
import { Platform } from './platform'
import type { Shelf } from './shelf'
import { samePerson, Talk } from './talk'

/** What the page that embeds the widget may want to know. */
export type News =
  | { kind: 'opened'; conversation_id: string }
  | { kind: 'replied' | 'closed'; conversation_id: string; receipt: Receipt | null }
  | { kind: 'attention'; conversation_id: string; code: Code }

export interface HttpOptions {
  base: string
  entrance: Entrance
  shelf: Shelf
  preferences: Preferences
  systemLanguage: string
  version: string
  onnews?: (news: News) => void
  onfault?: (message: string) => void
}

const notHere = () => Promise.reject({ code: 'not_allowed' } satisfies Failure)

export class HttpBackend implements Backend {
  readonly #platform: Platform
  readonly #talks = new Map<string, Talk>()
  #current: Talk | null = null
  #state: AppState
  #preferences: Preferences
  #announce: (announcement: Announcement) => void = () => undefined
  /** Conversations that the other page knows to be closed. */
  readonly #toldClosed = new Set<string>()

  constructor(readonly options: HttpOptions) {
    this.#platform = new Platform(options.base)
    this.#preferences = options.preferences
    this.#state = {
      stage: { kind: 'opening' },
      user: null,
      workspace: null,
      close_enabled: false,
      connection: { status: 'connecting', since: now(), retry_at: null, problem: null, polling: false },
      sync: { first: null, current_as_of: null },
      queue: { pending: 0, needs_attention: 0 },
      notices: options.shelf.lasting ? [] : ['nothing_kept'],
    }
  }

  /** Rejects if nobody gives a token, or if the platform does not take it. Begins anew once it is another person's. */
  async uiReady(_: InboxQuery, announce: (announcement: Announcement) => void): Promise<Startup> {
    this.#announce = announce
    if (this.#state.stage.kind === 'unusable') {
      this.#talks.clear()
      this.#current = null
    }
    const token = await this.options.entrance.token(null, 'ready')
    const talk = await this.#open(token)
    this.#show(talk)
    return {
      state: this.#state,
      inbox: null,
      preferences: this.#preferences,
      system_language: this.options.systemLanguage,
      open_conversation: talk.id,
      version: this.options.version,
      preselected: { kind: 'nothing' },
    }
  }

  async conversation(conversationId: string) {
    const talk = await this.#talk(conversationId)
    if (talk !== this.#current) this.#show(talk)
    const view = await talk.view()
    if (view.closed_at !== null) this.#tellClosed(talk.id, null)
    return view
  }

  async timeline({ conversation_id, before, limit }: TimelineQuery) {
    return (await this.#talk(conversation_id)).older(before, limit)
  }

  async markSeen() {
    // Unread rows are the console's.
  }

  async typing() {
    // A widget's token does not reach so far: customers see that somebody writes from the console only.
  }

  async saveDraft({ conversation_id, text, instead_of }: Draft) {
    await (await this.#talk(conversation_id)).outbox.saveDraft(text, instead_of)
  }

  async sendReply({ conversation_id, text, last_seen_message_id }: SendReply) {
    return this.#click(conversation_id, false, text, last_seen_message_id)
  }

  /** The widget's own question has been answered (R12). */
  async sendAndClose({ conversation_id, text, last_seen_message_id }: SendAndClose) {
    const entry = await this.#click(conversation_id, true, text, last_seen_message_id)
    return { kind: 'queued' as const, entry }
  }

  async queue() {
    return this.#current?.queue() ?? []
  }

  async choose({ entry_id, choice, seen_message_id }: Choose): Promise<Chosen> {
    const talk = [...this.#talks.values()].find((one) => one.entry(entry_id))
    const entry = talk?.entry(entry_id)
    if (!talk || !entry) throw { code: 'entry_unknown' } satisfies Failure
    if (choice !== 'send_in_newer') return talk.outbox.choose(entry_id, choice, seen_message_id)
    // D7. Whoever embeds the page has to open the newer conversation first; until then nothing is moved.
    const newer = entry.attention?.newer_conversation_id
    if (!newer) throw { code: 'entry_in_flight' } satisfies Failure
    const there = await this.#talk(newer)
    await talk.outbox.carry(entry_id, there.outbox, seen_message_id)
    this.#announce({ kind: 'open_conversation', conversation_id: newer })
    return { kind: 'applied' }
  }

  async refresh() {
    await this.#current?.refresh()
  }

  async dismissNotice(code: Code) {
    this.#set({ notices: this.#state.notices.filter((notice) => notice !== code) })
  }

  /** Language and theme are the other page's wish, for as long as this one is open. */
  async setPreferences(preferences: Preferences) {
    this.#preferences = preferences
    this.#announce({ kind: 'preferences_changed', preferences })
    return preferences
  }

  get preferences(): Preferences {
    return this.#preferences
  }

  async reportFault(message: string) {
    this.options.onfault?.(message)
  }

  /** Something that was clicked would be lost with the page. */
  get holdsWhatWouldBeLost(): boolean {
    return !this.options.shelf.lasting && [...this.#talks.values()].some((talk) => talk.outbox.kept.entries.length > 0)
  }

  wake() {
    this.#current?.wake()
  }

  checkWorkspace = notHere
  startDemo = notHere
  signIn = notHere
  secondStep = notHere
  enrolSecondFactor = notHere
  signInWays = notHere
  beginSingleSignOn = notHere
  finishSingleSignOn = notHere
  cancelSingleSignOn = notHere
  signOut = notHere
  openWithPassphrase = notHere
  tryAgain = notHere
  inbox = notHere
  /** A browser would have to unpack what nobody has looked at; a file like any other, then. */
  picture = () => Promise.reject({ code: 'picture_unreadable' } satisfies Failure)
  chooseFiles = notHere
  takeFiles = notHere
  attachFile = notHere
  detachFile = notHere
  archive = notHere
  assign = notHere
  release = notHere
  inboxOptions = notHere
  saveInboxOptions = notHere
  auditLog = notHere
  administer = notHere
  saveFile = notHere
  downloads = notHere
  cancelDownload = notHere
  resumeDownload = notHere
  showDownload = notHere
  forgetDownload = notHere

  async #click(conversationId: string, close: boolean, text: string, seen: string | null): Promise<QueueEntry> {
    const talk = await this.#talk(conversationId)
    if (close && !talk.session.features.close_conversation) throw { code: 'close_disabled' } satisfies Failure
    const entry = await talk.outbox.add(close, text, seen)
    const queued = talk.entry(entry.key)
    if (!queued) throw { code: 'entry_unknown' } satisfies Failure
    return queued
  }

  /** The conversation, if its token is here or is given now. */
  async #talk(conversationId: string): Promise<Talk> {
    const known = this.#talks.get(conversationId)
    if (known) return known
    const talk = await this.#open(await this.options.entrance.token(conversationId, 'conversation'))
    if (talk.id !== conversationId) throw { code: 'conversation_unknown' } satisfies Failure
    return talk
  }

  async #open(token: string): Promise<Talk> {
    const talk = await Talk.open(this.#platform, this.options.shelf, this.options.entrance, token, {
      onqueue: () => this.#queueChanged(),
      onconversation: () => this.#changed(),
      ontyping: (on) => {
        if (this.#current) this.#announce({ kind: 'customer_typing', conversation_id: this.#current.id, on })
      },
      onsession: () => {
        this.#set({ close_enabled: this.#current?.session.features.close_conversation ?? false })
        this.#announce({ kind: 'settings_changed' })
      },
      onconnection: (online) => this.#connected(online),
      onaccess: (failure) => {
        if (failure?.code === 'another_person') return this.#giveUp(failure.code)
        this.#set({ stage: { kind: 'signed_in', session_expired: failure !== null } })
      },
      onsettled: (entry, receipt) => this.#settled(entry, receipt),
    })
    if (this.#current && !samePerson(talk.session, this.#current.session)) {
      talk.end()
      this.#giveUp('another_person')
      throw { code: 'another_person' } satisfies Failure
    }
    const there = this.#talks.get(talk.id)
    if (there) {
      talk.end()
      return there
    }
    this.#talks.set(talk.id, talk)
    return talk
  }

  /** Nothing of this person's goes out any more. It waits on the shelf until the page is opened as this person again. */
  #giveUp(code: Code) {
    this.#talks.forEach((talk) => talk.end())
    this.#set({ stage: { kind: 'unusable', code } })
  }

  #show(talk: Talk) {
    this.#current?.leave()
    this.#current = talk
    const { user, workspace, features } = talk.session
    this.#set({
      stage: { kind: 'signed_in', session_expired: false },
      user: { id: user.id, name: user.name, email: '', role: 'advisor' },
      workspace: { name: workspace.name, address: this.options.base, demo: false },
      close_enabled: features.close_conversation,
      queue: counts(talk),
    })
    talk.follow()
    this.options.onnews?.({ kind: 'opened', conversation_id: talk.id })
  }

  #settled(entry: QueueEntry, receipt: Receipt | null) {
    this.#announce({ kind: 'entry_settled', entry })
    if (receipt?.closed) this.#tellClosed(entry.conversation_id, receipt)
    else if (receipt) this.options.onnews?.({ kind: 'replied', conversation_id: entry.conversation_id, receipt })
    else if (entry.attention) {
      const { code } = entry.attention
      this.options.onnews?.({ kind: 'attention', conversation_id: entry.conversation_id, code })
    }
  }

  #tellClosed(conversationId: string, receipt: Receipt | null) {
    if (this.#toldClosed.has(conversationId)) return
    // Seen on the stream before the own click's answer is here: the answer says more, and comes.
    const own = this.#talks
      .get(conversationId)
      ?.outbox.kept.entries.some((entry) => entry.close && entry.state !== 'needs_attention')
    if (!receipt && own) return
    this.#toldClosed.add(conversationId)
    this.options.onnews?.({ kind: 'closed', conversation_id: conversationId, receipt })
  }

  #connected(online: boolean) {
    const status = online ? 'online' : 'offline'
    if (this.#state.connection.status === status) return
    this.#set({
      connection: { status, since: now(), retry_at: null, problem: null, polling: false },
      ...(online ? { sync: { first: null, current_as_of: now() } } : {}),
    })
    // What was missed meanwhile.
    if (online) this.#changed()
  }

  #queueChanged() {
    if (this.#current) this.#set({ queue: counts(this.#current) })
    this.#announce({ kind: 'queue_changed' })
  }

  #changed() {
    if (this.#current) this.#announce({ kind: 'inbox_changed', conversation_ids: [this.#current.id] })
  }

  #set(change: Partial<AppState>) {
    this.#state = { ...this.#state, ...change }
    this.#announce({ kind: 'state', state: this.#state })
  }
}

function counts(talk: Talk) {
  const { entries } = talk.outbox.kept
  const needs_attention = entries.filter((entry) => entry.state === 'needs_attention').length
  return { pending: entries.length - needs_attention, needs_attention }
}

function now(): string {
  return new Date().toISOString()
}
