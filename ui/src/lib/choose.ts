/** Taking a choice about a queued action, from wherever it is offered: save what is being typed, ask, say what came of it. */
import { failureOf, type Choice, type Failure, type QueueEntry } from '$lib/backend'
import type { Desk } from '$lib/desk.svelte'
import { chosenText } from '$lib/words/queue'

export async function choose(desk: Desk, entry: QueueEntry, choice: Choice): Promise<Failure | null> {
  try {
    await desk.drafts.flush()
    const decided = await confirmed(desk, entry, choice)
    if (decided === null) {
      desk.tell({ text: chosenText(choice, { kind: 'cancelled' }, entry, desk.reachable), tone: 'plain' })
      return null
    }
    choice = decided
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
      text: chosenText(choice, chosen, entry, desk.reachable),
      tone: chosen.kind === 'cancelled' ? 'plain' : 'done',
    })
    return null
  } catch (reason) {
    return failureOf(reason)
  }
}

/** Closing all the same is asked about again: by the shell in the system's dialog, by the widget in its own (R12). */
async function confirmed(desk: Desk, entry: QueueEntry, choice: Choice): Promise<Choice | null> {
  if (desk.form === 'console' || choice !== 'confirm_again') return choice
  const { survey } = await desk.backend.conversation(entry.conversation_id)
  const answer = await desk.goesOn.ask({
    customerName: entry.customer_name,
    survey,
    offline: desk.offline,
    files: entry.files.map((file) => file.name),
  })
  if (answer === 'cancel') return null
  return answer === 'close' ? 'confirm_again' : 'send_without_closing'
}
