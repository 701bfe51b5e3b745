/**
 * The composers that are on the screen, for those who have to speak to them: before an action of the queue is taken back, what
 * is being typed has to be saved, and after it was, the draft has to be read again. No text is ever lost between the two.
 */
export interface OpenDraft {
  /** Saves what is not saved yet. */
  flush(): Promise<void>
  /** The draft was changed behind the composer: an undone reply is in it again (D15). */
  reread(): Promise<void>
  focus(): void
}

export class Drafts {
  readonly #open = new Map<string, OpenDraft>()

  /** Call the answer when the composer goes. */
  register(conversationId: string, draft: OpenDraft): () => void {
    this.#open.set(conversationId, draft)
    return () => {
      if (this.#open.get(conversationId) === draft) this.#open.delete(conversationId)
    }
  }

  async flush() {
    await Promise.all([...this.#open.values()].map((draft) => draft.flush()))
  }

  async reread(conversationId: string) {
    await this.#open.get(conversationId)?.reread()
  }

  focus(conversationId: string) {
    this.#open.get(conversationId)?.focus()
  }
}
