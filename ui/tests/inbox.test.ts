/** The inbox: tabs, filters, rows, the keyboard, and rows that do not jump under the pointer. */
import { fireEvent, screen, waitFor, within } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'
import { button, openDesk, openFirst, reply } from './desk'

const rows = () =>
  within(screen.getByRole('list', { name: 'Conversations' }))
    .getAllByRole('button')
    .map((row) => row.dataset.id)

describe('tabs (D40)', () => {
  it('have exactly their names, whatever the counts', async () => {
    await openDesk()
    for (const name of ['Received', 'Ongoing', 'Answered', 'Archived', 'Closed']) {
      expect(await screen.findByRole('tab', { name })).toBeVisible()
    }
    expect(screen.getByRole('tab', { name: 'Received' })).toHaveAttribute('aria-selected', 'true')
  })

  it('are walked with the arrow keys', async () => {
    const { user } = await openDesk()
    const received = await screen.findByRole('tab', { name: 'Received' })
    received.focus()
    await user.keyboard('{ArrowLeft}')
    expect(screen.getByRole('tab', { name: 'Closed' })).toHaveFocus()
    expect(screen.getByRole('tab', { name: 'Closed' })).toHaveAttribute('aria-selected', 'true')
  })

  it('offer whose conversations only in Ongoing', async () => {
    const { user } = await openDesk()
    expect(screen.queryByRole('radio', { name: /Mine/ })).toBeNull()
    await user.click(await screen.findByRole('tab', { name: 'Ongoing' }))
    await user.click(await screen.findByRole('radio', { name: /Mine/ }))
    await waitFor(() => expect(rows().length).toBeGreaterThan(0))
  })
})

it('an empty answer to a search says so and offers the way back', async () => {
  const { user } = await openDesk()
  await user.type(await screen.findByRole('searchbox', { name: 'Search conversations' }), 'nobody of that name')
  expect(await screen.findByText('Nothing matches')).toBeVisible()
  await user.click(await button('Clear search and filters'))
  await waitFor(() => expect(rows().length).toBeGreaterThan(0))
})

it('a search looks in every tab, the open one first, and says where a conversation is that is not in it', async () => {
  const { user, rehearsal } = await openDesk()
  const talks = [...rehearsal.platform.talks.values()]
  const here = talks.find((talk) => talk.state === 'received')
  const closed = talks.find((talk) => talk.state === 'closed')
  closed!.customer = here!.customer
  await user.type(await screen.findByRole('searchbox', { name: 'Search conversations' }), here!.customer.name)
  await waitFor(() => expect(rows()).toEqual(expect.arrayContaining([here!.id, closed!.id])))
  const row = (id: string) => document.querySelector<HTMLElement>(`[data-id="${id}"]`)!
  expect(within(row(closed!.id)).getByText('Closed')).toBeVisible()
  expect(within(row(here!.id)).queryByText('Received')).toBeNull()
  expect(rows().indexOf(here!.id)).toBeLessThan(rows().indexOf(closed!.id))
})

it('an empty tab says what will appear there', async () => {
  await openDesk({ size: 0 })
  expect(await screen.findByText('Nobody is waiting')).toBeVisible()
})

it('is not called empty while it is being filled for the first time', async () => {
  const { rehearsal } = await openDesk({ size: 0 })
  await screen.findByText('Nobody is waiting')
  rehearsal.announce({ kind: 'state', state: { ...rehearsal.state, sync: { first: null, current_as_of: null } } })
  expect(await screen.findByText('Getting your conversations…')).toBeVisible()
  expect(screen.queryByText('Nobody is waiting')).toBeNull()
})

describe('live updates', () => {
  it('come in at once while the pointer is elsewhere', async () => {
    const { user, rehearsal } = await openDesk()
    await user.click(await screen.findByRole('tab', { name: 'Closed' }))
    const closed = [...rehearsal.platform.talks.values()].find((talk) => talk.state === 'closed')
    await user.click(await screen.findByRole('tab', { name: 'Received' }))
    await waitFor(() => expect(rows().length).toBeGreaterThan(0))
    const fresh = rehearsal.customerWrites(closed!.id, 'Me again')
    await waitFor(() => expect(rows()).toContain(fresh))
  })

  it('wait behind "1 new" while the pointer is over the list, and come in by a click', async () => {
    const { user, rehearsal } = await openDesk()
    await openFirst(user)
    const before = rows()
    await fireEvent.pointerEnter(screen.getByRole('tabpanel'))
    const closed = [...rehearsal.platform.talks.values()].find((talk) => talk.state === 'closed')
    const fresh = rehearsal.customerWrites(closed!.id, 'Me again')
    const news = await button('Show 1 new conversation')
    expect(rows()).toEqual(before)
    await user.click(news)
    await waitFor(() => expect(rows()).toContain(fresh))
  })
})

