/** Figures and exports, for admins: what is asked, what is shown, and what is saved (R7, R11, D50, D51). */
import { screen, waitFor, within } from '@testing-library/svelte'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Download } from '../src/lib/backend'
import { before } from '../src/lib/figures/before'
import { daysOf, everyKey, plus } from '../src/lib/figures/period'
import { lengthOf } from '../src/lib/figures/words'
import type { ActionFigures } from '../src/lib/wire/ActionFigures'
import type { RehearsalOptions } from '../src/rehearsal/rehearsal'
import { button, openDesk } from './desk'

beforeEach(() => localStorage.clear())

async function openFigures(options: RehearsalOptions = {}) {
  const desk = await openDesk({ role: 'admin', ...options })
  await desk.user.click(await button('Figures'))
  // The first one loads the page's own part of the interface.
  await screen.findByRole('heading', { name: 'Volumes / Actions' })
  return desk
}

/** The query of the newest question of a subject. */
function asked(calls: { path: string }[], subject: string): URLSearchParams {
  const newest = calls.filter(({ path }) => path.startsWith(subject)).at(-1)
  return new URLSearchParams(newest?.path.split('?')[1])
}

const table = (name: string) => screen.findByRole('region', { name })

describe('figures', () => {
  it('do not exist for advisors', async () => {
    const { user } = await openDesk({ role: 'advisor' })
    await button('Settings')
    expect(screen.queryByRole('button', { name: 'Figures' })).toBeNull()
    await user.keyboard('{Control>}3{/Control}')
    expect(screen.queryByRole('heading', { name: 'Volumes / Actions' })).toBeNull()
  })

  it('count closings in a column of their own, and filter by the author of the action (R11)', async () => {
    const { user, rehearsal } = await openFigures()
    const shown = within(await table('Volumes / Actions'))
    expect(shown.getAllByRole('columnheader')[1]).toHaveTextContent('Close Conversation')
    await user.selectOptions(screen.getByRole('combobox', { name: 'Action author' }), 'Scenario')
    await waitFor(() => expect(asked(rehearsal.calls, '/v1/analytics/actions').get('author')).toBe('scenario'))
    await user.selectOptions(screen.getByRole('combobox', { name: 'Action author' }), 'Bob Carter')
    await waitFor(() => expect(asked(rehearsal.calls, '/v1/analytics/actions').get('author')).toBe('usr_bob'))
  })

  it('are found by people and teams that are gone, as long as there are figures of them', async () => {
    const { user, rehearsal } = await openFigures()
    const authors = screen.getByRole('combobox', { name: 'Action author' })
    await user.selectOptions(
      authors,
      await within(authors).findByRole('option', { name: 'Xavier Lenoir (deactivated)' }),
    )
    await waitFor(() => expect(asked(rehearsal.calls, '/v1/analytics/actions').get('author')).toBe('usr_xavier'))
    const names = within(authors)
      .getAllByRole('option')
      .map((one) => one.textContent)
    expect(
      names.filter((name) => name?.startsWith('Web chat')),
      'no scenario among the people',
    ).toEqual([])
    const teams = screen.getByRole('combobox', { name: 'Team' })
    await user.selectOptions(teams, await within(teams).findByRole('option', { name: 'Fax desk (given up)' }))
    await waitFor(() => expect(asked(rehearsal.calls, '/v1/analytics/actions').get('team')).toBe('team_fax'))
    expect(within(teams).getAllByRole('option', { name: 'No team' })).toHaveLength(1)
  })

  it('have totals in sight, and say why they may be smaller than the sum (D50)', async () => {
    await openFigures()
    const shown = within(await table('Volumes / Actions'))
    expect(shown.getByRole('row', { name: /^Total/ })).toBeVisible()
    expect(screen.getByText(/a conversation counts once in: Close Conversation, Archive/)).toBeVisible()
  })

  it('are sorted by any column, the largest first', async () => {
    const { user } = await openFigures()
    await user.selectOptions(screen.getByRole('combobox', { name: 'Lines' }), 'Author')
    const shown = within(await table('Volumes / Actions'))
    await shown.findByRole('row', { name: /^Alice Martin/ })
    const names = () => shown.getAllByRole('rowheader').map((cell) => cell.textContent)
    await user.click(shown.getByRole('button', { name: 'Reply' }))
    expect(names()).toEqual(['Alice Martin', 'Bob Carter', 'Web chat scenario', 'Xavier Lenoir', 'Total'])
    expect(shown.getByRole('columnheader', { name: 'Reply' })).toHaveAttribute('aria-sort', 'descending')
    await user.click(shown.getByRole('button', { name: 'Reply' }))
    expect(names()).toEqual(['Xavier Lenoir', 'Web chat scenario', 'Bob Carter', 'Alice Martin', 'Total'])
  })

  it('stand by name, who has none at the end, and are saved in that order', async () => {
    const { user, rehearsal } = await openFigures()
    await user.selectOptions(screen.getByRole('combobox', { name: 'Lines' }), 'Author')
    const shown = within(await table('Volumes / Actions'))
    await shown.findByRole('row', { name: /^Alice Martin/ })
    const names = () => shown.getAllByRole('rowheader').map((cell) => cell.textContent)
    expect(names()).toEqual(['Alice Martin', 'Bob Carter', 'Web chat scenario', 'Xavier Lenoir', 'Total'])
    await user.click(await button('Save as CSV'))
    await waitFor(() => expect(rehearsal.saved.at(-1)).toMatch(/sort=name/))
    await user.selectOptions(screen.getByRole('combobox', { name: 'Lines' }), 'Team')
    await waitFor(() => expect(names()).toEqual(['Billing', 'Delivery', 'Fax desk', 'No team', 'Total']))
  })

  it('of before are not left under the filters of a question that nobody could answer', async () => {
    const { user, rehearsal } = await openFigures()
    await table('Volumes / Actions')
    rehearsal.failNext.set('administer', { code: 'platform_unavailable' })
    await user.selectOptions(screen.getByRole('combobox', { name: 'Team' }), 'No team')
    const again = await button('Try again')
    expect(screen.queryByRole('region', { name: 'Volumes / Actions' })).toBeNull()
    await user.click(again)
    expect(await table('Volumes / Actions')).toBeVisible()
  })

  it('of weeks stand beside the days that lie as far into the period before', async () => {
    const { user, rehearsal } = await openFigures()
    await user.click(screen.getByRole('checkbox', { name: 'Compare with the period before' }))
    await user.selectOptions(screen.getByRole('combobox', { name: 'Lines' }), 'Week')
    const comparing = () =>
      rehearsal.calls
        .map(({ path }) => new URLSearchParams(path.split('?')[1]))
        .filter((query) => query.get('compare') === 'previous')
        .map((query) => query.get('group_by'))
    await waitFor(() => expect(comparing()).toEqual(['day', 'week', 'day']))
    const chart = await screen.findByRole('group', { name: 'Close Conversation' })
    chart.focus()
    await user.keyboard('{Home}')
    expect(chart).toHaveAccessibleDescription(/Period before \d/)
  })

  it('are compared with the period before, and remember what was chosen', async () => {
    const { user, rehearsal, view } = await openFigures()
    await user.click(screen.getByRole('checkbox', { name: 'Compare with the period before' }))
    const shown = within(await table('Volumes / Actions'))
    expect(await shown.findByRole('row', { name: /^Period before/ })).toBeVisible()
    expect(asked(rehearsal.calls, '/v1/analytics/actions').get('compare')).toBe('previous')
    view.unmount()
    await openFigures()
    expect(await screen.findByRole('checkbox', { name: 'Compare with the period before' })).toBeChecked()
  })

  it('take days of one’s own, and say what is wrong with them', async () => {
    const { user, rehearsal } = await openFigures()
    await user.selectOptions(screen.getByRole('combobox', { name: 'Days' }), 'From … to …')
    const [first, last] = [await screen.findByLabelText('First day'), screen.getByLabelText('Last day')]
    await user.clear(first)
    await user.type(first, '2026-03-10')
    await user.clear(last)
    await user.type(last, '2026-03-01')
    await user.tab()
    expect(await screen.findByRole('alert')).toHaveTextContent('not before it')
    await user.clear(last)
    await user.type(last, '2026-03-12')
    await user.tab()
    await waitFor(() => expect(asked(rehearsal.calls, '/v1/analytics/actions').get('to')).toBe('2026-03-13'))
    expect(asked(rehearsal.calls, '/v1/analytics/actions').get('from')).toBe('2026-03-10')
  })

  it('say so where there is nothing, and where the platform cannot be asked', async () => {
    const { user, rehearsal } = await openFigures()
    await table('Volumes / Actions')
    rehearsal.failNext.set('administer', { code: 'offline' })
    await user.selectOptions(screen.getByRole('combobox', { name: 'Lines' }), 'Month')
    await user.click(await button('Try again'))
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull())
  })

  it('are saved as they are shown', async () => {
    const { user, rehearsal } = await openFigures()
    const shown = within(await table('Volumes / Actions'))
    await user.click(shown.getByRole('button', { name: 'Archive' }))
    await user.click(await button('Save as CSV'))
    const [path] = rehearsal.saved
    expect(path).toMatch(/^\/v1\/exports\/volumes\.csv\?/)
    expect(new URLSearchParams(path?.split('?')[1]).get('sort')).toBe('-archive')
  })
})

