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
  }
}
