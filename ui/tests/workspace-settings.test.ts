/** The workspace's small settings: its own facts, office hours, tags, prepared answers (D16, R13). */
import { screen, waitFor, within } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'
import { button, openDesk } from './desk'

async function openPage(name: string, role: 'admin' | 'advisor' = 'admin') {
  const desk = await openDesk({ role })
  await desk.user.click(await button('Settings'))
  if (role === 'admin') {
    await desk.user.click(await button(name))
    await screen.findByRole('heading', { level: 1, name })
  }
  return desk
}

const changes = (rehearsal: { calls: { method: string; path: string; body: unknown }[] }) =>
  rehearsal.calls.filter(({ method }) => method !== 'GET')

it('are not there for advisors', async () => {
  await openPage('', 'advisor')
  for (const name of ['Workspace', 'Office hours', 'Tags', 'Prepared answers', 'Surveys']) {
    expect(screen.queryByRole('button', { name })).toBeNull()
  }
})

describe('the workspace', () => {
  it('is saved as a whole, from the version that was seen', async () => {
    const { user, rehearsal } = await openPage('Workspace')
    const name = await screen.findByRole('textbox', { name: 'Name' })
    expect(await button('Save')).toBeDisabled()
    await user.clear(name)
    expect(screen.getByText('The workspace needs a name.')).toBeVisible()
    expect(await button('Save')).toBeDisabled()
    await user.type(name, 'Meridian')
    await user.selectOptions(screen.getByLabelText('Time zone'), 'Asia/Tokyo')
    await user.click(screen.getByRole('switch', { name: 'A team' }))
    await user.click(await button('Save'))
    await screen.findAllByText('Saved.')
    expect(changes(rehearsal)[0]).toMatchObject({
      method: 'PUT',
      version: '"1"',
      body: { name: 'Meridian', time_zone: 'Asia/Tokyo', default_language: 'en', team_mandatory: true },
    })
  })

  it('loses nothing that was typed when somebody else was faster', async () => {
    const { user, rehearsal } = await openPage('Workspace')
    const name = await screen.findByRole<HTMLInputElement>('textbox', { name: 'Name' })
    await user.type(name, ' 2')
    rehearsal.failNext.set('administer', { code: 'settings_stale', problem: 'stale' })
    await user.click(await button('Save'))
    expect(await screen.findByText(/Somebody else changed this setting/)).toBeVisible()
    expect(name.value).toBe('Demo workspace 2')
    await user.click(await button('Show the state now'))
    await waitFor(() => expect(name.value).toBe('Demo workspace'))
  })

  it('says that it needs the network', async () => {
    const { user, rehearsal } = await openPage('Workspace')
    await user.type(await screen.findByRole('textbox', { name: 'Name' }), '!')
    rehearsal.goOffline()
    await waitFor(async () => expect(await button('Save')).toBeDisabled())
  })
})