describe('delays', () => {
  it('show median, the slowest tenth and how they are spread (R7)', async () => {
    const { user } = await openFigures()
    await user.click(await button('Delays'))
    const shown = within(await table('Delays'))
    expect(shown.getByRole('columnheader', { name: 'Median' })).toBeVisible()
    expect(shown.getByRole('row', { name: /^Total .* 4 min 1 s/ })).toBeVisible()
    expect(screen.getByRole('row', { name: /^over 1 min, up to 5 min/ })).toBeVisible()
    expect(screen.getByText(/Closing changes nothing here/)).toBeVisible()
  })

  it('count all time, or that within office hours, and are saved as they are counted', async () => {
    const { user, rehearsal } = await openFigures()
    await user.click(await button('Delays'))
    await table('Delays')
    expect(asked(rehearsal.calls, '/v1/analytics/delays').get('time')).toBe('elapsed')
    await user.selectOptions(screen.getByRole('combobox', { name: 'Time' }), 'Within office hours')
    await waitFor(() => expect(asked(rehearsal.calls, '/v1/analytics/delays').get('time')).toBe('office_hours'))
    expect(await screen.findByRole('row', { name: /^Total .* 2 min 41 s/ })).toBeVisible()
    expect(screen.getByText(/whoever writes at night waits from the opening on/)).toBeVisible()
    expect(screen.getByText(/hours that are changed count from then on/)).toBeVisible()
    await user.click(await button('Save as CSV'))
    await waitFor(() => expect(rehearsal.saved.at(-1)).toMatch(/time=office_hours/))
  })

  it('of before stand below the total, and each answer is in one stretch of time', async () => {
    const { user } = await openFigures()
    await user.click(await button('Delays'))
    const shown = within(await table('Delays'))
    await user.click(screen.getByRole('checkbox', { name: 'Compare with the period before' }))
    expect(await shown.findByRole('row', { name: /^Period before [\d,]+ 4 min 22 s 33 min 30 s$/ })).toBeVisible()
    const stretches = within(screen.getByRole('table', { name: /^How long/ })).getAllByRole('rowheader')
    const names = stretches.map((one) => one.textContent)
    expect([names[0], names[1], names.at(-1)]).toEqual(['up to 1 min', 'over 1 min, up to 5 min', 'over 1 d'])
  })
})

