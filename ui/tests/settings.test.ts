/** Settings: Inbox options for admins only (R1, D2), the audit log, and preferences. */
import { screen, waitFor } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'
import { button, openDesk } from './desk'

const SWITCH = 'Allow advisors to close conversations manually'

async function openOptions(role: 'admin' | 'advisor' = 'admin') {
  const desk = await openDesk({ role, closeEnabled: false })
  await desk.user.click(await button('Settings'))
  if (role === 'admin') await desk.user.click(await button('Inbox options'))
  return desk
}

describe('Inbox options (R1)', () => {
  it('do not exist for advisors', async () => {
    await openOptions('advisor')
    expect(await screen.findByRole('heading', { name: 'Preferences' })).toBeVisible()
    expect(screen.queryByRole('button', { name: 'Inbox options' })).toBeNull()
    expect(screen.queryByRole('button', { name: 'Audit log' })).toBeNull()
  })

  it('change nothing before Save', async () => {
    const { user, rehearsal } = await openOptions()
    const toggle = await screen.findByRole('switch', { name: SWITCH })
    expect(await button('Save')).toBeDisabled()
    await user.click(toggle)
    expect(toggle).toBeChecked()
    expect(rehearsal.platform.closeEnabled).toBe(false)
    await user.click(await button('Save'))
    await waitFor(() => expect(rehearsal.platform.closeEnabled).toBe(true))
  })

  it('show the state at a glance: on or off, since when, by whom, and the audit log (D2)', async () => {
    const { user, rehearsal } = await openOptions()
    expect(await screen.findByText('never changed')).toBeVisible()
    rehearsal.switchClosing(true)
    expect(await screen.findByText(/^since .*, by Nadia Admin$/)).toBeVisible()
    await user.click(await button('See it in the audit log'))
    expect(await screen.findByText('off → on')).toBeInTheDocument()
  })

  it('never overwrite what somebody else has changed meanwhile', async () => {
    const { user, rehearsal } = await openOptions()
    await user.click(await screen.findByRole('switch', { name: SWITCH }))
    rehearsal.failNext.set('saveInboxOptions', { code: 'settings_stale' })
    await user.click(await button('Save'))
    expect(await screen.findByText(/Somebody else changed this setting/)).toBeVisible()
    expect(rehearsal.platform.closeEnabled).toBe(false)
    expect(screen.getByRole('switch', { name: SWITCH })).not.toBeChecked()
  })
})

describe('preferences', () => {
  it('are saved when chosen', async () => {
    const { user, rehearsal } = await openOptions('advisor')
    await user.selectOptions(await screen.findByRole('combobox', { name: 'After Send + Close' }), 'next')
    await waitFor(() => expect(rehearsal.preferences.after_close).toBe('next'))
    await user.selectOptions(screen.getByRole('combobox', { name: 'Theme' }), 'contrast')
    await waitFor(() => expect(document.documentElement.dataset.theme).toBe('contrast'))
    await user.click(screen.getByRole('switch', { name: 'Do not disturb' }))
    await waitFor(() => expect(rehearsal.preferences.notifications.do_not_disturb).toBe(true))
  })

  it('go back to what they were if they could not be saved', async () => {
    const { user, rehearsal } = await openOptions('advisor')
    rehearsal.failNext.set('setPreferences', { code: 'cache_unwritable' })
    await user.selectOptions(await screen.findByRole('combobox', { name: 'Theme' }), 'dark')
    expect(await screen.findByText(/cannot write into its folder/)).toBeVisible()
    expect(screen.getByRole('combobox', { name: 'Theme' })).toHaveValue('system')
  })
})

it('settings are one choice in a narrow window', async () => {
  window.matchMedia = (media: string) =>
    ({
      matches: media.includes('759px'),
      media,
      addEventListener: () => undefined,
      removeEventListener: () => undefined,
    }) as never
  const { user } = await openDesk({ role: 'admin' })
  await user.click(await button('Settings'))
  await user.selectOptions(await screen.findByRole('combobox', { name: 'Pages of the settings' }), 'Teams')
  expect(await screen.findByRole('heading', { name: 'Teams' })).toBeVisible()
})
