/** The outbox in words: states, actions, choices, and what is said when something was chosen. */
import type { ActionKind, Choice, Chosen, Code, EntryState, HalfDone, QueueEntry } from '$lib/backend'
import type { IconName } from '$components/icons'
import { moment, until } from '$lib/i18n/time'
import { m } from '$lib/paraglide/messages'
import { sentence } from './codes'

export const stateIcons: Record<EntryState, IconName> = {
  queued: 'clock',
  sending: 'up',
  checking: 'question',
  needs_attention: 'alert',
  done: 'check',
  cancelled: 'undo',
}

const states: Record<EntryState, { text: () => string; title: () => string }> = {
  queued: { text: m.state_queued, title: m.state_queued_title },
  sending: { text: m.state_sending, title: m.state_sending_title },
  checking: { text: m.state_checking, title: m.state_checking_title },
  needs_attention: { text: m.state_needs_attention, title: m.state_needs_attention_title },
  done: { text: m.state_done, title: m.state_done_title },
  cancelled: { text: m.state_cancelled, title: m.state_cancelled_title },
}

export const stateText = (state: EntryState) => states[state].text()
export const stateTitle = (state: EntryState) => states[state].title()

const actions: Record<ActionKind, { text: () => string; icon: IconName }> = {
  reply: { text: m.action_reply, icon: 'send' },
  reply_with_survey: { text: m.action_reply_with_survey, icon: 'survey' },
  send_and_close: { text: m.action_send_and_close, icon: 'sendClose' },
  archive: { text: m.action_archive, icon: 'archive' },
  assign: { text: m.action_assign, icon: 'take' },
  release: { text: m.action_release, icon: 'release' },
  unknown: { text: m.action_unknown, icon: 'question' },
}

export const actionText = (action: ActionKind) => actions[action].text()
export const actionIcon = (action: ActionKind) => actions[action].icon

/** For whom. A conversation that this person does not get any more has lost its customer's name, and its entry stays. */
export const customerText = (entry: QueueEntry) => entry.customer_name || m.entry_no_name()

const choices: Record<Choice, { text: () => string; title: () => string; icon: IconName }> = {
  undo: { text: m.choice_undo, title: m.choice_undo_title, icon: 'undo' },
  edit: { text: m.choice_edit, title: m.choice_edit_title, icon: 'edit' },
  retry: { text: m.choice_retry, title: m.choice_retry_title, icon: 'refresh' },
  confirm_again: { text: m.choice_confirm_again, title: m.choice_confirm_again_title, icon: 'sendClose' },
  send_without_closing: {
    text: m.choice_send_without_closing,
    title: m.choice_send_without_closing_title,
    icon: 'send',
  },
  send_in_newer: { text: m.choice_send_in_newer, title: m.choice_send_in_newer_title, icon: 'route' },
  wait: { text: m.choice_wait, title: m.choice_wait_title, icon: 'pause' },
  went_through: { text: m.choice_went_through, title: m.choice_went_through_title, icon: 'check' },
  drop_rest: { text: m.choice_drop_rest, title: m.choice_drop_rest_title, icon: 'pause' },
  discard: { text: m.choice_discard, title: m.choice_discard_title, icon: 'bin' },
}

/** What a choice is called. To try a reply again that was held back for a new message is to send it all the same (D6). */
export function choiceText(choice: Choice, entry: QueueEntry): string {
  return sendsAllTheSame(choice, entry) ? m.choice_send_all_the_same() : choices[choice].text()
}

export function choiceTitle(choice: Choice, entry: QueueEntry): string {
  if (sendsAllTheSame(choice, entry)) return m.choice_send_all_the_same_title()
  if (choice === 'retry' && entry.state === 'needs_attention') return m.choice_retry_again_title()
  return choices[choice].title()
}

export const choiceIcon = (choice: Choice) => choices[choice].icon

const sendsAllTheSame = (choice: Choice, entry: QueueEntry) =>
  choice === 'retry' && entry.attention?.code === 'customer_wrote_since'

/** What makes sense now: without the platform, trying at once what waits for nothing else would change nothing. */
export function choicesOf(entry: QueueEntry, reachable: boolean): Choice[] {
  const waits = entry.state === 'queued' || entry.state === 'checking'
  return entry.choices.filter((choice) => choice !== 'retry' || reachable || !waits)
}

/** What to say after a choice about an entry was taken. `reachable`: what is queued goes out at once. */
export function chosenText(choice: Choice, chosen: Chosen, { files }: QueueEntry, reachable: boolean): string {
  switch (chosen.kind) {
    case 'back_in_draft':
      return files.length > 0 ? m.chosen_undone_files() : m.chosen_undone()
    case 'cancelled':
      return m.chosen_cancelled()
    case 'when_settled':
      return m.chosen_when_settled()
    case 'applied':
      return appliedText(choice, reachable)
  }
}

function appliedText(choice: Choice, reachable: boolean): string {
  switch (choice) {
    case 'discard':
      return m.chosen_discarded()
    case 'drop_rest':
      return m.chosen_rest_dropped()
    case 'went_through':
      return m.chosen_went_through()
    case 'undo':
    case 'edit':
      return m.chosen_undone_plain()
    case 'wait':
      return m.chosen_waits()
    case 'retry':
      return reachable ? m.chosen_retry() : m.chosen_queued_for_later()
    case 'confirm_again':
    case 'send_without_closing':
    case 'send_in_newer':
      return reachable ? m.chosen_queued() : m.chosen_queued_for_later()
  }
}

