/** The widget (R12): one Send, then the question whether the conversation goes on. On the rehearsal, as the compact window and the CRM show it. */
import { render, screen, waitFor, within } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import axe from 'axe-core'
import { describe, expect, it } from 'vitest'
import { Rehearsal, type RehearsalOptions } from '../src/rehearsal/rehearsal'
import Widget from '../src/widget/Widget.svelte'
import { button, noButton, reply } from './desk'

async function openWidget(options: RehearsalOptions = {}) {
  const rehearsal = new Rehearsal({ size: 12, openConversation: 'first', ...options })
  const user = userEvent.setup()
  render(Widget, { props: { backend: rehearsal } })
  await reply()
  const id = [...rehearsal.platform.talks.values()].find((talk) => talk.state === 'received')!.id
  return { rehearsal, user, id }
}

const question = () => screen.findByRole('alertdialog', { name: 'Does the conversation go on?' })
const noQuestion = () => waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull())

async function writes(user: ReturnType<typeof userEvent.setup>, text: string) {
  await user.type(await reply(), text)
  await user.click(await button('Send'))
}

describe('the one pane', () => {
  it('shows the conversation with one Send and nothing that a widget cannot do', async () => {
    await openWidget()
    expect(screen.getByRole('region', { name: /^Conversation with/ })).toBeVisible()
    for (const name of ['Send + Close', 'Send and trigger survey', 'Take', 'Archive', 'Back to the list', 'Inbox']) {
      expect(noButton(name), name).toBe(true)
    }
  })

  it('names the files in its question, and takes them along (D41)', async () => {
    const { user, rehearsal } = await openWidget()
    await user.click(await button('Attach files'))
    await button('Remove invoice.pdf')
    await user.click(await button('Send'))
    expect(within(await question()).getByText('Files that go with it: invoice.pdf.')).toBeVisible()
    await user.click(await button('Continue'))
    await waitFor(() => expect(rehearsal.entries[0]?.files.map(({ name }) => name)).toEqual(['invoice.pdf']))
  })

  it('has no violations, with the question open', async () => {
    const { user } = await openWidget()
    await writes(user, 'Bye')
    await question()
    const result = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } })
    expect(result.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
  }, 60_000)

  it('closes itself once the page around is somebody else’s, and begins anew as that person', async () => {
    const { rehearsal, user } = await openWidget()
    rehearsal.changeHands()
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'Somebody else is signed in to the page around this one now.',
    )
    expect(screen.queryByRole('textbox', { name: 'Reply' })).toBeNull()
    await user.click(await button('Try again'))
    await reply()
    expect(screen.queryByRole('alert')).toBeNull()
  })

  it('says why nothing can be sent (D16, R4)', async () => {
    await openWidget()
    expect(await button('Send')).toBeDisabled()
    expect(await button('Send')).toHaveAccessibleDescription('Write a reply to send it, or to close with it.')
  })
})

