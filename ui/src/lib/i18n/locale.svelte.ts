/**
 * The language of the interface. Texts read it whenever they are rendered, so a change of language re-words what is on the
 * screen in place: no reload, no lost focus, no lost draft.
 */
import { overwriteGetLocale, type Locale } from '$lib/paraglide/runtime'
import type { Language } from '$lib/backend'

let current = $state<Locale>('en')
let region = $state('en')

overwriteGetLocale(() => current)

export const locale = {
  get current(): Locale {
    return current
  },

  /** For dates and numbers: the system's own variety of the language, such as en-GB, where it is that language. */
  get tag(): string {
    return region
  },

  /** Follows the preference; the system's language counts if it is one of ours. */
  follow(preference: Language, systemLanguage: string) {
    const wanted = preference === 'system' ? systemLanguage.toLowerCase().split(/[-_]/)[0] : preference
    current = wanted === 'fr' ? 'fr' : 'en'
    region = varietyOf(current, systemLanguage)
    document.documentElement.lang = current
  },
}

function varietyOf(language: Locale, systemLanguage: string): string {
  const tag = systemLanguage.replace('_', '-')
  // "C" and the like are what a bare system calls its language; Intl would throw.
  const known = /^[a-z]{2}-[A-Z]{2}$/.test(tag) && tag.startsWith(language)
  return known ? tag : language === 'en' ? 'en-GB' : language
}
