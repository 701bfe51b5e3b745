/** The scenario's editor: picture, steps, faults, trial, versions; and that nothing that was typed is lost. */
import { fireEvent, screen, waitFor, within } from '@testing-library/svelte'
import { beforeEach, describe, expect, it } from 'vitest'
import { difference, drawn, removeStep } from '../src/features/settings/scenario/flow'
import { NODE_HEIGHT, picture } from '../src/features/settings/scenario/layout'
import { longFlow, TAGS } from '../src/rehearsal/administration/scenarios'
// The settings are loaded when they are first opened, which is not what is tested here.
import '../src/features/settings/Settings.svelte'
import type { AppState } from '../src/lib/backend'
import type { ScenarioDocument } from '../src/lib/administration/scenarios'
import { button, openDesk } from './desk'

beforeEach(() => localStorage.clear())

const WORDS = { otherwise: 'otherwise', failed: 'failed', timed_out: 'too long', unclicked: 'no click' }

async function openScenarios(signedIn: Partial<AppState> = {}) {
  const desk = await openDesk({ role: 'admin', signedIn })
  await desk.user.click(await button('Settings'))
  await desk.user.click(await button('Scenario'))
  return desk
}

async function openEditor(signedIn: Partial<AppState> = {}) {
  const desk = await openScenarios(signedIn)
  await desk.user.click(await button('Open Web chat assistant'))
  await screen.findByRole('heading', { name: 'Web chat assistant' })
  await screen.findByRole('button', { name: /Greeting/ })
  return desk
}

describe('the picture of a flow', () => {
  it('has no two steps on top of each other, and reads from the entries downwards', () => {
    const { ids, ways } = drawn(longFlow(26), WORDS)
    const { nodes, lines, width, height } = picture(ids, ways)
    expect(nodes).toHaveLength(ids.length)
    for (const one of nodes) {
      expect(one.x).toBeGreaterThanOrEqual(0)
      expect(one.x + one.width).toBeLessThanOrEqual(width)
      expect(one.y + NODE_HEIGHT).toBeLessThanOrEqual(height)
      for (const other of nodes) {
        if (one === other || one.y !== other.y) continue
        const apart = one.x + one.width <= other.x || other.x + other.width <= one.x
        expect(apart, `${one.id} and ${other.id}`).toBe(true)
      }
    }
    const y = new Map(nodes.map((node) => [node.id, node.y]))
    for (const line of lines) {
      if (!line.back) expect(y.get(line.from)!, `${line.from} above ${line.to}`).toBeLessThan(y.get(line.to)!)
    }
    expect(picture(ids, ways)).toEqual(picture(ids, ways))
  })

  it('bears circles, loose ends and steps that nothing leads to', () => {
    const ways = [
      { from: 'a', to: 'b', label: '' },
      { from: 'b', to: 'a', label: '' },
      { from: 'a', to: 'a', label: '' },
      { from: 'a', to: '', label: '' },
      { from: 'a', to: 'gone', label: '' },
    ]
    const { nodes, lines } = picture(['a', 'b', 'alone'], ways)
    expect(nodes).toHaveLength(3)
    expect(lines.filter((line) => line.back)).toHaveLength(2)
    expect(picture([], []).nodes).toEqual([])
  })
})

describe('a flow', () => {
  it('is bridged where a step is taken out', () => {
    const flow = longFlow(0)
    removeStep(flow, 'thanks')
    const question = flow.steps.find((step) => step.id === 'number')!.act
    expect(question.do === 'free_input' && question.then).toBe('orders')
    removeStep(flow, 'people')
    const route = flow.steps.find((step) => step.id === 'orders')!.act
    expect(route.do === 'route' && route.then).toBe('')
  })

  it('is compared step by step', () => {
    const [before, after] = [longFlow(0), longFlow(0)]
    removeStep(after, 'thanks')
    after.steps[0]!.title = 'Welcome'
    const { added, removed, changed, whole } = difference(before, after)
    expect([added.length, removed.map((step) => step.id), changed.map((step) => step.id), whole]).toEqual([
      0,
      ['thanks'],
      ['greeting', 'number'],
      false,
    ])
  })
})

