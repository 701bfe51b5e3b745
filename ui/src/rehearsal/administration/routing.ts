/** Rehearsed routing rules: the document, and a dry run that looks at words, variables and the hour only. */
import type { Failure } from '$lib/backend'
import type {
  ConditionVerdict,
  DryRun,
  DryRunResult,
  RoutingRule,
  RoutingRules,
  RuleFate,
  RuleFault,
  RuleFaults,
} from '$lib/administration/routing'
import type { Subject } from '.'
import { officeAt, TAGS, TEAMS } from './scenarios'

const PATH = '/v1/admin/routing-rules'

function rule(id: string, name: string, words: string[]): RoutingRule {
  return {
    id,
    name,
    active: true,
    on: 'new_conversation',
    when: {
      channels: [],
      languages: [],
      words: [{ mode: 'any', whole: false, words }],
      customer_name: null,
      vip: null,
      variables: [],
      office_hours: null,
      times: null,
    },
    then: { team_id: id.replace('rule', 'team'), overrule: false, tags: [], archive: false, reply: null },
    go_on: false,
  }
}

export function routing(): Subject {
  let version = 1
  let kept: RoutingRules = {
    faults: [],
    rules: [
      rule('rule_billing', 'Billing', ['invoice', 'facture', 'refund']),
      rule('rule_workshop', 'Workshop & products', ['repair', 'warranty']),
      rule('rule_orders', 'Orders & delivery', ['order', 'commande']),
    ],
    changed_at: null,
    changed_by: null,
  }
  return (call) => {
    if (call.path === `${PATH}/dry-run`) return { body: dryRun(call.body as DryRun, kept.rules) }
    if (call.path === `${PATH}/validate`) {
      return { body: { faults: faultsOf((call.body as { rules: RoutingRule[] }).rules) } satisfies RuleFaults }
    }
    if (call.path !== PATH) return undefined
    if (call.method === 'PUT') {
      if (call.version !== String(version)) throw { code: 'settings_stale', problem: 'stale' } satisfies Failure
      const { rules } = call.body as { rules: RoutingRule[] }
      if (faultsOf(rules).length > 0) throw { code: 'refused_otherwise', problem: 'rules-faulty' } satisfies Failure
      version++
      kept = {
        rules,
        faults: [],
        changed_at: new Date().toISOString(),
        changed_by: { id: 'usr_admin', name: 'Nadia Admin' },
      }
    }
    return { body: structuredClone(kept), version: String(version) }
  }
}

/** Teams and tags that are in no list any more. */
function faultsOf(rules: RoutingRule[]): RuleFault[] {
  return rules.flatMap((one) => {
    const fault = (field: string, code: string, name: string, text: string): RuleFault => ({
      rule_id: one.id,
      field,
      code,
      key: name,
      name,
      text: `Rule "${one.name}": ${text}`,
    })
    const { team_id, tags } = one.then
    const teams = team_id !== null && !TEAMS.some((team) => team.id === team_id) ? [team_id] : []
    return [
      ...teams.map((id) => fault('then.team_id', 'unknown-team', id, 'There is no such team.')),
      ...tags
        .filter((tag) => !TAGS.includes(tag))
        .map((tag) => fault('then.tags', 'archived-tag', tag, `The tag "${tag}" is archived.`)),
    ]
  })
}

function dryRun({ rules, on }: DryRun, stored: RoutingRule[]): DryRunResult {
  if (on.type === 'conversation') {
    if (on.conversation_id !== 'conv_zoe')
      throw { code: 'conversation_unknown', problem: 'conversation-unknown' } satisfies Failure
    const text = on.moment === 'newest' ? 'Hello?' : 'My invoice'
    return dryRun(
      {
        rules,
        on: {
          type: 'message',
          channel_id: 'ch_webchat',
          text,
          new_conversation: on.moment !== 'newest',
          at: null,
          customer_name: 'Zoe',
          language: null,
          vip: false,
          variables: {},
          team_id: null,
          tags: [],
        },
      },
      stored,
    )
  }
  const text = on.text.toLowerCase()
  const result: DryRunResult = {
    rules: [],
    team_id: on.team_id,
    tags: on.tags,
    archived: false,
    replies: [],
    language: 'en',
  }
  let stopped = false
  for (const one of rules ?? stored) {
    const conditions: ConditionVerdict[] = one.when.words.map((words) => {
      const found = words.words.filter((word) => text.includes(word.toLowerCase()))
      return { condition: 'words', fits: found.length > 0, found: found.join(', ') }
    })
    for (const wanted of one.when.variables) {
      const found = on.variables[wanted.variable] ?? ''
      conditions.push({ condition: 'variables', fits: found === (wanted.value ?? found) && found !== '', found })
    }
    if (one.when.office_hours !== null) {
      const office = officeAt(on.at)
      const found = office.open ? 'within' : 'outside'
      conditions.push({ condition: 'office_hours', fits: office.open === one.when.office_hours, found, office })
    }
    const fits = conditions.every((condition) => condition.fits)
    const tried = one.active && !stopped && (on.new_conversation || one.on === 'every_message')
    const fate: RuleFate = !one.active
      ? 'inactive'
      : one.on === 'new_conversation' && !on.new_conversation
        ? 'not_new'
        : stopped
          ? 'not_reached'
          : !fits
            ? 'does_not_fit'
            : one.go_on
              ? 'fits'
              : 'fits_and_stops'
    const effects: DryRunResult['rules'][number]['effects'] = []
    if (tried && fits && one.then.team_id) {
      const withheld = result.team_id === null ? null : ('has_team' as const)
      if (withheld === null) result.team_id = one.then.team_id
      effects.push({ effect: 'route', value: one.then.team_id, withheld })
    }
    stopped ||= fate === 'fits_and_stops'
    result.rules.push({ rule_id: one.id, fate, conditions, effects })
  }
  return result
}
