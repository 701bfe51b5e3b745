/** What decided about a survey, in sentences that name the values. */
import type { SurveyDecision, SurveyFacts } from '$lib/backend'
import { absolute } from '$lib/i18n/time'
import { m } from '$lib/paraglide/messages'
import { skipText } from './conversation'

export function verdictText(decision: SurveyDecision): string {
  switch (decision.status) {
    case 'sent':
      return m.why_sent()
    case 'skipped':
      return m.event_survey_skipped({ reason: skipText(decision.reason ?? '') })
    default:
      return decision.facts.paused && decision.facts.kind ? m.why_paused() : m.why_none()
  }
}

export function conditionText(condition: string, facts: SurveyFacts): string {
  switch (condition) {
    case 'configured':
      return facts.kind ? m.why_configured() : m.why_not_configured()
    case 'active':
      return facts.paused ? m.why_is_paused() : m.why_is_active()
    case 'first-in-conversation':
      return facts.sent_in_conversation ? m.why_sent_before() : m.why_first()
    case 'quiet-days':
      return facts.last_sent_at
        ? m.why_last({ time: absolute(facts.last_sent_at), count: facts.quiet_days })
        : m.why_never({ count: facts.quiet_days })
    case 'min-replies':
      return m.why_replies({ count: facts.replies, least: facts.min_replies })
    case 'automatic-allowed':
      return facts.automatic_until ? m.why_until({ time: absolute(facts.automatic_until) }) : m.why_always()
    default:
      return condition
  }
}

/** A score as people write it: whole, with its sign. */
export function scoreText(score: number | null): string {
  if (score === null) return '–'
  const whole = Math.round(score)
  return whole > 0 ? `+${whole}` : whole < 0 ? `−${-whole}` : '0'
}
