/** Signing in with a second step, and Account and security: password, authenticator, sessions. */
import { screen, waitFor, within } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'
import { CODE, PASSWORD } from '../src/rehearsal/administration/account'
import type { RehearsalOptions } from '../src/rehearsal/rehearsal'
import { button, openDesk, openFirst, reply } from './desk'

async function openSecurity(options: RehearsalOptions = {}) {
  const desk = await openDesk(options)
  await desk.user.click(await button('Settings'))
  await desk.user.click(await button('Account and security'))
  await screen.findByRole('list', { name: 'Where you are signed in' })
  return desk
}

describe('a sign-in with a second step', () => {
  const signedOut = { stage: { kind: 'signed_out' as const }, preselected: { kind: 'demo' as const } }

  it('asks for the code after the password, and again when it is wrong', async () => {
    const { user } = await openDesk({ ...signedOut, secondFactor: 'set_up' })
    await user.click(await screen.findByRole('button', { name: /Alice/ }))
    const code = await screen.findByRole('textbox', { name: 'Code, or a recovery code' })
    expect(code).toHaveFocus()
    await user.type(code, '000000{Enter}')
    expect(await screen.findByRole('alert')).toHaveTextContent(/wrong, or was used before/)
    expect(code).toHaveValue('')
    await user.type(code, `${CODE}{Enter}`)
    expect(await screen.findByRole('tab', { name: 'Received' })).toBeVisible()
    expect(screen.queryByRole('alertdialog')).toBeNull()
  })

  it('sets an authenticator up where the workspace requires one, and shows the recovery codes once', async () => {
    const { user } = await openDesk({ ...signedOut, secondFactor: 'missing' })
    await user.click(await screen.findByRole('button', { name: /Alice/ }))
    expect(await screen.findByRole('img', { name: 'QR code for the authenticator' })).toBeInTheDocument()
    await user.type(await screen.findByRole('textbox', { name: 'Code' }), `${CODE}{Enter}`)
    const codes = await screen.findByRole('alertdialog', { name: 'Recovery codes' })
    expect(within(codes).getAllByRole('listitem')).toHaveLength(10)
    await user.click(within(codes).getByRole('button', { name: 'I have kept them' }))
    expect(await screen.findByRole('tab', { name: 'Received' })).toBeVisible()
  })

  it('goes back to the password', async () => {
    const { user } = await openDesk({ ...signedOut, secondFactor: 'set_up' })
    await user.click(await screen.findByRole('button', { name: /Alice/ }))
    await user.click(await button('Back to the password'))
    expect(await screen.findByLabelText('Password')).toBeVisible()
  })

  it('in the middle of work keeps what is being typed (D25)', async () => {
    const { user, rehearsal } = await openDesk({ secondFactor: 'set_up' })
    await openFirst(user)
    await user.type(await reply(), 'Half a sent')
    rehearsal.expireSession()
    await user.click(await button('Sign in again'))
    const dialog = await screen.findByRole('dialog', { name: 'Sign in again' })
    await user.type(within(dialog).getByLabelText('Password'), `${PASSWORD}{Enter}`)
    await user.type(await within(dialog).findByRole('textbox', { name: 'Code, or a recovery code' }), `${CODE}{Enter}`)
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
    expect(await reply()).toHaveValue('Half a sent')
  })
})

describe('Account and security', () => {
  it('changes the password with the old one', async () => {
    const { user, rehearsal } = await openSecurity()
    const fill = async (old: string, fresh: string, again: string) => {
      for (const [label, text] of [
        ['Current password', old],
        ['New password', fresh],
        ['New password again', again],
      ] as const) {
        await user.clear(screen.getByLabelText(label))
        if (text) await user.type(screen.getByLabelText(label), text)
      }
      await user.click(await button('Change password'))
    }
    await fill(PASSWORD, 'short', 'short')
    expect(await screen.findByRole('alert')).toHaveTextContent(/at least 12 characters/)
    await fill(PASSWORD, 'rhubarb on a tin roof', 'rhubarb on a tin rooves')
    expect(await screen.findByRole('alert')).toHaveTextContent(/not the same/)
    await fill('wrong', 'rhubarb on a tin roof', 'rhubarb on a tin roof')
    expect(await screen.findByRole('alert')).toHaveTextContent(/not your password/)
    await fill(PASSWORD, 'rhubarb on a tin roof', 'rhubarb on a tin roof')
    await waitFor(() => expect(screen.getByLabelText('Current password')).toHaveValue(''))
    expect(rehearsal.calls.findLast((call) => call.method === 'PUT')?.path).toBe('/v1/me/password')
  })

  it('sets two-step sign-in up and switches it off with the password and a code', async () => {
    const { user } = await openSecurity()
    await user.click(await button('Set up an authenticator'))
    const question = await screen.findByRole('dialog', { name: 'Set up an authenticator' })
    await user.type(within(question).getByLabelText(/Your password/), 'wrong{Enter}')
    expect(await within(question).findByRole('alert')).toHaveTextContent(/not your password/)
    await user.type(within(question).getByLabelText(/Your password/), `${PASSWORD}{Enter}`)
    await user.type(await screen.findByRole('textbox', { name: 'Code' }), `${CODE}{Enter}`)
    const codes = await screen.findByRole('alertdialog', { name: 'Recovery codes' })
    await user.click(within(codes).getByRole('button', { name: 'I have kept them' }))
    expect(await screen.findByText(/^On since/)).toBeVisible()
    await user.click(await button('Switch off'))
    const off = await screen.findByRole('dialog', { name: 'Switch off' })
    const fill = async (code: string) => {
      await user.type(within(off).getByLabelText(/Your password/), PASSWORD)
      await user.type(within(off).getByLabelText('Code, or a recovery code'), `${code}{Enter}`)
    }
    await fill(' ')
    expect(within(off).getByText('Type the code.')).toBeVisible()
    await user.clear(within(off).getByLabelText(/Your password/))
    await fill('000000')
    expect(await within(off).findByRole('alert')).toBeVisible()
    await fill(CODE)
    expect(await screen.findByText('Off')).toBeVisible()
  })

  it('ends other sessions, one or all', async () => {
    const { user, rehearsal } = await openSecurity()
    const list = screen.getByRole('list', { name: 'Where you are signed in' })
    expect(within(list).getAllByRole('listitem')).toHaveLength(3)
    await user.click(await button('End Signoff 0.1.0 · Windows'))
    await waitFor(() => expect(within(list).getAllByRole('listitem')).toHaveLength(2))
    await user.click(await button('Sign out everywhere'))
    const question = await screen.findByRole('alertdialog', { name: 'Sign out everywhere?' })
    expect(question).toHaveTextContent(/nothing is lost/)
    await user.click(within(question).getByRole('button', { name: 'Sign out everywhere' }))
    await waitFor(() => expect(rehearsal.calls.at(-2)).toMatchObject({ method: 'DELETE', path: '/v1/sessions' }))
  })

  it('says that it needs the network when there is none', async () => {
    const { user } = await openDesk({ online: false })
    await user.click(await button('Settings'))
    await user.click(await button('Account and security'))
    expect((await screen.findAllByRole('alert')).length).toBeGreaterThan(0)
  })
})

