/** Numbers and names of languages, in the language of the interface. */
import { m } from '$lib/paraglide/messages'
import { locale } from './locale.svelte'

// Making one of these takes a web view longer than using it for a whole list, so each is made once.
const formats = new Map<string, Intl.NumberFormat>()
const languages = new Map<string, Intl.DisplayNames>()

export function count(value: number): string {
  const format = formats.get(locale.tag) ?? new Intl.NumberFormat(locale.tag)
  formats.set(locale.tag, format)
  return format.format(value)
}

/** A share of one, in whole hundredths. */
export function percent(share: number): string {
  const key = `${locale.tag} %`
  const format = formats.get(key) ?? new Intl.NumberFormat(locale.tag, { style: 'percent' })
  formats.set(key, format)
  return format.format(share)
}

/** A number of bytes, as people read it. */
export function size(bytes: number): string {
  const digits = (value: number) => count(value < 10 ? Math.round(value * 10) / 10 : Math.round(value))
  if (bytes < 1e3) return m.size_bytes({ count: count(bytes) })
  if (bytes < 1e6) return m.size_kb({ count: digits(bytes / 1e3) })
  if (bytes < 1e9) return m.size_mb({ count: digits(bytes / 1e6) })
  return m.size_gb({ count: digits(bytes / 1e9) })
}

/** The name of a BCP 47 tag, as a value that stands alone; the tag itself if nobody knows it. */
export function languageName(tag: string): string {
  const names = languages.get(locale.current) ?? new Intl.DisplayNames([locale.current], { type: 'language' })
  languages.set(locale.current, names)
  try {
    const name = names.of(tag) ?? tag
    // French and others write languages small, within a sentence.
    return name.charAt(0).toLocaleUpperCase(locale.tag) + name.slice(1)
  } catch {
    return tag
  }
}
