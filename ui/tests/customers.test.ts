/** Customer data and workspace health, for admins alone. */
import { screen, waitFor } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'
import { button, openDesk } from './desk'

async function openPage(page: string, role: 'admin' | 'advisor' = 'admin') {
  const desk = await openDesk({ role })
  await desk.user.click(await button('Settings'))
  if (role === 'admin') await desk.user.click(await button(page))
  return desk
}

async function openFound() {
  const desk = await openPage('Customer data')
  await desk.user.type(await screen.findByRole('searchbox', { name: /Name, or the beginning/ }), 'zo')
  await desk.user.click(await button('Find'))
  expect(await screen.findByText('Zoe Zander', { selector: 'strong' })).toBeVisible()
  return desk
}

const erasures = (calls: { method: string }[]) => calls.filter((call) => call.method === 'DELETE')

describe('customer data', () => {
  it('does not exist for advisors', async () => {
    await openPage('Customer data', 'advisor')
    expect(await screen.findByRole('heading', { name: 'Preferences' })).toBeVisible()
    expect(screen.queryByRole('button', { name: 'Customer data' })).toBeNull()
    expect(screen.queryByRole('button', { name: 'Workspace health' })).toBeNull()
  })

  it('is erased only after a question that says what goes, and with the version that was seen', async () => {
    const { user, rehearsal } = await openFound()
    await user.click(await button('Erase… Zoe Zander'))
    const question = await screen.findByRole('alertdialog', { name: 'Erase everything held on Zoe Zander?' })
    expect(question).toHaveTextContent('conversations: 3, messages: 12')
    expect(question).toHaveTextContent('stays in the figures')
    await user.click(await button('Cancel'))
    expect(erasures(rehearsal.calls)).toHaveLength(0)

    await user.click(await button('Erase… Zoe Zander'))
    await user.click(await button('Erase for good'))
    await waitFor(() => expect(erasures(rehearsal.calls)).toHaveLength(1))
    expect(erasures(rehearsal.calls)[0]).toMatchObject({ path: '/v1/admin/customers/cust_1/data', version: '"1"' })
    expect(await screen.findByText('Erased customer')).toBeVisible()
    expect(screen.queryByText('Zoe Zander', { selector: 'strong' })).toBeNull()
  })

  it('says when nobody is found', async () => {
    const { user } = await openPage('Customer data')
    await user.type(await screen.findByRole('searchbox'), 'nobody')
    await user.click(await button('Find'))
    expect(await screen.findByText('Nobody found')).toBeVisible()
  })
})

describe('workspace health', () => {
  it('shows what was looked at, sizes, the last backup and what waits', async () => {
    await openPage('Workspace health')
    expect(await screen.findByText('Changes are durable')).toBeVisible()
    expect(screen.getByText(/workspace 734 MB, attachments 2.1 GB/)).toBeVisible()
    expect(screen.getByText('WhatsApp: 14')).toBeVisible()
  })
})
