/** Satisfaction (D10, D11, D50): scores beside the period before, ratings, rows, and what customers wrote. */
import { screen, waitFor, within } from '@testing-library/svelte'
import { expect, it } from 'vitest'
import { button, openDesk } from './desk'

async function openSatisfaction() {
  const desk = await openDesk({ role: 'admin' })
  await desk.user.click(await button('Figures'))
  await desk.user.click(await button('Satisfaction'))
  await screen.findByRole('heading', { level: 1, name: 'Satisfaction' })
  return desk
}

it('shows the scores, and how they moved if one asks for it', async () => {
  const { user } = await openSatisfaction()
  const nps = within(await screen.findByRole('region', { name: 'Recommendation (NPS)' }))
  expect(nps.getByText('+45')).toBeVisible()
  expect(nps.getByText('from 94 answers')).toBeVisible()
  expect(nps.queryByText(/than before/)).toBeNull()
  await user.click(screen.getByRole('checkbox', { name: /[Cc]ompare/ }))
  expect(await nps.findByText(/points more than before/)).toBeVisible()
})

it('names the groups of the ratings, so that nobody has to tell colours apart', async () => {
  await openSatisfaction()
  const nps = within(await screen.findByRole('table', { name: 'Recommendation ratings' }))
  for (const [group, ratings] of [
    ['Promoters', 2],
    ['Passives', 2],
    ['Detractors', 7],
  ] as const) {
    expect(nps.getByRole('rowheader', { name: group })).toHaveAttribute('rowspan', String(ratings))
  }
  const csat = within(screen.getByRole('table', { name: 'Satisfaction ratings' }))
  expect(csat.getByRole('rowheader', { name: 'Not satisfied' })).toHaveAttribute('rowspan', '3')
})

it('draws each kind over all days, also those without a survey', async () => {
  const { user } = await openSatisfaction()
  const nps = await screen.findByRole('group', { name: 'Recommendation (NPS)' })
  expect(screen.getByRole('group', { name: 'Satisfaction (CSAT)' })).toBeVisible()
  nps.focus()
  await user.keyboard('{Home}')
  expect(nps).toHaveAccessibleDescription(/: NPS –$/)
  await user.keyboard('{ArrowRight}')
  expect(nps).toHaveAccessibleDescription(/: NPS [+−-]?\d/)
  await user.keyboard('{ArrowRight}')
  expect(nps).toHaveAccessibleDescription(/: NPS –$/)
  const csat = screen.getByRole('group', { name: 'Satisfaction (CSAT)' })
  csat.focus()
  await user.keyboard('{Home}{ArrowRight}')
  expect(csat, 'a share of the answers, not points').toHaveAccessibleDescription(/: CSAT 76\s?%$/)
})

it('asks for what is filtered', async () => {
  const { user, rehearsal } = await openSatisfaction()
  await user.selectOptions(await screen.findByRole('combobox', { name: 'Kind of survey' }), 'csat')
  await waitFor(() =>
    expect(rehearsal.calls.some(({ path }) => path.includes('results?') && path.includes('kind=csat'))).toBe(true),
  )
})

it('lists comments by rating and by words, each with its conversation', async () => {
  const { user } = await openSatisfaction()
  const comments = within(await screen.findByRole('region', { name: 'Comments' }))
  await comments.findByText('Quick and friendly, thank you.')
  await user.selectOptions(comments.getByRole('combobox', { name: 'Rating' }), 'detractors')
  await waitFor(() => expect(comments.queryByText('Quick and friendly, thank you.')).toBeNull())
  expect(comments.getByText('I had to explain everything twice.')).toBeVisible()
  await user.selectOptions(comments.getByRole('combobox', { name: 'Rating' }), '')
  await user.type(comments.getByRole('searchbox', { name: 'Words' }), 'recommande')
  await waitFor(() => expect(comments.queryByText('I had to explain everything twice.')).toBeNull())
  expect(comments.getByText('Très bien, je recommande.')).toBeVisible()
  expect(comments.getByRole('button', { name: 'Conversation with Camille Durand' })).toBeVisible()
})
