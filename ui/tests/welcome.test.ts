/** Before the inbox: first run, sign-in, passphrase, a profile that cannot be used. */
import { screen, waitFor } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'
import { button, openDesk } from './desk'

const signedOut = { stage: { kind: 'signed_out' as const } }

describe('first run', () => {
  it('opens the demo workspace and signs one of its people in with one click', async () => {
    const { user } = await openDesk(signedOut)
    await user.click(await button('Open the demo workspace'))
    await user.click(await screen.findByRole('button', { name: /Alice Martin/ }))
    expect(await screen.findByRole('tab', { name: 'Received' })).toBeVisible()
  })

  it('takes an e-mail address and a password as well, and keeps the address when they are wrong', async () => {
    const { user } = await openDesk(signedOut)
    await user.click(await button('Open the demo workspace'))
    await user.type(await screen.findByRole('textbox', { name: 'Email' }), 'alice@demo.test')
    await user.type(screen.getByLabelText('Password'), 'wrong')
    await user.click(await button('Sign in'))
    expect(await screen.findByRole('alert')).toHaveTextContent(/do not belong together/)
    expect(screen.getByRole('textbox', { name: 'Email' })).toHaveValue('alice@demo.test')
    expect(screen.getByLabelText('Password')).toHaveValue('')
    await user.type(screen.getByLabelText('Password'), 'signoff-demo{Enter}')
    expect(await screen.findByRole('tab', { name: 'Received' })).toBeVisible()
  })

  it('goes straight to the demo workspace when the command line says so', async () => {
    await openDesk({ ...signedOut, preselected: { kind: 'demo' } })
    expect(await screen.findByRole('button', { name: /Alice Martin/ })).toBeVisible()
  })

  it('checks the address of a workspace before anybody types a password', async () => {
    const { user } = await openDesk(signedOut)
    await user.type(await screen.findByRole('textbox', { name: 'Workspace address' }), 'not an address')
    await user.click(await button('Continue'))
    expect(await screen.findByRole('alert')).toHaveTextContent(/not a web address/)
    await user.clear(screen.getByRole('textbox', { name: 'Workspace address' }))
    await user.type(screen.getByRole('textbox', { name: 'Workspace address' }), 'support.example.com')
    await user.click(await button('Continue'))
    expect(await screen.findByText('https://support.example.com')).toBeVisible()
    expect(screen.queryByRole('button', { name: /Alice Martin/ })).toBeNull()
  })
})

describe('a passphrase', () => {
  it('is chosen twice the same', async () => {
    const { user } = await openDesk({ stage: { kind: 'passphrase', new: true } })
    await user.type(await screen.findByLabelText('Passphrase'), 'eleven grey geese')
    await user.type(screen.getByLabelText('Passphrase again'), 'eleven grey goose')
    await user.click(await button('Protect and continue'))
    expect(await screen.findByRole('alert')).toHaveTextContent(/not the same/)
  })

  it('that is wrong says what is safe', async () => {
    const { user, rehearsal } = await openDesk({ stage: { kind: 'passphrase', new: false } })
    rehearsal.failNext.set('openWithPassphrase', { code: 'passphrase_wrong' })
    await user.type(await screen.findByLabelText('Passphrase'), 'not this one')
    await user.click(await button('Unlock'))
    expect(await screen.findByRole('alert')).toHaveTextContent(/Nothing was changed/)
  })
})

it('a profile that cannot be used says why, and looks once more when asked', async () => {
  const { user } = await openDesk({ stage: { kind: 'unusable', code: 'keyring_locked' } })
  expect(await screen.findByText(/keyring of this computer is locked/)).toBeVisible()
  await user.click(await button('Try again'))
  await waitFor(async () => expect(await button('Open the demo workspace')).toBeVisible())
})
