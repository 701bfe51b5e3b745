import type { AppState } from './backend'

/** Small things that a window remembers about itself: widths, panels. Losing them is no loss. */
export function remembered<T>(name: string, otherwise: T) {
  const key = `signoff.${name}`
  return {
    read(): T {
      try {
        const kept = localStorage.getItem(key)
        return kept === null ? otherwise : (JSON.parse(kept) as T)
      } catch {
        return otherwise
      }
    },
    write(value: T) {
      try {
        localStorage.setItem(key, JSON.stringify(value))
      } catch {
        // A window without storage starts with its usual widths.
      }
    },
    forget() {
      try {
        localStorage.removeItem(key)
      } catch {
        // A window without storage has nothing to forget.
      }
    },
  }
}

/** Whose work it is, as far as this machine can tell. The demo workspace has another address after every start. */
export function ownerOf(state: Pick<AppState, 'user' | 'workspace'> | null): string {
  const { user, workspace } = state ?? {}
  return JSON.stringify([workspace?.demo ? 'demo' : (workspace?.address ?? ''), user?.id ?? ''])
}

/** Work of a person that is not saved yet. Whoever else signs in on this machine, here or in another workspace, never meets it. */
export function keptWork<T>(name: string, owner: string) {
  // Kept by an earlier version, nobody knows whose.
  remembered(name, null).forget()
  const kept = remembered<T | null>(`${name}.${owner}`, null)
  return {
    read: () => kept.read(),
    write: (value: T | null) => (value === null ? kept.forget() : kept.write(value)),
  }
}
