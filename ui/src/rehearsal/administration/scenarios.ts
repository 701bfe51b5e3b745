/**
 * Rehearsed scenarios: documents with versions, a few of the faults, and a small interpreter for trials. The platform's own knows every
 * step; this one knows those that the interface is rehearsed with.
 */
import type { Administer, Failure } from '$lib/backend'
import type {
  ScenarioDocument,
  ScenarioEffect,
  ScenarioFault,
  ScenarioFlow,
  ScenarioState,
  Scenarios,
  ScenarioVersion,
  StepAct,
  Trial,
  TryScenario,
} from '$lib/administration/scenarios'
import type { OfficeMoment } from '$lib/wire/OfficeMoment'
import type { Subject } from '.'

const PATH = '/v1/admin/scenarios'
const BEGINNING = '2026-03-02T09:00:00.000Z'

interface Kept {
  id: string
  name: string
  draft: ScenarioFlow
  version: number
  versions: ScenarioVersion[]
  changedAt: string | null
}

export const TEAMS = [
  { id: 'team_billing', name: 'Billing' },
  { id: 'team_orders', name: 'Orders & delivery' },
  { id: 'team_workshop', name: 'Workshop & products' },
]
export const TAGS = ['delivery', 'returns', 'billing', 'refund', 'complaint']

const both = (text: string) => ({ en: text, fr: text })

function demoFlow(): ScenarioFlow {
  return {
    languages: ['en', 'fr'],
    first: 'greeting',
    following: 'greeting',
    listens: [{ text: '#bye', then: 'goodbye' }],
    steps: [
      {
        id: 'greeting',
        title: 'Greeting',
        act: {
          do: 'buttons',
          text: { en: 'Hello! What is it about?', fr: 'Bonjour ! De quoi s’agit-il ?' },
          buttons: [
            { label: { en: 'My order', fr: 'Ma commande' }, then: 'number' },
            { label: { en: 'An invoice', fr: 'Une facture' }, then: 'billing' },
          ],
          wait: true,
          unexpected: both(''),
          tries: 1,
          then: 'people',
        },
      },
      {
        id: 'number',
        title: '',
        act: {
          do: 'free_input',
          text: { en: 'Which order?', fr: 'Quelle commande ?' },
          variable: 'order',
          expects: { a: 'number' },
          unexpected: { en: 'Digits only, please.', fr: 'Des chiffres seulement.' },
          tries: 2,
          then: 'thanks',
          otherwise: 'people',
        },
      },
      {
        id: 'thanks',
        title: '',
        act: {
          do: 'message',
          text: { en: 'Order {{order}}, thank you.', fr: 'Commande {{order}}, merci.' },
          then: 'orders',
        },
      },
      { id: 'orders', title: 'Orders', act: { do: 'route', team_id: 'team_orders', then: 'people' } },
      { id: 'billing', title: 'Billing', act: { do: 'route', team_id: 'team_billing', then: 'people' } },
      { id: 'people', title: 'To the advisors', act: { do: 'hand_over' } },
      { id: 'goodbye', title: 'Goodbye', act: { do: 'close_conversation' } },
    ],
  }
}

/** A flow of many steps, to look at. */
export function longFlow(count: number): ScenarioFlow {
  const flow = demoFlow()
  const orders = flow.steps.find((step) => step.id === 'orders')
  if (count > 0 && orders && 'then' in orders.act) orders.act.then = 'more_0'
  for (let at = 0; at < count; at++) {
    const then = at + 1 < count ? `more_${at + 1}` : 'people'
    flow.steps.push({
      id: `more_${at}`,
      title: '',
      act:
        at % 4 === 0
          ? {
              do: 'condition',
              all: true,
              tests: [{ about: 'vip', vip: true }],
              then,
              otherwise: at + 3 < count ? `more_${at + 3}` : 'people',
            }
          : at % 4 === 1
            ? {
                do: 'free_input',
                text: both(`Question number ${at}?`),
                variable: 'order',
                expects: { a: 'any' },
                unexpected: both('Sorry?'),
                tries: 1,
                then,
                otherwise: at > 4 ? `more_${at - 4}` : 'people',
              }
            : { do: 'message', text: both(`Message number ${at} to the customer`), then },
    })
  }
  return flow
}

