/** A channel's survey in words, and what can be wrong with it before the platform is asked. */
import type { ChannelSurvey, SurveyKind, SurveyTexts, UpdateSurveyRules } from '$lib/backend'
import { languageName } from '$lib/i18n/number'
import { m } from '$lib/paraglide/messages'

/** On, paused or none, at a glance. */
export function stateOf(survey: ChannelSurvey): string {
  if (survey.kind === null) return m.surveys_state_none()
  const kind = survey.kind === 'csat' ? m.surveys_csat() : m.surveys_nps()
  return survey.paused ? m.surveys_state_paused({ kind }) : kind
}

/** The ratings of a kind, lowest first. */
export function ratingsOf(kind: SurveyKind): number[] {
  return kind === 'csat' ? [1, 2, 3, 4, 5] : [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
}

/** When it will be sent, in one sentence. */
export function whenSent(survey: ChannelSurvey, rules: UpdateSurveyRules): string {
  if (survey.kind === null) return m.surveys_when_none()
  if (survey.paused) return m.surveys_when_paused()
  const days = survey.quiet_days ?? rules.quiet_days
  const replies = m.surveys_when_replies({ count: rules.min_replies })
  const quiet = days === 0 ? m.surveys_when_no_quiet() : m.surveys_when_quiet({ count: days })
  return `${m.surveys_when({ replies })} ${quiet}`
}

/** Our own words, for a language that has none yet. Of a language that we have no words in they are empty: English is none. */
export function ourTexts(kind: SurveyKind, language: string): SurveyTexts {
  if (language !== 'en' && language !== 'fr')
    return { language, question: '', low_label: '', high_label: '', thanks: '' }
  const french = language === 'fr'
  const [question, low_label, high_label] =
    kind === 'csat'
      ? french
        ? ['Êtes-vous satisfait de notre échange, de 1 (pas du tout) à 5 (tout à fait) ?', 'Pas du tout', 'Tout à fait']
        : ['How satisfied are you with our conversation, from 1 (not at all) to 5 (very)?', 'Not at all', 'Very']
      : french
        ? ['Nous recommanderiez-vous à un proche, de 0 (jamais) à 10 (sans hésiter) ?', 'Jamais', 'Sans hésiter']
        : ['How likely are you to recommend us to a friend, from 0 (never) to 10 (certainly)?', 'Never', 'Certainly']
  const thanks = french ? 'Merci de votre réponse.' : 'Thank you for your answer.'
  return { language, question: question!, low_label: low_label!, high_label: high_label!, thanks }
}

/** Whether nobody has changed our words yet: they may follow another kind then. */
export function isOurs(texts: SurveyTexts, kind: SurveyKind): boolean {
  const ours = ourTexts(kind, texts.language)
  return texts.question === ours.question && texts.low_label === ours.low_label && texts.high_label === ours.high_label
}

export function faultOf(survey: ChannelSurvey): string | null {
  if (
    survey.quiet_days !== null &&
    !(Number.isInteger(survey.quiet_days) && survey.quiet_days >= 0 && survey.quiet_days <= 3650)
  ) {
    return m.surveys_quiet_days_fault()
  }
  for (const texts of survey.texts) {
    const missing = [texts.question, texts.low_label, texts.high_label, texts.thanks].some((text) => text.trim() === '')
    if (missing) return m.surveys_text_missing({ language: languageName(texts.language) })
  }
  return survey.texts.some((texts) => texts.language === survey.fallback_language) ? null : m.surveys_fallback_missing()
}
