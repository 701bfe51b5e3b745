/** Numbers and names of languages, in the language of the interface. */
import { locale } from './locale.svelte'

export function count(value: number): string {
  return new Intl.NumberFormat(locale.tag).format(value)
}

/** The name of a BCP 47 tag; the tag itself if nobody knows it. */
export function languageName(tag: string): string {
  try {
    return new Intl.DisplayNames([locale.current], { type: 'language' }).of(tag) ?? tag
  } catch {
    return tag
  }
}