describe('office hours', () => {
  it('are a week with breaks, and days that differ', async () => {
    const { user, rehearsal } = await openPage('Office hours')
    const monday = await screen.findByRole('group', { name: 'Monday' })
    expect(
      within(monday)
        .getAllByLabelText('Opens: Monday')
        .map((field) => (field as HTMLInputElement).value),
    ).toEqual(['09:00', '14:00'])
    expect(within(screen.getByRole('group', { name: 'Sunday' })).getByText('Closed')).toBeVisible()
    await user.click(await button('Add hours: Sunday'))
    await user.click(await button('Remove Christmas'))
    await user.click(await button('Save'))
    await screen.findAllByText('Saved.')
    const body = changes(rehearsal)[0]?.body as { week: { day: string }[]; holidays: { name: string }[] }
    expect(body.week.map(({ day }) => day)).toEqual(['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'sunday'])
    expect(body.holidays.map(({ name }) => name)).toEqual(['Christmas Eve'])
  })

  it('that overlap are not sent', async () => {
    const { user } = await openPage('Office hours')
    const [, second] = within(await screen.findByRole('group', { name: 'Monday' })).getAllByLabelText('Opens: Monday')
    await user.clear(second!)
    await user.type(second!, '11:00')
    await user.tab()
    expect(await screen.findByText(/Monday: hours end later than they begin/)).toBeVisible()
    expect(await button('Save')).toBeDisabled()
  })
})

describe('tags', () => {
  it('are added, renamed, made mandatory, ordered and archived, each at once', async () => {
    const { user, rehearsal } = await openPage('Tags')
    await user.type(await screen.findByRole('textbox', { name: 'New tag' }), 'Lost parcel{Enter}')
    const added = await screen.findByRole('textbox', { name: 'Name of Lost parcel' })
    await user.clear(added)
    await user.type(added, 'Parcel{Enter}')
    await screen.findByRole('textbox', { name: 'Name of Parcel' })
    expect(screen.getByText('formerly Lost parcel')).toBeVisible()
    await user.click(await screen.findByRole('checkbox', { name: 'Mandatory: Parcel' }))
    await waitFor(() => expect(screen.getByRole('checkbox', { name: 'Mandatory: Parcel' })).toBeChecked())
    await user.click(await button('Move Parcel up'))
    await waitFor(() => expect(changes(rehearsal).at(-1)?.path).toBe('/v1/admin/tags'))
    await user.click(await button('Archive Parcel'))
    expect(await button('Restore Parcel')).toBeVisible()
  })

  it('do not share a name', async () => {
    const { user } = await openPage('Tags')
    await user.type(await screen.findByRole('textbox', { name: 'New tag' }), 'BILLING{Enter}')
    expect(await screen.findByText(/There is a tag of that name/)).toBeVisible()
    expect(screen.getByRole('textbox', { name: 'New tag' })).toHaveValue('BILLING')
  })
})

describe('prepared answers', () => {
  it('ask before what was typed is lost', async () => {
    const { user, rehearsal } = await openPage('Prepared answers')
    await user.click(await button('New prepared answer'))
    const dialog = within(await screen.findByRole('dialog', { name: 'New prepared answer' }))
    await user.type(dialog.getByRole('textbox', { name: 'Text' }), 'Thank you')
    await user.keyboard('{Escape}')
    const question = within(await screen.findByRole('alertdialog', { name: 'Leave without saving?' }))
    await user.click(question.getByRole('button', { name: 'Stay here' }))
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull())
    expect(dialog.getByRole('textbox', { name: 'Text' })).toHaveValue('Thank you')
    await user.keyboard('{Escape}')
    await user.click(await button('Leave without saving'))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(rehearsal.calls.some((call) => call.method === 'POST')).toBe(false)
  })

  it('are written with what the customer will read beside them', async () => {
    const { user, rehearsal } = await openPage('Prepared answers')
    await user.click(await button('New prepared answer'))
    const dialog = within(await screen.findByRole('dialog'))
    await user.type(dialog.getByRole('textbox', { name: 'Shortcut' }), 'thanks')
    const text = dialog.getByRole('textbox', { name: 'Text' })
    await user.type(text, 'Thank you, ')
    await user.click(dialog.getByRole('button', { name: 'Insert customer’s name' }))
    expect(text).toHaveValue('Thank you, {{customer}}')
    expect(dialog.getByText('Thank you, Camille Durand')).toBeVisible()
    await user.click(dialog.getByRole('switch', { name: 'Closing sentence' }))
    await user.click(dialog.getByRole('button', { name: 'Save' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(changes(rehearsal)[0]?.body).toEqual({
      shortcut: 'thanks',
      language: 'en',
      text: 'Thank you, {{customer}}',
      closing: true,
      team_id: null,
    })
  })

  it('name no variable that nobody fills in, and no shortcut twice', async () => {
    const { user } = await openPage('Prepared answers')
    await user.click(await button('New prepared answer'))
    const dialog = within(await screen.findByRole('dialog'))
    await user.type(dialog.getByRole('textbox', { name: 'Shortcut' }), 'bye')
    const text = dialog.getByRole('textbox', { name: 'Text' })
    await user.type(text, 'Dear {{{{name}}')
    expect(dialog.getByText('Nobody fills in {{name}}.')).toBeVisible()
    expect(dialog.getByRole('button', { name: 'Save' })).toBeDisabled()
    await user.clear(text)
    await user.type(text, 'Goodbye')
    await user.click(dialog.getByRole('button', { name: 'Save' }))
    expect(await dialog.findByText(/There is a prepared answer with this shortcut/)).toBeVisible()
  })

  it('are deleted only after a second thought', async () => {
    const { user, rehearsal } = await openPage('Prepared answers')
    await user.click(await screen.findByRole('button', { name: /^bye/ }))
    const dialog = within(await screen.findByRole('dialog'))
    await user.click(dialog.getByRole('button', { name: 'Delete' }))
    expect(changes(rehearsal)).toEqual([])
    await user.click(dialog.getByRole('button', { name: 'Really delete' }))
    await waitFor(() => expect(screen.queryByRole('button', { name: /^bye/ })).toBeNull())
  })
})
