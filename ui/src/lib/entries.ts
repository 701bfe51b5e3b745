/** Where queued actions stand on the screen: each in an element that carries its id, in a list of them. */

/** The action that an element belongs to. */
export function entryOf(target: EventTarget | null): string | null {
  return target instanceof Element ? (target.closest<HTMLElement>('[data-entry]')?.dataset.entry ?? null) : null
}

/** Brings an action of a list into sight and the focus to it. False if it is not there. */
export function focusEntry(list: Element | null | undefined, id: string): boolean {
  const entries = [...(list?.querySelectorAll<HTMLElement>('[data-entry]') ?? [])]
  const entry = entries.find((one) => one.dataset.entry === id)
  entry?.focus()
  return entry !== undefined
}
