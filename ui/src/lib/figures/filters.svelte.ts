/** What a page of figures is asked for: chosen by the admin, and remembered by the window. */
import type { FiguresQuery, GroupBy } from '$lib/administration/figures'
import type { DelayTime } from '$lib/wire/DelayTime'
import { remembered } from '$lib/remembered'
import { daysOf, isDay, plus, timeZone, todayIn, type Days, type Period } from './period'

interface Chosen {
  period: Period
  first: string
  last: string
  group_by: GroupBy
  author: string
  channel: string
  team: string
  compare: boolean
  time: DelayTime
}

/** The longest range that the platform lists day by day. */
const MOST_DAYS = 3660

export class Filters {
  readonly zone = timeZone()
  readonly #kept
  #chosen = $state.raw<Chosen>({
    period: 'last_30_days',
    first: '',
    last: '',
    group_by: 'day',
    author: '',
    channel: '',
    team: '',
    compare: false,
    time: 'elapsed',
  })

  constructor(page: string) {
    this.#kept = remembered<Partial<Chosen>>(`figures.${page}`, {})
    this.#chosen = { ...this.#chosen, ...this.#kept.read() }
  }

  get chosen(): Chosen {
    return this.#chosen
  }

  choose(change: Partial<Chosen>) {
    // Whoever turns to free days begins with those that are on the screen.
    const days = change.period === 'free' ? this.days(Date.now()) : {}
    this.#chosen = { ...this.#chosen, ...days, ...change }
    this.#kept.write(this.#chosen)
  }

  days(now: number): Days {
    const { period, first, last } = this.#chosen
    return period === 'free' ? { first, last } : daysOf(period, todayIn(this.zone, now))
  }

  /** `null` while the days typed are no range. */
  query(now: number): FiguresQuery | null {
    const { first, last } = this.days(now)
    if (!isDay(first) || !isDay(last) || first > last || plus(first, MOST_DAYS - 1) < last) return null
    const { group_by, author, channel, team, compare } = this.#chosen
    return { from: first, to: plus(last, 1), tz: this.zone, group_by, author, channel, team, compare }
  }
}
