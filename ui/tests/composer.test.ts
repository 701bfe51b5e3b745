/** The composer: which buttons there are, when they work, and that no text is ever lost. */
import { screen, waitFor } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'
import { button, noButton, openDesk, openFirst, reply } from './desk'

describe('the feature switch (R2)', () => {
  it('on: Send + Close stands to the right of Send, and Send and trigger survey is hidden', async () => {
    const { user } = await openDesk({ closeEnabled: true })
    await openFirst(user)
    const send = await button('Send')
    const close = await button('Send + Close')
    expect(send.compareDocumentPosition(close) & Node.DOCUMENT_POSITION_FOLLOWING).toBeTruthy()
    expect(noButton('Send and trigger survey')).toBe(true)
  })

  it('off: no Send + Close, Send and trigger survey is back', async () => {
    const { user } = await openDesk({ closeEnabled: false })
    await openFirst(user)
    await button('Send and trigger survey')
    expect(noButton('Send + Close')).toBe(true)
  })

  it('changes while somebody is signed in, and keeps what is being typed (D1)', async () => {
    const { user, rehearsal } = await openDesk({ closeEnabled: false })
    await openFirst(user)
    await user.type(await reply(), 'Nearly done')
    rehearsal.switchClosing(true)
    await button('Send + Close')
    expect(await reply()).toHaveValue('Nearly done')
    expect(await reply()).toHaveFocus()
  })
})

describe('Send + Close', () => {
  it('carries a reply or does not happen, and says why (R4, D16)', async () => {
    const { user } = await openDesk()
    await openFirst(user)
    expect(await button('Send + Close')).toBeDisabled()
    expect(await button('Send')).toBeDisabled()
    expect(await button('Send')).toHaveAccessibleDescription('Write a reply to send it, or to close with it.')
    await user.type(await reply(), ' \n\t ')
    expect(await button('Send + Close')).toBeDisabled()
    await user.type(await reply(), 'Bye')
    expect(await button('Send + Close')).toBeEnabled()
  })

  it('leaves draft, text and conversation as they were after Cancel (R5)', async () => {
    const { user, rehearsal } = await openDesk({ confirm: () => false })
    const id = await openFirst(user)
    await user.type(await reply(), 'Have a nice day')
    await user.click(await button('Send + Close'))
    await waitFor(() => expect(screen.getByRole('textbox', { name: 'Reply' })).toHaveFocus())
    expect(await reply()).toHaveValue('Have a nice day')
    expect(rehearsal.drafts.get(id)).toBe('Have a nice day')
    expect(rehearsal.entries).toHaveLength(0)
  })

  it('does not leave the sent reply behind as a draft', async () => {
    const { user, rehearsal } = await openDesk()
    const id = await openFirst(user)
    await user.type(await reply(), 'Have a nice day')
    await user.click(await button('Send + Close'))
    await screen.findByText('Choose a conversation')
    expect(rehearsal.entries.map((entry) => entry.text)).toEqual(['Have a nice day'])
    expect(rehearsal.drafts.has(id)).toBe(false)
  })

  it('never happens by Enter (D3)', async () => {
    const { user, rehearsal } = await openDesk()
    await openFirst(user)
    await user.type(await reply(), 'One{Enter}Two')
    expect(await reply()).toHaveValue('One\nTwo')
    expect(rehearsal.entries).toHaveLength(0)
  })

  it('lands in the inbox unless the preference says otherwise (D14)', async () => {
    const { user } = await openDesk()
    await openFirst(user)
    await user.type(await reply(), 'Bye')
    await user.click(await button('Send + Close'))
    await screen.findByText('Choose a conversation')
  })

  it('lands in the next conversation if preferred (D14)', async () => {
    const { user } = await openDesk({ preferences: { after_close: 'next' } })
    const first = screen.findByRole('region', { name: /^Conversation with/ })
    await openFirst(user)
    const before = (await first).getAttribute('aria-label')
    await user.type(await reply(), 'Bye')
    await user.click(await button('Send + Close'))
    await waitFor(() => {
      const region = screen.getByRole('region', { name: /^Conversation with/ })
      expect(region.getAttribute('aria-label')).not.toBe(before)
    })
    await waitFor(() => expect(screen.getByRole('textbox', { name: 'Reply' })).toHaveFocus())
  })

  it('stays in the conversation if preferred (D14), with the reply where it will be', async () => {
    const { user } = await openDesk({ preferences: { after_close: 'stay' }, online: false })
    await openFirst(user)
    await user.type(await reply(), 'Bye for now')
    await user.click(await button('Send + Close'))
    expect(await screen.findByText('Bye for now')).toBeVisible()
    expect(await button('Undo')).toBeVisible()
    expect(await button('Send')).toHaveAccessibleDescription(
      'A closing is queued here. Undo it to send something else.',
    )
  })

  it('passes the newest customer message that was on the screen (D6)', async () => {
    const { user, rehearsal } = await openDesk({ online: false })
    const id = await openFirst(user)
    await user.type(await reply(), 'Bye')
    await user.click(await button('Send + Close'))
    await waitFor(() => expect(rehearsal.entries).toHaveLength(1))
    expect(rehearsal.entries[0]?.seen).toBe(rehearsal.platform.lastCustomerMessage(rehearsal.platform.talk(id)))
  })
})

