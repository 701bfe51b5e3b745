/**
 * Figures that were asked for: the newest question counts, and the answer before it stays until there is another. Where there is none
 * it goes: under the filters of the newest question it would be a wrong one.
 */
import { failureOf, type Failure } from '$lib/backend'

export class Asked<T> {
  answer = $state.raw<T | null>(null)
  failure = $state.raw<Failure | null>(null)
  loading = $state(false)
  #newest = 0

  async ask(question: () => Promise<T>) {
    const mine = ++this.#newest
    this.loading = true
    try {
      const answer = await question()
      if (mine !== this.#newest) return
      this.answer = answer
      this.failure = null
    } catch (reason) {
      if (mine !== this.#newest) return
      this.answer = null
      this.failure = failureOf(reason)
    } finally {
      if (mine === this.#newest) this.loading = false
    }
  }
}
