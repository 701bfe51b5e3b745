/** One's own account: password, second factor, sessions; and what admins rule about signing in. */
import type {
  Backend,
  ChangePassword,
  ConfirmWithPassword,
  Enrolment,
  NewInvitation,
  NewLink,
  OpenLink,
  OwnSession,
  Page,
  RecoveryCodes,
  SecondFactor,
  SignInRules,
  SingleSignOn,
  UpdateSingleSignOn,
} from '$lib/backend'
import { Calls, segment, type Versioned } from './call'

export class AccountClient {
  readonly #calls: Calls

  constructor(backend: Backend) {
    this.#calls = new Calls(backend)
  }

  async changePassword(change: ChangePassword): Promise<void> {
    await this.#calls.put('/v1/me/password', change, '')
  }

  async sessions(): Promise<OwnSession[]> {
    return (await this.#calls.get<Page<OwnSession>>('/v1/me/sessions')).items
  }

  endSession(id: string): Promise<void> {
    return this.#calls.delete(`/v1/me/sessions/${segment(id)}`)
  }

  endAllSessions(): Promise<void> {
    return this.#calls.delete('/v1/sessions')
  }

  secondFactor(): Promise<SecondFactor> {
    return this.#calls.get('/v1/me/second-factor')
  }

  beginEnrolment(shown: ConfirmWithPassword): Promise<Enrolment> {
    return this.#calls.post('/v1/me/second-factor', shown)
  }

  confirmEnrolment(code: string): Promise<RecoveryCodes> {
    return this.#calls.post('/v1/me/second-factor/confirm', { code })
  }

  disableSecondFactor(shown: ConfirmWithPassword): Promise<void> {
    return this.#calls.post('/v1/me/second-factor/disable', shown)
  }

  renewRecoveryCodes(shown: ConfirmWithPassword): Promise<RecoveryCodes> {
    return this.#calls.post('/v1/me/second-factor/recovery-codes', shown)
  }

  rules(): Promise<Versioned<SignInRules>> {
    return this.#calls.read('/v1/admin/sign-in-rules')
  }

  saveRules(rules: SignInRules, version: string): Promise<Versioned<SignInRules>> {
    return this.#calls.put('/v1/admin/sign-in-rules', rules, version)
  }

  singleSignOn(): Promise<Versioned<SingleSignOn>> {
    return this.#calls.read('/v1/admin/single-sign-on')
  }

  saveSingleSignOn(wanted: UpdateSingleSignOn, version: string): Promise<Versioned<SingleSignOn>> {
    return this.#calls.put('/v1/admin/single-sign-on', wanted, version)
  }

  invite(invitation: NewInvitation): Promise<NewLink> {
    return this.#calls.post('/v1/admin/invitations', invitation)
  }

  async openLinks(): Promise<OpenLink[]> {
    return (await this.#calls.get<Page<OpenLink>>('/v1/admin/invitations')).items
  }

  revokeLink(id: string): Promise<void> {
    return this.#calls.delete(`/v1/admin/invitations/${segment(id)}`)
  }

  passwordLink(userId: string): Promise<NewLink> {
    return this.#calls.post(`/v1/admin/users/${segment(userId)}/password-link`)
  }

  signOutEverywhere(userId: string): Promise<void> {
    return this.#calls.delete(`/v1/admin/users/${segment(userId)}/sessions`)
  }

  unbind(userId: string, accountId: string): Promise<void> {
    return this.#calls.delete(`/v1/admin/users/${segment(userId)}/provider-accounts/${segment(accountId)}`)
  }

  resetSecondFactor(userId: string): Promise<void> {
    return this.#calls.delete(`/v1/admin/users/${segment(userId)}/second-factor`)
  }
}