describe('sending', () => {
  it('happens by Ctrl+Enter and clears the box, keeping the focus', async () => {
    const { user, rehearsal } = await openDesk()
    await openFirst(user)
    await user.type(await reply(), 'On its way')
    await user.keyboard('{Control>}{Enter}{/Control}')
    await waitFor(() => expect(rehearsal.entries).toHaveLength(1))
    await waitFor(async () => expect(await reply()).toHaveValue(''))
    expect(await reply()).toHaveFocus()
  })

  it('keeps the text if the click could not be made durable, and says what to do (D21)', async () => {
    const { user, rehearsal } = await openDesk()
    await openFirst(user)
    await user.type(await reply(), 'Precious')
    rehearsal.failNext.set('sendReply', { code: 'disk_full' })
    await user.click(await button('Send'))
    expect(await screen.findByRole('alert')).toHaveTextContent(/The disk is full/)
    expect(await reply()).toHaveValue('Precious')
  })

  it('counts Unicode scalar values, and only when it matters', async () => {
    const { user } = await openDesk()
    await openFirst(user)
    const box = await reply()
    await user.click(box)
    await user.paste('a'.repeat(100))
    expect(screen.queryByText(/characters left/)).toBeNull()
    await user.clear(box)
    // Each of these is one scalar value and two UTF-16 units: 20,001 of them are one too many.
    await user.paste('🙂'.repeat(20_001))
    expect(await screen.findByText(/1 character too many/)).toBeVisible()
    expect(await button('Send')).toBeDisabled()
    expect(await button('Send + Close')).toBeDisabled()
  })
})

describe('drafts (D41, D23)', () => {
  it('are kept per conversation, word for word', async () => {
    const { user, rehearsal } = await openDesk()
    const id = await openFirst(user)
    await user.type(await reply(), '  two spaces first')
    await user.click(await button('Queue'))
    await waitFor(() => expect(rehearsal.drafts.get(id)).toBe('  two spaces first'))
    await user.click(await button('Inbox'))
    expect(await reply()).toHaveValue('  two spaces first')
  })

  it('is not overwritten by who types when an undone text comes back behind the composer (D15)', async () => {
    const { rehearsal, user } = await openDesk({ online: false })
    const id = await openFirst(user)
    await user.type(await reply(), 'Second')
    await waitFor(() => expect(rehearsal.drafts.get(id)).toBe('Second'))

    rehearsal.drafts.set(id, 'First\n\nSecond')
    await user.type(await reply(), ' text')

    await waitFor(() => expect(rehearsal.drafts.get(id)).toBe('First\n\nSecond text'))
  })

  it('come back by Undo, and what was typed meanwhile is kept too (D15)', async () => {
    const { user } = await openDesk({ online: false, preferences: { after_close: 'stay' } })
    await openFirst(user)
    await user.type(await reply(), 'First thought')
    await user.click(await button('Send'))
    await button('Undo')
    await user.type(await reply(), 'Second thought')
    await user.click(await button('Undo'))
    await waitFor(async () => expect(await reply()).toHaveValue('First thought\n\nSecond thought'))
  })
})

describe('a conversation that is closed while somebody writes in it (D7, D23)', () => {
  async function closedUnderTheFingers() {
    const desk = await openDesk()
    const id = await openFirst(desk.user)
    await desk.user.type(await reply(), 'Half a sentence')
    desk.rehearsal.platform.close(id, { kind: 'advisor', id: 'usr_bob', name: 'Bob' })
    desk.rehearsal.announce({ kind: 'inbox_changed', conversation_ids: [id] })
    await screen.findByText(/Nothing more can be sent here; your text is kept/)
    return { ...desk, id }
  }

  it('keeps the text on the screen, and sends nothing', async () => {
    await closedUnderTheFingers()
    expect(await reply()).toHaveValue('Half a sentence')
    expect(noButton('Send') && noButton('Send + Close')).toBe(true)
    await button('Copy text')
  })

  it('takes the text along into the newer conversation', async () => {
    const { user, rehearsal, id } = await closedUnderTheFingers()
    const newer = rehearsal.customerWrites(id, 'Hello again')
    await user.click(await button('Continue in the newer conversation'))
    await waitFor(async () => expect(await reply()).toHaveValue('Half a sentence'))
    expect(rehearsal.drafts.get(newer)).toBe('Half a sentence')
    expect(rehearsal.drafts.has(id)).toBe(false)
  })

  it('lets go of the text only when asked twice', async () => {
    const { user, rehearsal, id } = await closedUnderTheFingers()
    await user.click(await button('Discard…'))
    await user.click(await button('Discard for good'))
    await waitFor(() => expect(screen.queryByRole('textbox', { name: 'Reply' })).toBeNull())
    expect(rehearsal.drafts.has(id)).toBe(false)
  })
})

it('shows text as text, in bubbles, rows and queue', async () => {
  const { user, rehearsal } = await openDesk({ online: false })
  const id = await openFirst(user)
  const nasty = '<img src=x onerror="document.title=1"><b>bold</b>'
  rehearsal.customerWrites(id, nasty)
  await waitFor(() => expect(screen.getAllByText(nasty).length).toBeGreaterThan(1))
  expect(document.querySelector('img, .bubble b')).toBeNull()
})
