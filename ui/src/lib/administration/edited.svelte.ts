/**
 * A document that an admin edits: as the platform has it, as it is wanted, and what became of saving. Nobody's change is overwritten
 * unseen, and nothing that was typed is lost: if somebody else was faster, both stay until the admin chooses.
 */
import { failureOf, type Failure } from '$lib/backend'
import type { Versioned } from './call'

export class Edited<T> {
  kept = $state.raw<T | null>(null)
  wanted = $state<T | null>(null)
  busy = $state(false)
  saved = $state(false)
  failure = $state.raw<Failure | null>(null)
  #version = ''
  readonly changed = $derived(this.kept !== null && JSON.stringify(this.kept) !== JSON.stringify(this.wanted))

  constructor(
    readonly read: () => Promise<Versioned<T>>,
    readonly write: (value: T, version: string) => Promise<Versioned<T>>,
  ) {}

  get stale(): boolean {
    return this.failure?.code === 'settings_stale'
  }

  /** Reads anew. What has been edited stays, and is saved only from the version that it was edited from. */
  async load() {
    try {
      const answer = await this.read()
      if (this.changed) return
      this.#take(answer)
      this.failure = null
    } catch (reason) {
      this.failure = failureOf(reason)
    }
  }

  /** Says whether it is saved. */
  async save(): Promise<boolean> {
    if (this.wanted === null || this.busy) return false
    this.busy = true
    this.saved = false
    this.failure = null
    try {
      this.#take(await this.write($state.snapshot(this.wanted) as T, this.#version))
      this.saved = true
      return true
    } catch (reason) {
      this.failure = failureOf(reason)
      return false
    } finally {
      this.busy = false
    }
  }

  /** Gives up what was edited for what the platform has now. */
  async revert() {
    this.wanted = this.kept === null ? null : (structuredClone(this.kept) as T)
    this.failure = null
    this.saved = false
    await this.load()
  }

  #take(answer: Versioned<T>) {
    this.kept = answer.value
    this.wanted = structuredClone(answer.value)
    this.#version = answer.version
  }
}