describe('the question (R12, R5, D3)', () => {
  it('says what both answers mean, names the customer, and has Cancel as its default', async () => {
    const { user, rehearsal, id } = await openWidget()
    await writes(user, 'Bye')
    const asked = within(await question())
    const { name } = rehearsal.platform.talk(id).customer
    expect(asked.getByText(new RegExp(`conversation with ${name} is closed. Closing is final`))).toBeVisible()
    expect(asked.getByText(/A satisfaction survey will be sent/)).toBeVisible()
    await waitFor(() => expect(asked.getByRole('button', { name: 'Cancel' })).toHaveFocus())
    expect(rehearsal.entries).toHaveLength(0)
  })

  it('Continue sends the reply and closes nothing', async () => {
    const { user, rehearsal, id } = await openWidget()
    await writes(user, 'One moment')
    await question()
    await user.click(await button('Continue'))
    await noQuestion()
    expect(rehearsal.entries.map(({ action, text }) => ({ action, text }))).toEqual([
      { action: 'reply', text: 'One moment' },
    ])
    await rehearsal.deliver()
    expect(rehearsal.platform.talk(id).state).toBe('answered')
    expect(await reply()).toHaveValue('')
  })

  it('Close replies, sends the survey and closes, as one action', async () => {
    const { user, rehearsal, id } = await openWidget()
    await writes(user, 'Goodbye')
    await question()
    await user.click(await button('Close'))
    await noQuestion()
    expect(rehearsal.entries.map(({ action }) => action)).toEqual(['send_and_close'])
    await rehearsal.deliver()
    expect(rehearsal.platform.talk(id).state).toBe('closed')
    expect(await screen.findByText(/This conversation is final/)).toBeVisible()
  })

  it.each(['{Escape}', '{Enter}', ' ', 'Cancel'])('%j leaves everything as it was, the draft included', async (how) => {
    const { user, rehearsal, id } = await openWidget()
    await writes(user, 'Perhaps')
    await waitFor(async () => expect(within(await question()).getByRole('button', { name: 'Cancel' })).toHaveFocus())
    if (how === 'Cancel') await user.click(await button('Cancel'))
    else await user.keyboard(how)
    await noQuestion()
    expect(await reply()).toHaveValue('Perhaps')
    await waitFor(async () => expect(await reply()).toHaveFocus())
    expect(rehearsal.drafts.get(id)).toBe('Perhaps')
    expect(rehearsal.entries).toHaveLength(0)
  })

  it('is asked by Ctrl+Enter as well, and Enter alone writes a line', async () => {
    const { user, rehearsal } = await openWidget()
    await user.type(await reply(), 'One{Enter}Two')
    expect(screen.queryByRole('alertdialog')).toBeNull()
    await user.keyboard('{Control>}{Enter}{/Control}')
    await question()
    await user.keyboard('{Escape}')
    await noQuestion()
    await user.keyboard('{Control>}{Shift>}{Enter}{/Shift}{/Control}')
    expect(screen.queryByRole('alertdialog')).toBeNull()
    expect(rehearsal.entries).toHaveLength(0)
    expect(await reply()).toHaveValue('One\nTwo')
  })

  it('is not asked while the feature is off: Send sends', async () => {
    const { user, rehearsal } = await openWidget({ closeEnabled: false })
    await writes(user, 'Just this')
    await waitFor(() => expect(rehearsal.entries.map(({ action }) => action)).toEqual(['reply']))
    expect(screen.queryByRole('alertdialog')).toBeNull()
  })

  it('closes nothing over a message that came while it was open (D6)', async () => {
    const { user, rehearsal, id } = await openWidget()
    await writes(user, 'Goodbye')
    await question()
    rehearsal.customerWrites(id, 'Wait, one more thing')
    await screen.findByText('Wait, one more thing')
    await user.click(await button('Close'))
    await noQuestion()
    await rehearsal.deliver()
    expect(rehearsal.platform.talk(id).state).toBe('received')
    expect(await screen.findByRole('button', { name: 'Close all the same' })).toBeVisible()
  })

  it('is asked again before closing all the same (D6), and may end in sending only', async () => {
    const { user, rehearsal, id } = await openWidget()
    await writes(user, 'Goodbye')
    await question()
    rehearsal.customerWrites(id, 'Wait')
    await user.click(await button('Close'))
    await noQuestion()
    await rehearsal.deliver()
    await user.click(await button('Close all the same'))
    await question()
    await user.keyboard('{Escape}')
    await noQuestion()
    expect(rehearsal.entries[0]?.state).toBe('needs_attention')
    await user.click(await button('Close all the same'))
    await question()
    await user.click(await button('Continue'))
    await noQuestion()
    await rehearsal.deliver()
    expect(rehearsal.platform.talk(id).state).toBe('answered')
  })

  it('speaks French', async () => {
    const user = userEvent.setup()
    const rehearsal = new Rehearsal({ size: 12, openConversation: 'first', preferences: { language: 'fr' } })
    render(Widget, { props: { backend: rehearsal } })
    await user.type(await screen.findByRole('textbox', { name: 'Répondre' }), 'Merci')
    await user.click(await button('Envoyer'))
    const asked = within(await screen.findByRole('alertdialog', { name: /La conversation continue-t-elle/ }))
    for (const name of ['Annuler', 'Clore', 'Continuer']) expect(asked.getByRole('button', { name })).toBeVisible()
  })
})