export function scenarios(): Subject {
  const kept: Kept[] = []
  let made = 0
  const add = (id: string, name: string, draft: ScenarioFlow, published: boolean) => {
    const summary = { version: 1, published_at: BEGINNING, published_by: null, waiting: 2 }
    const versions = published ? [{ summary, flow: structuredClone(draft) }] : []
    const one: Kept = { id, name, draft, version: 1, versions, changedAt: null }
    kept.push(one)
    return one
  }
  add('scenario_webchat', 'Web chat assistant', demoFlow(), true)
  const channels: Scenarios['channels'] = [
    {
      id: 'ch_webchat',
      name: 'Web chat',
      type: 'web_chat',
      scenario_id: 'scenario_webchat',
      reply_limit: 20000,
      label_limit: 60,
      button_limit: 20,
    },
    {
      id: 'ch_whatsapp',
      name: 'WhatsApp',
      type: 'whatsapp',
      scenario_id: null,
      reply_limit: 4096,
      label_limit: 24,
      button_limit: 10,
    },
  ]

  const summary = (one: Kept): ScenarioDocument['summary'] => ({
    id: one.id,
    name: one.name,
    channels: channels.filter((channel) => channel.scenario_id === one.id).map((channel) => channel.id),
    steps: one.draft.steps.length,
    published: one.versions[0]?.summary.version ?? null,
    changed: JSON.stringify(one.versions[0]?.flow) !== JSON.stringify(one.draft),
    changed_at: one.changedAt,
    changed_by: one.changedAt ? { id: 'usr_admin', name: 'Nadia Admin' } : null,
    troubles: [],
    gone: one.versions[0] ? goneFrom(one.versions[0].flow) : [],
  })
  const document = (one: Kept) => ({
    body: {
      summary: summary(one),
      draft: structuredClone(one.draft),
      faults: faultsOf(one.draft),
      versions: one.versions.map((version) => version.summary),
    } satisfies ScenarioDocument,
    version: String(one.version),
  })
  const touch = (one: Kept) => {
    one.version++
    one.changedAt = new Date().toISOString()
  }
  const seen = (one: Kept, call: Administer) => {
    if (call.version !== String(one.version) && call.version !== '*')
      throw { code: 'settings_stale', problem: 'stale' } satisfies Failure
  }

  return (call) => {
    if (!call.path.startsWith(PATH)) return undefined
    const [id, verb, number, again] = call.path
      .slice(PATH.length + 1)
      .split('/')
      .map(decodeURIComponent)
    if (!id) {
      if (call.method === 'GET') {
        const body: Scenarios = { items: kept.map(summary), channels, teams: TEAMS, tags: TAGS, variables: ['order'] }
        return { body }
      }
      const { name, copy_of } = call.body as { name: string; copy_of: string | null }
      if (kept.some((one) => one.name === name))
        throw { code: 'refused_otherwise', problem: 'scenario-exists' } satisfies Failure
      const source = kept.find((one) => one.id === copy_of)
      const draft = source
        ? structuredClone(source.draft)
        : { ...demoFlow(), first: '', following: '', listens: [], steps: [] }
      return { status: 201, ...document(add(`scenario_${++made}`, name, draft, false)) }
    }
    const one = kept.find((other) => other.id === id)
    if (!one) throw { code: 'not_allowed', problem: 'scenario-unknown' } satisfies Failure
    const version = one.versions.find((other) => other.summary.version === Number(number))
    switch (`${call.method} ${verb ?? ''}${again ? `/${again}` : ''}`) {
      case 'GET ':
        return document(one)
      case 'PUT ': {
        seen(one, call)
        const { name, draft } = call.body as { name: string; draft: ScenarioFlow }
        one.name = name
        one.draft = structuredClone(draft)
        touch(one)
        return document(one)
      }
      case 'DELETE ':
        seen(one, call)
        kept.splice(kept.indexOf(one), 1)
        return { status: 204 }
      case 'PUT channels': {
        seen(one, call)
        const chosen = (call.body as { channels: string[] }).channels
        for (const channel of channels) {
          if (chosen.includes(channel.id)) channel.scenario_id = one.id
          else if (channel.scenario_id === one.id) channel.scenario_id = null
        }
        touch(one)
        return document(one)
      }
      case 'POST validate':
        return { body: { faults: faultsOf((call.body as { draft: ScenarioFlow }).draft) } }
      case 'POST publish': {
        seen(one, call)
        if (faultsOf(one.draft).length > 0)
          throw { code: 'refused_otherwise', problem: 'scenario-faulty' } satisfies Failure
        const next = (one.versions[0]?.summary.version ?? 0) + 1
        const published_by = { id: 'usr_admin', name: 'Nadia Admin' }
        const summary = { version: next, published_at: new Date().toISOString(), published_by, waiting: 0 }
        one.versions.unshift({ summary, flow: structuredClone(one.draft) })
        touch(one)
        return document(one)
      }
      case 'GET versions':
        return { body: version }
      case 'POST versions/restore':
        seen(one, call)
        if (version) one.draft = structuredClone(version.flow)
        touch(one)
        return document(one)
      case 'POST try':
        return { body: attempt(call.body as TryScenario) }
      default:
        return undefined
    }
  }
}

