/**
 * A backend in memory, for component tests and for looking at the interface in a browser. It behaves as the engine does as far as
 * the interface can tell: a queue with its states, undo, needs-attention with its choices, a network that can be taken away. It is
 * no part of the application and never in its bundle.
 */
import type {
  Announcement,
  AppState,
  Backend,
  Choice,
  Code,
  ConversationView,
  Failure,
  InboxPage,
  InboxQuery,
  InboxRow,
  Preferences,
  Preselected,
  QueueEntry,
  Role,
  Stage,
} from '$lib/backend'
import { channels, Refusal, RehearsedPlatform, type Talk } from './platform'

export interface RehearsalOptions {
  stage?: Stage
  role?: Role
  closeEnabled?: boolean
  online?: boolean
  preferences?: Partial<Preferences>
  systemLanguage?: string
  preselected?: Preselected
  /** Conversations to begin with. */
  size?: number
  /** How long the network takes; 0 delivers as soon as the queue is looked at. */
  latencyMs?: number
  /** What the person answers to the system's confirmation (R5). */
  confirm?: (customerName: string) => boolean | Promise<boolean>
  now?: () => number
}

const DEMO_PEOPLE = [
  { name: 'Alice Martin', email: 'alice@demo.test', password: 'signoff-demo', role: 'advisor' as const },
  { name: 'Bob Carter', email: 'bob@demo.test', password: 'signoff-demo', role: 'advisor' as const },
  { name: 'Nadia Admin', email: 'admin@demo.test', password: 'signoff-demo', role: 'admin' as const },
]
const PAGE_OF_TIMELINE = 50

export class Rehearsal implements Backend {
  readonly platform: RehearsedPlatform
  readonly entries: (QueueEntry & { seen: string | null; survey: boolean; close: boolean })[] = []
  readonly drafts = new Map<string, string>()
  /** Makes the next command of this name fail. */
  readonly failNext = new Map<string, Failure>()
  state: AppState
  preferences: Preferences

