/** The outbox as the advisor sees it: states, undo, what needs attention and what can be done about it. */
import { screen, waitFor, within } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'
import type { Code, EntryState, HalfDone } from '../src/lib/backend'
import type { Rehearsal } from '../src/rehearsal/rehearsal'
import { button, openDesk, openFirst, reply } from './desk'

type User = Awaited<ReturnType<typeof openDesk>>['user']

/** A Send + Close that was queued offline, and what happened meanwhile. */
async function queuedClosing(meanwhile: (rehearsal: Rehearsal, id: string) => void, confirm?: () => boolean) {
  const { user, rehearsal } = await openDesk({ online: false, latencyMs: 0, confirm })
  const id = await openFirst(user)
  await user.type(await reply(), 'Have a nice day')
  await user.click(await button('Send + Close'))
  await waitFor(() => expect(rehearsal.entries).toHaveLength(1))
  meanwhile(rehearsal, id)
  rehearsal.goOnline()
  await user.click(await button('Queue'))
  return { user, rehearsal, id, entry: await screen.findByRole('article', { name: /^Send \+ Close/ }) }
}

const choicesOf = (entry: HTMLElement) =>
  within(within(entry).getByRole('group', { name: 'What you can do' }))
    .getAllByRole('button')
    .map((choice) => choice.textContent?.trim())

const press = async (user: User, name: string) => user.click(await button(name))

describe('needs attention (D23)', () => {
  it('D6: shows the message that came since, and closes all the same only when asked again', async () => {
    let asked = 0
    const { user, rehearsal, id, entry } = await queuedClosing(
      (desk, conversation) => desk.customerWrites(conversation, 'One more thing'),
      () => ++asked > 0,
    )
    expect(within(entry).getByText(/^The customer has written since/)).toBeVisible()
    expect(within(entry).getByText('One more thing')).toBeVisible()
    expect(within(entry).getByText('Have a nice day')).toBeVisible()
    expect(choicesOf(entry)).toEqual(['Edit', 'Send without closing', 'Close all the same', 'Discard…', 'Copy text'])
    await press(user, 'Close all the same')
    await waitFor(() => expect(rehearsal.platform.talk(id).state).toBe('closed'))
    expect(asked).toBe(2)
  })

  it('D7: offers the newer conversation when somebody else has closed this one', async () => {
    const { user, rehearsal, entry } = await queuedClosing((desk, id) => {
      desk.platform.close(id, { kind: 'advisor', id: 'usr_bob', name: 'Bob Carter' })
      desk.customerWrites(id, 'Back again')
    })
    expect(within(entry).getByText(/was closed before this arrived/)).toBeVisible()
    expect(choicesOf(entry)[0]).toBe('Send in the newer conversation')
    await press(user, 'Send in the newer conversation')
    await waitFor(() => expect(rehearsal.entries[0]?.state).toBe('done'))
  })

  it('tells who opens the conversation to decide, not to undo what cannot be undone', async () => {
    const { user, rehearsal, id } = await queuedClosing((desk) => desk.switchClosing(false))
    await user.click(screen.getByRole('button', { name: rehearsal.platform.talk(id).customer.name }))
    await waitFor(async () =>
      expect(await button('Send')).toHaveAccessibleDescription(/^Decide above what becomes of the closing/),
    )
  })

  it('D8: sends without closing when closing was switched off', async () => {
    const { user, rehearsal, id, entry } = await queuedClosing((desk) => desk.switchClosing(false))
    expect(within(entry).getByText(/^Closing by advisors was switched off/)).toBeVisible()
    expect(choicesOf(entry)).toContain('Wait')
    await press(user, 'Send without closing')
    await waitFor(() => expect(rehearsal.platform.talk(id).state).toBe('answered'))
  })

  it('D9: keeps the text when the channel no longer takes replies', async () => {
    const { rehearsal } = await queuedClosing((desk) => desk.switchClosing(false))
    const [entry] = rehearsal.entries
    if (entry?.attention) entry.attention.code = 'reply_window_expired'
    rehearsal.announce({ kind: 'queue_changed' })
    expect(await screen.findByText(/^The channel no longer takes replies/)).toBeVisible()
    expect(screen.getByText('Have a nice day')).toBeVisible()
  })

  it('is discarded only when asked twice', async () => {
    const { user, rehearsal } = await queuedClosing((desk) => desk.switchClosing(false))
    await press(user, 'Discard…')
    const question = await screen.findByRole('alertdialog', { name: 'Discard for good?' })
    expect(rehearsal.entries[0]?.state).toBe('needs_attention')
    await user.click(within(question).getByRole('button', { name: 'Keep it' }))
    expect(rehearsal.entries[0]?.state).toBe('needs_attention')
    await press(user, 'Discard…')
    await press(user, 'Discard for good')
    await waitFor(() => expect(rehearsal.entries[0]?.state).toBe('cancelled'))
  })
})