describe('the keyboard (D43)', () => {
  it('J and K walk, R writes, Escape goes back to the list', async () => {
    const { user } = await openDesk()
    const first = await openFirst(user)
    await user.keyboard('j')
    await waitFor(() => expect((document.activeElement as HTMLElement).dataset.id).not.toBe(first))
    await waitFor(() => expect((document.activeElement as HTMLElement).dataset.id).toBeDefined())
    await user.keyboard('r')
    await waitFor(async () => expect(await reply()).toHaveFocus())
    await user.keyboard('jk?')
    expect(await reply()).toHaveValue('jk?')
    await user.keyboard('{Escape}')
    await waitFor(() => expect((document.activeElement as HTMLElement).dataset.id).toBeDefined())
  })

  it('? lists every shortcut, Send + Close with more than Enter (D3)', async () => {
    const { user } = await openDesk()
    await screen.findByRole('tab', { name: 'Received' })
    await user.keyboard('?')
    const list = await screen.findByRole('dialog', { name: 'Keyboard shortcuts' })
    const closing = within(list).getByText('Send + Close; asks first').parentElement
    expect([...closing!.querySelectorAll('kbd')].map((key) => key.textContent)).toEqual(['Ctrl', 'Shift', 'Enter'])
  })

  it('does nothing to a conversation that another view hides', async () => {
    const { user, rehearsal } = await openDesk()
    await openFirst(user)
    await user.type(await reply(), 'Not yet')
    await user.click(await button('Queue'))
    await screen.findByRole('heading', { name: 'Queue' })
    await user.keyboard('e')
    await user.keyboard('t')
    await user.keyboard('{Control>}{Enter}{/Control}')
    await user.keyboard('{Control>}{Shift>}{Enter}{/Shift}{/Control}')
    await user.click(await button('Inbox'))
    expect(await reply()).toHaveValue('Not yet')
    expect(rehearsal.entries).toHaveLength(0)
  })

  it('Z takes back what was just done (D15)', async () => {
    const { user, rehearsal } = await openDesk({ online: false })
    const id = await openFirst(user)
    await user.type(await reply(), 'Bye')
    await user.click(await button('Send + Close'))
    await screen.findByText('Choose a conversation')
    await button('Undo')
    await user.keyboard('z')
    await waitFor(async () => expect(await reply()).toHaveValue('Bye'))
    expect(rehearsal.drafts.get(id)).toBe('Bye')
  })

  it('F5 asks the platform instead of reloading the window (D1)', async () => {
    const { rehearsal, user } = await openDesk()
    await screen.findByRole('tab', { name: 'Received' })
    rehearsal.failNext.set('refresh', { code: 'offline' })
    await user.keyboard('{F5}')
    expect((await screen.findAllByText(/This needs the network/))[0]).toBeVisible()
  })
})

it('a closed conversation ends with a firm line and offers no composer (R8)', async () => {
  const { user } = await openDesk()
  await user.click(await screen.findByRole('tab', { name: 'Closed' }))
  await openFirst(user)
  expect(await screen.findByText(/This conversation is final/)).toBeVisible()
  expect(screen.queryByRole('textbox', { name: 'Reply' })).toBeNull()
  expect(screen.queryByRole('button', { name: 'Archive' })).toBeNull()
})

it('a clicked notification opens its conversation from any view (D30)', async () => {
  const { user, rehearsal } = await openDesk()
  await user.click(await button('Settings'))
  const [talk] = rehearsal.platform.talks.values()
  rehearsal.announce({ kind: 'open_conversation', conversation_id: talk!.id })
  expect(await screen.findByRole('region', { name: `Conversation with ${talk!.customer.name}` })).toBeVisible()
})
