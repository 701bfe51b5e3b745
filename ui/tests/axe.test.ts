/** axe-core over the main screens. Colours are computed from the tokens in contrast.test.ts, since jsdom has no layout. */
import { screen } from '@testing-library/svelte'
import axe from 'axe-core'
import { beforeEach, expect, it, vi } from 'vitest'
import { button, openDesk, openFirst, reply } from './desk'

// One option is like another, and axe looks at each of the four hundred time zones.
beforeEach(() => void vi.spyOn(Intl, 'supportedValuesOf').mockReturnValue(['Europe/Paris', 'UTC']))

async function violations() {
  const result = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } })
  return result.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`)
}

it('first run', async () => {
  await openDesk({ stage: { kind: 'signed_out' } })
  await button('Open the demo workspace')
  expect(await violations()).toEqual([])
})

it('inbox and conversation, with a queued reply, offline', async () => {
  const { user } = await openDesk({ online: false })
  await openFirst(user)
  await user.type(await reply(), 'Soon')
  await user.click(await button('Send'))
  await button('Undo')
  expect(await violations()).toEqual([])
})

it('queue', async () => {
  const { user } = await openDesk({ online: false })
  await openFirst(user)
  await user.type(await reply(), 'Soon')
  await user.click(await button('Send + Close'))
  await user.click(await button('Queue'))
  await screen.findByRole('heading', { name: 'Queue' })
  expect(await violations()).toEqual([])
})

it.each([
  'Preferences',
  'Account and security',
  'Inbox options',
  'Workspace',
  'Office hours',
  'Tags',
  'Prepared answers',
  'Surveys',
  'Scenario',
  'Routing rules',
  'People',
  'Teams',
  'Sign-in',
  'Audit log',
  'Keyboard shortcuts',
  'About',
])('settings: %s', async (page) => {
  const { user } = await openDesk({ role: 'admin' })
  await user.click(await button('Settings'))
  await user.click(await button(page))
  expect(await violations()).toEqual([])
})

it('settings: a step of a scenario', async () => {
  const { user } = await openDesk({ role: 'admin' })
  await user.click(await button('Settings'))
  await user.click(await button('Scenario'))
  await user.click(await button('Open Web chat assistant'))
  await user.click(await screen.findByRole('button', { name: /Greeting/ }))
  await screen.findByRole('textbox', { name: 'Text, EN' })
  expect(await violations()).toEqual([])
})

it.each(['Volumes / Actions', 'Delays', 'Exports'])('figures: %s', async (page) => {
  const { user } = await openDesk({ role: 'admin' })
  await user.click(await button('Figures'))
  await user.click(await button(page))
  await screen.findAllByRole('table')
  expect(await violations()).toEqual([])
})
