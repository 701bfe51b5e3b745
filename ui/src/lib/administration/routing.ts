/** Routing rules: one ordered document, and the dry run that explains it. */
import type { Backend } from '$lib/backend'
import type { DryRun } from '../wire/DryRun'
import type { DryRunResult } from '../wire/DryRunResult'
import type { RoutingRule } from '../wire/RoutingRule'
import type { RoutingRules } from '../wire/RoutingRules'
import type { RuleFaults } from '../wire/RuleFaults'
import { Calls, type Versioned } from './call'

export type { ConditionVerdict } from '../wire/ConditionVerdict'
export type { DryRun } from '../wire/DryRun'
export type { DryRunMessage } from '../wire/DryRunMessage'
export type { DryRunMoment } from '../wire/DryRunMoment'
export type { DryRunResult } from '../wire/DryRunResult'
export type { EffectVerdict } from '../wire/EffectVerdict'
export type { RoutingRule } from '../wire/RoutingRule'
export type { RoutingRules } from '../wire/RoutingRules'
export type { RuleFate } from '../wire/RuleFate'
export type { RuleFault } from '../wire/RuleFault'
export type { RuleFaults } from '../wire/RuleFaults'
export type { RuleVerdict } from '../wire/RuleVerdict'
export type { WordCondition } from '../wire/WordCondition'
export type { Versioned } from './call'

const PATH = '/v1/admin/routing-rules'

export class RoutingCalls {
  readonly #calls: Calls

  constructor(backend: Backend) {
    this.#calls = new Calls(backend)
  }

  read(): Promise<Versioned<RoutingRules>> {
    return this.#calls.read(PATH)
  }

  save(rules: RoutingRule[], version: string): Promise<Versioned<RoutingRules>> {
    return this.#calls.put(PATH, { rules }, version)
  }

  /** The faults of rules that need not be saved. */
  faults(rules: RoutingRule[]): Promise<RuleFaults> {
    return this.#calls.post(`${PATH}/validate`, { rules })
  }

  dryRun(dryRun: DryRun): Promise<DryRunResult> {
    return this.#calls.post(`${PATH}/dry-run`, dryRun)
  }
}
