/** Scenarios: the list, drafts, versions, validation and trials. */
import type { Backend } from '$lib/backend'
import type { NewScenario } from '../wire/NewScenario'
import type { ScenarioDocument } from '../wire/ScenarioDocument'
import type { ScenarioFaults } from '../wire/ScenarioFaults'
import type { ScenarioFlow } from '../wire/ScenarioFlow'
import type { ScenarioVersion } from '../wire/ScenarioVersion'
import type { Scenarios } from '../wire/Scenarios'
import type { Trial } from '../wire/Trial'
import type { TryScenario } from '../wire/TryScenario'
import type { UpdateScenario } from '../wire/UpdateScenario'
import { Calls, segment, type Versioned } from './call'

export type { CallHeader } from '../wire/CallHeader'
export type { Expects } from '../wire/Expects'
export type { HttpCall } from '../wire/HttpCall'
export type { ScenarioButton } from '../wire/ScenarioButton'
export type { ScenarioChannel } from '../wire/ScenarioChannel'
export type { ScenarioDocument } from '../wire/ScenarioDocument'
export type { ScenarioEffect } from '../wire/ScenarioEffect'
export type { ScenarioEvent } from '../wire/ScenarioEvent'
export type { ScenarioFault } from '../wire/ScenarioFault'
export type { ScenarioFlow } from '../wire/ScenarioFlow'
export type { ScenarioState } from '../wire/ScenarioState'
export type { ScenarioStep } from '../wire/ScenarioStep'
export type { ScenarioSummary } from '../wire/ScenarioSummary'
export type { ScenarioTest } from '../wire/ScenarioTest'
export type { ScenarioVersion } from '../wire/ScenarioVersion'
export type { ScenarioVersionRef } from '../wire/ScenarioVersionRef'
export type { Scenarios } from '../wire/Scenarios'
export type { StepAct } from '../wire/StepAct'
export type { Trial } from '../wire/Trial'
export type { TrialCustomer } from '../wire/TrialCustomer'
export type { TrialHappening } from '../wire/TrialHappening'
export type { TryScenario } from '../wire/TryScenario'
export type { WeekSpan } from '../wire/WeekSpan'
export type { Versioned } from './call'

/** A text per language. */
export type Texts = Record<string, string>

const ALL = '/v1/admin/scenarios'

export class ScenarioCalls {
  readonly #calls: Calls

  constructor(backend: Backend) {
    this.#calls = new Calls(backend)
  }

  list(): Promise<Scenarios> {
    return this.#calls.get(ALL)
  }

  read(id: string): Promise<Versioned<ScenarioDocument>> {
    return this.#calls.read(at(id))
  }

  create(scenario: NewScenario): Promise<ScenarioDocument> {
    return this.#calls.post(ALL, scenario)
  }

  save(id: string, change: UpdateScenario, version: string): Promise<Versioned<ScenarioDocument>> {
    return this.#calls.put(at(id), change, version)
  }

  setChannels(id: string, channels: string[], version: string): Promise<Versioned<ScenarioDocument>> {
    return this.#calls.put(`${at(id)}/channels`, { channels }, version)
  }

  delete(id: string, version: string): Promise<void> {
    return this.#calls.delete(at(id), version)
  }

  faults(id: string, draft: ScenarioFlow): Promise<ScenarioFaults> {
    return this.#calls.post(`${at(id)}/validate`, { draft })
  }

  publish(id: string, version: string): Promise<Versioned<ScenarioDocument>> {
    return this.#calls.change(`${at(id)}/publish`, version)
  }

  version(id: string, number: number): Promise<ScenarioVersion> {
    return this.#calls.get(`${at(id)}/versions/${number}`)
  }

  restore(id: string, number: number, version: string): Promise<Versioned<ScenarioDocument>> {
    return this.#calls.change(`${at(id)}/versions/${number}/restore`, version)
  }

  attempt(id: string, trial: TryScenario): Promise<Trial> {
    return this.#calls.post(`${at(id)}/try`, trial)
  }
}

function at(id: string): string {
  return `${ALL}/${segment(id)}`
}
