/**
 * A backend in memory, for component tests and for looking at the interface in a browser. It behaves as the engine does as far as
 * the interface can tell: a queue with its states, undo, needs-attention with its choices, a network that can be taken away. It is
 * no part of the application and never in its bundle.
 */
import type {
  Administer,
  Administered,
  Announcement,
  AppState,
  Attached,
  AttachedFile,
  Attachment,
  AuditEntry,
  Backend,
  Choose,
  Code,
  ConversationView,
  DemoPerson,
  Carried,
  DetachFile,
  TakeFiles,
  Draft,
  Failure,
  InboxPage,
  InboxQuery,
  Picture,
  PictureQuery,
  Preferences,
  Preselected,
  QueueEntry,
  Role,
  SendAndClose,
  SendReply,
  SignInOutcome,
  SignInWays,
  Stage,
} from '$lib/backend'
import { subjects } from './administration'
import { CODE, ENROLMENT, RECOVERY_CODES } from './administration/account'
import { auditPage } from './administration/audit'
import { RehearsedDownloads } from './downloads'
import { drawn } from './drawn'
import { RehearsedFiles, type PickedFile } from './files'
import { RehearsedPlatform, type Talk } from './platform'
import { RehearsedQueue, type Entry } from './queue'
import { inboxOf, lastSaid, pageOf, rowOf } from './shown'

export interface RehearsalOptions {
  stage?: Stage
  role?: Role
  /** Who is signed in, and where, if it is somebody else. */
  signedIn?: Pick<Partial<AppState>, 'user' | 'workspace'>
  closeEnabled?: boolean
  /** What the workspace's provider is called, if it has one. */
  provider?: string
  /** Whether a sign-in takes a second step, and whether there is an authenticator for it. */
  secondFactor?: 'set_up' | 'missing'
  online?: boolean
  preferences?: Partial<Preferences>
  systemLanguage?: string
  preselected?: Preselected
  /** The conversation that the window is opened on; `first`: any that is open. */
  openConversation?: string
  /** Conversations to begin with. */
  size?: number
  /** How long the network takes; 0 delivers as soon as the queue is looked at. */
  latencyMs?: number
  /** What the person answers to the system's confirmation (R5). */
  confirm?: (customerName: string, files: string[]) => boolean | Promise<boolean>
  /** What the person picks in the system's dialog for files; nothing: it was cancelled. */
  pick?: () => PickedFile[] | Promise<PickedFile[]>
  /** What the web view keeps back of a drag or of the clipboard. */
  keptBack?: (from: Carried) => PickedFile[]
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
  readonly drafts = new Map<string, string>()
  readonly files = new RehearsedFiles()
  readonly entries: Entry[]
  /** Makes the next command of this name fail. */
  readonly failNext = new Map<string, Failure>()
  state: AppState
  preferences: Preferences

  #announce: (announcement: Announcement) => void = () => undefined
  #version = 1
  #made = 0
  /** The audit log, newest first. */
  readonly audit: AuditEntry[] = []
  /** What was asked of the administration, in order. */
  readonly calls: Administer[] = []
  readonly #subjects = subjects.map((make) => make())
  #visiting: { promise: Promise<void>; resolve: () => void; reject: (why: Failure) => void } | null = null
  #waiting: DemoPerson | null = null
  readonly #now: () => number
  readonly #queue: RehearsedQueue
  readonly saving: RehearsedDownloads
  /** Paths of files that were to be saved. */
  readonly saved: string[] = []
  /** Pictures that were asked for. */
  readonly pictures: string[] = []