  #announce: (announcement: Announcement) => void = () => undefined
  #version = 1
  #made = 0
  readonly #audit: {
    id: string
    at: string
    who: { id: string; name: string }
    what: string
    from: unknown
    to: unknown
  }[] = []
  readonly #now: () => number

  constructor(readonly options: RehearsalOptions = {}) {
    this.#now = options.now ?? Date.now
    this.platform = new RehearsedPlatform(this.#now, options.size ?? 60)
    this.platform.closeEnabled = options.closeEnabled ?? true
    const online = options.online ?? true
    this.state = {
      stage: options.stage ?? { kind: 'signed_in', session_expired: false },
      user: { id: 'usr_alice', name: 'Alice Martin', email: 'alice@demo.test', role: options.role ?? 'advisor' },
      workspace: { name: 'Demo workspace', address: 'http://127.0.0.1:43110', demo: true },
      close_enabled: this.platform.closeEnabled,
      connection: {
        status: online ? 'online' : 'offline',
        since: this.#at(),
        retry_at: online ? null : this.#at(40_000),
        problem: null,
        polling: false,
      },
      sync: { first: null, current_as_of: this.#at(-20_000) },
      queue: { pending: 0, needs_attention: 0 },
      notices: [],
    }
    this.preferences = {
      language: 'system',
      theme: 'system',
      after_close: 'inbox',
      notifications: {
        returned_after_close: 'sound',
        new_conversation: 'off',
        assigned_to_me: 'silent',
        message_in_mine: 'silent',
        reply_not_delivered: 'silent',
        needs_attention: 'silent',
        do_not_disturb: false,
        hide_message_text: false,
      },
      ...options.preferences,
    }
    this.#audit.push({
      id: 'aud_0',
      at: this.#at(-3_600_000),
      who: { id: 'usr_admin', name: 'Nadia Admin' },
      what: 'sign-in',
      from: null,
      to: null,
    })
  }

  // What a rehearsal can bring about.

  goOffline() {
    this.#connect('offline')
  }

  goOnline() {
    this.#connect('online')
    void this.deliver()
  }

  expireSession() {
    this.#set({ stage: { kind: 'signed_in', session_expired: true } })
  }

  customerWrites(conversationId: string, text: string): string {
    const id = this.platform.customerWrites(conversationId, text)
    this.announce({ kind: 'inbox_changed', conversation_ids: [id] })
    return id
  }

  switchClosing(on: boolean, by = { id: 'usr_admin', name: 'Nadia Admin' }) {
    this.#audit.unshift({
      id: `aud_${++this.#made}`,
      at: this.#at(),
      who: by,
      what: 'settings.allow_manual_close',
      from: this.platform.closeEnabled,
      to: on,
    })
    this.platform.closeEnabled = on
    this.platform.closeChangedAt = this.#at()
    this.platform.closeChangedBy = by
    this.#version++
    this.announce({ kind: 'settings_changed' })
    this.#set({ close_enabled: on })
  }

  set(change: Partial<AppState>) {
    this.#set(change)
  }

  announce(announcement: Announcement) {
    this.#announce(announcement)
  }

  /** One round of the queue: the head of each conversation, as the network allows. */
  async deliver() {
    for (const entry of this.entries) {
      if (entry.state !== 'queued' || !this.#mayGo(entry)) continue
      entry.state = 'sending'
      entry.attempts++
      this.#queueChanged(entry)
      if (this.options.latencyMs) await new Promise((done) => setTimeout(done, this.options.latencyMs))
      this.#attempt(entry)
      this.#queueChanged(entry)
      this.announce({ kind: 'entry_settled', entry: this.#shown(entry) })
    }
  }

  // The backend.

  async uiReady(announce: (announcement: Announcement) => void) {
    this.#announce = announce
    return {
      state: this.state,
      preferences: this.preferences,
      system_language: this.options.systemLanguage ?? 'en-GB',
      open_conversation: null,
      version: '0.1.0',
      preselected: this.options.preselected ?? { kind: 'nothing' as const },
    }
  }

  async checkWorkspace(address: string) {
    this.#mayFail('checkWorkspace')
    if (!/^(https?:\/\/)?[\w.-]+\.[a-z]{2,}(:\d+)?\/?$/i.test(address))
      throw { code: 'address_invalid' } satisfies Failure
    return { address: address.startsWith('http') ? address : `https://${address}` }
  }

  async startDemo() {
    this.#mayFail('startDemo')
    return { people: DEMO_PEOPLE }
  }

  async signIn({ email, password }: { email: string; password: string }) {
    this.#mayFail('signIn')
    const person = DEMO_PEOPLE.find((one) => one.email === email && one.password === password)
    if (!person) throw { code: 'bad_credentials' } satisfies Failure
    this.#set({
      stage: { kind: 'signed_in', session_expired: false },
      user: { id: `usr_${email.split('@')[0]}`, name: person.name, email, role: person.role },
    })
    void this.deliver()
  }

  async signOut() {
    this.#set({ stage: { kind: 'signed_out' } })
  }

  async openWithPassphrase(passphrase: string) {
    this.#mayFail('openWithPassphrase')
    if (passphrase.length < 8) throw { code: 'passphrase_too_short', limit: 8 } satisfies Failure
    this.#set({ stage: { kind: 'signed_out' } })
  }

  async tryAgain() {
    this.#mayFail('tryAgain')
    this.#set({ stage: { kind: 'signed_out' } })
  }

  async refresh() {
    this.#mayFail('refresh')
    this.announce({ kind: 'inbox_changed', conversation_ids: [] })
  }

  async dismissNotice(code: Code) {
    this.#set({ notices: this.state.notices.filter((notice) => notice !== code) })
  }

  async setPreferences(preferences: Preferences) {
    this.#mayFail('setPreferences')
    this.preferences = preferences
    return preferences
  }

  async inbox(query: InboxQuery): Promise<InboxPage> {
    this.#mayFail('inbox')
    const all = [...this.platform.talks.values()].map((talk) => this.#row(talk))
    const words = query.search?.toLowerCase()
    const mine = (row: InboxRow) => row.mine
    const elsewhere = (row: InboxRow) => Number(row.tab !== query.tab)
    const found = all
      .filter((row) => words !== undefined || row.tab === query.tab)
      .filter((row) => query.scope === 'all' || (query.scope === 'mine') === mine(row))
      .filter((row) => !query.channel_id || row.channel.id === query.channel_id)
      .filter((row) => !words || `${row.customer_name} ${row.last_text}`.toLowerCase().includes(words))
      .sort((one, other) => elsewhere(one) - elsewhere(other) || one.opened_at.localeCompare(other.opened_at))
    const from = query.after ? found.findIndex((row) => row.id === query.after) + 1 : 0
    const rows = found.slice(from, from + query.limit)
    const count = (tab: string) => all.filter((row) => row.tab === tab).length
    return {
      rows,
      next: from + query.limit < found.length ? (rows.at(-1)?.id ?? null) : null,
      counts: {
        received: count('received'),
        ongoing: count('ongoing'),
        mine: all.filter((row) => row.tab === 'ongoing' && row.mine).length,
        answered: count('answered'),
        archived: count('archived'),
        closed: count('closed'),
      },
      channels,
    }
  }

  async conversation(conversationId: string): Promise<ConversationView> {
    this.#mayFail('conversation')
    const talk = this.#known(conversationId)
    const queue = this.#waiting(conversationId)
    const others = [...this.platform.talks.values()].filter(
      (other) => other.customer.id === talk.customer.id && other.id !== talk.id,
    )
    const hasSurvey = talk.channel.id !== 'ch_messenger'
    return {
      id: talk.id,
      tab: this.#row(talk).tab,
      customer: {
        ...talk.customer,
        external_id: `web-${talk.customer.id}`,
        others: others.reverse().map((other) => ({
          id: other.id,
          opened_at: other.opened_at,
          closed_at: other.closed_at,
          tab: other.state,
          last_text: this.#lastSaid(other)?.text ?? '',
        })),
      },
      channel: talk.channel,
      team_name: talk.team,
      assignee_name: this.#row(talk).assignee_name,
      mine: this.#row(talk).mine,
      tags: talk.tags,
      opened_at: talk.opened_at,
      closed_at: talk.closed_at,
      closed_by: talk.closed_by,
      previous: talk.previous ? { id: talk.previous, closed_by: this.platform.talk(talk.previous).closed_by } : null,
      newer_conversation_id: talk.closed_at ? this.platform.newerThan(talk) : null,
      last_customer_message_id: this.platform.lastCustomerMessage(talk),
      survey: { will_send: hasSurvey, reason: null },
      composer: {
        draft: this.drafts.get(conversationId) ?? '',
        window_ends_at: talk.windowEndsAt,
        close_enabled: this.state.close_enabled,
        blocked: talk.closed_at ? 'closed' : queue.some((entry) => entry.close) ? 'close_queued' : null,
      },
      timeline: this.#page(talk, null, PAGE_OF_TIMELINE),
      queue: queue.map((entry) => this.#shown(entry)),
    }
  }

  async markSeen(conversationId: string) {
    const talk = this.platform.talks.get(conversationId)
    if (!talk?.unread) return
    talk.unread = false
    this.announce({ kind: 'inbox_changed', conversation_ids: [conversationId] })
  }

  async timeline({
    conversation_id,
    before,
    limit,
  }: {
    conversation_id: string
    before: string | null
    limit: number
  }) {
    return this.#page(this.#known(conversation_id), before, limit)
  }

  async saveDraft({ conversation_id, text }: { conversation_id: string; text: string }) {
    this.#mayFail('saveDraft')
    if (text === '') this.drafts.delete(conversation_id)
    else this.drafts.set(conversation_id, text)
  }

  async sendReply(args: {
    conversation_id: string
    text: string
    trigger_survey: boolean
    last_seen_message_id: string | null
  }) {
    this.#mayFail('sendReply')
    const action = args.trigger_survey ? 'reply_with_survey' : 'reply'
    return this.#queue(action, args.conversation_id, args.text, args.last_seen_message_id)
  }

  async sendAndClose(args: { conversation_id: string; text: string; last_seen_message_id: string | null }) {
    this.#mayFail('sendAndClose')
    const confirmed = (await this.options.confirm?.(this.#known(args.conversation_id).customer.name)) ?? true
    if (!confirmed) return { kind: 'cancelled' as const }
    const entry = this.#queue('send_and_close', args.conversation_id, args.text, args.last_seen_message_id)
    return { kind: 'queued' as const, entry }
  }

  async archive(conversationId: string) {
    this.#mayFail('archive')
    return this.#queue('archive', conversationId, null, null)
  }

  async assign(conversationId: string) {
    this.#mayFail('assign')
    return this.#queue('assign', conversationId, null, null)
  }

  async release(conversationId: string) {
    this.#mayFail('release')
    return this.#queue('release', conversationId, null, null)
  }

  async queue() {
    this.#mayFail('queue')
    const rank = (entry: QueueEntry) =>
      entry.state === 'needs_attention' ? 0 : entry.state === 'done' || entry.state === 'cancelled' ? 2 : 1
    return this.entries.map((entry) => this.#shown(entry)).sort((one, other) => rank(one) - rank(other))
  }

  async choose({ entry_id, choice }: { entry_id: string; choice: Choice }) {
    this.#mayFail('choose')
    const entry = this.entries.find((one) => one.id === entry_id)
    if (!entry || entry.state === 'done' || entry.state === 'cancelled')
      throw { code: 'entry_unknown' } satisfies Failure
    if (choice === 'confirm_again' && (await this.options.confirm?.(entry.customer_name)) === false) {
      return { kind: 'cancelled' as const }
    }
    if ((choice === 'undo' || choice === 'edit') && entry.state === 'sending') {
      entry.undo_requested = true
      this.#queueChanged(entry)
      return { kind: 'when_settled' as const }
    }
    return this.#take(entry, choice)
  }

  async inboxOptions() {
    this.#mayFail('inboxOptions')
    if (this.state.user?.role !== 'admin') throw { code: 'not_allowed' } satisfies Failure
    return {
      options: {
        allow_manual_close: this.platform.closeEnabled,
        changed_at: this.platform.closeChangedAt,
        changed_by: this.platform.closeChangedBy,
      },
      version: String(this.#version),
      as_of: this.#at(),
    }
  }

  async saveInboxOptions({ allow_manual_close, version }: { allow_manual_close: boolean; version: string }) {
    this.#mayFail('saveInboxOptions')
    if (version !== String(this.#version)) throw { code: 'settings_stale' } satisfies Failure
    const user = this.state.user
    this.switchClosing(allow_manual_close, { id: user?.id ?? '', name: user?.name ?? '' })
    return this.inboxOptions()
  }

  async auditLog() {
    this.#mayFail('auditLog')
    return { entries: [...this.#audit], next: null }
  }

  async reportFault() {
    // The browser's own console has it already.
  }

  // The queue.

  #queue(action: QueueEntry['action'], conversationId: string, text: string | null, seen: string | null): QueueEntry {
    const talk = this.#known(conversationId)
    const entry = {
      id: `key_${++this.#made}`,
      action,
      conversation_id: conversationId,
      customer_name: talk.customer.name,
      text,
      queued_at: this.#at(),
      state: 'queued' as const,
      undo_requested: false,
      held_up_by: null,
      attempts: 0,
      next_attempt_at: null,
      last_problem: null,
      half_done: null,
      attention: null,
      choices: [],
      seen,
      survey: action === 'reply_with_survey',
      close: action === 'send_and_close',
    }
    this.entries.push(entry)
    if (text !== null) this.drafts.delete(conversationId)
    this.#queueChanged(entry)
    if (this.options.latencyMs !== undefined) setTimeout(() => void this.deliver(), this.options.latencyMs)
    return this.#shown(entry)
  }

  #mayGo(entry: QueueEntry): boolean {
    const stage = this.state.stage
    const signedIn = stage.kind === 'signed_in' && !stage.session_expired
    return this.state.connection.status === 'online' && signedIn && this.#waiting(entry.conversation_id)[0] === entry
  }

  #attempt(entry: (typeof this.entries)[number]) {
    const { conversation_id: id, text } = entry
    try {
      switch (entry.action) {
        case 'reply':
        case 'reply_with_survey':
        case 'send_and_close':
          this.platform.reply(id, text ?? '', entry.seen, entry.close, entry.survey, entry.id)
          break
        case 'archive':
          this.platform.archive(id)
          break
        case 'assign':
          this.platform.assign(id, { id: this.state.user?.id ?? '', name: this.state.user?.name ?? '' })
          break
        case 'release':
          this.platform.assign(id, null)
          break
        case 'unknown':
          throw new Refusal('entry_unreadable')
      }
      entry.state = 'done'
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal
      entry.state = 'needs_attention'
      entry.attention = {
        code: refusal.code,
        new_messages: refusal.code === 'customer_wrote_since' ? this.#messagesSince(entry) : [],
        newer_conversation_id: refusal.newer,
      }
    }
  }

  #take(entry: (typeof this.entries)[number], choice: Choice) {
    const applied = { kind: 'applied' as const }
    switch (choice) {
      case 'undo':
      case 'edit':
        entry.state = 'cancelled'
        if (entry.text !== null) {
          const kept = this.drafts.get(entry.conversation_id)
          this.drafts.set(entry.conversation_id, kept ? `${entry.text}\n${kept}` : entry.text)
        }
        this.#queueChanged(entry)
        return entry.text === null
          ? applied
          : { kind: 'back_in_draft' as const, conversation_id: entry.conversation_id }
      case 'discard':
        entry.state = 'cancelled'
        break
      case 'drop_rest':
      case 'went_through':
        entry.state = 'done'
        break
      case 'confirm_again':
        this.#again(entry, { seen: this.platform.lastCustomerMessage(this.#known(entry.conversation_id)) })
        break
      case 'send_without_closing':
        this.#again(entry, { action: 'reply', close: false, seen: null })
        break
      case 'send_in_newer':
        this.#again(entry, {
          action: 'reply',
          close: false,
          seen: null,
          conversation_id: entry.attention?.newer_conversation_id ?? entry.conversation_id,
        })
        break
      case 'retry':
        this.#again(entry, {})
        break
      case 'wait':
        break
    }
    this.#queueChanged(entry)
    if (this.options.latencyMs !== undefined) setTimeout(() => void this.deliver(), this.options.latencyMs)
    return applied
  }

  #again(entry: (typeof this.entries)[number], change: Partial<(typeof this.entries)[number]>) {
    Object.assign(entry, change, { state: 'queued', attention: null })
  }

  #choices(entry: (typeof this.entries)[number]): Choice[] {
    switch (entry.state) {
      case 'queued':
        return entry.text === null ? ['undo'] : ['undo', 'edit']
      case 'sending':
        return ['undo']
      case 'checking':
        return ['retry']
      case 'done':
      case 'cancelled':
        return []
      case 'needs_attention':
        return this.#attentionChoices(entry)
    }
  }

  #attentionChoices(entry: (typeof this.entries)[number]): Choice[] {
    if (entry.half_done) {
      return entry.half_done.in_doubt ? ['went_through', 'retry', 'drop_rest'] : ['drop_rest', 'retry']
    }
    switch (entry.attention?.code) {
      case 'customer_wrote_since':
        return [
          'edit',
          ...(entry.close ? (['send_without_closing', 'confirm_again'] as const) : (['retry'] as const)),
          'discard',
        ]
      case 'conversation_closed':
        return [...(entry.attention.newer_conversation_id ? (['send_in_newer'] as const) : []), 'discard']
      case 'close_disabled':
        return ['wait', 'edit', 'send_without_closing', 'discard']
      default:
        return ['edit', 'retry', 'discard']
    }
  }

  #messagesSince(entry: { conversation_id: string; seen: string | null }) {
    const said = this.#known(entry.conversation_id).entries
    const from = said.findIndex((one) => one.id === entry.seen)
    return said.slice(from + 1).filter((one) => one.kind === 'message')
  }

  #waiting(conversationId: string) {
    return this.entries.filter(
      (entry) => entry.conversation_id === conversationId && entry.state !== 'done' && entry.state !== 'cancelled',
    )
  }

  #shown(entry: (typeof this.entries)[number]): QueueEntry {
    const head = this.#waiting(entry.conversation_id)[0]
    const heldUp = head && head !== entry && head.state === 'needs_attention' && entry.state === 'queued'
    return { ...structuredClone(entry), held_up_by: heldUp ? head.id : null, choices: this.#choices(entry) }
  }

  #queueChanged(entry: { conversation_id: string }) {
    const waiting = this.entries.filter((one) => ['queued', 'sending', 'checking'].includes(one.state))
    const attention = this.entries.filter((one) => one.state === 'needs_attention')
    this.#set({ queue: { pending: waiting.length, needs_attention: attention.length } })
    this.announce({ kind: 'queue_changed' })
    this.announce({ kind: 'inbox_changed', conversation_ids: [entry.conversation_id] })
  }

  // What is shown.

  #row(talk: Talk): InboxRow {
    const queue = this.#waiting(talk.id)
    const last = this.#lastSaid(talk)
    const said = queue.findLast((entry) => entry.text !== null && entry.state !== 'needs_attention')
    const tab = queue.reduce((state, entry) => optimistic(state, entry), talk.state)
    const taken = queue.findLast((entry) => entry.action === 'assign' || entry.action === 'release')
    const assignee = taken ? (taken.action === 'assign' ? this.state.user : null) : talk.assignee
    return {
      id: talk.id,
      tab,
      customer_name: talk.customer.name,
      channel: talk.channel,
      opened_at: talk.opened_at,
      last_at: last?.at ?? talk.opened_at,
      message_count: talk.entries.filter((entry) => entry.kind === 'message').length,
      last_author: said
        ? { kind: 'advisor', id: this.state.user?.id ?? null, name: this.state.user?.name ?? null }
        : (last?.author ?? null),
      last_text: (said?.text ?? last?.text ?? '').replaceAll(/\s+/g, ' ').slice(0, 160),
      tags: talk.tags,
      vip: talk.customer.vip,
      language: talk.customer.language,
      assignee_name: assignee?.name ?? null,
      mine: assignee?.id === this.state.user?.id && assignee !== null,
      unread: talk.unread,
      queue: queue.find((entry) => entry.state === 'needs_attention')?.state ?? queue[0]?.state ?? null,
    }
  }

  #lastSaid(talk: Talk) {
    return talk.entries.findLast((entry) => entry.kind === 'message' || entry.kind === 'reply')
  }

  #page(talk: Talk, before: string | null, limit: number) {
    const end = before ? talk.entries.findIndex((entry) => entry.id === before) : talk.entries.length
    const start = Math.max(0, end - limit)
    return { entries: talk.entries.slice(start, end), next: start > 0 ? (talk.entries[start]?.id ?? null) : null }
  }

  #known(conversationId: string): Talk {
    const talk = this.platform.talks.get(conversationId)
    if (!talk) throw { code: 'conversation_unknown' } satisfies Failure
    return talk
  }

  #connect(status: 'online' | 'offline') {
    const retry_at = status === 'offline' ? this.#at(40_000) : null
    this.#set({ connection: { ...this.state.connection, status, since: this.#at(), retry_at } })
  }

  #set(change: Partial<AppState>) {
    this.state = { ...this.state, ...change }
    this.announce({ kind: 'state', state: this.state })
  }

  #mayFail(command: string) {
    const failure = this.failNext.get(command)
    this.failNext.delete(command)
    if (failure) throw failure
  }

  #at(offsetMs = 0): string {
    return new Date(this.#now() + offsetMs).toISOString()
  }
}

/** Where a queued action will put the conversation, as far as is known here. */
function optimistic(state: Talk['state'], entry: QueueEntry): Talk['state'] {
  if (entry.state === 'needs_attention') return state
  switch (entry.action) {
    case 'reply':
    case 'reply_with_survey':
      return 'answered'
    case 'send_and_close':
      return 'closed'
    case 'archive':
      return 'archived'
    case 'assign':
      return 'ongoing'
    case 'release':
      return 'received'
    case 'unknown':
      return state
  }
}