/** What has been done of an action and what has not, on a platform that takes it in steps: "Your reply was sent. The conversation is not closed." */
export function halfDoneText({ done, in_doubt, left }: HalfDone): string {
  const sentences = []
  if (done.includes('reply')) {
    sentences.push(done.includes('survey') ? m.half_done_reply_survey() : m.half_done_reply())
  }
  if (in_doubt === 'survey') sentences.push(m.half_doubt_survey())
  if (in_doubt === 'close') sentences.push(m.half_doubt_close())
  if (left.includes('close')) {
    sentences.push(left.includes('survey') ? m.half_left_survey_close() : m.half_left_close())
  } else if (left.includes('survey')) {
    sentences.push(m.half_left_survey())
  }
  return sentences.join(' ')
}

/** What has taken effect of something half done, and what is left of it unless somebody else has closed the conversation for good. */
export function progressText({ half_done, attention }: QueueEntry): string {
  if (!half_done) return ''
  return halfDoneText(attention?.code === 'conversation_closed' ? { ...half_done, left: [] } : half_done)
}

/** Why an action waits for the advisor, and what to do. It says nothing of a text where there is none, and of something half done not that
 * nothing was sent. */
export function whyText(entry: QueueEntry): string {
  if (!entry.attention) return ''
  const code = entry.attention.code
  if (entry.half_done) return whyHalfDone(code, entry)
  if (entry.text === null) return whyWithoutText(code)
  switch (code) {
    case 'conversation_closed':
      return entry.choices.includes('send_in_newer') ? m.why_closed_newer() : m.why_closed()
    case 'internal':
      return m.why_internal()
    default:
      return sentence({ code })
  }
}

function whyHalfDone(code: Code, entry: QueueEntry): string {
  switch (code) {
    case 'undone_in_part':
      return sentence({ code })
    case 'customer_wrote_since':
      return m.half_why_customer_wrote_since()
    case 'close_disabled':
      return m.half_why_close_disabled()
    case 'outcome_unknown':
      return m.half_why_outcome_unknown()
    case 'conversation_closed':
      return m.half_why_conversation_closed()
    default:
      return entry.choices.includes('retry') ? m.half_why_refused() : m.half_why_refused_for_good()
  }
}

function whyWithoutText(code: Code): string {
  switch (code) {
    case 'conversation_closed':
      return m.why_act_closed()
    case 'conversation_unknown':
      return m.why_act_conversation_unknown()
    case 'outcome_unknown':
      return m.why_act_outcome_unknown()
    case 'entry_unreadable':
      return m.why_act_unreadable()
    case 'internal':
      return m.why_act_internal()
    default:
      return m.why_act_refused()
  }
}

/** What discarding means. Of what may have arrived nobody says that nothing was sent. */
export function discardText(entry: QueueEntry): string {
  const name = customerText(entry)
  const action = actionText(entry.action)
  const unknown = entry.attention?.code === 'outcome_unknown'
  if (entry.text === null) {
    return unknown ? m.discard_action_unknown({ action, name }) : m.discard_text_action({ action, name })
  }
  if (entry.files.length > 0) return unknown ? m.discard_files_unknown({ name }) : m.discard_files({ name })
  return unknown ? m.discard_text_unknown({ name }) : m.discard_text({ name })
}

/** The open action of the same conversation that goes before this one (D22): the one that holds it up, or the first in line. */
export function ahead(entry: QueueEntry, entries: QueueEntry[]): QueueEntry | null {
  const first = entry.held_up_by
    ? entries.find((other) => other.id === entry.held_up_by)
    : entries.find((other) => other.conversation_id === entry.conversation_id && isOpen(other))
  return first && first.id !== entry.id ? first : null
}

export const isOpen = ({ state }: QueueEntry) => state !== 'done' && state !== 'cancelled'

/** What an action waits behind. */
export function behindText(head: QueueEntry): string {
  const action = actionText(head.action)
  if (head.state === 'needs_attention') return m.entry_held_up_by({ action })
  return head.waits_for_switch ? m.entry_held_up_by_switch({ action }) : m.entry_behind({ action })
}

/** What the last attempt met, as far as it still matters to something that waits for its time. */
export function problemText(code: Code): string | null {
  switch (code) {
    case 'offline':
      return m.problem_offline()
    case 'certificate_invalid':
      return m.problem_certificate()
    case 'platform_unavailable':
    case 'platform_nonsense':
      return sentence({ code })
    default:
      return null
  }
}

/** What the live region says when an action reached its end. */
export function settledText(entry: QueueEntry): string {
  const name = customerText(entry)
  if (entry.state === 'needs_attention') return m.said_attention({ name })
  if (entry.state === 'cancelled') return m.said_cancelled({ name })
  switch (entry.action) {
    case 'reply':
    case 'reply_with_survey':
      return m.said_done_reply({ name })
    case 'send_and_close':
      return m.said_done_close({ name })
    case 'archive':
      return m.said_done_archive({ name })
    case 'assign':
      return m.said_done_assign({ name })
    case 'release':
      return m.said_done_release({ name })
    case 'unknown':
      return ''
  }
}

/** When it is tried next. The first pauses are seconds, and a countdown in seconds would only ask to be watched. */
export function nextAttemptText(at: string, now: number): string {
  if (Date.parse(at) - now < 60_000) return m.entry_next_attempt_soon()
  return m.entry_next_attempt({ time: until(at, now), at: moment(at, now) })
}