/** Tags that are in no list any more. */
function goneFrom(flow: ScenarioFlow): ScenarioFault[] {
  return flow.steps.flatMap((step) =>
    step.act.do === 'tag'
      ? step.act.add
          .filter((tag) => !TAGS.includes(tag))
          .map((name) => ({
            step: step.id,
            field: 'add',
            code: 'archived-tag',
            name,
            text: `The tag "${name}" is archived.`,
          }))
      : [],
  )
}

function faultsOf(flow: ScenarioFlow): ScenarioFault[] {
  const faults: ScenarioFault[] = goneFrom(flow)
  const ids = new Set(flow.steps.map((step) => step.id))
  const reached = new Set<string>()
  const ahead = [flow.first, flow.following, ...flow.listens.map((word) => word.then)]
  const check = (step: string | null, field: string, to: string) => {
    if (to === '') faults.push({ step, field, code: 'dead-end', text: 'Nothing follows here.' })
    else if (!ids.has(to)) faults.push({ step, field, code: 'unknown-target', text: 'There is no such step.' })
  }
  check(null, 'first', flow.first)
  check(null, 'following', flow.following)
  for (const step of flow.steps) {
    const act = step.act as unknown as Record<string, string>
    for (const field of ['then', 'otherwise', 'failed', 'timed_out'])
      if (field in act) check(step.id, field, act[field]!)
    if (step.act.do === 'buttons')
      step.act.buttons.forEach((button, at) => check(step.id, `buttons.${at}.then`, button.then))
    if ('text' in step.act) {
      for (const language of flow.languages) {
        if (!step.act.text[language]?.trim()) {
          faults.push({ step: step.id, field: `text.${language}`, code: 'text-missing', text: 'There is no text.' })
        }
      }
    }
  }
  while (ahead.length > 0) {
    const next = ahead.pop()
    const step = flow.steps.find((one) => one.id === next)
    if (!step || reached.has(step.id)) continue
    reached.add(step.id)
    const act = step.act as unknown as Record<string, string>
    for (const field of ['then', 'otherwise', 'failed', 'timed_out']) if (act[field]) ahead.push(act[field]!)
    if (step.act.do === 'buttons') ahead.push(...step.act.buttons.map((button) => button.then))
  }
  for (const step of flow.steps) {
    if (!reached.has(step.id))
      faults.push({ step: step.id, field: 'id', code: 'unreachable', text: 'No way leads here.' })
  }
  return faults
}

/** Rehearsed: closed on weekends, open on every other day. */
export function officeAt(time: string | null): OfficeMoment {
  const at = time ?? '2026-03-06T17:00:00.000Z'
  const monday = new Date(at)
  monday.setUTCDate(monday.getUTCDate() + ((8 - monday.getUTCDay()) % 7 || 7))
  monday.setUTCHours(8, 0, 0, 0)
  return { open: false, at, changes_at: monday.toISOString(), time_zone: 'Europe/Paris' }
}

function holds(condition: Extract<StepAct, { do: 'condition' }>, customer: TryScenario['customer']): boolean {
  const held = condition.tests.map((test) =>
    test.about === 'office_hours' ? test.open === officeAt(customer.at).open : customer.vip,
  )
  return condition.all ? held.every(Boolean) : held.some(Boolean)
}

