/**
 * The rehearsal's queue: the states of an action and what the person can do about it, as the engine tells them (D15, D22 to D24).
 * Small on purpose; the real one is the engine's outbox.
 */
import type { AttachedFile, Choice, Chosen, QueueEntry } from '$lib/backend'
import type { RehearsedFiles } from './files'
import { Refusal, type RehearsedPlatform, type Talk } from './platform'

/** An entry, with what only the queue itself has to know. */
export type Entry = QueueEntry & { seen: string | null; survey: boolean; close: boolean }

/** What an entry begins with. */
export interface Click {
  id: string
  action: QueueEntry['action']
  talk: Talk
  text: string | null
  files: AttachedFile[]
  seen: string | null
  at: string
}

export class RehearsedQueue {
  readonly entries: Entry[] = []

  constructor(
    readonly platform: RehearsedPlatform,
    readonly drafts: Map<string, string>,
    readonly files: RehearsedFiles,
  ) {}

  add({ id, action, talk, text, files, seen, at }: Click): Entry {
    const entry: Entry = {
      id,
      action,
      conversation_id: talk.id,
      customer_name: talk.customer.name,
      text,
      files,
      queued_at: at,
      state: 'queued',
      undo_requested: false,
      waits_for_switch: false,
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
    if (text !== null) this.drafts.delete(talk.id)
    return entry
  }

  /** What is open in a conversation, in its order (D22). */
  waiting(conversationId: string): Entry[] {
    return this.entries.filter(
      (entry) => entry.conversation_id === conversationId && entry.state !== 'done' && entry.state !== 'cancelled',
    )
  }

  isNext(entry: Entry): boolean {
    const waits = entry.state === 'queued' && !entry.waits_for_switch
    return waits && this.waiting(entry.conversation_id)[0] === entry
  }

  counts(): { pending: number; needs_attention: number } {
    const pending = this.entries.filter((one) => ['queued', 'sending', 'checking'].includes(one.state))
    const attention = this.entries.filter((one) => one.state === 'needs_attention')
    return { pending: pending.length, needs_attention: attention.length }
  }

  /** As the interface gets it. */
  shown(entry: Entry): QueueEntry {
    const head = this.waiting(entry.conversation_id)[0]
    const stops = head?.state === 'needs_attention' || head?.waits_for_switch
    const heldUp = head && head !== entry && stops && entry.state === 'queued'
    return {
      ...structuredClone(entry),
      held_up_by: heldUp ? head.id : null,
      choices: choices(entry).filter((choice) => choice !== 'edit' || entry.text !== null),
    }
  }

  /** All of it: what needs attention first, what has ended last. */
  list(): QueueEntry[] {
    const rank = (entry: QueueEntry) =>
      entry.state === 'needs_attention' ? 0 : entry.state === 'done' || entry.state === 'cancelled' ? 2 : 1
    return this.entries.map((entry) => this.shown(entry)).sort((one, other) => rank(one) - rank(other))
  }

  attempt(entry: Entry, me: { id: string; name: string }) {
    try {
      this.#perform(entry, me)
      entry.state = 'done'
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal
      entry.state = 'needs_attention'
      entry.attention = {
        code: refusal.code,
        new_messages: this.#messagesSince(entry, refusal),
        newer_conversation_id: refusal.newer,
      }
    }
  }

  /** Does what the person decided. `seen`: the newest message that was on the screen (D6). */
  choose(entry: Entry, choice: Choice, seen: string | null): Chosen {
    switch (choice) {
      case 'undo':
      case 'edit':
        if (entry.state === 'sending') {
          entry.undo_requested = true
          return { kind: 'when_settled' }
        }
        return this.#takeBack(entry)
      case 'discard':
        entry.state = 'cancelled'
        break
      case 'drop_rest':
      case 'went_through':
        entry.state = 'done'
        break
      case 'confirm_again':
        again(entry, { seen: seen ?? entry.seen })
        break
      case 'send_without_closing':
        again(entry, { action: 'reply', close: false, seen: seen ?? entry.seen })
        break
      case 'send_in_newer': {
        const conversation_id = entry.attention?.newer_conversation_id ?? entry.conversation_id
        again(entry, { action: 'reply', close: false, seen: seen ?? entry.seen, conversation_id })
        break
      }
      case 'retry':
        again(entry, { seen: seen ?? entry.seen })
        break
      case 'wait':
        again(entry, { waits_for_switch: true })
        break
    }
    return { kind: 'applied' }
  }

  /** What was told to wait for it goes on (D8). */
  switchedOn() {
    for (const entry of this.entries) entry.waits_for_switch = false
  }

  #takeBack(entry: Entry): Chosen {
    entry.state = 'cancelled'
    if (entry.text === null) return { kind: 'applied' }
    const kept = this.drafts.get(entry.conversation_id)
    if (entry.text !== '') this.drafts.set(entry.conversation_id, kept ? `${entry.text}\n\n${kept}` : entry.text)
    this.files.giveBack(entry.conversation_id, entry.files)
    return { kind: 'back_in_draft', conversation_id: entry.conversation_id }
  }

