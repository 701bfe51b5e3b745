/** Figures (R7, R11, D50), as the platform computes them. */
import type { ActionFigures } from '$lib/wire/ActionFigures'
import type { Delays } from '$lib/wire/Delays'
import type { DelayTime } from '$lib/wire/DelayTime'
import type { Directory } from '$lib/wire/Directory'
import { Calls, where } from './call'

export type GroupBy = 'day' | 'week' | 'month' | 'author' | 'channel' | 'team'

export interface FiguresQuery {
  /** The first day, and the day after the last one: YYYY-MM-DD in the time zone. */
  from: string
  to: string
  tz: string
  group_by: GroupBy
  /** `advisor`, `scenario`, somebody's id, or nothing for everybody. */
  author: string
  channel: string
  team: string
  compare: boolean
  /** Of delays: which time counts. */
  time?: DelayTime
}

function values({ compare, ...query }: FiguresQuery) {
  const dated = query.group_by === 'day' || query.group_by === 'week' || query.group_by === 'month'
  return { ...query, compare: compare ? 'previous' : null, every: dated ? true : null }
}

/** The path of what is shown as CSV, its rows in the same order. */
export function csvOf(subject: 'volumes' | 'delays', query: FiguresQuery, sort: string | null): string {
  return where(`/v1/exports/${subject}.csv`, { ...values(query), sort })
}

export class FiguresCalls extends Calls {
  volumes(query: FiguresQuery): Promise<ActionFigures> {
    return this.get('/v1/analytics/actions', values(query))
  }

  delays(query: FiguresQuery): Promise<Delays> {
    return this.get('/v1/analytics/delays', values(query))
  }

  /** Advisors and teams that there are figures of, also those that are gone. */
  async counted(group_by: 'author' | 'team'): Promise<{ id: string; name: string }[]> {
    const author = group_by === 'author' ? 'advisor' : null
    const { rows } = await this.get<ActionFigures>('/v1/analytics/actions', { group_by, author })
    return rows.map(({ key, name }) => ({ id: key, name }))
  }

  /** Channels, teams and people, for the filters. */
  directory(): Promise<Directory> {
    return this.get('/v1/directory')
  }
}
