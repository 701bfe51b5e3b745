/** Files in a conversation (D41): pictures as pictures, whatever else by name; nothing that a customer sent is ever run. */
import { screen, waitFor, within } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'
import type { Attachment } from '$lib/backend'
import { openDesk, openFirst } from './desk'

const photo: Attachment = { id: 'att_photo', name: 'lamp.jpg', media_type: 'image/jpeg', size: 2_400_000 }
const invoice: Attachment = { id: 'att_pdf', name: 'invoice.pdf', media_type: 'application/pdf', size: 12_300 }

async function sent(...files: Attachment[]) {
  const desk = await openDesk()
  const id = await openFirst(desk.user)
  desk.rehearsal.customerSends(id, 'Look at this', files)
  return { ...desk, id }
}

describe('files in the timeline', () => {
  it('shows a picture with words for those who do not see it, large on a click, and saves it', async () => {
    const { user, rehearsal } = await sent(photo)
    const picture = await screen.findByRole('button', { name: /^Picture from .+: lamp\.jpg$/ })
    expect(within(picture).getByRole('img')).toHaveAttribute('src', expect.stringMatching(/^data:/))
    await user.click(picture)
    const dialog = await screen.findByRole('dialog', { name: 'lamp.jpg' })
    await within(dialog).findByRole('img', { name: /lamp\.jpg/ })
    expect(rehearsal.pictures).toEqual(['att_photo', 'att_photo large'])
    await user.click(within(dialog).getByRole('button', { name: 'Save 2.4 MB' }))
    await waitFor(() => expect(rehearsal.saved).toEqual(['/v1/attachments/att_photo']))
    await user.keyboard('{Escape}')
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(picture).toHaveFocus()
  })

  it('shows other files by name and size, and what only calls itself a picture as well', async () => {
    const drawing = { id: 'att_svg', name: 'drawing.svg', media_type: 'image/svg+xml', size: 900 }
    const { user, rehearsal } = await sent(invoice, drawing)
    await user.click(await screen.findByRole('button', { name: 'Save invoice.pdf, 12 kB' }))
    expect(rehearsal.saved).toEqual(['/v1/attachments/att_pdf'])
    expect(screen.getByRole('button', { name: 'Save drawing.svg, 900 B' })).toBeVisible()
    expect(rehearsal.pictures).toEqual([])
  })

  it('makes a file of a picture that cannot be drawn', async () => {
    await sent({ ...photo, name: 'broken.jpg' })
    await waitFor(() => {
      const save = screen.getByRole('button', { name: 'Save broken.jpg, 2.4 MB' })
      expect(save.closest('figure')).toBeNull()
    })
  })

  it('says offline that it is not loaded yet, and loads by itself with the network', async () => {
    const desk = await openDesk()
    const id = await openFirst(desk.user)
    desk.rehearsal.goOffline()
    desk.rehearsal.customerSends(id, 'Look', [photo])
    expect(await screen.findByText('Not loaded yet: there is no network.')).toBeVisible()
    desk.rehearsal.goOnline()
    expect(await screen.findByRole('img', { name: /^Picture from/ })).toBeVisible()
  })

  it('tries again what failed when it is asked to', async () => {
    const desk = await openDesk()
    const id = await openFirst(desk.user)
    desk.rehearsal.failNext.set('picture', { code: 'platform_nonsense' })
    desk.rehearsal.customerSends(id, 'Look', [photo])
    await desk.user.click(await screen.findByRole('button', { name: 'Load lamp.jpg again' }))
    expect(await screen.findByRole('img', { name: /^Picture from/ })).toBeVisible()
  })
})
