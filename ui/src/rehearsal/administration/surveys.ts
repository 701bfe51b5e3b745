/** Surveys, rehearsed: three channels, some weeks of answers. */
import { everyKey } from '$lib/figures/period'
import type {
  ChannelSurvey,
  Failure,
  SurveyCommentRow,
  SurveyConfiguration,
  SurveyDecision,
  SurveyExplanation,
  SurveyResults,
  SurveyScores,
  UpdateSurveyRules,
} from '$lib/backend'
import type { Subject } from '.'

const stale = { code: 'settings_stale', problem: 'stale' } satisfies Failure

const texts = [
  {
    language: 'en',
    question: 'How likely are you to recommend us to a friend, from 0 (never) to 10 (certainly)?',
    low_label: 'Never',
    high_label: 'Certainly',
    thanks: 'Thank you for your answer.',
  },
  {
    language: 'fr',
    question: 'Nous recommanderiez-vous à un proche, de 0 (jamais) à 10 (sans hésiter) ?',
    low_label: 'Jamais',
    high_label: 'Sans hésiter',
    thanks: 'Merci de votre réponse.',
  },
]

const survey = (kind: ChannelSurvey['kind']): ChannelSurvey => ({
  kind,
  paused: false,
  quiet_days: null,
  ask_comment: true,
  fallback_language: 'en',
  texts,
})

const configuration = (id: string, type: string, name: string, kind: ChannelSurvey['kind']): SurveyConfiguration => ({
  channel_id: id,
  channel_type: type as SurveyConfiguration['channel_type'],
  channel_name: name,
  survey: survey(kind),
  version: 1,
  changed_at: null,
  changed_by: null,
})

export function surveys(): Subject {
  let rules = { quiet_days: 7, min_replies: 1, version: 1, changed_at: null as string | null, changed_by: null }
  let channels = [
    configuration('ch_webchat', 'web_chat', 'Web chat', 'nps'),
    configuration('ch_whatsapp', 'whatsapp', 'WhatsApp', 'csat'),
    configuration('ch_messenger', 'messenger', 'Messenger', null),
  ]

  return ({ method, path, body, version }) => {
    if (path === '/v1/admin/surveys') return { body: { rules, items: channels } }
    if (path === '/v1/admin/surveys/rules' && method === 'PUT') {
      if (version !== `"${rules.version}"`) throw stale
      rules = { ...rules, ...(body as UpdateSurveyRules), version: rules.version + 1 }
      return { body: rules, version: `"${rules.version}"` }
    }
    const channel = /^\/v1\/admin\/surveys\/channels\/(.+)$/.exec(path)?.[1]
    if (channel !== undefined && method === 'PUT') {
      const before = channels.find((one) => one.channel_id === channel)!
      if (version !== `"${before.version}"`) throw stale
      const by = { changed_at: new Date().toISOString(), changed_by: { id: 'usr_admin', name: 'Nadia Admin' } }
      const after = { ...before, ...by, survey: body as ChannelSurvey, version: before.version + 1 }
      channels = channels.map((one) => (one.channel_id === channel ? after : one))
      return { body: after, version: `"${after.version}"` }
    }
    const conversation = /^\/v1\/admin\/surveys\/conversations\/(.+)$/.exec(path)?.[1]
    if (conversation !== undefined) return { body: explanation(conversation) }
    if (path.startsWith('/v1/admin/surveys/results')) return { body: results(path) }
    if (path.startsWith('/v1/admin/surveys/comments')) return { body: comments(path) }
    return undefined
  }
}

function explanation(conversation_id: string): SurveyExplanation {
  const decision: SurveyDecision = {
    at: '2026-11-20T09:30:00.000Z',
    status: 'skipped',
    reason: 'quiet-days',
    facts: {
      kind: 'nps',
      paused: false,
      sent_in_conversation: false,
      last_sent_at: '2026-11-17T14:05:00.000Z',
      quiet_days: 7,
      replies: 2,
      min_replies: 1,
      automatic_until: null,
    },
    conditions: [
      { condition: 'configured', met: true },
      { condition: 'active', met: true },
      { condition: 'first-in-conversation', met: true },
      { condition: 'quiet-days', met: false },
      { condition: 'min-replies', met: true },
      { condition: 'automatic-allowed', met: true },
    ],
  }
  return {
    conversation_id,
    customer_name: 'Camille Durand',
    channel_name: 'Web chat',
    closed_by: null,
    decisions: [decision],
    now: null,
  }
}

function scores(counts: number[], sent: number): SurveyScores {
  const answered = counts.reduce((sum, one) => sum + one, 0)
  const between = (from: number, to: number) => counts.slice(from, to + 1).reduce((sum, one) => sum + one, 0)
  const [promoters, passives, detractors] = [between(9, 10), between(7, 8), between(0, 6)]
  const score = answered === 0 ? null : ((promoters - detractors) / answered) * 100
  return {
    sent,
    answered,
    response_rate: sent === 0 ? null : answered / sent,
    nps: { sent, answered, promoters, passives, detractors, score, distribution: counts },
    csat: {
      sent: 40,
      answered: 21,
      satisfied: 16,
      score: 76.2,
      mean: 4.1,
      distribution: [1, 1, 3, 7, 9],
    },
  } as unknown as SurveyScores
}

/** Days without a survey have no row: here two of three. */
function results(path: string): SurveyResults {
  const query = new URLSearchParams(path.split('?')[1])
  const days = everyKey('day', query.get('from') ?? '', query.get('to') ?? '')
  const rows = days.flatMap((key, at) => {
    if (at % 3 !== 1) return []
    const counts = Array.from({ length: 11 }, (_, rating) => ((at * 7 + rating * 5) % 11 < rating - 2 ? 1 : 0))
    return [{ key, name: key, scores: scores(counts, 12) }]
  })
  return {
    totals: scores([2, 0, 1, 1, 2, 4, 3, 9, 17, 24, 31], 160),
    previous: scores([4, 1, 1, 1, 2, 6, 5, 9, 14, 20, 22], 150),
    rows,
  }
}

function comments(path: string): { items: SurveyCommentRow[]; next: string | null } {
  const query = new URLSearchParams(path.split('?')[1])
  const said = [
    ['10', 'Quick and friendly, thank you.'],
    ['3', 'I had to explain everything twice.'],
    ['9', 'Très bien, je recommande.'],
  ] as const
  const items = said.map(([rating, comment], at): SurveyCommentRow => ({
    survey_id: `survey_${at}`,
    conversation_id: `conv_${at + 1}`,
    customer_name: 'Camille Durand',
    channel_id: 'ch_webchat',
    channel_name: 'Web chat',
    team_name: at === 1 ? 'Orders' : null,
    author_name: 'Alice Martin',
    kind: 'nps',
    rating: Number(rating),
    comment,
    at: `2026-11-${20 - at}T10:00:00.000Z`,
  }))
  const fits = (one: SurveyCommentRow) =>
    one.comment.toLowerCase().includes((query.get('text') ?? '').toLowerCase()) &&
    one.rating >= Number(query.get('rating_from') ?? 0) &&
    one.rating <= Number(query.get('rating_to') ?? 10)
  return { items: items.filter(fits), next: null }
}