  #perform(
    { action, conversation_id: id, text, files, seen, close, survey, id: key }: Entry,
    me: { id: string; name: string },
  ) {
    switch (action) {
      case 'reply':
      case 'reply_with_survey':
      case 'send_and_close':
        return this.platform.reply(id, text ?? '', seen, close, survey, key, files)
      case 'archive':
        return this.platform.archive(id)
      case 'assign':
        return this.platform.assign(id, me)
      case 'release':
        return this.platform.assign(id, null)
      case 'unknown':
        throw new Refusal('entry_unreadable')
    }
  }

  /** What the customer has written since (D6), or in the newer conversation (D7). */
  #messagesSince(entry: Entry, refusal: Refusal) {
    if (refusal.code !== 'customer_wrote_since' && refusal.newer === null) return []
    const said = this.platform.talk(refusal.newer ?? entry.conversation_id).entries
    const from = said.findIndex((one) => one.id === entry.seen)
    return said.slice(from + 1).filter((one) => one.kind === 'message')
  }
}

function again(entry: Entry, change: Partial<Entry>) {
  Object.assign(entry, { waits_for_switch: false }, change, { state: 'queued', attention: null, last_problem: null })
}

function choices(entry: Entry): Choice[] {
  switch (entry.state) {
    case 'queued':
      if (entry.half_done) return entry.next_attempt_at ? ['retry', 'drop_rest'] : ['drop_rest']
      if (entry.waits_for_switch) return ['undo', 'edit', 'send_without_closing']
      return entry.next_attempt_at ? ['undo', 'edit', 'retry'] : ['undo', 'edit']
    case 'sending':
      return entry.undo_requested || entry.half_done ? [] : ['undo']
    case 'checking':
      if (entry.undo_requested) return []
      return entry.next_attempt_at ? ['undo', 'retry'] : ['undo']
    case 'done':
    case 'cancelled':
      return []
    case 'needs_attention':
      return attentionChoices(entry)
  }
}

function attentionChoices(entry: Entry): Choice[] {
  if (entry.half_done) {
    return entry.half_done.in_doubt ? ['went_through', 'retry', 'drop_rest'] : ['drop_rest', 'retry']
  }
  switch (entry.attention?.code) {
    case 'customer_wrote_since':
      return entry.close ? ['edit', 'send_without_closing', 'confirm_again', 'discard'] : ['edit', 'retry', 'discard']
    case 'conversation_closed':
      return entry.attention.newer_conversation_id && entry.text !== null ? ['send_in_newer', 'discard'] : ['discard']
    case 'close_disabled':
      return ['wait', 'edit', 'send_without_closing', 'discard']
    case 'outcome_unknown':
      return ['went_through', 'edit', 'retry', 'discard']
    case 'conversation_unknown':
      return ['retry', 'discard']
    case 'entry_unreadable':
    case 'file_damaged':
    case 'file_kind_refused':
    case 'file_too_large':
    case 'files_too_many':
    case 'internal':
      return ['edit', 'discard']
    default:
      return ['edit', 'retry', 'discard']
  }
}
