/** Which set of tokens is in force: the preference, or what the system says, as it says it. */
import type { Theme } from '$lib/backend'

const DARK = '(prefers-color-scheme: dark)'
const CONTRAST = '(prefers-contrast: more)'

/** Applies the theme and keeps following the system; call the answer to stop. */
export function followTheme(preference: Theme): () => void {
  const apply = () => {
    document.documentElement.dataset.theme = preference === 'system' ? systemTheme() : preference
  }
  apply()
  const queries = [DARK, CONTRAST].map((query) => window.matchMedia(query))
  queries.forEach((query) => query.addEventListener('change', apply))
  return () => queries.forEach((query) => query.removeEventListener('change', apply))
}

function systemTheme(): Exclude<Theme, 'system'> {
  if (window.matchMedia(CONTRAST).matches) return 'contrast'
  return window.matchMedia(DARK).matches ? 'dark' : 'light'
}
