/**
 * What is being typed. It is saved as draft a moment after the last key, and at once when the composer is left; what was saved
 * elsewhere never overwrites what is being typed here.
 */
import { failureOf, type Backend, type Failure } from '$lib/backend'

const SAVE_AFTER_MS = 400
/** The customer's side forgets after a few seconds that somebody typed. */
const SAY_TYPING_EVERY_MS = 3000

export class DraftText {
  failure = $state.raw<Failure | null>(null)
  saved = $state(true)

  #shown = $state('')
  /**
   * The same text outside of Svelte's bookkeeping. A teardown reads state as it was before the change that caused it; a composer
   * that goes because its reply was queued would save that reply as draft once more.
   */
  #text = ''
  #savedText: string
  /** What the draft was when it was last seen from here. What has returned to it since then stays in it. */
  #seen: string
  #timer: ReturnType<typeof setTimeout> | undefined
  #saidTyping = -Infinity
  /** Saves one after the other, so that the last one typed is the last one kept. */
  #saving: Promise<void> = Promise.resolve()

  constructor(
    readonly backend: Backend,
    readonly conversationId: string,
    initial: string,
  ) {
    this.text = initial
    this.#savedText = initial
    this.#seen = initial
  }

  get text(): string {
    return this.#shown
  }

  set text(text: string) {
    this.#shown = text
    this.#text = text
  }

  typed() {
    this.saved = this.#text === this.#savedText
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.flush(), SAVE_AFTER_MS)
    if (this.#text !== '' && performance.now() - this.#saidTyping > SAY_TYPING_EVERY_MS) {
      this.#saidTyping = performance.now()
      // What cannot be said now need not be said later.
      this.backend.typing(this.conversationId).catch(() => {})
    }
  }

  /** Saves what is not saved yet, and waits for saves that are under way. */
  async flush() {
    clearTimeout(this.#timer)
    if (this.#text !== this.#savedText) {
      const text = this.#text
      this.#savedText = text
      this.#saving = this.#saving.then(() => this.#save(text))
    }
    await this.#saving
  }

  /** The text was queued: its draft went in the same transaction. What was typed since stays. */
  sent(text: string) {
    clearTimeout(this.#timer)
    this.text = this.text.startsWith(text) ? this.text.slice(text.length) : this.text
    this.#savedText = ''
    this.#seen = ''
    this.saved = this.text === ''
    if (this.text !== '') this.typed()
  }

  /** The text is wanted no more, or has gone elsewhere. */
  async clear() {
    this.text = ''
    this.typed()
    await this.flush()
  }

  /** An undone reply came back into the draft (D15): it is shown, and what was typed meanwhile follows it. */
  async reread(): Promise<void> {
    await this.flush()
    const { composer } = await this.backend.conversation(this.conversationId)
    // A key was pressed meanwhile: it is saved first, so that what is read has it in its place.
    if (this.#text !== this.#savedText && !this.failure) return this.reread()
    const unsaved = this.#text === this.#savedText ? '' : this.#text
    this.#savedText = composer.draft
    this.#seen = composer.draft
    this.text = unsaved === '' || composer.draft === '' ? composer.draft || unsaved : `${composer.draft}\n\n${unsaved}`
    if (this.text !== composer.draft) this.typed()
    else this.saved = true
  }

  async #save(text: string) {
    try {
      await this.backend.saveDraft({ conversation_id: this.conversationId, text, instead_of: this.#seen })
      this.#seen = text
      this.failure = null
      this.saved = this.#text === text
    } catch (reason) {
      this.failure = failureOf(reason)
      // Not saved after all: the next key or the next leave tries again.
      if (this.#savedText === text) this.#savedText = '\u0000'
    }
  }
}
