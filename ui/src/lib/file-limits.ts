/** Which files a channel takes (D41), as far as it can be told without the content. The engine decides; this only spares the detour. */
import type { AttachmentLimits, Failure } from '$lib/backend'

export function takesFiles(limits: AttachmentLimits | null): limits is AttachmentLimits {
  return limits !== null && limits.max_bytes > 0 && limits.max_count > 0
}

export function takesKind(limits: AttachmentLimits, mediaType: string): boolean {
  return limits.types.some((type) =>
    type.endsWith('/*') ? mediaType.startsWith(type.slice(0, -1)) : type === mediaType,
  )
}

/**
 * What is certain of a file before it is read. `there`: files that the draft has already.
 *
 * The system names a kind by the file's ending, and the engine by its content; they differ within texts and office files. So only sound,
 * film and pictures are refused by their ending, and only where the channel takes nothing of the sort.
 */
export function certainRefusal(
  file: Pick<File, 'size' | 'type'>,
  there: number,
  limits: AttachmentLimits | null,
): Failure | null {
  if (!takesFiles(limits)) return { code: 'files_not_taken' }
  if (there >= limits.max_count) return { code: 'files_too_many', limit: limits.max_count }
  if (file.size > limits.max_bytes) return { code: 'file_too_large', limit: limits.max_bytes }
  const [sort] = /^(?:audio|image|video)\//.exec(file.type) ?? []
  if (sort && !limits.types.some((type) => type.startsWith(sort))) return { code: 'file_kind_refused' }
  return null
}
