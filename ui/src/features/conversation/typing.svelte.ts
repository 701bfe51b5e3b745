/**
 * Whether the customer types. It is true for some seconds and then forgotten, whether or not anybody says that it is over: a closed
 * browser says nothing.
 */
const LASTS_MS = 6_000
/** Between two announcements to a screen reader: who listens hears that somebody writes, not every key. */
const SAY_EVERY_MS = 60_000

export class CustomerTyping {
  on = $state(false)
  #timer: ReturnType<typeof setTimeout> | undefined
  #saidAt = -Infinity

  constructor(
    readonly conversationId: string,
    readonly say: () => void,
  ) {}

  hear({ conversation_id, on }: { conversation_id: string; on: boolean }) {
    if (conversation_id !== this.conversationId) return
    this.over()
    if (!on) return
    this.on = true
    this.#timer = setTimeout(() => (this.on = false), LASTS_MS)
    if (performance.now() - this.#saidAt < SAY_EVERY_MS) return
    this.#saidAt = performance.now()
    this.say()
  }

  /** What was typed is here, or nobody looks any more. */
  over() {
    clearTimeout(this.#timer)
    this.on = false
  }
}
