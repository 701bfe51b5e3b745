/**
 * A draft while it is edited: its changes with undo, its faults as the platform sees them, and saving.
 *
 * What is not saved yet is also kept on this machine, for the person and the workspace: a failed save, a lost network or a closed window loses
 * nothing. Saving names the version that was read; if somebody else has saved meanwhile, the person chooses, and until then both are
 * there.
 */
import { failureOf, type Failure } from '$lib/backend'
import type {
  ScenarioCalls,
  ScenarioDocument,
  ScenarioFault,
  ScenarioFlow,
  Versioned,
} from '$lib/administration/scenarios'
import { keptWork } from '$lib/remembered'

/** Keystrokes in one field that follow each other so soon are undone together. */
const TOGETHER_MS = 1500
const CHECK_AFTER_MS = 500
const MOST_UNDONE = 200

interface Kept {
  name: string
  flow: ScenarioFlow
  /** The version that it was changed from. */
  version: string
}

interface Snapshot {
  name: string
  flow: ScenarioFlow
}

export class Draft {
  name = $state('')
  flow = $state.raw<ScenarioFlow>({
    languages: [],
    first: '',
    following: '',
    listens: [],
    steps: [],
  })
  document = $state.raw<ScenarioDocument | null>(null)
  faults = $state.raw<ScenarioFault[]>([])
  /** Whether `faults` are those of `flow` as it stands. */
  checked = $state(false)
  busy = $state(false)
  failure = $state.raw<Failure | null>(null)
  /** Somebody else's newer version, while the person has not chosen. */
  conflict = $state.raw<Versioned<ScenarioDocument> | null>(null)
  /** Whether what is shown was kept on this machine and not saved. */
  recovered = $state(false)

  #version = ''
  #saved = $state.raw<Snapshot | null>(null)
  #past = $state.raw<Snapshot[]>([])
  #future = $state.raw<Snapshot[]>([])
  #last = { field: '', at: 0 }
  #timer: ReturnType<typeof setTimeout> | undefined
  readonly #kept

  constructor(
    readonly calls: ScenarioCalls,
    readonly id: string,
    owner: string,
  ) {
    this.#kept = keptWork<Kept>(`scenario.${id}`, owner)
  }

  get version(): string {
    return this.#version
  }

  get unsaved(): boolean {
    return this.#saved !== null && (this.#saved.flow !== this.flow || this.#saved.name !== this.name)
  }

  get canUndo(): boolean {
    return this.#past.length > 0
  }

  get canRedo(): boolean {
    return this.#future.length > 0
  }

