/** Settings, People and Teams: found, added, changed, deactivated; what a change does is said before. */
import { screen, waitFor, within } from '@testing-library/svelte'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { auditKinds, hasSentence } from '../src/features/settings/audit-words'
import type { ChangePerson } from '../src/lib/backend'
import { button, openDesk } from './desk'

/** What stands in the platform's source like a kind of audit entry: files, variables and events of the same shape are not. */
const KIND =
  /"((?:canned-reply|channel|export|office-hours|routing_rules|scenario|settings|survey|tag|team|two-step|user|widget-application|workspace|sign-in)\.(?!db|js|css|sent|name\b(?<=channel\.name))[a-z_-]+)"/g
/** What is written as an entry right away, whatever it looks like. */
const APPENDED = /audit::append(?:_about)?\(\s*\w+,\s*[^,"]+,\s*"([a-z_.-]+)"/g

async function open(page: 'People' | 'Teams') {
  const desk = await openDesk({ role: 'admin' })
  await desk.user.click(await button('Settings'))
  // The first test of a file waits for the pages to be packed.
  await desk.user.click(await button(page))
  await screen.findByRole('list', { name: page })
  return desk
}

const listed = (page: string) => within(screen.getByRole('list', { name: page })).getAllByRole('button')
const person = async (name: RegExp) =>
  within(await screen.findByRole('list', { name: /^(People|Teams)$/ })).findByRole('button', { name })
const lastChange = (calls: { method: string; body: unknown }[]) =>
  calls.findLast((call) => call.method === 'PATCH')?.body as ChangePerson | undefined

describe('People', () => {
  it('are found by a part of their name, and deactivated ones only when asked for', async () => {
    const { user } = await open('People')
    expect(listed('People')).toHaveLength(3)
    await user.type(screen.getByRole('searchbox', { name: 'Search name or email' }), 'tin')
    await waitFor(() => expect(listed('People')).toHaveLength(1))
    await user.clear(screen.getByRole('searchbox', { name: 'Search name or email' }))
    await user.selectOptions(screen.getByRole('combobox', { name: 'State' }), 'Deactivated')
    expect(await person(/Zoë Müller/)).toBeVisible()
    await waitFor(() => expect(listed('People')).toHaveLength(1))
    await user.selectOptions(screen.getByRole('combobox', { name: 'Role' }), 'Admin')
    expect(await screen.findByText('Nobody fits')).toBeVisible()
  })

  it('are added with a role, teams and channels; new ones may reply everywhere unless somebody says otherwise', async () => {
    const { user, rehearsal } = await open('People')
    await user.click(await button('Invite a person'))
    const form = await screen.findByRole('dialog', { name: 'Invite a person' })
    await user.type(within(form).getByRole('textbox', { name: /^Name/ }), 'Ada Lovelace')
    await user.type(within(form).getByRole('textbox', { name: 'Email' }), 'ada')
    await user.click(within(form).getByRole('button', { name: 'Invite a person' }))
    expect(await within(form).findByText('This is not an email address.')).toBeVisible()
    await user.type(within(form).getByRole('textbox', { name: 'Email' }), '@example.com')
    await user.click(await within(form).findByRole('checkbox', { name: 'Orders' }))
    await user.click(within(form).getByRole('checkbox', { name: 'WhatsApp' }))
    await user.click(within(form).getByRole('button', { name: 'Invite a person' }))
    const link = await screen.findByRole('dialog', { name: 'Invitation link' })
    await waitFor(() =>
      expect(within(link).getByRole('textbox', { name: 'Link' })).toHaveDisplayValue(
        /^http:\/\/127\.0\.0\.1:43110\/join#/,
      ),
    )
    await user.keyboard('{Escape}')
    expect(await person(/Ada Lovelace/)).toBeVisible()
    expect(rehearsal.calls.findLast((call) => call.method === 'POST')?.body).toMatchObject({
      name: 'Ada Lovelace',
      email: 'ada@example.com',
      role: 'advisor',
      teams: ['team_2'],
      channels: ['ch_webchat', 'ch_messenger'],
    })
  })

  it('ask before what was typed is lost, however the form is closed', async () => {
    const { user } = await open('People')
    await user.click(await button('Invite a person'))
    const form = await screen.findByRole('dialog', { name: 'Invite a person' })
    await user.type(within(form).getByRole('textbox', { name: 'Email' }), 'ada@example.com')
    const ways = [
      () => user.keyboard('{Escape}'),
      () => user.click(within(form).getByRole('button', { name: 'Close this window' })),
      () => user.click(within(form).getByRole('button', { name: 'Cancel' })),
    ]
    for (const close of ways) {
      await close()
      const question = await screen.findByRole('alertdialog', { name: 'Leave without saving?' })
      await user.click(within(question).getByRole('button', { name: 'Stay here' }))
      await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull())
      expect(within(form).getByRole('textbox', { name: 'Email' })).toHaveValue('ada@example.com')
    }

    await user.keyboard('{Escape}')
    const question = await screen.findByRole('alertdialog', { name: 'Leave without saving?' })
    await user.click(within(question).getByRole('button', { name: 'Leave without saving' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    await user.click(await button('Invite a person'))
    await screen.findByRole('dialog', { name: 'Invite a person' })
    await user.keyboard('{Escape}')
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(screen.queryByRole('alertdialog')).toBeNull()
  })

  it('keep what was typed when the platform refuses', async () => {
    const { user } = await open('People')
    await user.click(await button('Invite a person'))
    const form = await screen.findByRole('dialog', { name: 'Invite a person' })
    await user.type(within(form).getByRole('textbox', { name: /^Name/ }), 'Another Bob')
    await user.type(within(form).getByRole('textbox', { name: 'Email' }), 'bob@demo.test')
    await user.click(within(form).getByRole('button', { name: 'Invite a person' }))
    expect(await within(form).findByRole('alert')).toHaveTextContent(/has this email address already/)
    expect(within(form).getByRole('textbox', { name: /^Name/ })).toHaveValue('Another Bob')
  })

  it('say what a change will do before it is saved, and send only what differs', async () => {
    const { user, rehearsal } = await open('People')
    await user.click(await person(/Bob Carter/))
    const form = await screen.findByRole('dialog', { name: 'Bob Carter' })
    expect(within(form).getByRole('button', { name: 'Save' })).toBeDisabled()
    await user.click(await within(form).findByRole('checkbox', { name: 'Web chat' }))
    expect(await within(form).findByText(/can no longer see go back to their teams/)).toBeVisible()
    await user.selectOptions(within(form).getByRole('combobox', { name: 'Role' }), 'Admin')
    expect(within(form).queryByText(/can no longer see/)).toBeNull()
    expect(await within(form).findByText(/can change settings and people/)).toBeVisible()
    await user.click(within(form).getByRole('button', { name: 'Save' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(lastChange(rehearsal.calls)).toEqual({ role: 'admin', channels: ['ch_whatsapp', 'ch_messenger'] })
  })

  it('are deactivated after a question that says what happens', async () => {
    const { user, rehearsal } = await open('People')
    await user.click(await person(/Bob Carter/))
    await user.click(await button('Deactivate'))
    const question = await screen.findByRole('alertdialog', { name: 'Deactivate Bob Carter?' })
    expect(question).toHaveTextContent(/signed out at once/)
    expect(question).toHaveTextContent(/3 open conversations go back to their teams/)
    await user.click(within(question).getByRole('button', { name: 'Cancel' }))
    expect(lastChange(rehearsal.calls)).toBeUndefined()
    await user.click(await button('Deactivate'))
    const again = await screen.findByRole('alertdialog', { name: 'Deactivate Bob Carter?' })
    await user.click(within(again).getByRole('button', { name: 'Deactivate' }))
    await waitFor(() => expect(listed('People')).toHaveLength(2))
    expect(lastChange(rehearsal.calls)).toEqual({ active: false })
  })

  it('whose link went to the wrong hands: it is listed until it is taken back', async () => {
    const { user } = await open('People')
    expect(screen.queryByRole('list', { name: 'Open links' })).toBeNull()
    await user.click(await button('Invite a person'))
    const form = await screen.findByRole('dialog', { name: 'Invite a person' })
    await user.type(within(form).getByRole('textbox', { name: /^Name/ }), 'Ada Lovelace')
    await user.type(within(form).getByRole('textbox', { name: 'Email' }), 'ada@example.com')
    await user.click(within(form).getByRole('button', { name: 'Invite a person' }))
    await screen.findByRole('dialog', { name: 'Invitation link' })
    await user.keyboard('{Escape}')
    const links = within(await screen.findByRole('list', { name: 'Open links' }))
    expect(links.getByText(/^Invitation · made by Nadia Admin, .* · works until/)).toBeVisible()
    await user.click(links.getByRole('button', { name: 'Take back Ada Lovelace' }))
    const question = await screen.findByRole('alertdialog', { name: 'Take back the link of Ada Lovelace?' })
    await user.click(within(question).getByRole('button', { name: 'Take back' }))
    await waitFor(() => expect(screen.queryByRole('list', { name: 'Open links' })).toBeNull())
  })

  it('get links with the address that the operator has said', async () => {
    const { user, rehearsal } = await open('People')
    const real = rehearsal.administer.bind(rehearsal)
    vi.spyOn(rehearsal, 'administer').mockImplementation(async (call) => {
      const answer = await real(call)
      if (call.path !== '/v1/admin/workspace') return answer
      return { ...answer, body: { ...(answer.body as object), address: 'https://support.example.com/' } }
    })
    await user.click(await person(/Bob Carter/))
    await user.click(await screen.findByText('Access'))
    await user.click(await button('Link for a new password'))
    const link = await screen.findByRole('dialog', { name: 'Link for a new password' })
    await waitFor(() =>
      expect(within(link).getByRole('textbox', { name: 'Link' })).toHaveDisplayValue(
        /^https:\/\/support\.example\.com\/join#/,
      ),
    )
  })

  it('get a link for a new password, are signed out, and lose a lost authenticator', async () => {
    const { user, rehearsal } = await open('People')
    await user.click(await person(/Bob Carter/))
    await user.click(await screen.findByText('Access'))
    await user.click(await button('Link for a new password'))
    expect(await screen.findByRole('dialog', { name: 'Link for a new password' })).toHaveTextContent(/works once/)
    await user.keyboard('{Escape}')
    for (const [at, act] of ['Sign out everywhere', 'Forget the authenticator'].entries()) {
      await user.click(await person(/Bob Carter/))
      await user.click(await screen.findByText('Access'))
      await user.click(await button(act))
      // Each asks first, and No is an answer.
      const question = await screen.findByRole('alertdialog', { name: /Bob Carter/ })
      await user.click(within(question).getByRole('button', { name: 'Cancel' }))
      expect(rehearsal.calls.filter((call) => call.method === 'DELETE')).toHaveLength(at)
      await user.click(await button(act))
      const again = await screen.findByRole('alertdialog', { name: /Bob Carter/ })
      await user.click(within(again).getByRole('button', { name: act }))
      await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    }
    const deleted = rehearsal.calls.filter((call) => call.method === 'DELETE').map((call) => call.path)
    expect(deleted).toEqual(['/v1/admin/users/usr_bob/sessions', '/v1/admin/users/usr_bob/second-factor'])
  })

  it('show their account at the provider, which an admin unbinds after a question', async () => {
    const { user, rehearsal } = await open('People')
    await user.click(await person(/Bob Carter.*Provider/))
    await user.click(await screen.findByText('Access'))
    const accounts = screen.getByRole('list', { name: 'Accounts at the provider' })
    expect(accounts).toHaveTextContent(/https:\/\/login\.example\.com · Bound on .*2026/)
    const unbind = 'Unbind 0oa1b2c3d4e5f6g7h8i9'
    await user.click(within(accounts).getByRole('button', { name: unbind }))
    const question = await screen.findByRole('alertdialog', { name: 'Unbind Bob Carter’s account at the provider?' })
    expect(question).toHaveTextContent(/All of Bob Carter’s sessions end/)
    expect(question).toHaveTextContent(/vouches for with bob@demo.test is bound/)
    await user.click(within(question).getByRole('button', { name: 'Cancel' }))
    expect(rehearsal.calls.some((call) => call.method === 'DELETE')).toBe(false)
    await user.click(within(accounts).getByRole('button', { name: unbind }))
    const again = await screen.findByRole('alertdialog', { name: /^Unbind/ })
    await user.click(within(again).getByRole('button', { name: 'Unbind' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    const path = '/v1/admin/users/usr_bob/provider-accounts/binding_bob'
    expect(rehearsal.calls.find((call) => call.method === 'DELETE')?.path).toBe(path)
    await waitFor(() => expect(screen.queryByText('Provider')).toBeNull())
  })

  it('explain why the last admin stays one', async () => {
    const { user } = await open('People')
    await user.click(await person(/Nadia Admin/))
    const form = await screen.findByRole('dialog', { name: 'Nadia Admin' })
    await user.selectOptions(within(form).getByRole('combobox', { name: 'Role' }), 'Advisor')
    await user.click(within(form).getByRole('button', { name: 'Save' }))
    expect(await within(form).findByRole('alert')).toHaveTextContent(/last active admin/)
  })

  it('show the newer state when somebody else was faster', async () => {
    const { user, rehearsal } = await open('People')
    await user.click(await person(/Bob Carter/))
    const form = await screen.findByRole('dialog', { name: 'Bob Carter' })
    await user.type(within(form).getByRole('textbox', { name: 'Name' }), ' Junior')
    const bob = { method: 'PATCH' as const, path: '/v1/admin/users/usr_bob', body: { name: 'Robert' }, version: '"1"' }
    await rehearsal.administer(bob)
    await user.click(within(form).getByRole('button', { name: 'Save' }))
    expect(await within(form).findByRole('alert')).toHaveTextContent(/Somebody else changed this/)
    expect(within(form).getByRole('textbox', { name: 'Name' })).toHaveValue('Robert')
  })
})

describe('Teams', () => {
  it('are made with members', async () => {
    const { user } = await open('Teams')
    await user.click(await button('Add a team'))
    const form = await screen.findByRole('dialog', { name: 'Add a team' })
    await user.type(within(form).getByRole('textbox', { name: 'Name' }), 'Returns')
    await user.click(await within(form).findByRole('checkbox', { name: 'Alice Martin' }))
    await user.click(within(form).getByRole('button', { name: 'Add a team' }))
    expect(await person(/Returns.*Alice Martin/)).toBeVisible()
  })

  it('ask before a changed name is lost, and not when nothing was changed', async () => {
    const { user } = await open('Teams')
    await user.click(await person(/Orders/))
    await user.type(await screen.findByRole('textbox', { name: 'Name' }), ' and returns')
    await user.keyboard('{Escape}')
    const question = await screen.findByRole('alertdialog', { name: 'Leave without saving?' })
    await user.click(within(question).getByRole('button', { name: 'Leave without saving' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    await user.click(await person(/Orders/))
    expect(await screen.findByRole('textbox', { name: 'Name' })).toHaveValue('Orders')
    await user.click(await button('Cancel'))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(screen.queryByRole('alertdialog')).toBeNull()
  })

  it('are given up after a question, and not while rules lead to them', async () => {
    const { user } = await open('Teams')
    await user.click(await person(/Orders/))
    await user.click(await button('Give up this team'))
    const question = await screen.findByRole('alertdialog', { name: 'Give up the team Orders?' })
    expect(question).toHaveTextContent(/8 open conversations belong to no team then/)
    await user.click(within(question).getByRole('button', { name: 'Give up this team' }))
    await waitFor(() => expect(listed('Teams')).toHaveLength(2))
    await user.click(await person(/Billing/))
    await user.click(await button('Give up this team'))
    const again = await screen.findByRole('alertdialog', { name: 'Give up the team Billing?' })
    await user.click(within(again).getByRole('button', { name: 'Give up this team' }))
    expect(await screen.findByRole('alert')).toHaveTextContent(/Routing rules or scenarios/)
  })
})

describe('the audit log', () => {
  it('says what happened in sentences, and narrows by words, kind and days', async () => {
    const { user, rehearsal } = await openDesk({ role: 'admin' })
    const subject = { id: 'usr_bob', name: 'Bob Carter' }
    rehearsal.record({ what: 'user.role', subject, from: 'advisor', to: 'admin' })
    rehearsal.record({
      what: 'sign-in.failed',
      who: { id: 'stranger', name: 'Stranger' },
      subject,
      to: { locked: true },
    })
    rehearsal.record({ what: 'something.new', to: 'x' })
    await user.click(await button('Settings'))
    await user.click(await button('Audit log'))
    expect(await screen.findByText('Changed the role of Bob Carter')).toBeVisible()
    expect(screen.getByText('Advisor → Admin')).toBeInTheDocument()
    expect(screen.getByText('Failed sign-in as Bob Carter: locked for a minute')).toBeVisible()
    expect(screen.getByText('Another change (something.new)')).toBeVisible()
    await user.selectOptions(screen.getByRole('combobox', { name: 'Kind' }), 'Sign-ins')
    await waitFor(() => expect(screen.queryByText('Changed the role of Bob Carter')).toBeNull())
    expect(screen.getByText('Signed in')).toBeVisible()
    await user.type(screen.getByRole('searchbox', { name: 'Search the log' }), 'nothing like it')
    expect(await screen.findByText('Nothing fits')).toBeVisible()
  })

  it('names what changed in a document, in words and nothing else', async () => {
    const { user, rehearsal } = await openDesk({ role: 'admin' })
    const rules = (from: object) => ({ id: 'ch_webchat', rules: from })
    rehearsal.record({ what: 'channel.change', from: rules({ reply_limit: 2000 }), to: rules({ reply_limit: 500 }) })
    rehearsal.record({
      what: 'survey.rules',
      from: { quiet_days: 7, min_replies: 1 },
      to: { quiet_days: 9, min_replies: 1 },
    })
    await user.click(await button('Settings'))
    await user.click(await button('Audit log'))
    expect(await screen.findByText('Changed the channel Web chat')).toBeVisible()
    expect(screen.getByText('Longest reply, in characters: 2000 → 500')).toBeInTheDocument()
    expect(screen.getByText('Quiet days: 7 → 9')).toBeInTheDocument()
    expect(screen.queryByText(/Replies by advisors/)).toBeNull()
  })

  it('is narrowed by person, and saved as it is narrowed (D52)', async () => {
    const { user, rehearsal } = await openDesk({ role: 'admin' })
    rehearsal.record({ what: 'sign-out', who: { id: 'usr_bob', name: 'Bob Carter' } })
    await user.click(await button('Settings'))
    await user.click(await button('Audit log'))
    expect(await screen.findByText('Signed in')).toBeVisible()
    await screen.findByRole('option', { name: 'Bob Carter' })
    await user.selectOptions(screen.getByRole('combobox', { name: 'Who' }), 'Bob Carter')
    await waitFor(() => expect(screen.queryByText('Signed in')).toBeNull())
    expect(screen.getByText('Signed out')).toBeVisible()
    await user.click(await button('Save as CSV'))
    await user.click(await button('Save as JSON Lines'))
    expect(rehearsal.saved).toEqual([
      '/v1/exports/audit-log.csv?who=usr_bob',
      '/v1/exports/audit-log.jsonl?who=usr_bob',
    ])
  })
})

it('every kind that the platform writes has a sentence, and can be asked for', () => {
  const sources = join(import.meta.dirname, '../../src-tauri/platform/src')
  const written = readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.rs'))
    .map((file) => readFileSync(join(sources, file), 'utf8'))
    .flatMap((source) => [...source.matchAll(KIND), ...source.matchAll(APPENDED)].map(([, kind]) => kind!))
  expect(written).toEqual(expect.arrayContaining(['sign-in', 'sign-out', 'customer.erased', 'widget.open']))
  expect(written.length).toBeGreaterThan(40)
  expect([...new Set(written)].filter((what) => !hasSentence(what))).toEqual([])
  // As the platform compares them: the kind itself, or what follows its dot.
  const asked = (what: string) => auditKinds.some(([kind]) => what === kind || what.startsWith(`${kind}.`))
  expect(
    [...new Set(written)].filter((what) => !asked(what)),
    'in no kind',
  ).toEqual([])
})
