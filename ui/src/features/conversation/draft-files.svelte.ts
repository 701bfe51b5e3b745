/**
 * The files of the draft (D41). They are in the profile before they are shown, so nothing of them has to be saved here: what is shown is what
 * the engine answered last. One is attached after the other, and what becomes of one touches neither the others nor the text.
 */
import { failureOf, type Attached, type AttachedFile, type Failure } from '$lib/backend'
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

/** What is being attached: the file's name, and which one of how many it is. No name: the system's dialog is open. */
export interface Attaching {
  name: string | null
  at: number
  of: number
}

export class DraftFiles {
  attaching = $state.raw<Attaching | null>(null)
  refusals = $state.raw<Refusal[]>([])
  /** Nobody looks at this conversation any more: what went wrong is said in passing. */
  left = false

  #waiting: File[] = []

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
      this.#say(attached.files.filter((file) => !before.some(({ id }) => id === file.id)).map(({ name }) => name))
    } catch (reason) {
      this.#refuse([], failureOf(reason))
    }
    await this.#workOff()
  }

  /** Attaches what was pasted or dropped, behind what is being attached. */
  async attach(files: File[]) {
    this.#waiting.push(...files)
    if (this.attaching) {
      const { name, at } = this.attaching
      this.attaching = { name, at, of: at + this.#waiting.length }
      return
    }
    this.refusals = []
    await this.#workOff()
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

  async #workOff() {
    const done: string[] = []
    for (let at = 1, file = this.#waiting.shift(); file; at++, file = this.#waiting.shift()) {
      this.attaching = { name: file.name, at, of: at + this.#waiting.length }
      if (await this.#attachOne(file)) done.push(file.name)
    }
    this.attaching = null
    this.#say(done)
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

async function bytesOf(file: File): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer())
  } catch {
    throw { code: 'file_unreadable' } satisfies Failure
  }
}
