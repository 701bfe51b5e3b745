/**
 * The files of the draft (D41). They are in the profile before they are shown, so nothing of them has to be saved here: what is shown is what
 * the engine answered last. One is attached after the other, and what becomes of one touches neither the others nor the text.
 */
import { failureOf, type Attached, type AttachedFile, type Carried, type Failure } from '$lib/backend'
import type { Desk } from '$lib/desk.svelte'
import { certainRefusal } from '$lib/file-limits'
import { m } from '$lib/paraglide/messages'
import { listed, refusalText } from '$lib/words/files'
import type { OpenConversation } from './open-conversation.svelte'

/** Files that were not attached, for one reason. No names: it failed as a whole. */
export interface Refusal {
  names: string[]
  failure: Failure
}

/** What is being attached: the file's name, and which one of how many it is. No name: the shell reads it, also while its dialog is open. */
export interface Attaching {
  name: string | null
  at: number
  of: number
}

/** What the web view keeps back, and the shell attaches. */
type Kept = Promise<Attached | Failure>

export class DraftFiles {
  attaching = $state.raw<Attaching | null>(null)
  refusals = $state.raw<Refusal[]>([])
  /** Nobody looks at this conversation any more: what went wrong is said in passing. */
  left = false

  #waiting: (File | Kept)[] = []

  constructor(
    readonly desk: Desk,
    readonly conversation: OpenConversation,
  ) {}

  get list(): AttachedFile[] {
    return this.conversation.view?.composer.files ?? []
  }

  /** Asks in the system's own dialog. */
  async choose() {
    if (this.attaching) return
    this.refusals = []
    this.attaching = { name: null, at: 0, of: 0 }
    try {
      const before = this.list
      const attached = await this.desk.backend.chooseFiles(this.conversation.id)
      this.#take(attached)
      this.#say(newIn(attached.files, before))
    } catch (reason) {
      this.#refuse([], failureOf(reason))
    }
    await this.#workOff()
  }

  /** Attaches what was pasted or dropped, behind what is being attached. */
  async attach(files: File[]) {
    await this.#add(files)
  }

  /** Attaches what was pasted or dropped and the web view keeps back. The shell is told at once: the next drag is another one. */
  async take(from: Carried) {
    const kept = this.desk.backend.takeFiles({ conversation_id: this.conversation.id, from })
    await this.#add([kept.catch(failureOf)])
  }

  async remove({ id, name }: AttachedFile) {
    const conversation_id = this.conversation.id
    try {
      this.conversation.filesAre(await this.desk.backend.detachFile({ conversation_id, file_id: id }))
      this.desk.say(m.files_removed({ name }))
    } catch (reason) {
      this.#refuse([], failureOf(reason))
    }
  }

  /** Somebody else has changed them. */
  async reread() {
    await this.conversation.load()
  }

  async removeAll() {
    for (const file of this.list) await this.remove(file)
  }

  /** They went with an action: the draft has them no more. */
  sent(ids: string[]) {
    this.refusals = []
    this.conversation.filesAre(this.list.filter((file) => !ids.includes(file.id)))
  }

  dismiss(refusal: Refusal) {
    this.refusals = this.refusals.filter((other) => other !== refusal)
  }

  async #add(brought: (File | Kept)[]) {
    this.#waiting.push(...brought)
    if (this.attaching) {
      const { name, at } = this.attaching
      this.attaching = { name, at, of: at + this.#waiting.length }
      return
    }
    this.refusals = []
    await this.#workOff()
  }

  async #workOff() {
    const done: string[] = []
    for (let at = 1, next = this.#waiting.shift(); next; at++, next = this.#waiting.shift()) {
      const name = next instanceof File ? next.name : null
      this.attaching = { name, at, of: at + this.#waiting.length }
      if (!(next instanceof File)) done.push(...(await this.#takeKept(next)))
      else if (await this.#attachOne(next)) done.push(next.name)
    }
    this.attaching = null
    this.#say(done)
  }

  /** The names of what is attached by it. */
  async #takeKept(kept: Kept): Promise<string[]> {
    const before = this.list
    const answer = await kept
    if ('code' in answer) this.#refuse([], answer)
    else this.#take(answer)
    return newIn(this.list, before)
  }

  async #attachOne(file: File): Promise<boolean> {
    const refused = certainRefusal(file, this.list.length, this.conversation.view?.composer.takes_files ?? null)
    if (refused) return this.#refuse([file.name], refused)
    try {
      return this.#take(await this.desk.backend.attachFile(this.conversation.id, file.name, await bytesOf(file)))
    } catch (reason) {
      return this.#refuse([file.name], failureOf(reason))
    }
  }

  /** Whether nothing was refused. */
  #take({ files, refused }: Attached): boolean {
    this.conversation.filesAre(files)
    refused.forEach(({ name, failure }) => this.#refuse([name], failure))
    return refused.length === 0
  }

  /** Files that are refused for the same reason are named in one sentence. */
  #refuse(names: string[], failure: Failure): false {
    if (this.left) this.desk.tell({ text: refusalText(names, failure), tone: 'problem' })
    const same = this.refusals.find((other) => other.failure.code === failure.code)
    const together = { names: [...(same?.names ?? []), ...names], failure }
    this.refusals = [...this.refusals.filter((other) => other !== same), together]
    return false
  }

  #say(names: string[]) {
    if (names.length > 0) this.desk.say(m.files_attached({ names: listed(names) }))
  }
}

function newIn(files: AttachedFile[], before: AttachedFile[]): string[] {
  return files.filter((file) => !before.some(({ id }) => id === file.id)).map(({ name }) => name)
}

async function bytesOf(file: File): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer())
  } catch {
    throw { code: 'file_unreadable' } satisfies Failure
  }
}
