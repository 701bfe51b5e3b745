/** Numbers and names of languages, in the language of the interface. */
import { locale } from './locale.svelte'

export function count(value: number): string {
  return new Intl.NumberFormat(locale.tag).format(value)
}

/** The name of a BCP 47 tag, as a value that stands alone; the tag itself if nobody knows it. */
export function languageName(tag: string): string {
  try {
    const name = new Intl.DisplayNames([locale.current], { type: 'language' }).of(tag) ?? tag
    // French and others write languages small, within a sentence.
    return name.charAt(0).toLocaleUpperCase(locale.tag) + name.slice(1)
  } catch {
    return tag
  }
}
