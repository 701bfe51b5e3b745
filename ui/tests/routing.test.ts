/** Routing rules: their order by keyboard, one document with one version, and the dry run beside them. */
import { screen, waitFor, within } from '@testing-library/svelte'
import { beforeEach, describe, expect, it } from 'vitest'
// The settings are loaded when they are first opened, which is not what is tested here.
import '../src/features/settings/Settings.svelte'
import { TAGS } from '../src/rehearsal/administration/scenarios'
import type { AppState } from '../src/lib/backend'
import { button, openDesk } from './desk'

beforeEach(() => localStorage.clear())

async function openRules(signedIn: Partial<AppState> = {}) {
  const desk = await openDesk({ role: 'admin', signedIn })
  await desk.user.click(await button('Settings'))
  await desk.user.click(await button('Routing rules'))
  await screen.findByRole('button', { name: /^Billing/ })
  return desk
}

const names = () => [...document.querySelectorAll('.list ol > li strong')].map((one) => one.textContent)

describe('routing rules', () => {
  it('are moved by keyboard, the focus staying with the rule, and saved as a whole', async () => {
    const { user, rehearsal } = await openRules()
    screen.getByRole('button', { name: 'Move “Billing” down' }).focus()
    await user.keyboard('{Enter}{Enter}')
    await waitFor(() => expect(names()).toEqual(['Workshop & products', 'Orders & delivery', 'Billing']))
    expect(document.activeElement).toHaveAccessibleName('Move “Billing” down')
    await user.click(await button('Save'))
    await waitFor(() => expect(rehearsal.calls.at(-1)?.method).toBe('PUT'))
    const { rules } = rehearsal.calls.at(-1)?.body as { rules: { id: string }[] }
    expect(rules.map((rule) => rule.id)).toEqual(['rule_workshop', 'rule_orders', 'rule_billing'])
    expect(await button('Save')).toBeDisabled()
  })

  it('are edited in place; the platform’s refusal is put into words and loses nothing', async () => {
    const { user, rehearsal } = await openRules()
    await user.click(await button('Add a rule'))
    const name = await screen.findByRole('textbox', { name: 'Name' })
    await user.clear(name)
    await user.type(name, 'Night')
    await user.click(screen.getByRole('switch', { name: 'Answer automatically' }))
    await user.type(screen.getByRole('textbox', { name: 'Reply, EN' }), 'We are closed.')
    await user.selectOptions(screen.getByRole('combobox', { name: 'Team' }), 'team_billing')
    rehearsal.failNext.set('administer', { code: 'refused_otherwise', problem: 'invalid-body' })
    await user.click(await button('Save'))
    expect(await screen.findByText(/a rule lacks a name, words, times/)).toBeVisible()
    expect(screen.getByRole('textbox', { name: 'Name' })).toHaveValue('Night')
    await user.click(await button('Save'))
    await waitFor(() => expect(screen.queryByText(/a rule lacks a name, words, times/)).toBeNull())
  })

  it('answer in any language; what would not be sent is said at once', async () => {
    const { user, rehearsal } = await openRules()
    await user.click(screen.getByRole('button', { name: /^Billing/ }))
    await user.click(screen.getByRole('switch', { name: 'Answer automatically' }))
    await user.selectOptions(screen.getByRole('combobox', { name: 'Add a language' }), 'German')
    const german = screen.getByRole('textbox', { name: 'Reply, DE' })
    await user.click(german)
    await user.paste(`Guten Tag {{customer.name}}, ${'a'.repeat(4060)}`)
    expect(screen.queryByText('The text is longer than one of its channels takes.')).toBeNull()
    await user.paste('€'.repeat(40))
    expect(screen.getByText('The text is longer than one of its channels takes.')).toBeVisible()
    expect(german).toHaveAttribute('aria-invalid', 'true')
    await user.clear(german)
    await user.paste('Guten Tag {{ gibtesnicht }}')
    expect(screen.getByText('Nothing sets this variable.')).toBeVisible()
    await user.clear(german)
    await user.paste('Guten Tag.')
    expect(screen.queryByText('Nothing sets this variable.')).toBeNull()
    await user.click(await button('Save'))
    await waitFor(() => expect(rehearsal.calls.at(-1)?.method).toBe('PUT'))
    const { rules } = rehearsal.calls.at(-1)?.body as { rules: { then: { reply: object } }[] }
    expect(rules[0]?.then.reply).toEqual({ de: 'Guten Tag.' })
  })

  it('are still there when the window was left before saving', async () => {
    const { user, view } = await openRules()
    await user.click(screen.getByRole('button', { name: 'Delete “Billing”' }))
    view.unmount()
    const desk = await openDesk({ role: 'admin' })
    await desk.user.click(await button('Settings'))
    await desk.user.click(await button('Routing rules'))
    expect(await screen.findByText(/were not saved last time/)).toBeVisible()
    expect(names()).toEqual(['Workshop & products', 'Orders & delivery'])
  })

  it('that are not saved are for the person alone who changed them', async () => {
    localStorage.setItem('signoff.routing-rules', JSON.stringify({ rules: [], version: '1' }))
    const { user, view } = await openRules()
    expect(localStorage.getItem('signoff.routing-rules'), 'of an earlier version').toBeNull()
    expect(screen.queryByText(/were not saved last time/)).toBeNull()
    await user.click(screen.getByRole('button', { name: 'Delete “Billing”' }))
    view.unmount()
    const nadia = { id: 'usr_admin', name: 'Nadia Admin', email: 'admin@demo.test', role: 'admin' as const }
    await openRules({ user: nadia })
    expect(screen.queryByText(/were not saved last time/)).toBeNull()
  })

  it('never overwrite what somebody else has changed meanwhile', async () => {
    const { user, rehearsal } = await openRules()
    await user.click(screen.getByRole('button', { name: 'Delete “Billing”' }))
    const path = '/v1/admin/routing-rules'
    await rehearsal.administer({ method: 'PUT', path, body: { rules: [] }, version: '1' })
    await user.click(await button('Save'))
    expect(await screen.findByText(/has saved other rules meanwhile/)).toBeVisible()
    await user.click(await button('Take the other'))
    await waitFor(() => expect(screen.queryByRole('button', { name: /^Orders/ })).toBeNull())
  })

  it('that were kept do not replace what somebody else has saved since, before that was seen', async () => {
    const first = await openRules()
    await first.user.click(screen.getByRole('button', { name: 'Delete “Billing”' }))
    first.view.unmount()

    const { user, rehearsal } = await openDesk({ role: 'admin' })
    const path = '/v1/admin/routing-rules'
    await rehearsal.administer({ method: 'PUT', path, body: { rules: [] }, version: '1' })
    await user.click(await button('Settings'))
    await user.click(await button('Routing rules'))
    expect(await screen.findByText(/has saved other rules meanwhile/)).toBeVisible()
    await user.click(screen.getByRole('button', { name: 'Delete “Workshop & products”' }))
    expect(await button('Save')).toBeDisabled()
    const kept = Object.values(localStorage).find((value: string) => value.includes('rule_orders')) as string
    expect(JSON.parse(kept), 'still a change of the version that it was made of').toMatchObject({ version: '1' })
    await user.click(await button('Keep mine'))
    await user.click(await button('Save'))
    await waitFor(() => expect(rehearsal.calls.at(-1)).toMatchObject({ method: 'PUT', version: '2' }))
    expect(names()).toEqual(['Orders & delivery'])
  })

  it('whose changes are discarded beside somebody else’s are theirs', async () => {
    const { user, rehearsal } = await openRules()
    await user.click(screen.getByRole('button', { name: 'Delete “Billing”' }))
    await rehearsal.administer({
      method: 'PUT',
      path: '/v1/admin/routing-rules',
      body: { rules: [] },
      version: '1',
    })
    await user.click(await button('Save'))
    await screen.findByText(/has saved other rules meanwhile/)
    await user.click(await button('Discard changes'))
    await waitFor(() => expect(names()).toEqual([]))
  })

  it('that name what is archived are not saved; the rule is named, and says what', async () => {
    const { user } = await openRules()
    await user.click(screen.getByRole('button', { name: /^Workshop/ }))
    const tags = within(screen.getByRole('group', { name: 'Tags to add' }))
    await user.click(tags.getByRole('checkbox', { name: 'complaint' }))
    const archived = TAGS.splice(TAGS.indexOf('complaint'), 1)
    try {
      await user.click(await button('Save'))
      expect(await screen.findByText(/no longer there: “Workshop & products”/)).toBeVisible()
      expect(screen.getByText('The tag “complaint” is archived.')).toBeVisible()
      await user.click(tags.getByRole('checkbox', { name: /^complaint/ }))
      expect(screen.queryByText('The tag “complaint” is archived.')).toBeNull()
      await user.click(screen.getByRole('switch', { name: 'Archive' }))
      await user.click(await button('Save'))
      await waitFor(async () => expect(await button('Save')).toBeDisabled())
      expect(screen.queryByText(/no longer there/)).toBeNull()
    } finally {
      TAGS.push(...archived)
    }
  })

  it('go by the workspace’s office hours, and the dry run says when it opens', async () => {
    const { user, rehearsal } = await openRules()
    await user.click(screen.getByRole('button', { name: /^Billing/ }))
    const time = screen.getByRole('combobox', { name: 'When it comes' })
    await user.selectOptions(time, 'At certain times')
    expect(await screen.findByLabelText('Time zone')).toBeVisible()
    await user.selectOptions(time, 'Within office hours')
    expect(await screen.findByText(/the workspace opens Monday/)).toBeVisible()
    expect(screen.getByRole('button', { name: /^Billing New conversations .* within office hours/ })).toBeVisible()
    await user.type(screen.getByRole('textbox', { name: 'The customer’s message' }), 'An invoice')
    await user.click(await button('Try'))
    const run = screen.getByRole('region', { name: 'Dry run' })
    expect(await within(run).findByText(/outside office hours: the workspace opens Monday 09:00/)).toBeVisible()
    await user.click(await button('Save'))
    await waitFor(() => expect(rehearsal.calls.at(-1)?.method).toBe('PUT'))
    const { rules } = rehearsal.calls.at(-1)?.body as { rules: { when: object }[] }
    expect(rules[0]!.when).toMatchObject({ office_hours: true, times: null })
  })

  it('are explained by a dry run, saved or not', async () => {
    const { user } = await openRules()
    await user.type(screen.getByRole('textbox', { name: 'The customer’s message' }), 'My order, and an invoice')
    await user.click(await button('Try'))
    const run = screen.getByRole('region', { name: 'Dry run' })
    expect(await within(run).findByText('The conversation goes to Billing')).toBeVisible()
    expect(within(run).getByText('fits, and is the last')).toBeVisible()
    await user.click(screen.getAllByRole('checkbox', { name: /^Active/ })[0]!)
    await user.click(await button('Try'))
    expect(await within(run).findByText('The conversation goes to Orders & delivery')).toBeVisible()
    expect(within(run).getByText('switched off')).toBeVisible()
  })

  it('are tried on everything that a rule can ask for', async () => {
    const { user, rehearsal } = await openRules()
    const run = within(screen.getByRole('region', { name: 'Dry run' }))
    await user.type(run.getByRole('textbox', { name: 'The customer’s message' }), 'Hello')
    await user.click(run.getByText('Who writes'))
    await user.click(run.getByRole('button', { name: 'Add a variable of the customer' }))
    await user.type(run.getByRole('combobox', { name: 'Name of variable 1' }), 'plan')
    await user.type(run.getByRole('textbox', { name: 'Value of variable 1' }), 'gold')
    await user.click(run.getByText('What the scenario had done'))
    await user.click(run.getByRole('checkbox', { name: 'billing' }))
    await user.click(run.getByText('When it comes'))
    await user.type(run.getByLabelText(/^Date and time/), '2026-03-02T20:30')
    await user.click(run.getByRole('button', { name: 'Try' }))
    await waitFor(() => expect(rehearsal.calls.at(-1)?.path).toMatch(/dry-run$/))
    expect(rehearsal.calls.at(-1)?.body).toMatchObject({
      on: {
        variables: { plan: 'gold' },
        tags: ['billing'],
        at: new Date('2026-03-02T20:30').toISOString(),
      },
    })
    expect(await run.findByText(/tags billing/)).toBeVisible()
  })

  it('explain why a conversation is where it is: at its beginning, or now', async () => {
    const { user } = await openRules()
    const run = within(screen.getByRole('region', { name: 'Dry run' }))
    await user.click(run.getByRole('button', { name: 'A conversation' }))
    await user.type(run.getByRole('textbox', { name: 'The conversation’s id' }), 'conv_zoe')
    await user.click(run.getByRole('button', { name: 'Try' }))
    expect(await run.findByText('The conversation goes to Billing')).toBeVisible()
    await user.selectOptions(run.getByRole('combobox', { name: 'At which moment' }), 'newest')
    await user.click(run.getByRole('button', { name: 'Try' }))
    expect(await run.findAllByText('for new conversations only')).toHaveLength(3)
  })
})
