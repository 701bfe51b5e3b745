/**
 * The rehearsal's files of drafts (D41): what the engine refuses when something is attached, and what it refuses at the click.
 * Small on purpose; the real rules are the engine's.
 */
import type { Attached, AttachedFile, AttachmentLimits, Failure } from '$lib/backend'
import { certainRefusal, takesFiles, takesKind } from '$lib/file-limits'

/** A file that somebody picks in the system's dialog. */
export interface PickedFile {
  name: string
  bytes: Uint8Array
}

/** What the usual channel takes, only fewer and smaller. */
const USUAL: AttachmentLimits = {
  max_bytes: 10 * 1024 * 1024,
  max_count: 5,
  types: ['image/png', 'image/jpeg', 'application/pdf', 'text/plain'],
}

/** The rehearsal knows content by its name. */
const KINDS: Record<string, string> = {
  pdf: 'application/pdf',
  png: 'image/png',
  jpg: 'image/jpeg',
  mp4: 'video/mp4',
  zip: 'application/zip',
}

export class RehearsedFiles {
  /** What every channel takes; `null`: none at all. */
  limits: AttachmentLimits | null = USUAL
  /** Files of these names are refused, for these reasons. */
  readonly refusing = new Map<string, Failure>()
  readonly #drafts = new Map<string, AttachedFile[]>()
  #made = 0

  of(conversationId: string): AttachedFile[] {
    return this.#drafts.get(conversationId) ?? []
  }

  attach(conversationId: string, { name, bytes }: PickedFile): Attached {
    const there = this.of(conversationId)
    const media_type = KINDS[name.split('.').at(-1) ?? ''] ?? 'text/plain'
    const failure = this.#refusal(name, bytes.length, media_type, there.length)
    if (failure) return { files: there, refused: [{ name, failure }] }
    const files = [...there, { id: `file_${++this.#made}`, name, media_type, size: bytes.length }]
    this.#drafts.set(conversationId, files)
    return { files, refused: [] }
  }

  detach(conversationId: string, fileId: string): AttachedFile[] {
    const files = this.of(conversationId).filter((file) => file.id !== fileId)
    this.#drafts.set(conversationId, files)
    return files
  }

  /** The click takes along what it names, in its order; the rest stays. */
  take(conversationId: string, ids: string[]): AttachedFile[] {
    const there = this.of(conversationId)
    const named = ids.map((id) => {
      const file = there.find((one) => one.id === id)
      if (!file) throw { code: 'files_changed' } satisfies Failure
      return file
    })
    if (named.length > 0 && !takesFiles(this.limits)) throw { code: 'files_not_taken' } satisfies Failure
    this.#drafts.set(
      conversationId,
      there.filter((file) => !ids.includes(file.id)),
    )
    return named
  }

  /** They are in the draft again, before what came since (D15). */
  giveBack(conversationId: string, files: AttachedFile[]) {
    this.#drafts.set(conversationId, [...files, ...this.of(conversationId)])
  }

  #refusal(name: string, size: number, type: string, there: number): Failure | null {
    const told = this.refusing.get(name)
    if (told) return told
    if (size === 0) return { code: 'file_empty' }
    const certain = certainRefusal({ size, type: '' }, there, this.limits)
    if (certain || !this.limits) return certain
    return takesKind(this.limits, type) ? null : { code: 'file_kind_refused' }
  }
}