  constructor(readonly options: RehearsalOptions = {}) {
    this.#now = options.now ?? Date.now
    this.platform = new RehearsedPlatform(this.#now, options.size ?? 60)
    this.platform.closeEnabled = options.closeEnabled ?? true
    this.saving = new RehearsedDownloads((announcement) => this.announce(announcement), options.latencyMs)
    this.#queue = new RehearsedQueue(this.platform, this.drafts, this.files)
    this.entries = this.#queue.entries
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
      ...options.signedIn,
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
    this.record({ what: 'sign-in', at: this.#at(-3_600_000) })
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

  /** The page around acts for somebody else from now on (R12). */
  changeHands() {
    this.#set({ stage: { kind: 'unusable', code: 'another_person' } })
  }

  customerWrites(conversationId: string, text: string): string {
    const id = this.platform.customerWrites(conversationId, text)
    this.announce({ kind: 'inbox_changed', conversation_ids: [id] })
    return id
  }

  customerTypes(conversationId: string, on = true) {
    this.announce({ kind: 'customer_typing', conversation_id: conversationId, on })
  }

  customerSends(conversationId: string, text: string, attachments: Attachment[]): string {
    const id = this.platform.customerWrites(conversationId, text, attachments)
    this.announce({ kind: 'inbox_changed', conversation_ids: [id] })
    return id
  }

  switchClosing(on: boolean, by = { id: 'usr_admin', name: 'Nadia Admin' }) {
    this.record({ who: by, what: 'settings.allow_manual_close', from: this.platform.closeEnabled, to: on })
    this.platform.closeEnabled = on
    this.platform.closeChangedAt = this.#at()
    this.platform.closeChangedBy = by
    this.#version++
    this.announce({ kind: 'settings_changed' })
    this.#set({ close_enabled: on })
    if (on) this.#queue.switchedOn()
    this.#deliverSoon()
  }

  /** Writes into the audit log. */
  record(entry: Partial<AuditEntry> & { what: string }) {
    const nr = this.audit.length + 1
    this.audit.unshift({
      nr,
      id: `aud_${nr}`,
      at: this.#at(),
      who: { id: 'usr_admin', name: 'Nadia Admin' },
      subject: null,
      from: null,
      to: null,
      hash: '',
      ...entry,
    })
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
      if (!this.#queue.isNext(entry) || !this.#reaches()) continue
      entry.state = 'sending'
      entry.attempts++
      this.#queueChanged(entry)
      if (this.options.latencyMs) await new Promise((done) => setTimeout(done, this.options.latencyMs))
      this.#queue.attempt(entry, { id: this.state.user?.id ?? '', name: this.state.user?.name ?? '' })
      this.#queueChanged(entry)
      this.announce({ kind: 'entry_settled', entry: this.#queue.shown(entry) })
    }
  }

  // The backend.

  async uiReady(inbox: InboxQuery, announce: (announcement: Announcement) => void) {
    this.#announce = announce
    const { stage } = this.state
    if (stage.kind === 'unusable' && stage.code === 'another_person') {
      this.#set({ stage: { kind: 'signed_in', session_expired: false } })
    }
    return {
      state: this.state,
      inbox: this.state.stage.kind === 'signed_in' ? await this.inbox(inbox).catch(() => null) : null,
      preferences: this.preferences,
      system_language: this.options.systemLanguage ?? 'en-GB',
      open_conversation: this.#opened(),
      version: '0.1.0',
      preselected: this.options.preselected ?? { kind: 'nothing' as const },
    }
  }

  #opened(): string | null {
    const wanted = this.options.openConversation
    if (wanted !== 'first') return wanted ?? null
    return [...this.platform.talks.values()].find((talk) => talk.state === 'received')?.id ?? null
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

  async signIn({ email, password }: { email: string; password: string }): Promise<SignInOutcome> {
    this.#mayFail('signIn')
    const person = DEMO_PEOPLE.find((one) => one.email === email && one.password === password)
    if (!person) throw { code: 'bad_credentials' } satisfies Failure
    const { secondFactor } = this.options
    if (secondFactor) {
      this.#waiting = person
      return { kind: 'second_step', enrol: secondFactor === 'missing' }
    }
    return this.#letIn(person, [])
  }

  async secondStep(code: string): Promise<SignInOutcome> {
    this.#mayFail('secondStep')
    if (!this.#waiting) throw { code: 'sign_in_too_slow' } satisfies Failure
    if (code !== CODE) throw { code: 'second_factor_wrong' } satisfies Failure
    return this.#letIn(this.#waiting, this.options.secondFactor === 'missing' ? RECOVERY_CODES : [])
  }

  async signInWays(): Promise<SignInWays> {
    return { passwords: true, single_sign_on: this.options.provider ?? null }
  }

  async beginSingleSignOn() {
    this.#mayFail('beginSingleSignOn')
    let [resolve, reject]: [() => void, (why: Failure) => void] = [() => {}, () => {}]
    const promise = new Promise<void>((back, over) => ([resolve, reject] = [back, over]))
    this.#visiting = { promise, resolve, reject }
  }

  async finishSingleSignOn(): Promise<SignInOutcome> {
    await this.#visiting?.promise
    this.#mayFail('finishSingleSignOn')
    return this.#letIn(DEMO_PEOPLE[0]!, [])
  }

  async cancelSingleSignOn() {
    this.#visiting?.reject({ code: 'sign_in_too_slow' })
  }

  /** The browser is back. */
  returnFromProvider() {
    this.#visiting?.resolve()
  }

  async enrolSecondFactor() {
    this.#mayFail('enrolSecondFactor')
    return ENROLMENT
  }

  #letIn(person: DemoPerson, recovery_codes: string[]): SignInOutcome {
    const { name, email, role } = person
    this.#waiting = null
    this.#set({
      stage: { kind: 'signed_in', session_expired: false },
      user: { id: `usr_${email.split('@')[0]}`, name, email, role },
    })
    void this.deliver()
    return { kind: 'signed_in', recovery_codes }
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
    const rows = [...this.platform.talks.values()].map((talk) => this.#row(talk))
    return inboxOf(rows, query)
  }

  async conversation(conversationId: string): Promise<ConversationView> {
    this.#mayFail('conversation')
    const talk = this.#known(conversationId)
    const queue = this.#queue.waiting(conversationId)
    const { tab, assignee_name, mine } = this.#row(talk)
    const others = [...this.platform.talks.values()].filter(
      (other) => other.customer.id === talk.customer.id && other.id !== talk.id,
    )
    const hasSurvey = talk.channel.id !== 'ch_messenger'
    return {
      id: talk.id,
      tab,
      customer: {
        ...talk.customer,
        external_id: `web-${talk.customer.id}`,
        others: others.reverse().map((other) => ({
          id: other.id,
          opened_at: other.opened_at,
          closed_at: other.closed_at,
          tab: other.state,
          last_text: lastSaid(other)?.text ?? '',
        })),
      },
      channel: talk.channel,
      team_name: talk.team,
      assignee_name,
      mine,
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
        files: this.files.of(conversationId),
        takes_files: this.files.limits,
        window_ends_at: talk.windowEndsAt,
        close_enabled: this.state.close_enabled,
        blocked: talk.closed_at ? 'closed' : queue.some((entry) => entry.close) ? 'close_queued' : null,
      },
      timeline: pageOf(talk, null, PAGE_OF_TIMELINE),
      queue: queue.map((entry) => this.#queue.shown(entry)),
    }
  }

  async markSeen(conversationId: string) {
    const talk = this.platform.talks.get(conversationId)
    if (!talk?.unread) return
    talk.unread = false
    this.announce({ kind: 'inbox_changed', conversation_ids: [conversationId] })
  }

  async typing() {
    // The rehearsal's customers do not look.
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
    return pageOf(this.#known(conversation_id), before, limit)
  }

  async picture({ conversation_id, attachment_id, large }: PictureQuery): Promise<Picture> {
    this.#mayFail('picture')
    this.pictures.push(`${attachment_id}${large ? ' large' : ''}`)
    const files = this.#known(conversation_id).entries.flatMap((entry) => entry.attachments ?? [])
    const file = files.find((one) => one.id === attachment_id)
    if (!file) throw { code: 'file_unknown' } satisfies Failure
    if (this.state.connection.status !== 'online') throw { code: 'offline' } satisfies Failure
    if (/broken/.test(file.name)) throw { code: 'picture_unreadable' } satisfies Failure
    return drawn(large)
  }

  async saveDraft({ conversation_id, text, instead_of }: Draft) {
    this.#mayFail('saveDraft')
    const there = this.drafts.get(conversation_id) ?? ''
    const returned =
      instead_of === '' ? there : there.endsWith(`\n\n${instead_of}`) ? there.slice(0, -instead_of.length - 2) : ''
    const kept = [returned, text].filter((part) => part !== '').join('\n\n')
    if (kept === '') this.drafts.delete(conversation_id)
    else this.drafts.set(conversation_id, kept)
  }

  async chooseFiles(conversationId: string): Promise<Attached> {
    this.#mayFail('chooseFiles')
    if (!this.files.limits) throw { code: 'files_not_taken' } satisfies Failure
    const picked = (await this.options.pick?.()) ?? [{ name: 'invoice.pdf', bytes: new Uint8Array(2048) }]
    return this.#attachAll(conversationId, picked)
  }

  async takeFiles({ conversation_id, from }: TakeFiles): Promise<Attached> {
    this.#mayFail('takeFiles')
    if (!this.files.limits) throw { code: 'files_not_taken' } satisfies Failure
    return this.#attachAll(conversation_id, this.options.keptBack?.(from) ?? [])
  }

  async attachFile(conversationId: string, name: string, bytes: Uint8Array): Promise<Attached> {
    this.#mayFail('attachFile')
    if (this.options.latencyMs) await new Promise((done) => setTimeout(done, this.options.latencyMs))
    const attached = this.files.attach(conversationId, { name, bytes })
    this.#draftChanged(conversationId)
    return attached
  }

  async detachFile({ conversation_id, file_id }: DetachFile): Promise<AttachedFile[]> {
    this.#mayFail('detachFile')
    const files = this.files.detach(conversation_id, file_id)
    this.#draftChanged(conversation_id)
    return files
  }

  async sendReply({ conversation_id, text, file_ids, trigger_survey, last_seen_message_id }: SendReply) {
    this.#mayFail('sendReply')
    const files = this.files.take(conversation_id, file_ids)
    const action = trigger_survey ? 'reply_with_survey' : 'reply'
    return this.#click(action, conversation_id, text, last_seen_message_id, files)
  }

  async sendAndClose({ conversation_id, text, file_ids, last_seen_message_id }: SendAndClose) {
    this.#mayFail('sendAndClose')
    const { name } = this.#known(conversation_id).customer
    const named = this.files.of(conversation_id).filter(({ id }) => file_ids.includes(id))
    const confirmed = await this.options.confirm?.(
      name,
      named.map((file) => file.name),
    )
    if (confirmed === false) return { kind: 'cancelled' as const }
    const files = this.files.take(conversation_id, file_ids)
    const entry = this.#click('send_and_close', conversation_id, text, last_seen_message_id, files)
    return { kind: 'queued' as const, entry }
  }

  async archive(conversationId: string) {
    this.#mayFail('archive')
    return this.#click('archive', conversationId, null, null)
  }

  async assign(conversationId: string) {
    this.#mayFail('assign')
    return this.#click('assign', conversationId, null, null)
  }

  async release(conversationId: string) {
    this.#mayFail('release')
    return this.#click('release', conversationId, null, null)
  }

  async queue() {
    this.#mayFail('queue')
    return this.#queue.list()
  }

  async choose({ entry_id, choice, seen_message_id }: Choose) {
    this.#mayFail('choose')
    const entry = this.entries.find((one) => one.id === entry_id)
    if (!entry || entry.state === 'done' || entry.state === 'cancelled')
      throw { code: 'entry_unknown' } satisfies Failure
    const names = entry.files.map((file) => file.name)
    if (choice === 'confirm_again' && (await this.options.confirm?.(entry.customer_name, names)) === false) {
      return { kind: 'cancelled' as const }
    }
    const chosen = this.#queue.choose(entry, choice, seen_message_id)
    this.#queueChanged(entry)
    this.#deliverSoon()
    return chosen
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
    return { entries: [...this.audit], next: null }
  }

  async administer(call: Administer): Promise<Administered> {
    this.#mayFail('administer')
    if (this.state.connection.status === 'offline') throw { code: 'offline' } satisfies Failure
    const forAdmins = !/^\/v1\/(me|sessions)(\/|$)/.test(call.path)
    if (forAdmins && this.state.user?.role !== 'admin') {
      throw { code: 'not_allowed', problem: 'not-found' } satisfies Failure
    }
    this.calls.push(call)
    if (call.path.startsWith('/v1/audit-log')) {
      return { status: 200, body: auditPage(this.audit, call.path), version: null }
    }
    this.#mark(call)
    for (const subject of this.#subjects) {
      const answer = subject(call)
      if (answer) return { status: answer.status ?? 200, body: answer.body ?? null, version: answer.version ?? null }
    }
    throw { code: 'not_allowed', problem: 'not-found' } satisfies Failure
  }

  /** A customer of the inbox whom an admin marks as very important. */
  #mark({ method, path, body }: Administer) {
    const [, id] = /^\/v1\/admin\/customers\/([^/]+)$/.exec(path) ?? []
    if (method !== 'PATCH' || !id) return
    for (const talk of this.platform.talks.values()) {
      if (talk.customer.id !== id) continue
      talk.customer.vip = (body as { vip: boolean }).vip
      this.announce({ kind: 'inbox_changed', conversation_ids: [talk.id] })
    }
  }

  async saveFile({ path, name }: { path: string; name: string }) {
    this.#mayFail('saveFile')
    this.saved.push(path)
    return this.saving.save(name)
  }

  async downloads() {
    return this.saving.list.map((download) => ({ ...download }))
  }

  async cancelDownload(downloadId: string) {
    this.saving.change(downloadId, { state: 'cancelled' })
  }

  async resumeDownload(downloadId: string) {
    this.saving.resume(downloadId)
  }

  async showDownload() {
    this.#mayFail('showDownload')
  }

  async forgetDownload(downloadId: string) {
    this.saving.list.splice(
      this.saving.list.findIndex(({ id }) => id === downloadId),
      1,
    )
  }

  async reportFault() {
    // The browser's own console has it already.
  }

  #click(
    action: QueueEntry['action'],
    conversationId: string,
    text: string | null,
    seen: string | null,
    files: AttachedFile[] = [],
  ): QueueEntry {
    const talk = this.#known(conversationId)
    const entry = this.#queue.add({ id: `key_${++this.#made}`, action, talk, text, files, seen, at: this.#at() })
    this.#queueChanged(entry)
    this.#deliverSoon()
    return this.#queue.shown(entry)
  }

  #deliverSoon() {
    if (this.options.latencyMs !== undefined) setTimeout(() => void this.deliver(), this.options.latencyMs)
  }

  #reaches(): boolean {
    const stage = this.state.stage
    return this.state.connection.status === 'online' && stage.kind === 'signed_in' && !stage.session_expired
  }

  #queueChanged(entry: { conversation_id: string }) {
    this.#set({ queue: this.#queue.counts() })
    this.announce({ kind: 'queue_changed' })
    this.announce({ kind: 'inbox_changed', conversation_ids: [entry.conversation_id] })
  }

  #attachAll(conversationId: string, picked: PickedFile[]): Attached {
    const answers = picked.map((file) => this.files.attach(conversationId, file))
    this.#draftChanged(conversationId)
    return { files: this.files.of(conversationId), refused: answers.flatMap(({ refused }) => refused) }
  }

  #draftChanged(conversationId: string) {
    this.announce({ kind: 'inbox_changed', conversation_ids: [conversationId] })
  }

  #row(talk: Talk) {
    return rowOf(talk, this.#queue.waiting(talk.id), this.state.user)
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
