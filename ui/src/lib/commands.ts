/**
 * What the keyboard can ask for, by name. The view that can do it provides it while it is there; a shortcut without a provider
 * does nothing. A button and its shortcut share the provider, so that a disabled one is disabled on every path (D16).
 */
export type Command =
  | 'next'
  | 'previous'
  | 'search'
  | 'reply'
  | 'send'
  | 'send_and_close'
  | 'attach'
  | 'leave'
  | 'archive'
  | 'take'
  | 'customer'
  | 'undo'
  | 'inbox'
  | 'queue'
  | 'figures'
  | 'settings'
  | 'refresh'
  | 'shortcuts'

export class Commands {
  readonly #providers = new Map<Command, (() => void)[]>()

  /** The newest provider counts. Call the answer to withdraw. */
  provide(command: Command, run: () => void): () => void {
    const providers = this.#providers.get(command) ?? []
    this.#providers.set(command, [...providers, run])
    return () => {
      const left = (this.#providers.get(command) ?? []).filter((provider) => provider !== run)
      this.#providers.set(command, left)
    }
  }

  /** Whether somebody took it. */
  run(command: Command): boolean {
    const provider = this.#providers.get(command)?.at(-1)
    provider?.()
    return provider !== undefined
  }
}