describe('an action that its platform takes in steps (DESIGN, outbox 10)', () => {
  /** A Send + Close of which the reply has been sent. */
  async function halfDone(code: Code, rest: Partial<HalfDone>) {
    const opened = await queuedClosing((desk) => desk.switchClosing(false))
    const [entry] = opened.rehearsal.entries
    if (!entry?.attention) throw new Error('it was refused')
    entry.attention.code = code
    entry.half_done = { done: ['reply'], in_doubt: null, left: ['close'], ...rest }
    opened.rehearsal.announce({ kind: 'queue_changed' })
    return opened
  }

  it('says what has been done and what has not, and offers to finish or to leave it at that', async () => {
    const { user, rehearsal, entry } = await halfDone('refused_otherwise', {})
    expect(await within(entry).findByText('Your reply was sent. The conversation is not closed.')).toBeVisible()
    expect(within(entry).queryByText(/Nothing was sent/)).toBeNull()
    expect(choicesOf(entry)).toEqual(['Leave it at that', 'Retry now', 'Copy text'])
    await press(user, 'Leave it at that')
    await waitFor(() => expect(rehearsal.entries[0]?.state).toBe('done'))
  })

  it('lets the advisor say what nobody else can know', async () => {
    const { entry } = await halfDone('outcome_unknown', { in_doubt: 'survey', left: ['close'] })
    expect(
      await within(entry).findByText(
        'Your reply was sent. Whether the survey was sent is not known yet. The conversation is not closed.',
      ),
    ).toBeVisible()
    expect(choicesOf(entry)).toEqual(['It went through', 'Retry now', 'Leave it at that', 'Copy text'])
  })

  it('shows the text of a sent reply once, in the timeline', async () => {
    const { user, entry } = await halfDone('customer_wrote_since', {})
    expect(await within(entry).findByText('Text sent')).toBeVisible()
    const [name] = within(entry).getAllByRole('button')
    await user.click(name!)
    await screen.findByText('Your reply was sent. The conversation is not closed.')
    expect(screen.queryByText('Have a nice day')).toBeNull()
  })
})

it('D15: Undo in the queue brings the draft back, word for word', async () => {
  const { user, rehearsal } = await openDesk({ online: false })
  const id = await openFirst(user)
  await user.type(await reply(), '  As it was  ')
  await user.click(await button('Send + Close'))
  await user.click(await button('Queue'))
  const entry = await screen.findByRole('article', { name: /^Send \+ Close/ })
  await user.click(within(entry).getByRole('button', { name: 'Undo' }))
  await waitFor(() => expect(rehearsal.drafts.get(id)).toBe('  As it was  '))
  rehearsal.announce({ kind: 'open_conversation', conversation_id: id })
  expect(await reply()).toHaveValue('  As it was  ')
})

it('D24: every state has a word', async () => {
  const words: Record<EntryState, string> = {
    queued: 'Queued',
    sending: 'Sending',
    checking: 'Checking',
    needs_attention: 'Needs attention',
    done: 'Done',
    cancelled: 'Undone',
  }
  const { user, rehearsal } = await openDesk({ online: false })
  await openFirst(user)
  await user.type(await reply(), 'Hello')
  await user.click(await button('Send'))
  await user.click(await button('Queue'))
  const entry = await screen.findByRole('article', { name: /^Reply/ })
  for (const [state, word] of Object.entries(words)) {
    rehearsal.entries[0]!.state = state as EntryState
    rehearsal.announce({ kind: 'queue_changed' })
    await waitFor(() =>
      expect(within(screen.getByRole('article', { name: /^Reply/ })).getByText(word)).toBeInTheDocument(),
    )
  }
  expect(entry).toBeDefined()
})

it('D22: what waits behind an entry that needs attention says so', async () => {
  const { user } = await queuedClosing((desk) => desk.switchClosing(false))
  await user.click(await button('Inbox'))
  await openFirst(user)
  await user.type(await reply(), 'Behind it')
  await waitFor(async () => expect(await button('Send')).toBeDisabled())
})

it('D25: an expired session says that everything waits, and goes on after signing in again', async () => {
  const { user, rehearsal } = await openDesk({ latencyMs: 0 })
  await openFirst(user)
  rehearsal.expireSession()
  await user.type(await reply(), 'Patience')
  await user.click(await button('Send'))
  expect(await screen.findByText(/1 action waits until you sign in again/)).toBeVisible()
  await user.click(await button('Sign in again'))
  await user.type(await screen.findByLabelText('Password'), 'signoff-demo')
  await user.click(await button('Sign in'))
  await waitFor(() => expect(rehearsal.entries[0]?.state).toBe('done'))
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
})

it('offline is a quiet bar that says what waits', async () => {
  const { user } = await openDesk({ online: false })
  await openFirst(user)
  expect(await screen.findByText(/^Offline. You can read and answer/)).toBeVisible()
  await user.type(await reply(), 'Later')
  await user.click(await button('Send'))
  expect(await screen.findByText('Offline, 1 action queued. It goes out when the network is back.')).toBeVisible()
})

it('the live region says what became of an action', async () => {
  const { user } = await openDesk({ latencyMs: 0 })
  await openFirst(user)
  await user.type(await reply(), 'Done soon')
  await user.click(await button('Send'))
  await waitFor(() =>
    expect(screen.getAllByRole('status').some((region) => /^Reply to .* sent\.$/.test(region.textContent ?? ''))).toBe(
      true,
    ),
  )
})