describe('exports', () => {
  async function openExports(options: RehearsalOptions = {}) {
    const desk = await openFigures(options)
    await desk.user.click(await button('Exports'))
    await screen.findByRole('heading', { name: 'Exports' })
    return desk
  }

  it('are saved with their progress in sight, and shown in their folder', async () => {
    const { user, rehearsal } = await openExports()
    await user.click(await button('Save actions.csv'))
    const downloads = within(await screen.findByRole('region', { name: 'Downloads' }))
    expect(await downloads.findByText('Saved, 2.4 MB')).toBeVisible()
    expect(downloads.getByRole('button', { name: 'Show in folder' })).toBeVisible()
    expect(rehearsal.saved[0]).toMatch(/^\/v1\/exports\/actions\.csv\?from=/)
    await user.click(downloads.getByRole('button', { name: /^Dismiss/ }))
    await waitFor(() => expect(screen.queryByRole('region', { name: 'Downloads' })).toBeNull())
  })

  it('say how far they are, also while nobody knows how much there is', async () => {
    const { user, rehearsal } = await openExports()
    let download: Download = {
      id: 'dl_slow',
      name: 'actions.csv',
      state: 'running',
      received: 0,
      total: null,
      failure: null,
    }
    const tell = (change: Partial<Download>) => {
      download = { ...download, ...change }
      rehearsal.announce({ kind: 'download_changed', download })
    }
    tell({ received: 1_200_000 })
    const downloads = within(await screen.findByRole('region', { name: 'Downloads' }))
    const bar = downloads.getByRole('progressbar', { name: 'actions.csv' })
    expect(bar).not.toHaveAttribute('value')
    expect(downloads.getByText(/^1.2 MB/)).toBeVisible()
    tell({ total: 2_400_000 })
    await waitFor(() => expect(bar).toHaveAttribute('value', '1200000'))
    expect(bar).toHaveAttribute('max', '2400000')
    expect(downloads.getByText(/1.2 MB.*2.4 MB/)).toBeVisible()
    tell({ received: 1_800_000 })
    await waitFor(() => expect(bar).toHaveAttribute('value', '1800000'))
    await user.click(downloads.getByRole('button', { name: 'Cancel saving actions.csv' }))
    tell({ state: 'cancelled' })
    await waitFor(() => expect(downloads.queryByRole('progressbar')).toBeNull())
  })

  it('tell a full disk plainly, and go on where they were', async () => {
    const { user, rehearsal } = await openExports()
    rehearsal.saving.failing = { code: 'disk_full' }
    await user.click(await button('Save actions.csv'))
    const downloads = within(await screen.findByRole('region', { name: 'Downloads' }))
    expect(await downloads.findByText(/^The disk is full/)).toBeVisible()
    await user.click(downloads.getByRole('button', { name: 'Try again' }))
    expect(await downloads.findByText('Saved, 2.4 MB')).toBeVisible()
  })

  it('leave nothing where the dialog was cancelled', async () => {
    const { user, rehearsal } = await openExports()
    rehearsal.saving.accepted = false
    await user.click(await button('Save actions.csv'))
    expect(screen.queryByRole('region', { name: 'Downloads' })).toBeNull()
  })

  it('have a schedule that nobody overwrites unseen', async () => {
    const { user, rehearsal } = await openExports()
    const toggle = await screen.findByRole('switch', { name: 'Make an export of each day' })
    rehearsal.failNext.set('administer', { code: 'settings_stale', problem: 'stale' })
    await user.click(toggle)
    await user.click(await button('Save'))
    const form = within(screen.getByRole('region', { name: 'Daily export' }))
    expect(await form.findByText(/Somebody else changed the schedule/)).toBeVisible()
    expect(toggle).toBeChecked()
    await user.click(toggle)
    await user.click(await button('Save'))
    expect(await form.findByText('The schedule is saved.')).toBeVisible()
    const put = rehearsal.calls.filter(({ method }) => method === 'PUT').at(-1)
    expect(put?.body).toMatchObject({ enabled: false })
  })

  it('are asked for, listed with what became of them, and deleted after a question', async () => {
    const { user } = await openExports()
    const list = within(await table('List of exports'))
    expect(list.getByText(/could not be made: the platform’s disk is full/)).toBeVisible()
    await user.click(await button('Make a zip'))
    expect(await list.findByText('being made')).toBeVisible()
    const [remove] = list.getAllByRole('button', { name: /^Delete signoff-/ })
    const name = remove?.getAttribute('aria-label')?.replace('Delete ', '') ?? ''
    await user.click(remove!)
    await user.click(await button('Delete'))
    await waitFor(() => expect(list.queryByRole('rowheader', { name })).toBeNull())
  })
})

