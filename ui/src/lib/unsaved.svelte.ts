/** What was changed on a page and is not saved: whoever is about to leave it is asked first. */
export class Unsaved {
  /** Where somebody wants to go who has not answered yet. */
  leaving = $state.raw<(() => void) | null>(null)
  readonly #pages = new Set<() => boolean>()

  /** Asks from now on, whenever `changed` holds. Returns what ends that. */
  watch(changed: () => boolean): () => void {
    this.#pages.add(changed)
    return () => this.#pages.delete(changed)
  }

  /** Goes there: at once if nothing is lost by it, else when the person agrees. */
  leave(go: () => void) {
    if ([...this.#pages].some((changed) => changed())) this.leaving = go
    else go()
  }

  stay() {
    this.leaving = null
  }

  loseIt() {
    const go = this.leaving
    this.leaving = null
    go?.()
  }
}