function attempt({ draft, customer, state, event }: TryScenario): Trial {
  const now: ScenarioState = structuredClone(
    state ?? {
      open: false,
      conversations_before: 0,
      step: null,
      waits_for: null,
      tries: 0,
      hops: 0,
      variables: {},
      offered: {},
      tags: [],
      team_id: null,
      message: '',
      language: null,
    },
  )
  if (event.type === 'writes') now.message = event.text
  const happened: Trial['happened'] = []
  const language = customer.language ?? draft.languages[0] ?? 'en'
  const worded = (texts: Record<string, string | undefined>) =>
    (texts[language] ?? texts[draft.languages[0] ?? ''] ?? '').replace(/\{\{(\w+)\}\}/g, (_, name: string) =>
      name === 'message' ? now.message : (now.variables[name] ?? ''),
    )
  const happen = (step: string, what: ScenarioEffect) => happened.push({ step, what })

  const go = (from: string) => {
    now.step = now.waits_for = null
    now.tries = 0
    for (let next = from, left = 50; left > 0; left--) {
      const step = draft.steps.find((one) => one.id === next)
      if (!step) return
      const act = step.act
      if (act.do === 'message' || act.do === 'buttons' || act.do === 'free_input') {
        const buttons = act.do === 'buttons' ? act.buttons.map((button) => worded(button.label)) : []
        for (const label of buttons) now.offered[label] = step.id
        happen(step.id, { type: 'says', text: worded(act.text), buttons })
      }
      if (act.do === 'free_input' || (act.do === 'buttons' && act.wait)) {
        now.step = step.id
        now.waits_for = 'customer'
        return
      }
      if (act.do === 'route') {
        now.team_id = act.team_id
        happen(step.id, { type: 'routes', team_id: act.team_id })
      }
      if (act.do === 'http_call') {
        happen(step.id, { type: 'calls', method: act.method, url: act.url, body: act.body })
        now.step = step.id
        now.waits_for = 'answer'
        return
      }
      if (act.do === 'delay') {
        now.step = step.id
        now.waits_for = 'time'
        return
      }
      if (act.do === 'hand_over') return void happen(step.id, { type: 'hands_over' })
      if (act.do === 'end') return void happen(step.id, { type: 'ends' })
      if (act.do === 'close_conversation') {
        now.open = false
        now.conversations_before++
        return void happen(step.id, { type: 'closes' })
      }
      if (act.do === 'condition') {
        const held = holds(act, customer)
        const office = act.tests.some((test) => test.about === 'office_hours') ? officeAt(customer.at) : undefined
        happen(step.id, { type: 'decides', held, ...(office && { office }) })
        next = held ? act.then : act.otherwise
        continue
      }
      next = act.then
    }
  }

  if (event.type === 'writes') {
    const word = draft.listens.find((one) => one.text === event.text)?.then
    const offered = draft.steps.find((one) => one.id === now.offered[event.text])?.act
    const click =
      offered?.do === 'buttons'
        ? offered.buttons.find((button) => Object.values(button.label).includes(event.text))?.then
        : undefined
    if (!now.open) {
      now.open = true
      go(now.conversations_before === 0 ? draft.first : draft.following)
    } else {
      const waiting = draft.steps.find((one) => one.id === now.step)?.act
      if (click ?? word) go((click ?? word)!)
      else if (waiting?.do === 'free_input') {
        if (waiting.expects.a !== 'number' || /^\d+$/.test(event.text)) {
          now.variables[waiting.variable] = event.text
          happen(now.step!, { type: 'sets', variable: waiting.variable, value: event.text })
          go(waiting.then)
        } else if (now.tries++ < waiting.tries)
          happen(now.step!, { type: 'says', text: worded(waiting.unexpected), buttons: [] })
        else go(waiting.otherwise)
      } else if (waiting?.do === 'buttons') go(waiting.then)
    }
  } else if (event.type === 'advisor_answers') {
    now.step = now.waits_for = null
  } else {
    const waiting = draft.steps.find((one) => one.id === now.step)?.act
    if (waiting?.do === 'delay' && event.type === 'time_passes') go(waiting.then)
    else if (waiting?.do === 'http_call') go(event.type === 'answers' ? waiting.then : waiting.failed)
  }
  return { happened, state: now }
}
