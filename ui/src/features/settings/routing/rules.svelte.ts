/**
 * The rules while they are edited. They are one document: saving replaces all of them, names the version that was read, and never
 * overwrites somebody else's. What is not saved is kept on this machine, for the person and the workspace.
 */
import { failureOf, type Failure } from '$lib/backend'
import type { RoutingCalls, RoutingRule, RoutingRules, RuleFault, Versioned } from '$lib/administration/routing'
import { keptWork } from '$lib/remembered'

interface Kept {
  rules: RoutingRule[]
  version: string
}

export class Rules {
  rules = $state.raw<RoutingRule[]>([])
  document = $state.raw<RoutingRules | null>(null)
  failure = $state.raw<Failure | null>(null)
  /** Somebody else's newer rules, while the person has not chosen. */
  conflict = $state.raw<Versioned<RoutingRules> | null>(null)
  recovered = $state(false)
  /** What the rules name and the workspace has no longer, as the platform last told. */
  faults = $state.raw<RuleFault[]>([])
  busy = $state(false)

  #version = ''
  readonly #kept

  constructor(
    readonly calls: RoutingCalls,
    owner: string,
  ) {
    this.#kept = keptWork<Kept>('routing-rules', owner)
  }

  get unsaved(): boolean {
    return this.document !== null && this.rules !== this.document.rules
  }

  async open() {
    await this.#try(async () => {
      const read = await this.calls.read()
      const kept = this.#kept.read()
      this.#take(read)
      if (!kept || JSON.stringify(kept.rules) === JSON.stringify(read.value.rules)) return
      this.rules = kept.rules
      this.#kept.write(kept)
      this.recovered = true
      if (kept.version !== read.version) this.conflict = read
      // What was read has not been looked at yet: as long as nobody has chosen, these are still a change of the older version.
      this.#version = kept.version
    })
  }

  change(rules: RoutingRule[]) {
    this.rules = rules
    this.#kept.write({ rules, version: this.#version })
  }

  edit(id: string, make: (rule: RoutingRule) => void) {
    this.change(
      this.rules.map((rule) => {
        if (rule.id !== id) return rule
        const copy = structuredClone(rule)
        make(copy)
        return copy
      }),
    )
  }

  /** The faults of a rule, apart from those that are mended by now. */
  faultsOf(rule: RoutingRule): RuleFault[] {
    const named: Record<string, string[]> = {
      'when.channels': rule.when.channels,
      'then.team_id': rule.then.team_id === null ? [] : [rule.then.team_id],
      'then.tags': rule.then.tags,
    }
    return this.faults.filter((fault) => fault.rule_id === rule.id && (named[fault.field]?.includes(fault.key) ?? true))
  }

  /** Moves a rule by so many places; where it is then. */
  move(id: string, by: number): number {
    const from = this.rules.findIndex((rule) => rule.id === id)
    const to = Math.min(this.rules.length - 1, Math.max(0, from + by))
    if (from >= 0 && from !== to) this.moveTo(id, to)
    return to
  }

  moveTo(id: string, to: number) {
    const rule = this.rules.find((one) => one.id === id)
    if (!rule) return
    const rest = this.rules.filter((one) => one.id !== id)
    this.change([...rest.slice(0, to), rule, ...rest.slice(to)])
  }

  discard() {
    if (this.conflict) return this.takeTheirs()
    if (this.document) this.rules = this.document.rules
    this.recovered = false
    this.#kept.write(null)
  }

  /** Whether it is saved now. Not while there are somebody else's rules that nobody has looked at. */
  async save(): Promise<boolean> {
    if (this.conflict) return false
    return this.#try(async () => {
      const sent = this.rules
      try {
        const answer = await this.calls.save(sent, this.#version)
        if (this.rules === sent) this.#take(answer)
        else {
          this.document = answer.value
          this.faults = answer.value.faults
          this.#version = answer.version
        }
      } catch (reason) {
        const { code, problem } = failureOf(reason)
        if (code === 'settings_stale') this.conflict = await this.calls.read()
        if (problem === 'rules-faulty') this.faults = (await this.calls.faults(sent)).faults
        throw reason
      }
    })
  }

  /** Goes on with what stands here; the next save replaces the others. */
  keepMine() {
    if (this.conflict) {
      this.#version = this.conflict.version
      this.document = this.conflict.value
      this.change(this.rules)
    }
    this.conflict = null
    this.failure = null
  }

  takeTheirs() {
    if (this.conflict) this.#take(this.conflict)
    this.conflict = null
    this.failure = null
  }

  #take({ value, version }: Versioned<RoutingRules>) {
    this.document = value
    this.rules = value.rules
    this.faults = value.faults
    this.#version = version
    this.recovered = false
    this.#kept.write(null)
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

/** A rule that fits always and does nothing yet. */
export function emptyRule(rules: RoutingRule[], name: string): RoutingRule {
  let number = rules.length + 1
  while (rules.some((rule) => rule.id === `rule_${number}`)) number++
  return {
    id: `rule_${number}`,
    name,
    active: true,
    on: 'new_conversation',
    when: {
      channels: [],
      languages: [],
      words: [],
      customer_name: null,
      vip: null,
      variables: [],
      office_hours: null,
      times: null,
    },
    then: { team_id: null, overrule: false, tags: [], archive: false, reply: null },
    go_on: false,
  }
}
