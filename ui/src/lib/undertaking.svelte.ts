/** Something that the person has asked for and waits for: one at a time, and what went wrong stands until the next try. */
import { failureOf, type Failure } from '$lib/backend'

export class Undertaking {
  busy = $state(false)
  failure = $state.raw<Failure | null>(null)

  async begin(work: () => Promise<void>) {
    if (this.busy) return
    this.busy = true
    this.failure = null
    try {
      await work()
    } catch (reason) {
      this.failure = failureOf(reason)
    } finally {
      this.busy = false
    }
  }
}