describe('the period before', () => {
  const figures = (keys: string[], counts: number[]): ActionFigures['rows'] =>
    keys.map((key, at) => ({ key, name: key, counts: { answer: counts[at] ?? 0 } }))
  const [from, first] = ['2026-09-27', '2026-10-27']
  const [days, daysBefore] = [everyKey('day', first, '2026-11-26'), everyKey('day', from, first)]
  const ones = days.map(() => 1)
  const beforeOf = (group: 'week' | 'month') => {
    const rows = figures(everyKey(group, first, '2026-11-26'), [])
    // Its own weeks and months are more, and begin elsewhere.
    const previous = { from, to: first, totals: {}, rows: figures(everyKey(group, from, first), [1, 7, 7, 7, 7, 1]) }
    const whole: ActionFigures = { columns: ['answer'], rows, totals: {}, previous }
    const byDay = { ...whole, rows: figures(days, []), previous: { ...previous, rows: figures(daysBefore, ones) } }
    return [rows.map(({ key }) => key), before(group, whole, byDay, 'answer')]
  }

  it('has as many days for each week and each month as that has itself', () => {
    expect(beforeOf('week')).toEqual([
      ['2026-10-26', '2026-11-02', '2026-11-09', '2026-11-16', '2026-11-23'],
      [6, 7, 7, 7, 3],
    ])
    expect(beforeOf('month')).toEqual([
      ['2026-10', '2026-11'],
      [5, 25],
    ])
  })
})

describe('days', () => {
  it('of a period', () => {
    const today = '2026-03-02'
    expect(daysOf('yesterday', '2026-03-01')).toEqual({ first: '2026-02-28', last: '2026-02-28' })
    expect(daysOf('last_7_days', today)).toEqual({ first: '2026-02-24', last: today })
    expect(daysOf('last_month', today)).toEqual({ first: '2026-02-01', last: '2026-02-28' })
    expect(daysOf('last_month', '2026-01-15')).toEqual({ first: '2025-12-01', last: '2025-12-31' })
    expect(daysOf('this_year', today)).toEqual({ first: '2026-01-01', last: today })
    expect(daysOf('last_12_months', today)).toEqual({ first: '2025-03-03', last: today })
    expect(plus('2024-02-28', 1)).toBe('2024-02-29')
  })

  it('and lengths of time read as people say them', () => {
    expect([0, 59.6, 61, 3600, 5400, 90_000].map(lengthOf)).toEqual([
      '0 s',
      '1 min',
      '1 min 1 s',
      '1 h',
      '1 h 30 min',
      '1 d 1 h',
    ])
    expect(lengthOf(null)).toBe('–')
  })
})
