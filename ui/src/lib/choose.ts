/** Taking a choice about a queued action, from wherever it is offered: save what is being typed, ask, say what came of it. */
import { failureOf, type Choice, type Failure, type QueueEntry } from '$lib/backend'
import type { Desk } from '$lib/desk.svelte'
import { chosenText } from '$lib/words/queue'

export async function choose(desk: Desk, entry: QueueEntry, choice: Choice): Promise<Failure | null> {
  try {
    await desk.drafts.flush()
    const chosen = await desk.backend.choose({
      entry_id: entry.id,
      choice,
      seen_message_id: entry.attention?.new_messages.at(-1)?.id ?? null,
    })
    if (chosen.kind === 'back_in_draft') {
      await desk.drafts.reread(chosen.conversation_id)
      if (choice === 'edit') {
        desk.route.openConversation(chosen.conversation_id)
        desk.focusReply(chosen.conversation_id)
      }
    }
    desk.tell({
      text: chosenText(choice, chosen, desk.reachable),
      tone: chosen.kind === 'cancelled' ? 'plain' : 'done',
    })
    return null
  } catch (reason) {
    return failureOf(reason)
  }
}
