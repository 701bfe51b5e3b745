/** Surveys: what admins say about them, why a customer got none, and what came of them all. */
import type {
  Backend,
  ChannelSurvey,
  Page,
  SurveyCommentRow,
  SurveyConfiguration,
  SurveyExplanation,
  SurveyOverview,
  SurveyResults,
  SurveyRules,
  UpdateSurveyRules,
} from '$lib/backend'
import { Calls, segment, where } from './call'

const SURVEYS = '/v1/admin/surveys'

/** What a page of results is asked for; what is empty holds for everything. */
export interface SurveyQuery {
  from?: string
  to?: string
  tz?: string
  channel?: string
  team?: string
  author?: string
  kind?: string
}

export interface CommentQuery extends SurveyQuery {
  rating_from?: number
  rating_to?: number
  text?: string
}

export type SurveyGroup = 'day' | 'week' | 'month' | 'channel' | 'team' | 'advisor'

const tag = (version: number) => `"${version}"`

export class Surveys {
  readonly #calls: Calls

  constructor(backend: Backend) {
    this.#calls = new Calls(backend)
  }

  overview(): Promise<SurveyOverview> {
    return this.#calls.get(SURVEYS)
  }

  async saveRules(rules: UpdateSurveyRules, version: number): Promise<SurveyRules> {
    return (await this.#calls.put<SurveyRules>(`${SURVEYS}/rules`, rules, tag(version))).value
  }

  async saveChannel(channelId: string, survey: ChannelSurvey, version: number): Promise<SurveyConfiguration> {
    const path = `${SURVEYS}/channels/${segment(channelId)}`
    return (await this.#calls.put<SurveyConfiguration>(path, survey, tag(version))).value
  }

  explain(conversationId: string): Promise<SurveyExplanation> {
    return this.#calls.get(`${SURVEYS}/conversations/${segment(conversationId)}`)
  }

  results(query: SurveyQuery, groupBy: SurveyGroup): Promise<SurveyResults> {
    return this.#calls.get(`${SURVEYS}/results`, { ...query, group_by: groupBy })
  }

  comments(query: CommentQuery, after: string | null): Promise<Page<SurveyCommentRow>> {
    return this.#calls.get(`${SURVEYS}/comments`, { ...query, limit: 20, after })
  }
}

/** The path of what is shown as CSV. */
export function surveyCsv(subject: 'satisfaction' | 'comments', query: CommentQuery, groupBy?: SurveyGroup): string {
  return where(`/v1/exports/${subject}.csv`, { ...query, group_by: groupBy })
}
