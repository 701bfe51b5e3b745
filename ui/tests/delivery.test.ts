/** What became of a reply, and what to do about one that did not arrive (D12). */
import { screen, waitFor } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'
import { openDesk, openFirst, reply } from './desk'

async function failed(close: boolean) {
  const desk = await openDesk()
  const id = await openFirst(desk.user)
  const { platform } = desk.rehearsal
  platform.reply(id, 'Your parcel is on its way', null, close, false, 'key_test')
  const entry = platform.talk(id).entries.findLast((one) => one.kind === 'reply')!
  entry.delivery = { status: 'failed', reason: 'number unknown' }
  return { ...desk, id }
}

describe('a reply that was not delivered', () => {
  it('says why, and comes back into the composer behind what is being written', async () => {
    const { user, rehearsal, id } = await failed(false)
    await user.type(await reply(), 'Begun')
    rehearsal.announce({ kind: 'inbox_changed', conversation_ids: [id] })
    expect(await screen.findByText(/^Not delivered: .*number unknown/)).toBeVisible()
    await user.click(screen.getByRole('button', { name: 'Write again' }))
    await waitFor(async () => expect(await reply()).toHaveValue('Begun\n\nYour parcel is on its way'))
    expect(await reply()).toHaveFocus()
  })

  it('leaves the conversation closed, and its text to be copied (R8)', async () => {
    const { rehearsal, id } = await failed(true)
    rehearsal.announce({ kind: 'inbox_changed', conversation_ids: [id] })
    expect(await screen.findByText(/The conversation stays closed: reach them another way/)).toBeVisible()
    expect(screen.queryByRole('button', { name: 'Write again' })).toBeNull()
    expect(screen.getByRole('button', { name: 'Copy text' })).toBeVisible()
  })
})
