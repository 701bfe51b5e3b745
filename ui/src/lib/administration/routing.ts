/** Routing rules: one ordered document, and the dry run that explains it. */
import type { Backend } from '$lib/backend'
import type { DryRun } from '../wire/DryRun'
import type { DryRunResult } from '../wire/DryRunResult'
import type { RoutingRule } from '../wire/RoutingRule'
import type { RoutingRules } from '../wire/RoutingRules'
import { Calls, type Versioned } from './call'

export type { ConditionVerdict } from '../wire/ConditionVerdict'
export type { DryRun } from '../wire/DryRun'
export type { DryRunMessage } from '../wire/DryRunMessage'
export type { DryRunResult } from '../wire/DryRunResult'
export type { EffectVerdict } from '../wire/EffectVerdict'
export type { RoutingRule } from '../wire/RoutingRule'
export type { RoutingRules } from '../wire/RoutingRules'
export type { RuleFate } from '../wire/RuleFate'
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

  dryRun(dryRun: DryRun): Promise<DryRunResult> {
    return this.#calls.post(`${PATH}/dry-run`, dryRun)
  }
}
