/** Files of a reply in words: their names in one line, why some were not attached, and why some that are cannot be sent. */
import type { AttachmentLimits, Composer, Failure } from '$lib/backend'
import type { IconName } from '$components/icons'
import { takesFiles, takesKind } from '$lib/file-limits'
import { size } from '$lib/i18n/number'
import { locale } from '$lib/i18n/locale.svelte'
import { m } from '$lib/paraglide/messages'
import { sentence } from './codes'

/** Of more names than this only the first are said. */
const NAMES_AT_MOST = 5

export const fileIcon = (mediaType: string): IconName => (mediaType.startsWith('image/') ? 'image' : 'file')

export function listed(names: string[]): string {
  const list = (some: string[], type: 'conjunction' | 'unit') =>
    new Intl.ListFormat(locale.tag, { type, style: type === 'unit' ? 'short' : 'long' }).format(some)
  if (names.length <= NAMES_AT_MOST) return list(names, 'conjunction')
  const shown = names.slice(0, NAMES_AT_MOST - 1)
  return m.files_and_more({ names: list(shown, 'unit'), count: names.length - shown.length })
}

/** Why files were not attached: which ones, and what the channel or this computer takes. Without names: what failed as a whole. */
export function refusalText(names: string[], failure: Failure): string {
  if (names.length === 0) return sentence(failure)
  return m.files_refused({ names: listed(names), why: whyRefused(failure) })
}

function whyRefused(failure: Failure): string {
  const limit = failure.limit ?? 0
  switch (failure.code) {
    case 'file_too_large':
      return m.files_refused_size({ limit: size(limit) })
    case 'file_kind_refused':
      return m.files_refused_kind()
    case 'files_too_many':
      return m.files_refused_count({ count: limit })
    case 'files_not_taken':
      return m.files_not_here()
    case 'file_empty':
      return m.files_refused_empty()
    case 'file_unreadable':
      return m.files_refused_unreadable()
    case 'files_full':
      return m.files_refused_full({ limit: size(limit) })
    default:
      return sentence(failure)
  }
}

/** Why the draft's files cannot be sent as they are, if so: the channel's rules may have changed since, or a reply has come back to others. */
export function unsendableText({ files, takes_files: limits }: Composer): string | null {
  if (files.length === 0) return null
  if (!takesFiles(limits)) return m.composer_files_not_taken()
  if (files.length > limits.max_count) return m.composer_files_too_many({ count: limits.max_count })
  return oneUnsendableText(files, limits)
}

function oneUnsendableText(files: Composer['files'], limits: AttachmentLimits): string | null {
  const large = files.find((file) => file.size > limits.max_bytes)
  if (large) return m.composer_file_too_large({ name: large.name, limit: size(limits.max_bytes) })
  const strange = files.find((file) => !takesKind(limits, file.media_type))
  return strange ? m.composer_file_kind({ name: strange.name }) : null
}