describe('the editor', () => {
  it('does not exist for advisors', async () => {
    const { user } = await openDesk({ role: 'advisor' })
    await user.click(await button('Settings'))
    expect(screen.queryByRole('button', { name: 'Scenario' })).toBeNull()
    expect(screen.queryByRole('button', { name: 'Routing rules' })).toBeNull()
  })

  it('shows who uses a scenario and what is published', async () => {
    await openScenarios()
    expect(await screen.findByText(/Used by Web chat/)).toBeVisible()
    expect(screen.getByText(/Version 1 is published/)).toBeVisible()
  })

  it('edits a step by keyboard, undoes, saves and publishes with a summary', async () => {
    const { user } = await openEditor()
    screen.getByRole('button', { name: /Every new conversation/ }).focus()
    await user.keyboard('{ArrowDown}')
    const text = await screen.findByRole('textbox', { name: 'Text, EN' })
    await user.type(text, '?!')
    expect(await screen.findByText('Not saved yet')).toBeVisible()
    await user.click(await button('Undo'))
    await waitFor(() => expect(screen.queryByText('Not saved yet')).toBeNull())
    await user.click(await button('Redo'))
    await user.click(await button('Save draft'))
    expect(await screen.findByText('Version 1 is published; the draft differs')).toBeVisible()
    await user.click(await button('Publish…'))
    const dialog = await screen.findByRole('alertdialog')
    expect(await within(dialog).findByText('Changed steps')).toBeVisible()
    expect(within(dialog).getByText('Greeting')).toBeVisible()
    await user.click(within(dialog).getByRole('button', { name: 'Publish' }))
    expect(await screen.findByText('Version 2 is published')).toBeVisible()
  })

  it('names the step of every fault, in the picture and in the list, and goes there', async () => {
    const { user } = await openEditor()
    await user.click(await screen.findByRole('button', { name: /Orders/ }))
    await user.click(await button('Delete this step'))
    await user.selectOptions(screen.getByRole('combobox', { name: 'Add a step' }), 'message')
    const added = await screen.findByRole('button', { name: /Message.*Fault/, pressed: true })
    expect(added).toBeVisible()
    await user.click(await screen.findByRole('tab', { name: /^Faults: [1-9]/ }))
    const list = screen.getByRole('region', { name: 'What keeps it from being published' })
    await user.click(within(list).getAllByRole('button', { name: /The text is missing/ })[0]!)
    expect(await screen.findByRole('textbox', { name: 'Text, EN' })).toHaveAttribute('aria-invalid', 'true')
    await user.click(await button('Publish…'))
    const dialog = await screen.findByRole('alertdialog')
    expect(await within(dialog).findByText(/cannot be published yet/)).toBeVisible()
  })

  it('loses nothing when saving fails, nor when the window is left', async () => {
    const { user, rehearsal, view } = await openEditor()
    await user.click(await screen.findByRole('button', { name: /Greeting/ }))
    await user.type(await screen.findByRole('textbox', { name: 'Title' }), ' kept')
    rehearsal.goOffline()
    await user.click(await button('Save draft'))
    expect(await screen.findByRole('alert')).toBeVisible()
    expect(screen.getByRole('textbox', { name: 'Title' })).toHaveValue('Greeting kept')
    view.unmount()
    await openEditor()
    expect(await screen.findByText(/were not saved last time/)).toBeVisible()
    expect(screen.getByRole('button', { name: /Greeting kept/ })).toBeVisible()
  })

  it('keeps what is not saved for the person and the workspace alone', async () => {
    localStorage.setItem('signoff.scenario.scenario_webchat', JSON.stringify({ name: 'Old', flow: longFlow(0) }))
    const { user, view } = await openEditor()
    expect(localStorage.getItem('signoff.scenario.scenario_webchat'), 'of an earlier version').toBeNull()
    await user.click(await screen.findByRole('button', { name: /Greeting/ }))
    await user.type(await screen.findByRole('textbox', { name: 'Title' }), ' kept')
    view.unmount()

    const nadia = { user: { id: 'usr_admin', name: 'Nadia Admin', email: 'admin@demo.test', role: 'admin' as const } }
    const elsewhere = { workspace: { name: 'Other', address: 'https://other.test', demo: false } }
    for (const signedIn of [nadia, elsewhere]) {
      const other = await openEditor(signedIn)
      expect(screen.queryByText(/were not saved last time/)).toBeNull()
      expect(screen.queryByRole('button', { name: /Greeting kept/ })).toBeNull()
      other.view.unmount()
    }

    await openEditor()
    expect(await screen.findByRole('button', { name: /Greeting kept/ })).toBeVisible()
  })

  it('loses no name that was not saved', async () => {
    const { user, view } = await openEditor()
    await user.type(await screen.findByRole('textbox', { name: 'Name' }), ' 2')
    view.unmount()
    await openScenarios()
    await user.click(await button('Open Web chat assistant'))
    expect(await screen.findByText(/were not saved last time/)).toBeVisible()
    expect(screen.getByRole('textbox', { name: 'Name' })).toHaveValue('Web chat assistant 2')
  })

  it('never overwrites what somebody else has saved meanwhile', async () => {
    const { user, rehearsal } = await openEditor()
    await user.click(await screen.findByRole('button', { name: /Greeting/ }))
    await user.type(await screen.findByRole('textbox', { name: 'Title' }), ' mine')
    const path = '/v1/admin/scenarios/scenario_webchat'
    await rehearsal.administer({ method: 'PUT', path, body: { name: 'Theirs', draft: longFlow(0) }, version: '*' })
    await user.click(await button('Save draft'))
    expect(await screen.findByText(/has saved another draft/)).toBeVisible()
    await user.click(await button('Keep mine'))
    await user.click(await button('Save draft'))
    expect(await screen.findByText('Version 1 is published; the draft differs')).toBeVisible()
    expect(screen.getByRole('button', { name: /Greeting mine/ })).toBeVisible()
  })

  it('asks before a draft that was kept replaces what somebody else has saved since', async () => {
    const first = await openEditor()
    await first.user.click(await screen.findByRole('button', { name: /Greeting/ }))
    await first.user.type(await screen.findByRole('textbox', { name: 'Title' }), ' mine')
    first.view.unmount()

    const { user, rehearsal, view } = await openScenarios()
    const path = '/v1/admin/scenarios/scenario_webchat'
    await rehearsal.administer({ method: 'PUT', path, body: { name: 'Theirs', draft: longFlow(0) }, version: '*' })
    await user.click(await button('Open Web chat assistant'))
    expect(await screen.findByText(/has saved another draft/)).toBeVisible()
    expect(await button('Save draft')).toBeDisabled()
    expect(await button('Publish…')).toBeDisabled()
    await user.click(await screen.findByRole('button', { name: /Greeting mine/ }))
    await user.type(await screen.findByRole('textbox', { name: 'Title' }), '!')
    await user.keyboard('{Control>}s{/Control}')
    const saved = () => rehearsal.calls.filter((call) => call.method === 'PUT' && call.version !== '*')
    expect(saved()).toEqual([])
    view.unmount()

    // Nor does it after one more word was typed and the window was left again.
    const last = await openScenarios()
    await last.rehearsal.administer({
      method: 'PUT',
      path,
      body: { name: 'Theirs', draft: longFlow(0) },
      version: '*',
    })
    await last.user.click(await button('Open Web chat assistant'))
    expect(await screen.findByText(/has saved another draft/)).toBeVisible()
    await last.user.click(await button('Keep mine'))
    await last.user.click(await button('Save draft'))
    expect(await screen.findByText('Version 1 is published; the draft differs')).toBeVisible()
    expect(screen.getByRole('button', { name: /Greeting mine!/ })).toBeVisible()
  })

  it('tries the draft as it stands, and shows where it is', async () => {
    const { user } = await openEditor()
    await user.click(await screen.findByRole('tab', { name: 'Try it' }))
    const write = await screen.findByRole('textbox', { name: 'Write as the customer' })
    await user.type(write, 'Hello{Enter}')
    await user.click(await button('My order'))
    const log = screen.getByRole('log')
    expect(await within(log).findByText('Which order?')).toBeVisible()
    await user.type(write, '12{Enter}')
    expect(await within(log).findByText('Order 12, thank you.')).toBeVisible()
    expect(within(log).getByText('Routed to Orders & delivery')).toBeVisible()
    expect(screen.getByText('with the advisors')).toBeVisible()
    await user.type(write, '#bye{Enter}')
    expect(await within(log).findByText('Closed for good')).toBeVisible()
  })

  it('tries the entry of later conversations and what is known of a customer', async () => {
    const { user, rehearsal } = await openScenarios()
    const path = '/v1/admin/scenarios/scenario_webchat'
    const draft = longFlow(0)
    draft.following = 'back'
    draft.steps.push(
      { id: 'back', title: '', act: { do: 'message', text: { en: 'Welcome back.', fr: 'Re.' }, then: 'nap' } },
      { id: 'nap', title: '', act: { do: 'delay', seconds: 3600, then: 'done' } },
      { id: 'done', title: '', act: { do: 'end' } },
    )
    await rehearsal.administer({ method: 'PUT', path, body: { name: 'Web chat assistant', draft }, version: '*' })
    await user.click(await button('Open Web chat assistant'))
    await user.click(await screen.findByRole('tab', { name: 'Try it' }))
    await user.click(screen.getByText('Who writes'))
    const when = screen.getByLabelText('When; empty: now')
    await fireEvent.input(when, { target: { value: '2026-03-02T17:30:20' } })
    await user.type(screen.getByRole('textbox', { name: 'order' }), '77')
    await user.click(screen.getByRole('checkbox', { name: 'Has written before' }))
    const write = await screen.findByRole('textbox', { name: 'Write as the customer' })
    await user.type(write, 'Hello{Enter}')
    const log = screen.getByRole('log')
    expect(await within(log).findByText('Welcome back.')).toBeVisible()
    expect(screen.getByText('77')).toBeVisible()
    await user.click(await button('Let the time pass'))
    expect(await within(log).findByText('The time has passed')).toBeVisible()
    expect((when as HTMLInputElement).value).toMatch(/^2026-03-02T18:30:20/)
    expect(screen.getByRole('checkbox', { name: 'Has written before' })).toBeDisabled()
    await user.click(await button('Start over'))
    await user.click(screen.getByRole('checkbox', { name: 'Has written before' }))
    await user.type(write, 'Hello{Enter}')
    expect(within(log).queryByText('Welcome back.')).toBeNull()
    await user.click(await button('End the conversation'))
    expect(within(log).getByText('The conversation is over')).toBeVisible()
    await user.type(write, 'Hello again{Enter}')
    expect(await within(log).findByText('Welcome back.')).toBeVisible()
  })

  it('chooses by the workspace’s office hours or by times of its own, and the trial says when it opens', async () => {
    const { user } = await openEditor()
    await user.click(await screen.findByRole('button', { name: /Greeting/ }))
    await user.selectOptions(screen.getByRole('combobox', { name: 'Add a step' }), 'condition')
    const test = () => screen.findByRole('combobox', { name: 'Test 1' })
    if (!screen.queryByRole('combobox', { name: 'Test 1' })) await user.click(await button('Add a test'))
    await user.selectOptions(await test(), 'At certain times')
    expect(await screen.findByRole('checkbox', { name: 'Outside these times' })).not.toBeChecked()
    await user.selectOptions(await test(), 'Office hours')
    const which = screen.getByRole('combobox', { name: 'Office hours' })
    expect(which).toHaveDisplayValue('Within office hours')
    await user.selectOptions(which, 'Outside office hours')
    expect(await screen.findByText(/Now: outside office hours: the workspace opens Monday/)).toBeVisible()
  })

  it('shows what is gone from the published version, in the list and in the editor', async () => {
    const archived = TAGS.splice(TAGS.indexOf('billing'), 1)
    try {
      const { user, rehearsal } = await openScenarios()
      const path = '/v1/admin/scenarios/scenario_webchat'
      const { body } = await rehearsal.administer({ method: 'GET', path, body: null, version: null })
      const { summary, draft } = body as ScenarioDocument
      draft.steps.push({
        id: 'tag',
        title: 'Tagging',
        act: { do: 'tag', add: ['billing'], remove: [], then: 'people' },
      })
      draft.listens.push({ text: '#tag', then: 'tag' })
      TAGS.push('billing')
      await rehearsal.administer({ method: 'PUT', path, body: { name: summary.name, draft }, version: '*' })
      await rehearsal.administer({ method: 'POST', path: `${path}/publish`, body: {}, version: '*' })
      TAGS.splice(TAGS.indexOf('billing'), 1)
      await user.click(await button('Inbox options'))
      await user.click(await button('Scenario'))
      expect(await screen.findByText(/names what is no longer there. The tag “billing” is archived/)).toBeVisible()
      await user.click(await screen.findByRole('button', { name: 'Web chat assistant' }))
      await user.click(await screen.findByRole('tab', { name: /^Faults/ }))
      expect(await screen.findByText('Gone from the published version')).toBeVisible()
      expect(screen.getAllByRole('button', { name: /Tagging The tag “billing” is archived/ })).toHaveLength(2)
    } finally {
      TAGS.push(...archived)
    }
  })

  it('makes an older version the draft', async () => {
    const { user } = await openEditor()
    await user.click(await screen.findByRole('button', { name: /Greeting/ }))
    await user.type(await screen.findByRole('textbox', { name: 'Title' }), ' 2')
    await user.click(await button('Save draft'))
    await user.click(await screen.findByRole('tab', { name: 'Versions' }))
    await user.click(await button('Make version 1 the draft'))
    await waitFor(() => expect(screen.queryByRole('button', { name: /Greeting 2/ })).toBeNull())
  })
})
