/** Scenarios in words: kinds of steps, faults, troubles, and what a trial shows. */
import type { ScenarioEffect, ScenarioFault, StepAct } from '$lib/administration/scenarios'
import { m } from '$lib/paraglide/messages'
import type { IconName } from '$components/icons'
import { officeText } from '../office-words'
import { ENTRY_FIRST, ENTRY_FOLLOWING, type Kind } from './flow'
import type { ScenarioFlow } from '$lib/administration/scenarios'

export const kindText: Record<Kind, () => string> = {
  message: m.scenario_kind_message,
  buttons: m.scenario_kind_buttons,
  free_input: m.scenario_kind_free_input,
  condition: m.scenario_kind_condition,
  tag: m.scenario_kind_tag,
  route: m.scenario_kind_route,
  hand_over: m.scenario_kind_hand_over,
  archive: m.scenario_kind_archive,
  http_call: m.scenario_kind_http_call,
  delay: m.scenario_kind_delay,
  close_conversation: m.scenario_kind_close,
  set_variable: m.scenario_kind_set_variable,
  end: m.scenario_kind_end,
}

export const kindIcon: Record<Kind, IconName> = {
  message: 'web_chat',
  buttons: 'queue',
  free_input: 'edit',
  condition: 'question',
  tag: 'tag',
  route: 'route',
  hand_over: 'person',
  archive: 'archive',
  http_call: 'online',
  delay: 'clock',
  close_conversation: 'sendClose',
  set_variable: 'note',
  end: 'flag',
}

/** The names of ways that have one. */
export function wayWords() {
  return {
    otherwise: m.scenario_way_otherwise(),
    failed: m.scenario_way_failed(),
    timed_out: m.scenario_way_timed_out(),
    unclicked: m.scenario_way_unclicked(),
  }
}

/** What a step is called: its title, or what it says, or what it does. */
export function stepName(flow: ScenarioFlow, id: string): string {
  if (id === ENTRY_FIRST) return flow.first === flow.following ? m.scenario_entry_every() : m.scenario_entry_first()
  if (id === ENTRY_FOLLOWING) return m.scenario_entry_following()
  if (id.startsWith('@listens.')) {
    return m.scenario_entry_word({ text: flow.listens[Number(id.slice(9))]?.text ?? '' })
  }
  const step = flow.steps.find((one) => one.id === id)
  if (!step) return id
  return step.title || said(step.act, flow.languages[0] ?? '') || kindText[step.act.do]()
}

function said(act: StepAct, language: string): string {
  if (!('text' in act)) return ''
  const text = act.text[language] ?? Object.values(act.text)[0] ?? ''
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}

const faults: Record<string, () => string> = {
  'dead-end': m.scenario_fault_dead_end,
  'unknown-target': m.scenario_fault_unknown_target,
  unreachable: m.scenario_fault_unreachable,
  'duplicate-step': m.scenario_fault_duplicate_step,
  'bad-name': m.scenario_fault_bad_name,
  'text-missing': m.scenario_fault_text_missing,
  circle: m.scenario_fault_circle,
  'too-long': m.scenario_fault_too_long,
  'button-too-long': m.scenario_fault_button_too_long,
  'too-many-buttons': m.scenario_fault_too_many_buttons,
  'no-buttons': m.scenario_fault_no_buttons,
  'same-label': m.scenario_fault_same_label,
  'bad-url': m.scenario_fault_bad_url,
  'bad-header': m.scenario_fault_bad_header,
  'bad-body': m.scenario_fault_bad_body,
  'bad-pointer': m.scenario_fault_bad_pointer,
  'bad-pattern': m.scenario_fault_bad_pattern,
  'bad-number': m.scenario_fault_bad_number,
  'bad-times': m.scenario_fault_bad_times,
  'no-tests': m.scenario_fault_no_tests,
  'unknown-variable': m.scenario_fault_unknown_variable,
  'unknown-team': m.scenario_fault_unknown_team,
  'unknown-tag': m.scenario_fault_unknown_tag,
  'unknown-channel': m.scenario_fault_unknown_channel,
  'unknown-secret': m.scenario_fault_unknown_secret,
  'closes-at-once': m.scenario_fault_closes_at_once,
}

const gone: Record<string, (named: { name: string }) => string> = {
  'archived-tag': m.gone_tag,
  'archived-team': m.gone_team,
  'archived-channel': m.gone_channel,
}

/** A fault as a sentence; of a newer platform its own. */
export function faultText(fault: ScenarioFault): string {
  if (fault.name !== undefined && gone[fault.code]) return gone[fault.code]!({ name: fault.name })
  return faults[fault.code]?.() ?? fault.text
}

const troubles: Record<string, () => string> = {
  circle: m.scenario_trouble_circle,
  'unknown-target': m.scenario_trouble_unknown_target,
  'too-long': m.scenario_trouble_too_long,
  empty: m.scenario_trouble_empty,
  'reply-window': m.scenario_trouble_reply_window,
  'unknown-team': m.scenario_trouble_unknown_team,
  'unknown-tag': m.scenario_trouble_unknown_tag,
  'call-failed': m.scenario_trouble_call_failed,
  'call-timed-out': m.scenario_trouble_call_timed_out,
  'call-forbidden': m.scenario_trouble_call_forbidden,
}

export function troubleText(code: string): string {
  return troubles[code]?.() ?? code
}

/** What a trial shows as a line; what is said is shown as a bubble instead. */
export function effectText(effect: ScenarioEffect, teamName: (id: string) => string): string {
  switch (effect.type) {
    case 'says':
      return effect.text
    case 'tags':
      return m.scenario_effect_tags({ tags: effect.tags.join(', ') || m.audit_none() })
    case 'routes':
      return m.scenario_effect_routes({ team: teamName(effect.team_id) })
    case 'archives':
      return m.scenario_effect_archives()
    case 'hands_over':
      return m.scenario_effect_hands_over()
    case 'ends':
      return m.scenario_effect_ends()
    case 'closes':
      return m.scenario_effect_closes()
    case 'sets':
      return effect.value === null
        ? m.scenario_effect_forgets({ variable: effect.variable })
        : m.scenario_effect_sets({ variable: effect.variable, value: effect.value })
    case 'calls':
      return m.scenario_effect_calls({ method: effect.method, url: effect.url })
    case 'delays':
      return m.scenario_effect_delays({ time: duration(effect.seconds) })
    case 'decides':
      return [
        effect.held ? m.scenario_effect_holds() : m.scenario_effect_holds_not(),
        ...(effect.office ? [officeText(effect.office)] : []),
      ].join(' · ')
    case 'troubles':
      return troubleText(effect.code)
  }
}

export function effectIcon(effect: ScenarioEffect): IconName {
  const icons: Record<ScenarioEffect['type'], IconName> = {
    says: 'bot',
    tags: 'tag',
    routes: 'route',
    archives: 'archive',
    hands_over: 'person',
    ends: 'flag',
    closes: 'sendClose',
    sets: 'note',
    calls: 'online',
    delays: 'clock',
    decides: 'question',
    troubles: 'alert',
  }
  return icons[effect.type]
}

/** A duration in the largest unit that it is whole in. */
export function duration(seconds: number): string {
  if (seconds % 86_400 === 0) return m.scenario_days({ count: seconds / 86_400 })
  if (seconds % 3600 === 0) return m.scenario_hours({ count: seconds / 3600 })
  if (seconds % 60 === 0) return m.scenario_minutes({ count: seconds / 60 })
  return m.scenario_seconds({ count: seconds })
}
