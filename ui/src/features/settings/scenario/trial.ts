/** Where a trial begins, and what moves it on besides what the platform's interpreter does. */
import type { ScenarioFlow, ScenarioState } from '$lib/administration/scenarios'

/** A customer who has written before, or of whom something is known; null: a stranger, as the platform takes it. */
export function begunWith(wroteBefore: boolean, known: Record<string, string | undefined>): ScenarioState | null {
  const variables: Record<string, string> = {}
  for (const [name, value] of Object.entries(known)) if (value) variables[name] = value
  if (!wroteBefore && Object.keys(variables).length === 0) return null
  return {
    open: false,
    conversations_before: wroteBefore ? 1 : 0,
    step: null,
    waits_for: null,
    tries: 0,
    hops: 0,
    variables,
    offered: {},
    tags: [],
    team_id: null,
    message: '',
    language: null,
  }
}

/** The conversation ended without the scenario: its window is over, or an advisor closed it. */
export function over(state: ScenarioState): ScenarioState {
  return {
    ...state,
    open: false,
    conversations_before: state.conversations_before + 1,
    step: null,
    waits_for: null,
    tries: 0,
  }
}

/** So many seconds later, in local time as a field for date and time takes it. */
export function later(from: Date, seconds: number): string {
  const then = new Date(from.getTime() + seconds * 1000)
  const two = (number: number) => String(number).padStart(2, '0')
  const day = `${then.getFullYear()}-${two(then.getMonth() + 1)}-${two(then.getDate())}`
  return `${day}T${two(then.getHours())}:${two(then.getMinutes())}:${two(then.getSeconds())}`
}

/** The variables that steps of the flow set. */
export function setIn(flow: ScenarioFlow): string[] {
  return flow.steps
    .flatMap(({ act }) => {
      if (act.do === 'free_input' || act.do === 'set_variable') return [act.variable]
      return act.do === 'http_call' ? act.save.map((one) => one.variable) : []
    })
    .filter(Boolean)
}
