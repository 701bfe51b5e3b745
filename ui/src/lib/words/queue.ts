/** The outbox in words: states, actions, choices, and what is said when something was chosen. */
import type { ActionKind, Choice, Chosen, EntryState, HalfDone, QueueEntry } from '$lib/backend'
import type { IconName } from '$components/icons'
import { until } from '$lib/i18n/time'
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

export const choiceText = (choice: Choice) => choices[choice].text()
export const choiceTitle = (choice: Choice) => choices[choice].title()
export const choiceIcon = (choice: Choice) => choices[choice].icon

/** What to say after a choice was taken. */
export function chosenText(choice: Choice, chosen: Chosen): string {
  switch (chosen.kind) {
    case 'back_in_draft':
      return m.chosen_undone()
    case 'cancelled':
      return m.chosen_cancelled()
    case 'when_settled':
      return m.chosen_when_settled()
    case 'applied':
      return appliedText(choice)
  }
}

function appliedText(choice: Choice): string {
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
      return m.chosen_retry()
    case 'confirm_again':
    case 'send_without_closing':
    case 'send_in_newer':
      return m.chosen_queued()
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

/** Why an action waits for the advisor. Of something half done nobody says that nothing was sent. */
export function whyText({ half_done, attention }: QueueEntry): string {
  if (!attention) return ''
  if (!half_done) return sentence({ code: attention.code })
  switch (attention.code) {
    case 'undone_in_part':
      return sentence({ code: attention.code })
    case 'customer_wrote_since':
      return m.half_why_customer_wrote_since()
    case 'close_disabled':
      return m.half_why_close_disabled()
    case 'outcome_unknown':
      return m.half_why_outcome_unknown()
    default:
      return m.half_why_refused()
  }
}

/** What the live region says when an action reached its end. */
export function settledText(entry: QueueEntry): string {
  const name = entry.customer_name
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
  return m.entry_next_attempt({ time: until(at, now) })
}
