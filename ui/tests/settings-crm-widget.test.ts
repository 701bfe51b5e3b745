/** Settings → CRM widget (R12): for admins; a secret is shown once; what the platform refuses is said where it belongs. */
import { screen, waitFor, within } from '@testing-library/svelte'
import axe from 'axe-core'
import { describe, expect, it } from 'vitest'
import { button, noButton, openDesk } from './desk'

async function openPage() {
  const desk = await openDesk({ role: 'admin' })
  await desk.user.click(await button('Settings'))
  await desk.user.click(await button('CRM widget'))
  return desk
}

async function add(user: Awaited<ReturnType<typeof openPage>>['user'], name: string, origins: string) {
  await user.click(await button('New application'))
  await user.type(await screen.findByRole('textbox', { name: 'Name' }), name)
  await user.click(screen.getByRole('textbox', { name: 'Allowed origins' }))
  await user.paste(origins)
  await user.click(await button('Save'))
}

describe('CRM widget', () => {
  it('does not exist for advisors', async () => {
    const { user } = await openDesk({ role: 'advisor' })
    await user.click(await button('Settings'))
    await screen.findByRole('heading', { name: 'Preferences' })
    expect(noButton('CRM widget')).toBe(true)
  })

  it('shows the secret of a new application once, with the lines for the CRM’s pages', async () => {
    const { user } = await openPage()
    await screen.findByText('No application yet')
    await add(user, 'Salesforce', 'https://crm.example')
    const secret = within(await screen.findByRole('region', { name: 'The secret of Salesforce' }))
    expect(secret.getByText(/^wsec_/)).toBeVisible()
    expect(secret.getByRole('region', { name: /Lines/ })).toHaveTextContent(/widget\/wapp_\d+".*token-wanted/)
    const result = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } })
    expect(result.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
    await user.click(await button('I have kept it'))
    expect(screen.queryByText(/wsec_/)).toBeNull()
    expect(screen.getByRole('region', { name: 'Salesforce' })).toHaveTextContent('https://crm.example')
  })

  it('says at the field what cannot be, and keeps what was typed', async () => {
    const { user } = await openPage()
    await add(user, 'Salesforce', 'https://*.force.com')
    expect(await screen.findByText(/One of these is no origin/)).toBeVisible()
    const origins = screen.getByRole('textbox', { name: 'Allowed origins' })
    expect(origins).toHaveValue('https://*.force.com')
    expect(origins).toBeInvalid()
    await user.clear(origins)
    await user.type(origins, 'https://crm.example')
    await user.click(await button('Save'))
    await user.click(await button('I have kept it'))
    await add(user, 'salesforce', 'https://other.example')
    expect(await screen.findByRole('alert')).toHaveTextContent('Another application has this name.')
  })

  it('makes a new secret, and asks before anything ends', async () => {
    const { user } = await openPage()
    await add(user, 'Salesforce', 'https://crm.example')
    const first = (await screen.findByText(/^wsec_/)).textContent
    await user.click(await button('I have kept it'))
    await user.click(await button('New secret…'))
    await user.selectOptions(await screen.findByRole('combobox', { name: /still taken/ }), 'for 1 hour')
    await user.click(await button('Make a new secret'))
    expect((await screen.findByText(/^wsec_/)).textContent).not.toBe(first)
    expect(await screen.findByText(/the one before is taken until/)).toBeVisible()
    await user.click(await button('Delete…'))
    await user.click(within(await screen.findByRole('alertdialog')).getByRole('button', { name: 'Cancel' }))
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull())
    expect(screen.getByRole('region', { name: 'Salesforce' })).toBeVisible()
    await user.click(await button('Delete…'))
    await user.click(within(await screen.findByRole('alertdialog')).getByRole('button', { name: 'Delete' }))
    await screen.findByText('No application yet')
  })
})