  async open() {
    await this.#try(async () => {
      const read = await this.calls.read(this.id)
      const kept = this.#kept.read()
      this.#take(read)
      if (kept && (kept.name !== this.name || JSON.stringify(kept.flow) !== JSON.stringify(this.flow))) {
        this.name = kept.name
        this.flow = kept.flow
        this.recovered = true
        this.#kept.write(kept)
        if (kept.version !== read.version) this.conflict = read
        // What was read has not been looked at yet: as long as nobody has chosen, this is still a change of the older version.
        this.#version = kept.version
        this.#checkSoon()
      }
    })
  }

  /** Changes the flow; `field` names what is typed into, so that a word is undone whole. */
  change(make: (flow: ScenarioFlow) => void, field = '') {
    const next = structuredClone(this.flow)
    make(next)
    this.#remember(field)
    this.flow = next
    this.#changed()
  }

  rename(name: string) {
    this.#remember('name')
    this.name = name
    this.#changed()
  }

  undo() {
    this.#step(
      this.#past,
      (rest) => (this.#past = rest),
      (now) => (this.#future = [...this.#future, now]),
    )
  }

  redo() {
    this.#step(
      this.#future,
      (rest) => (this.#future = rest),
      (now) => (this.#past = [...this.#past, now]),
    )
  }

  /** Whether it is saved now. Not while there is somebody else's version that nobody has looked at. */
  async save(): Promise<boolean> {
    if (this.conflict) return false
    if (!this.unsaved) return true
    return this.#try(async () => {
      const sent = { name: this.name, flow: this.flow }
      try {
        this.#settle(await this.calls.save(this.id, { name: sent.name, draft: sent.flow }, this.#version), sent)
      } catch (reason) {
        if (failureOf(reason).code === 'settings_stale') this.conflict = await this.calls.read(this.id)
        throw reason
      }
    })
  }

  async publish(): Promise<boolean> {
    if (!(await this.save())) return false
    return this.#try(async () => this.#take(await this.calls.publish(this.id, this.#version)))
  }

  async restore(version: number): Promise<boolean> {
    return this.#try(async () => {
      const before = { name: this.name, flow: this.flow }
      this.#take(await this.calls.restore(this.id, version, this.#version))
      this.#past = [...this.#past, before]
    })
  }

  async setChannels(channels: string[]): Promise<boolean> {
    return this.#try(async () => {
      const answer = await this.calls.setChannels(this.id, channels, this.#version)
      this.document = answer.value
      this.#version = answer.version
      this.#keep()
      this.#checkSoon()
    })
  }

  /** Goes on with what stands here; the next save replaces the other one. */
  keepMine() {
    if (this.conflict) {
      const { value, version } = this.conflict
      this.#version = version
      this.document = value
      this.#saved = { name: value.summary.name, flow: value.draft }
    }
    this.conflict = null
    this.failure = null
    this.#keep()
  }

  /** Goes on with the other one; what stood here can be had back with undo. */
  takeTheirs() {
    const before = { name: this.name, flow: this.flow }
    if (this.conflict) this.#take(this.conflict)
    this.#past = [...this.#past, before]
    this.conflict = null
    this.failure = null
  }

  /** Goes back to what is saved; undo brings the other one back. */
  discard() {
    if (!this.#saved) return
    this.#remember('')
    this.name = this.#saved.name
    this.flow = this.#saved.flow
    this.recovered = false
    this.#kept.write(null)
    this.#checkSoon()
  }

  close() {
    clearTimeout(this.#timer)
  }

  #take({ value, version }: Versioned<ScenarioDocument>) {
    this.document = value
    this.#version = version
    this.name = value.summary.name
    this.flow = value.draft
    this.faults = value.faults
    this.checked = true
    this.recovered = false
    this.#saved = { name: this.name, flow: this.flow }
    this.#kept.write(null)
  }

  /** Saved: what was typed while the answer was on its way stays, and is not saved yet. */
  #settle({ value, version }: Versioned<ScenarioDocument>, sent: Snapshot) {
    if (this.flow === sent.flow && this.name === sent.name) {
      this.#take({ value, version })
      return
    }
    this.document = value
    this.#version = version
    this.#saved = { name: value.summary.name, flow: value.draft }
    this.#keep()
  }

  #step(from: Snapshot[], rest: (rest: Snapshot[]) => void, onto: (now: Snapshot) => void) {
    const to = from.at(-1)
    if (!to) return
    onto({ name: this.name, flow: this.flow })
    rest(from.slice(0, -1))
    this.name = to.name
    this.flow = to.flow
    this.#last = { field: '', at: 0 }
    this.#keep()
    this.#checkSoon()
  }

  #remember(field: string) {
    const now = Date.now()
    const together = field !== '' && field === this.#last.field && now - this.#last.at < TOGETHER_MS
    if (!together) this.#past = [...this.#past, { name: this.name, flow: this.flow }].slice(-MOST_UNDONE)
    this.#future = []
    this.#last = { field, at: now }
  }

  #changed() {
    this.#keep()
    this.#checkSoon()
  }

  #keep() {
    if (this.unsaved) this.#kept.write({ name: this.name, flow: withoutSecrets(this.flow), version: this.#version })
    else this.#kept.write(null)
  }

  #checkSoon() {
    this.checked = false
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#check(), CHECK_AFTER_MS)
  }

  async #check() {
    const flow = this.flow
    try {
      const { faults } = await this.calls.faults(this.id, flow)
      if (flow !== this.flow) return
      this.faults = faults
      this.checked = true
    } catch {
      // Offline, most likely: the list says that it is of before, and saving says why it cannot.
    }
  }

  async #try(work: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false
    this.busy = true
    this.failure = null
    try {
      await work()
      return true
    } catch (reason) {
      this.failure = failureOf(reason)
      return false
    } finally {
      this.busy = false
    }
  }
}

/** A secret that was typed and not saved is kept in this window only. */
function withoutSecrets(flow: ScenarioFlow): ScenarioFlow {
  const copy = structuredClone(flow)
  for (const step of copy.steps) {
    if (step.act.do !== 'http_call') continue
    for (const header of step.act.headers) if (header.secret) header.value = ''
  }
  return copy
}
