/** Surveys: the rules, each channel's words with what the customer sees, and why a customer got none (D9, D10). */
import { screen, waitFor, within } from '@testing-library/svelte'
import { expect, it } from 'vitest'
import { button, openDesk, openFirst, reply } from './desk'

async function openSurveys() {
  const desk = await openDesk({ role: 'admin' })
  await desk.user.click(await button('Settings'))
  await desk.user.click(await button('Surveys'))
  await screen.findByRole('form', { name: 'Survey of Web chat' })
  const saved = () => desk.rehearsal.calls.filter(({ method }) => method === 'PUT')
  return { ...desk, saved }
}

it('say in a sentence when they will be sent', async () => {
  const { user } = await openSurveys()
  const form = screen.getByRole('form', { name: 'Survey of Web chat' })
  expect(form).toHaveTextContent('from the first reply by an advisor on')
  expect(form).toHaveTextContent('within the last 7 days gets none')
  await user.click(within(form).getByRole('switch', { name: 'Pause' }))
  expect(form).toHaveTextContent('Nothing is sent: the survey is paused.')
  await user.click(within(form).getByRole('radio', { name: /^None/ }))
  expect(form).toHaveTextContent('Nothing is sent: the channel has no survey.')
})

it('show what the customer sees as it is typed, in each language', async () => {
  const { user, saved } = await openSurveys()
  const form = within(screen.getByRole('form', { name: 'Survey of Web chat' }))
  const question = form.getByRole('textbox', { name: 'Question' })
  await user.clear(question)
  expect(form.getByText('English: a text is empty.')).toBeVisible()
  await user.type(question, 'Shall we meet again?')
  const preview = within(form.getByRole('figure', { name: 'What the customer sees' }))
  expect(preview.getByText('Shall we meet again?')).toBeVisible()
  expect(preview.getAllByRole('button', { name: /^Try/ })).toHaveLength(11)
  await user.click(preview.getByRole('button', { name: 'Try 9' }))
  expect(preview.getByText('Thank you for your answer.')).toBeVisible()
  expect(saved()).toEqual([])

  await user.click(form.getByRole('tab', { name: 'French' }))
  expect(await form.findByText(/Souhaitez-vous ajouter quelque chose/)).toBeVisible()
  await user.click(form.getByRole('button', { name: 'Save' }))
  await form.findByText('Saved.')
  expect(saved()[0]).toMatchObject({ path: '/v1/admin/surveys/channels/ch_webchat', version: '"1"' })
  const [english, french] = (saved()[0]?.body as { texts: { question: string }[] }).texts
  expect([english?.question, french?.question.slice(0, 18)]).toEqual(['Shall we meet again?', 'Nous recommanderie'])
})

it('are never sent in English as if it were another language', async () => {
  const { user, saved } = await openSurveys()
  const form = within(screen.getByRole('form', { name: 'Survey of Web chat' }))
  await user.selectOptions(form.getByRole('combobox', { name: 'Add a language' }), 'German')
  const question = form.getByRole('textbox', { name: 'Question' })
  expect(question).toHaveValue('')
  expect(question).toHaveAttribute('placeholder', expect.stringMatching(/^How likely are you/))
  expect(form.getByText('German: a text is empty.')).toBeVisible()
  for (const [name, text] of [
    ['Question', 'Empfehlen Sie uns?'],
    ['Lowest rating means', 'Nein'],
    ['Highest rating means', 'Ja'],
    ['Thanks', 'Danke.'],
  ] as const) {
    await user.type(form.getByRole('textbox', { name }), text)
  }
  await user.click(form.getByRole('button', { name: 'Save' }))
  await form.findByText('Saved.')
  expect(saved()[0]?.body).toMatchObject({ texts: [{}, {}, { language: 'de', thanks: 'Danke.' }] })
})

it('let our own words follow the kind, and keep the admin’s', async () => {
  const { user } = await openSurveys()
  const form = within(screen.getByRole('form', { name: 'Survey of Web chat' }))
  await user.click(form.getByRole('radio', { name: /^Satisfaction/ }))
  expect(form.getByRole('textbox', { name: 'Question' })).toHaveValue(
    'How satisfied are you with our conversation, from 1 (not at all) to 5 (very)?',
  )
  expect(form.getAllByRole('button', { name: /^Try/ })).toHaveLength(5)
  const question = form.getByRole('textbox', { name: 'Question' })
  await user.clear(question)
  await user.type(question, 'Mine')
  await user.click(form.getByRole('radio', { name: /^Recommendation/ }))
  expect(question).toHaveValue('Mine')
})

it('have rules for all channels', async () => {
  const { user, saved } = await openSurveys()
  const days = screen.getByRole('spinbutton', { name: 'Quiet days' })
  await user.clear(days)
  await user.type(days, '14')
  await user.click(screen.getAllByRole('button', { name: 'Save' })[0]!)
  await waitFor(() => expect(saved()[0]?.body).toEqual({ quiet_days: 14, min_replies: 1 }))
  expect(await screen.findByText(/within the last 14 days gets none/)).toBeVisible()
})

it('are explained to admins where a conversation ends', async () => {
  const { user, rehearsal } = await openDesk({ role: 'admin', preferences: { after_close: 'stay' } })
  await openFirst(user)
  await user.type(await reply(), 'All settled.')
  await user.click(await button('Send + Close'))
  await rehearsal.deliver()
  const closed = within(await screen.findByRole('region', { name: /^Closed by/ }))
  await user.click(closed.getByRole('button', { name: 'Why?' }))
  const dialog = within(await screen.findByRole('dialog', { name: 'Survey: yes or no, and why' }))
  expect(await dialog.findByText(/the quiet days are 7/)).toBeVisible()
  expect(dialog.getAllByRole('img', { name: 'Not met' })).toHaveLength(1)
})
