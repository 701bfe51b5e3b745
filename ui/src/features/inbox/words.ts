/** The tabs in pictures, and what an empty one says: what will appear there, and what to do next. */
import type { ConversationState } from '$lib/backend'
import type { IconName } from '$components/icons'
import { m } from '$lib/paraglide/messages'

const words: Record<ConversationState, { icon: IconName; title: () => string; text: () => string }> = {
  received: { icon: 'inbox', title: m.empty_received_title, text: m.empty_received_text },
  ongoing: { icon: 'person', title: m.empty_ongoing_title, text: m.empty_ongoing_text },
  answered: { icon: 'send', title: m.empty_answered_title, text: m.empty_answered_text },
  archived: { icon: 'archive', title: m.empty_archived_title, text: m.empty_archived_text },
  closed: { icon: 'lock', title: m.empty_closed_title, text: m.empty_closed_text },
}

export const tabIcon = (tab: ConversationState) => words[tab].icon
export const emptyTitle = (tab: ConversationState) => words[tab].title()
export const emptyText = (tab: ConversationState) => words[tab].text()
