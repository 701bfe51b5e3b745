/** The Channels page: what an admin sees and changes, and what is told only once. */
import { screen, waitFor, within } from '@testing-library/svelte'
import { describe, expect, it, vi } from 'vitest'
import { button, openDesk } from './desk'

async function openChannels() {
  const desk = await openDesk({ role: 'admin' })
  await desk.user.click(await button('Settings'))
  await desk.user.click(await button('Channels'))
  return desk
}

const channel = async (name: RegExp) => {
  const list = await screen.findByRole('list', { name: 'Channels' })
  return within(list).findByRole('button', { name })
}

describe('Channels', () => {
  it('do not exist for advisors', async () => {
    const desk = await openDesk({ role: 'advisor' })
    await desk.user.click(await button('Settings'))
    await button('Preferences')
    expect(screen.queryByRole('button', { name: 'Channels' })).toBeNull()
  })

  it('are listed with the state of their deliveries', async () => {
    await openChannels()
    expect(await channel(/WhatsApp.*3 waiting: the provider is out of order \(503\)/)).toBeVisible()
    expect(await channel(/^Web chat/)).toBeVisible()
  })

  it('are changed in the version that was seen', async () => {
    const { user, rehearsal } = await openChannels()
    await user.click(await channel(/^Web chat/))
    const name = await screen.findByRole('textbox', { name: 'Name' })
    expect(await button('Save')).toBeDisabled()
    await user.clear(name)
    await user.type(name, 'Shop')
    await user.click(await button('Save'))
    await waitFor(() => expect(screen.getByRole('button', { name: 'Save' })).toBeDisabled())
    const put = rehearsal.calls.find((call) => call.method === 'PUT')
    expect(put?.version).toBe('"1"')
    expect(put?.body).toMatchObject({ name: 'Shop', reply_limit: 20_000 })
    await user.click(await button('All channels'))
    expect(await channel(/^Shop/)).toBeVisible()
  })

  it('ask before what was typed is lost, wherever one wants to go', async () => {
    const { user, rehearsal } = await openChannels()
    await user.click(await channel(/^Web chat/))
    await user.type(await screen.findByRole('textbox', { name: 'Name' }), ' of the shop')
    for (const away of ['All channels', 'Surveys', 'Inbox']) {
      await user.click(await button(away))
      const question = await screen.findByRole('alertdialog', { name: 'Leave without saving?' })
      await user.click(within(question).getByRole('button', { name: 'Stay here' }))
      await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull())
      expect(screen.getByRole('textbox', { name: 'Name' })).toHaveValue('Web chat of the shop')
    }

    await user.click(await button('Surveys'))
    const question = await screen.findByRole('alertdialog', { name: 'Leave without saving?' })
    await user.click(within(question).getByRole('button', { name: 'Leave without saving' }))
    await screen.findByRole('heading', { level: 1, name: 'Surveys' })
    expect(rehearsal.calls.some((call) => call.method === 'PUT')).toBe(false)
    await user.click(await button('Channels'))
    expect(await channel(/^Web chat/)).toBeVisible()
  })

  it('take the focus when they open, and give it back to their row', async () => {
    const { user } = await openChannels()
    await user.click(await channel(/^Messenger/))
    expect(await screen.findByRole('heading', { level: 1, name: 'Messenger' })).toHaveFocus()
    await user.click(await button('All channels'))
    await waitFor(async () => expect(await channel(/^Messenger/)).toHaveFocus())
    expect(screen.getByRole('heading', { level: 1, name: 'Channels' })).toBeVisible()
  })

  it('say what the platform refuses, and lose nothing that was typed', async () => {
    const { user } = await openChannels()
    await user.click(await channel(/^Messenger/))
    await user.selectOptions(await screen.findByRole('combobox', { name: 'How replies reach the channel' }), 'webhook')
    const address = screen.getByRole('textbox', { name: 'Address of the webhook' })
    await user.type(address, 'http://10.0.0.1/')
    await user.click(await button('Save'))
    expect(await screen.findByText(/must not lie in a private network/)).toBeVisible()
    expect(address).toHaveValue('http://10.0.0.1/')
  })

  it('tell a new key once, after a question', async () => {
    const { user } = await openChannels()
    await user.click(await channel(/^Web chat/))
    await user.click(await button('New key'))
    const question = await screen.findByRole('alertdialog')
    await user.click(within(question).getByRole('button', { name: 'New key' }))
    const dialog = await screen.findByRole('dialog', { name: 'Keep this now' })
    expect(within(dialog).getByText(/^key_rehearsed_/)).toBeVisible()
    await user.click(within(dialog).getByRole('button', { name: 'I have kept it' }))
    await waitFor(() => expect(screen.queryByText(/^key_rehearsed_/)).toBeNull())
    expect(screen.getByText(/^Channel key: made .*the one before works until/)).toBeVisible()
  })

  it.each(['key', 'secret'])('end a %s that somebody else knows at once', async (what) => {
    const { user, rehearsal } = await openChannels()
    const administer = vi.spyOn(rehearsal, 'administer')
    await user.click(await channel(/^WhatsApp/))
    await user.click(await button(`New ${what}`))
    const question = within(await screen.findByRole('alertdialog'))
    const former = question.getByRole('combobox', { name: new RegExp(`^The ${what} in use now is still`) })
    expect(former).toHaveDisplayValue('for 1 day')
    await user.selectOptions(former, 'not at all')
    await user.click(question.getByRole('button', { name: `New ${what}` }))
    await screen.findByRole('dialog', { name: 'Keep this now' })
    const path = expect.stringMatching(new RegExp(`/${what}$`)) as string
    expect(administer).toHaveBeenCalledWith(expect.objectContaining({ path, body: { keep_former_h: 0 } }))
  })

  it('begin with what their kind usually allows, and tell key and secret once', async () => {
    const { user, rehearsal } = await openChannels()
    await user.click(await button('New channel'))
    await user.selectOptions(await screen.findByRole('combobox', { name: 'Kind' }), 'messenger')
    expect(screen.getByRole('spinbutton', { name: 'Reply window' })).toHaveValue(24)
    expect(screen.getByRole('spinbutton', { name: 'Reply window for people' })).toHaveValue(168)
    expect(screen.queryByRole('textbox', { name: 'Heading' })).toBeNull()
    await user.selectOptions(screen.getByRole('combobox', { name: 'How replies reach the channel' }), 'webhook')
    await user.type(screen.getByRole('textbox', { name: 'Address of the webhook' }), 'https://connect.example.com/')
    await user.click(await button('Create channel'))
    const dialog = await screen.findByRole('dialog', { name: 'Keep this now' })
    expect(within(dialog).getByText(/^whsec_/)).toBeVisible()
    expect(rehearsal.calls.find((call) => call.method === 'POST')?.body).toMatchObject({ type: 'messenger' })
  })

  it('show a web chat with its address and the line for a site', async () => {
    const { user } = await openChannels()
    await user.click(await channel(/^Web chat/))
    expect(await screen.findByText(/\/chat\/ch_webchat$/)).toBeVisible()
    expect(screen.getByText(/^<script src=".*\/chat\/ch_webchat\/embed\.js" async><\/script>$/)).toBeVisible()
  })

  it('are archived after a question, and taken back', async () => {
    const { user } = await openChannels()
    await user.click(await channel(/^Messenger/))
    await user.click(await button('Archive'))
    await user.click(within(await screen.findByRole('alertdialog')).getByRole('button', { name: 'Archive' }))
    await user.click(await channel(/^Messenger.*archived/))
    await user.click(await button('Take back into use'))
    expect(await button('Archive')).toBeVisible()
  })
})