it('an admin requires two-step sign-in of everybody', async () => {
  const { user, rehearsal } = await openDesk({ role: 'admin' })
  await user.click(await button('Settings'))
  await user.click(await button('Sign-in'))
  const required = await screen.findByRole('switch', { name: 'Require two-step sign-in' })
  await user.click(required)
  await user.click(within(required.closest('form')!).getByRole('button', { name: 'Save' }))
  await waitFor(() =>
    expect(rehearsal.calls.at(-1)).toMatchObject({ method: 'PUT', body: { second_factor_required: true } }),
  )
})

describe('single sign-on', () => {
  const signedOut = { stage: { kind: 'signed_out' as const }, preselected: { kind: 'demo' as const }, provider: 'Acme' }

  it('waits for the browser and goes in', async () => {
    const { user, rehearsal } = await openDesk(signedOut)
    await user.click(await button('Continue with Acme'))
    expect(await screen.findByText(/Finish the sign-in in your browser/)).toHaveAttribute('role', 'status')
    expect(await button('Cancel')).toHaveFocus()
    rehearsal.returnFromProvider()
    expect(await screen.findByRole('tab', { name: 'Received' })).toBeVisible()
  })

  it('is cancelled without a complaint', async () => {
    const { user } = await openDesk(signedOut)
    await user.click(await button('Continue with Acme'))
    await user.click(await button('Cancel'))
    expect(await button('Continue with Acme')).toBeVisible()
    expect(screen.queryByRole('alert')).toBeNull()
  })

  it('says in a sentence why nobody was let in', async () => {
    const { user, rehearsal } = await openDesk(signedOut)
    rehearsal.failNext.set('finishSingleSignOn', { code: 'refused_otherwise', problem: 'person-unknown' })
    await user.click(await button('Continue with Acme'))
    rehearsal.returnFromProvider()
    expect(await screen.findByRole('alert')).toHaveTextContent(/Ask your administrator to add you/)
  })

  it('is not offered where the workspace has none', async () => {
    await openDesk({ ...signedOut, provider: undefined })
    await screen.findByRole('button', { name: /Alice/ })
    expect(screen.queryByRole('button', { name: /Continue with/ })).toBeNull()
  })

  it('is set up by an admin, and says when the provider does not work', async () => {
    const { user, rehearsal } = await openDesk({ role: 'admin' })
    await user.click(await button('Settings'))
    await user.click(await button('Sign-in'))
    await user.click(await screen.findByRole('switch', { name: 'Sign in through the provider' }))
    await user.type(screen.getByLabelText('Name on the button'), 'Acme')
    await user.type(screen.getByLabelText('Issuer'), 'http://nowhere')
    await user.type(screen.getByLabelText('Client ID'), 'signoff')
    await user.type(screen.getByLabelText('Client secret'), 'top secret')
    await user.type(screen.getByLabelText('Address of this platform'), 'https://support.example.com')
    await user.type(screen.getByLabelText('Domains'), 'example.com, example.org')
    const form = within(screen.getByLabelText('Issuer').closest('form')!)
    await user.click(form.getByRole('button', { name: 'Save' }))
    expect(await screen.findByRole('alert')).toHaveTextContent(/Check the issuer’s address/)
    await user.clear(screen.getByLabelText('Issuer'))
    await user.type(screen.getByLabelText('Issuer'), 'https://login.example.com')
    await user.click(form.getByRole('button', { name: 'Save' }))
    expect(await screen.findByText(/A secret is kept/)).toBeVisible()
    expect(screen.getByLabelText('Client secret')).toHaveValue('')
    expect(screen.getByLabelText(/Redirect URI/)).toHaveValue('https://support.example.com/v1/single-sign-on/callback')
    expect(rehearsal.calls.at(-1)?.body).toMatchObject({
      domains: ['example.com', 'example.org'],
      client_secret: 'top secret',
    })
  })
})
