/** The document of a scenario as the editor handles it: its ways, its new steps, and what changes between two of them. */
import type { ScenarioFlow, ScenarioStep, StepAct } from '$lib/administration/scenarios'
import type { Way } from './layout'

export type Kind = StepAct['do']

export const KINDS: Kind[] = [
  'message',
  'buttons',
  'free_input',
  'condition',
  'set_variable',
  'tag',
  'route',
  'http_call',
  'delay',
  'archive',
  'hand_over',
  'close_conversation',
  'end',
]

export const ENTRY_FIRST = '@first'
export const ENTRY_FOLLOWING = '@following'
export const entryOfWord = (at: number) => `@listens.${at}`

/** A way out of a step: the field that names the next one. */
export interface Exit {
  field: string
  to: string
  label: string
}

/** The ways out of a step; `words` puts the names of those that have one into the person's language. */
export function exits(
  act: StepAct,
  languages: string[],
  words: Record<'otherwise' | 'failed' | 'timed_out' | 'unclicked', string>,
): Exit[] {
  switch (act.do) {
    case 'message':
    case 'tag':
    case 'route':
    case 'archive':
    case 'delay':
    case 'set_variable':
      return [{ field: 'then', to: act.then, label: '' }]
    case 'buttons':
      return [
        ...act.buttons.map((button, at) => ({
          field: `buttons.${at}.then`,
          to: button.then,
          label: button.label[languages[0] ?? ''] ?? Object.values(button.label)[0] ?? '',
        })),
        { field: 'then', to: act.then, label: words.unclicked },
      ]
    case 'free_input':
    case 'condition':
      return [
        { field: 'then', to: act.then, label: '' },
        { field: 'otherwise', to: act.otherwise, label: words.otherwise },
      ]
    case 'http_call':
      return [
        { field: 'then', to: act.then, label: '' },
        { field: 'failed', to: act.failed, label: words.failed },
        { field: 'timed_out', to: act.timed_out, label: words.timed_out },
      ]
    case 'hand_over':
    case 'close_conversation':
    case 'end':
      return []
  }
}

/** Everything that stands in the picture, entries first, and the ways between. */
export function drawn(flow: ScenarioFlow, words: Parameters<typeof exits>[2]): { ids: string[]; ways: Way[] } {
  const same = flow.first === flow.following
  const ways: Way[] = [{ from: ENTRY_FIRST, to: flow.first, label: '' }]
  if (!same) ways.push({ from: ENTRY_FOLLOWING, to: flow.following, label: '' })
  flow.listens.forEach((word, at) => ways.push({ from: entryOfWord(at), to: word.then, label: '' }))
  const ids = [...ways.map((way) => way.from), ...flow.steps.map((step) => step.id)]
  for (const step of flow.steps) {
    for (const { to, label } of exits(step.act, flow.languages, words)) ways.push({ from: step.id, to, label })
  }
  return { ids, ways }
}

/** An act of this kind with nothing in it yet. */
export function emptyAct(kind: Kind): StepAct {
  switch (kind) {
    case 'message':
      return { do: kind, text: {}, then: '' }
    case 'buttons':
      return { do: kind, text: {}, buttons: [{ label: {}, then: '' }], wait: true, unexpected: {}, tries: 1, then: '' }
    case 'free_input':
      return {
        do: kind,
        text: {},
        variable: '',
        expects: { a: 'any' },
        unexpected: {},
        tries: 2,
        then: '',
        otherwise: '',
      }
    case 'condition':
      return { do: kind, all: true, tests: [], then: '', otherwise: '' }
    case 'tag':
      return { do: kind, add: [], remove: [], then: '' }
    case 'route':
      return { do: kind, team_id: '', then: '' }
    case 'http_call':
      return {
        do: kind,
        method: 'GET',
        url: 'https://',
        headers: [],
        body: null,
        save: [],
        timeout_s: 5,
        then: '',
        failed: '',
        timed_out: '',
      }
    case 'delay':
      return { do: kind, seconds: 60, then: '' }
    case 'set_variable':
      return { do: kind, variable: '', value: '', then: '' }
    case 'archive':
      return { do: kind, then: '' }
    case 'hand_over':
    case 'close_conversation':
    case 'end':
      return { do: kind }
  }
}

/** An id that no step has. */
export function freeId(flow: ScenarioFlow, kind: string): string {
  const base = kind.replace(/_\d+$/, '')
  for (let number = 1; ; number++) {
    const id = `${base}_${number}`
    if (!flow.steps.some((step) => step.id === id)) return id
  }
}

/** Changes the step that a field of a step, or an entry, leads to. */
export function lead(flow: ScenarioFlow, id: string | null, field: string, to: string) {
  const holder = id === null ? flow : flow.steps.find((step) => step.id === id)?.act
  if (!holder) return
  const path = field.split('.')
  const last = path.pop()!
  let at = holder as unknown as Record<string, unknown>
  for (const name of path) at = at[name] as Record<string, unknown>
  if (at) at[last] = to
}

/** Takes a step out; what led to it leads nowhere then, or on to the one step that followed it. */
export function removeStep(flow: ScenarioFlow, id: string) {
  const step = flow.steps.find((one) => one.id === id)
  if (!step) return
  const onward = 'then' in step.act && step.act.then !== id ? step.act.then : ''
  flow.steps = flow.steps.filter((one) => one.id !== id)
  if (flow.first === id) flow.first = onward
  if (flow.following === id) flow.following = onward
  for (const word of flow.listens) if (word.then === id) word.then = onward
  const nothing = { otherwise: '', failed: '', timed_out: '', unclicked: '' }
  for (const other of flow.steps) {
    for (const { field, to } of exits(other.act, flow.languages, nothing)) {
      if (to === id) lead(flow, other.id, field, onward)
    }
  }
}

export interface Difference {
  added: ScenarioStep[]
  removed: ScenarioStep[]
  changed: ScenarioStep[]
  /** Entries, words, languages or office hours are others. */
  whole: boolean
}

/** What publishing `after` instead of `before` changes. */
export function difference(before: ScenarioFlow | null, after: ScenarioFlow): Difference {
  const earlier = before?.steps ?? []
  const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)
  const bare = (flow: ScenarioFlow) => ({ ...flow, steps: [] })
  return {
    added: after.steps.filter((step) => !earlier.some((old) => old.id === step.id)),
    removed: earlier.filter((old) => !after.steps.some((step) => step.id === old.id)),
    changed: after.steps.filter((step) => earlier.some((old) => old.id === step.id && !same(old, step))),
    whole: before === null || !same(bare(before), bare(after)),
  }
}
