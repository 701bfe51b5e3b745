/**
 * What the whole window shares: the door to Rust, the application's state as last announced, the preferences, where the window
 * is, and what is said in passing. Views get it from the context, ask through it, and ask again when it tells them that
 * something changed.
 */
import { createContext, tick } from 'svelte'
import {
  failureOf,
  type Announcement,
  type AppState,
  type Backend,
  type Failure,
  type InboxPage,
  type InboxQuery,
  type Preferences,
  type Startup,
} from '$lib/backend'
import { Commands } from '$lib/commands'
import { Downloads } from '$lib/downloads.svelte'
import { Drafts } from '$lib/drafts'
import { GoesOn } from '$lib/goes-on.svelte'
import { locale } from '$lib/i18n/locale.svelte'
import { Route } from '$lib/route.svelte'

type Kind = Announcement['kind']
type Of<K extends Kind> = Extract<Announcement, { kind: K }>

/** A sentence that passes, with at most one thing to do about it. */
export interface Remark {
  text: string
  tone: 'plain' | 'done' | 'problem'
  action?: { label: string; run: () => void }
  /** The queued action it is about: when that has reached its end, this is said instead. */
  entryId?: string
}

export class Desk {
  readonly route = new Route()
  readonly commands = new Commands()
  readonly drafts = new Drafts()
  readonly downloads: Downloads
  /** `null` until the backend has answered. */
  startup = $state.raw<Startup | null>(null)
  state = $state.raw<AppState | null>(null)
  preferences = $state.raw<Preferences | null>(null)
  remark = $state.raw<Remark | null>(null)
  /** Of a second factor that was set up at the sign-in: shown once, whatever view comes next. */
  recoveryCodes = $state.raw<string[]>([])
  /** What the live region says (queue changes, results). */
  spoken = $state('')
  /** The conversation whose reply box takes the focus as soon as it is there. */
  focusWanted = $state<string | null>(null)

  #firstPage: InboxPage | null = null
  readonly #listeners = new Map<Kind, Set<(announcement: never) => void>>()

  /** The widget's question after Send (R12). */
  readonly goesOn = new GoesOn()

  /** @param form the console, or the widget: one conversation in one pane, in a CRM or in a compact window (R12). */
  constructor(
    readonly backend: Backend,
    readonly form: 'console' | 'widget' = 'console',
  ) {
    this.downloads = new Downloads(backend, (text) => this.say(text))
  }

  /** The handshake: state, preferences and this page of the inbox for the first paint, then everything that is announced. */
  async open(inbox: InboxQuery) {
    const early: Announcement[] = []
    const startup = await this.backend.uiReady(inbox, (announcement) => {
      if (this.startup) this.#hear(announcement)
      else early.push(announcement)
    })
    this.state = startup.state
    this.#firstPage = startup.inbox
    this.#prefer(startup.preferences, startup)
    this.startup = startup
    if (startup.open_conversation) this.route.openConversation(startup.open_conversation)
    // What was announced while the answer was on its way is newer than the answer; by now there are views to hear it.
    await tick()
    early.forEach((announcement) => this.#hear(announcement))
    if (this.form === 'console') await this.downloads.open()
  }

  /** The page of the inbox that came with the handshake. Only once: whoever comes later asks. */
  takeFirstPage(): InboxPage | null {
    const page = this.#firstPage
    this.#firstPage = null
    return page
  }

  get admin(): boolean {
    return this.state?.user?.role === 'admin'
  }

  get offline(): boolean {
    return this.state?.connection.status === 'offline' || this.state?.connection.status === 'connecting'
  }

  /** What is queued can go out at once: there is a network, and somebody is signed in (D25). */
  get reachable(): boolean {
    const stage = this.state?.stage
    return !this.offline && stage?.kind === 'signed_in' && !stage.session_expired
  }

  /** The cache is being filled for the first time: what is not in it is not known to be nowhere. */
  get filling(): boolean {
    const sync = this.state?.sync
    return sync !== undefined && (sync.first !== null || sync.current_as_of === null)
  }

  /** Calls back for every announcement of a kind, until the answer is called. */
  on<K extends Kind>(kind: K, listener: (announcement: Of<K>) => void): () => void {
    const listeners = this.#listeners.get(kind) ?? new Set()
    this.#listeners.set(kind, listeners)
    listeners.add(listener as (announcement: never) => void)
    return () => void listeners.delete(listener as (announcement: never) => void)
  }

  say(text: string) {
    this.spoken = text
  }

  /** Says something in passing, on the screen and to screen readers. */
  tell(remark: Remark) {
    this.remark = remark
    this.say(remark.text)
  }

  /** Puts the cursor into the reply of a conversation, now or when it has been loaded. */
  focusReply(conversationId: string) {
    this.focusWanted = conversationId
    this.drafts.focus(conversationId)
  }

  async savePreferences(preferences: Preferences): Promise<Failure | null> {
    const before = this.preferences
    this.#prefer(preferences, this.startup)
    try {
      this.#prefer(await this.backend.setPreferences(preferences), this.startup)
      return null
    } catch (reason) {
      if (before) this.#prefer(before, this.startup)
      return failureOf(reason)
    }
  }

  #prefer(preferences: Preferences, startup: Startup | null) {
    this.preferences = preferences
    locale.follow(preferences.language, startup?.system_language ?? navigator.language)
  }

  #hear(announcement: Announcement) {
    switch (announcement.kind) {
      case 'state':
        this.state = announcement.state
        break
      case 'preferences_changed':
        this.#prefer(announcement.preferences, this.startup)
        break
      case 'open_conversation':
        this.route.openConversation(announcement.conversation_id)
        break
      case 'download_changed':
        this.downloads.hear(announcement.download)
        break
      case 'entry_settled':
        // Taken back while it was on its way: the text is in the draft again.
        if (announcement.entry.state === 'cancelled') void this.drafts.reread(announcement.entry.conversation_id)
        break
      case 'inbox_changed':
      case 'queue_changed':
      case 'settings_changed':
      case 'customer_typing':
        break
    }
    this.#listeners.get(announcement.kind)?.forEach((listener) => listener(announcement as never))
  }
}

export const [useDesk, provideDesk] = createContext<Desk>()
