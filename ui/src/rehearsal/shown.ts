/** What the rehearsal shows: its conversations with what is queued replayed over them, as the engine's cache shows them (D20, D24). */
import type { InboxPage, InboxQuery, InboxRow, QueueEntry } from '$lib/backend'
import { channels, type Talk } from './platform'

type Person = { id: string; name: string }

/** A row of the list. `queue` is what is open in the conversation. */
export function rowOf(talk: Talk, queue: QueueEntry[], me: Person | null): InboxRow {
  const last = lastSaid(talk)
  const said = queue.findLast((entry) => entry.text !== null && entry.state !== 'needs_attention')
  const taken = queue.findLast((entry) => entry.action === 'assign' || entry.action === 'release')
  const assignee = taken ? (taken.action === 'assign' ? me : null) : talk.assignee
  return {
    id: talk.id,
    tab: queue.reduce(optimistic, talk.state),
    customer_name: talk.customer.name,
    channel: talk.channel,
    opened_at: talk.opened_at,
    last_at: last?.at ?? talk.opened_at,
    message_count: talk.entries.filter((entry) => entry.kind === 'message').length,
    last_author: said ? { kind: 'advisor', id: me?.id ?? null, name: me?.name ?? null } : (last?.author ?? null),
    last_text: (said?.text ?? last?.text ?? '').replaceAll(/\s+/g, ' ').slice(0, 160),
    tags: talk.tags,
    vip: talk.customer.vip,
    language: talk.customer.language,
    assignee_name: assignee?.name ?? null,
    mine: assignee?.id === me?.id && assignee !== null,
    unread: talk.unread,
    queue: queue.find((entry) => entry.state === 'needs_attention')?.state ?? queue[0]?.state ?? null,
  }
}

export function inboxOf(all: InboxRow[], query: InboxQuery): InboxPage {
  const words = query.search?.toLowerCase()
  const elsewhere = (row: InboxRow) => Number(row.tab !== query.tab)
  const found = all
    .filter((row) => words !== undefined || row.tab === query.tab)
    .filter((row) => query.scope === 'all' || (query.scope === 'mine') === row.mine)
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

export function pageOf(talk: Talk, before: string | null, limit: number) {
  const end = before ? talk.entries.findIndex((entry) => entry.id === before) : talk.entries.length
  const start = Math.max(0, end - limit)
  return { entries: talk.entries.slice(start, end), next: start > 0 ? (talk.entries[start]?.id ?? null) : null }
}

export function lastSaid(talk: Talk) {
  return talk.entries.findLast((entry) => entry.kind === 'message' || entry.kind === 'reply')
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
