/** From what the platform says and what is on the shelf to what the conversation's view shows: queued clicks over the last answer (D20, D24). */
import type { Conversation } from '../../wire/Conversation'
import type { Page } from '../../wire/Page'
import type { WidgetSession } from '../../wire/WidgetSession'
import type { ComposerBlock, ConversationView, QueueEntry, TimelineEntry } from '../wire'
import { choicesOf } from './outbox'
import type { Entry, Kept } from './shelf'

/** The platform's last answer about a conversation. */
export interface Known {
  conversation: Conversation
  timeline: Page<TimelineEntry>
}

export function viewOf({ conversation, timeline }: Known, session: WidgetSession, kept: Kept): ConversationView {
  // The platform has it, and the answer to the click is still on its way: it stands there once.
  const seenKeys = new Set(timeline.items.map((entry) => entry.client_key))
  const waiting = kept.entries.filter((entry) => entry.state === 'needs_attention' || !seenKeys.has(entry.key))
  return {
    id: conversation.id,
    tab: conversation.state,
    customer: { ...conversation.customer, others: [] },
    channel: conversation.channel,
    team_name: conversation.team?.name ?? null,
    assignee_name: conversation.assignee?.name ?? null,
    mine: conversation.assignee?.id === session.user.id,
    tags: conversation.tags,
    opened_at: conversation.opened_at,
    closed_at: conversation.closed_at,
    closed_by: conversation.closed_by,
    previous: conversation.previous_conversation_id
      ? { id: conversation.previous_conversation_id, closed_by: conversation.previous_closed_by }
      : null,
    newer_conversation_id: session.newer_conversation_id,
    last_customer_message_id: conversation.last_customer_message_id,
    survey: conversation.survey_preview,
    composer: {
      draft: kept.draft,
      // The browser's shelf keeps texts only.
      files: [],
      takes_files: null,
      window_ends_at: conversation.reply_window_ends_at,
      close_enabled: session.features.close_conversation,
      blocked: blockOf(conversation, session, kept),
    },
    timeline: { entries: timeline.items, next: timeline.next },
    queue: waiting.map((entry) => shown(entry, conversation, kept, timeline.items)),
  }
}

function blockOf(conversation: Conversation, session: WidgetSession, kept: Kept): ComposerBlock | null {
  if (conversation.closed_at) return 'closed'
  if (kept.entries.some((entry) => entry.close)) return 'close_queued'
  const ends = conversation.reply_window_ends_at
  if (ends !== null && Date.parse(ends) < Date.now()) return 'window_expired'
  return session.tags_missing ? 'tags_missing' : null
}

/** An entry as the interface knows them. */
export function shown(
  entry: Entry,
  conversation: Conversation,
  kept: Kept,
  timeline: TimelineEntry[] = [],
  ended?: 'done' | 'cancelled',
): QueueEntry {
  const head = kept.entries[0]
  const stops = head?.state === 'needs_attention' || head?.waitsForSwitch
  return {
    id: entry.key,
    action: entry.close ? 'send_and_close' : 'reply',
    conversation_id: conversation.id,
    customer_name: conversation.customer.name,
    text: entry.text,
    files: [],
    queued_at: entry.clickedAt,
    state: ended ?? entry.state,
    undo_requested: false,
    waits_for_switch: entry.waitsForSwitch,
    held_up_by: head && head.key !== entry.key && stops ? head.key : null,
    attempts: entry.attempts,
    next_attempt_at: entry.dueAt === null ? null : new Date(entry.dueAt).toISOString(),
    last_problem: entry.problem,
    half_done: null,
    attention:
      entry.state === 'needs_attention'
        ? {
            code: entry.code ?? 'refused_otherwise',
            new_messages: entry.code === 'customer_wrote_since' ? messagesSince(timeline, entry.seen) : [],
            newer_conversation_id: entry.newer,
          }
        : null,
    choices: ended ? [] : choicesOf(entry),
  }
}

/** D6: what the customer wrote after what had been seen. */
function messagesSince(timeline: TimelineEntry[], seen: string | null): TimelineEntry[] {
  const from = timeline.findIndex((entry) => entry.id === seen)
  return timeline.slice(from + 1).filter((entry) => entry.kind === 'message')
}
