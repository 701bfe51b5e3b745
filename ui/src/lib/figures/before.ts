/** The period before, beside the one that is looked at. */
import type { GroupBy } from '$lib/administration/figures'
import type { ActionFigures } from '$lib/wire/ActionFigures'
import { mondayOf } from './period'

/**
 * What a column had before, for each row. The period before has as many days, but its weeks and months begin and end elsewhere: each
 * day stands beside the one that lies as far into the period before, and a week or month has what the days beside its own had.
 *
 * @param days the same figures day by day, with the period before; needed for weeks and months.
 */
export function before(
  group: GroupBy,
  figures: ActionFigures,
  days: ActionFigures | null,
  column: string,
): (number | null)[] {
  const rows = figures.previous?.rows ?? []
  if (group === 'day') return figures.rows.map((_, index) => rows[index]?.counts[column] ?? 0)
  if (group !== 'week' && group !== 'month') {
    return figures.rows.map((row) => rows.find(({ key }) => key === row.key)?.counts[column] ?? 0)
  }
  if (!days) return figures.rows.map(() => null)
  const sums = new Map<string, number>()
  days.rows.forEach(({ key: day }, index) => {
    const key = group === 'week' ? mondayOf(day) : day.slice(0, 7)
    sums.set(key, (sums.get(key) ?? 0) + (days.previous?.rows[index]?.counts[column] ?? 0))
  })
  return figures.rows.map(({ key }) => sums.get(key) ?? null)
}
