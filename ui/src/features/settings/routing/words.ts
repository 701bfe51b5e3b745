/** Routing rules in words: what a rule says, and what a dry run found. */
import type { ConditionVerdict, EffectVerdict, RoutingRule, RuleFate, RuleFault } from '$lib/administration/routing'
import type { Scenarios } from '$lib/administration/scenarios'
import { m } from '$lib/paraglide/messages'
import { officeText } from '../office-words'

/** A rule in one sentence: when, then. */
export function ruleText(rule: RoutingRule, around: Scenarios): { when: string; then: string } {
  const { when, then } = rule
  const conditions = [
    when.channels.length > 0 &&
      m.rules_when_channels({ channels: when.channels.map((id) => channelName(id, around)).join(', ') }),
    when.languages.length > 0 && m.rules_when_languages({ languages: when.languages.join(', ') }),
    ...when.words.map((words) => {
      const text = words.words.map((word) => `“${word}”`).join(', ')
      if (words.mode === 'any') return m.rules_when_words_any({ words: text })
      return words.mode === 'all' ? m.rules_when_words_all({ words: text }) : m.rules_when_words_none({ words: text })
    }),
    when.customer_name !== null && m.rules_when_name({ name: when.customer_name }),
    when.vip !== null && (when.vip ? m.rules_when_vip() : m.rules_when_not_vip()),
    ...when.variables.map((one) =>
      one.value === null
        ? m.rules_when_variable_known({ variable: one.variable })
        : m.rules_when_variable({ variable: one.variable, value: one.value }),
    ),
    when.office_hours === true && m.rules_when_within_office(),
    when.office_hours === false && m.rules_when_outside_office(),
    when.times !== null && (when.times.outside ? m.rules_when_outside() : m.rules_when_inside()),
  ].filter((text) => text !== false)
  const effects = [
    then.team_id !== null && m.rules_then_team({ team: teamName(then.team_id, around) }),
    then.tags.length > 0 && m.rules_then_tags({ tags: then.tags.join(', ') }),
    then.reply !== null && m.rules_then_reply(),
    then.archive && m.rules_then_archive(),
  ].filter((text) => text !== false)
  return {
    when: conditions.length > 0 ? conditions.join(' · ') : m.rules_when_always(),
    then: effects.length > 0 ? effects.join(' · ') : m.rules_then_nothing(),
  }
}

export function teamName(id: string, around: Scenarios): string {
  return around.teams.find((team) => team.id === id)?.name ?? m.scenario_gone()
}

export function channelName(id: string, around: Scenarios): string {
  return around.channels.find((channel) => channel.id === id)?.name ?? id
}

export const fateText: Record<RuleFate, () => string> = {
  inactive: m.rules_fate_inactive,
  not_new: m.rules_fate_not_new,
  not_reached: m.rules_fate_not_reached,
  does_not_fit: m.rules_fate_does_not_fit,
  fits: m.rules_fate_fits,
  fits_and_stops: m.rules_fate_fits_and_stops,
}

const conditions: Record<ConditionVerdict['condition'], () => string> = {
  channels: m.rules_channels,
  languages: m.rules_languages,
  words: m.rules_words,
  customer_name: m.rules_customer_name,
  vip: m.rules_vip,
  variables: m.rules_variables,
  office_hours: m.office_hours,
  times: m.rules_times,
}

export function conditionText(verdict: ConditionVerdict, around: Scenarios): string {
  if (verdict.office) return officeText(verdict.office)
  const name = conditions[verdict.condition]()
  const there =
    verdict.condition === 'channels'
      ? channelName(verdict.found, around)
      : verdict.condition === 'vip'
        ? verdict.found === 'true'
          ? m.scenario_yes()
          : m.scenario_no()
        : verdict.found
  return there === '' ? m.rules_found_nothing({ name }) : m.rules_found({ name, found: there })
}

/** What a rule names that is gone. */
export function ruleFaultText(fault: RuleFault): string {
  const { name } = fault
  if (fault.code === 'archived-tag') return m.gone_tag({ name })
  if (fault.code === 'archived-team') return m.gone_team({ name })
  if (fault.code === 'archived-channel') return m.gone_channel({ name })
  if (fault.field === 'then.tags') return m.unknown_tag({ name })
  return fault.field === 'then.team_id' ? m.unknown_team() : m.unknown_channel()
}

const withheld: Record<NonNullable<EffectVerdict['withheld']>, () => string> = {
  has_team: m.rules_withheld_has_team,
  already_so: m.rules_withheld_already_so,
  unknown: m.rules_withheld_unknown,
  advisor_has_it: m.rules_withheld_advisor_has_it,
  answered_before: m.rules_withheld_answered_before,
  reply_window: m.rules_withheld_reply_window,
  bad_text: m.rules_withheld_bad_text,
}

export function effectText(verdict: EffectVerdict, around: Scenarios): string {
  const done = {
    route: () => m.rules_then_team({ team: teamName(verdict.value, around) }),
    tag: () => m.rules_then_tags({ tags: verdict.value }),
    archive: () => m.rules_then_archive(),
    reply: () => m.rules_effect_reply({ text: verdict.value }),
  }[verdict.effect]()
  return verdict.withheld === null ? done : m.rules_effect_withheld({ effect: done, why: withheld[verdict.withheld]() })
}
