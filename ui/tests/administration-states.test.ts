/** What the administration shows while it reads, when it cannot, and when there is nothing: on every page the same. */
import { screen, waitFor, within } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'
import type { Administer, Administered } from '$lib/backend'
import { deliveryReason } from '$lib/words/deliveries'
import { button, openDesk } from './desk'

/** Pages that read through the administration before they show anything. */
const PAGES = [
  'Workspace',
  'Office hours',
  'Tags',
  'Prepared answers',
  'Surveys',
  'Channels',
  'Scenario',
  'Routing rules',
  'CRM widget',
  'People',
  'Teams',
  'Sign-in',
  'Audit log',
  'Workspace health',
]

async function openSettings(page: string, administer?: (call: Administer) => Promise<Administered>) {
  const desk = await openDesk({ role: 'admin' })
  const real = desk.rehearsal.administer.bind(desk.rehearsal)
  if (administer) desk.rehearsal.administer = administer
  await desk.user.click(await button('Settings'))
  await desk.user.click(await button(page))
  await screen.findByRole('heading', { level: 1, name: page })
  return { ...desk, recover: () => (desk.rehearsal.administer = real) }
}

describe('A page of the administration', () => {
  it.each(PAGES)('says that it cannot be read and reads anew when asked: %s', async (page) => {
    const { user, recover } = await openSettings(page, () => Promise.reject({ code: 'platform_unavailable' }))
    const alert = await screen.findByRole('alert')
    // Nothing of the administration is queued: a promise to try again by itself would be a lie.
    expect(alert).toHaveTextContent(/Try again in a moment/)
    recover()
    await user.click(within(alert).getByRole('button', { name: 'Try again' }))
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull())
    expect(screen.queryByText('Loading…')).toBeNull()
    // The button is gone; whoever uses the keyboard goes on from the heading.
    expect(screen.getByRole('heading', { level: 1 })).toHaveFocus()
  })

  it.each(PAGES)('shows that it is being read: %s', async (page) => {
    await openSettings(page, () => new Promise(() => undefined))
    const said = await screen.findAllByRole('status')
    expect(said.some((one) => one.textContent?.trim() === 'Loading…')).toBe(true)
  })

  it('reads anew by itself when the network is back', async () => {
    const { user, rehearsal } = await openDesk({ role: 'admin', online: false })
    await user.click(await button('Settings'))
    await user.click(await button('Channels'))
    expect(await screen.findByRole('alert')).toHaveTextContent(/needs the network/)
    rehearsal.goOnline()
    expect(await screen.findByRole('list', { name: 'Channels' })).toBeVisible()
    expect(screen.queryByRole('alert')).toBeNull()
  })

  it('says what a channel is for where there is none', async () => {
    await openSettings('Channels', () =>
      Promise.resolve({ status: 200, body: { items: [], next: null }, version: null }),
    )
    expect(await screen.findByRole('heading', { name: 'No channel yet' })).toBeVisible()
    expect(await button('New channel')).toBeEnabled()
  })
})

describe('Why something was not delivered', () => {
  it.each([
    ['the provider answered 401', /did not accept the signature/],
    ['the provider answered 404', /nothing at the provider’s address/],
    ['the provider answered 503', /out of order/],
    ['the provider answered 418', /answered 418/],
    ['no answer in time', /did not answer in time/],
    ['cannot connect', /cannot be reached/],
  ])('is said in the interface’s own words: %s', (reason, words) => {
    expect(deliveryReason(reason)).toMatch(words)
  })

  it('is quoted where it is the provider’s own sentence', () => {
    expect(deliveryReason('number unknown')).toBe('“number unknown”')
  })
})
