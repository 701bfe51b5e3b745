/** The customer beside a conversation: who is very important, which admins say (D42). */
import { screen, waitFor } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'
import { button, noButton, openDesk, openFirst } from './desk'

const changes = (calls: { method: string }[]) => calls.filter((call) => call.method === 'PATCH')

describe('the customer panel', () => {
  it('lets an admin mark a customer as VIP, and take it back', async () => {
    const { user, rehearsal } = await openDesk({ role: 'admin' })
    await openFirst(user)
    await user.click(await button('Mark as VIP'))
    await screen.findByRole('button', { name: 'Remove the VIP mark' })
    expect(changes(rehearsal.calls)).toHaveLength(1)
    expect(changes(rehearsal.calls)[0]).toMatchObject({ body: { vip: true }, version: '"1"' })
    await user.click(await button('Remove the VIP mark'))
    await screen.findByRole('button', { name: 'Mark as VIP' })
    expect(changes(rehearsal.calls)).toHaveLength(2)
  })

  it('says what failed and leaves everything as it was', async () => {
    const { user, rehearsal } = await openDesk({ role: 'admin' })
    await openFirst(user)
    const mark = await button('Mark as VIP')
    rehearsal.failNext.set('administer', { code: 'settings_stale', problem: 'stale' })
    await user.click(mark)
    await waitFor(() => expect(screen.getByRole('alert')).toBeVisible())
    expect(noButton('Remove the VIP mark')).toBe(true)
  })

  it('offers it to nobody else, and not without the network', async () => {
    const { user } = await openDesk({ role: 'advisor' })
    await openFirst(user)
    expect(await screen.findByRole('complementary', { name: 'Customer' })).toBeVisible()
    expect(noButton('Mark as VIP')).toBe(true)
  })
})
