/** The rehearsal's account: password, second factor, sessions, links. The right password is `signoff-demo`, the right code `123456`. */
import type { Administer, Failure, OwnSession, SingleSignOn, UpdateSingleSignOn } from '$lib/backend'
import type { Answer, Subject } from '.'

export const PASSWORD = 'signoff-demo'
export const CODE = '123456'
export const ENROLMENT = {
  secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
  uri: 'otpauth://totp/Demo%20workspace:alice%40demo.test?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Demo%20workspace',
}
export const RECOVERY_CODES = Array.from({ length: 10 }, (_, at) => `abcd${at}-fghj${at}`)

const WEEK_MS = 7 * 86_400_000

function refuse(problem: string, code: Failure['code'] = 'refused_otherwise'): never {
  throw { code, problem } satisfies Failure
}

class Account {
  password = PASSWORD
  enabled = false
  required = false
  version = 1
  provider: SingleSignOn = {
    enabled: false,
    name: '',
    issuer: '',
    client_id: '',
    has_secret: false,
    address: '',
    redirect_uri: '',
    domains: [],
    adds_people: false,
    passwords_allowed: true,
  }
  readonly sessions: OwnSession[] = ['Signoff 0.1.0 · Linux', 'Signoff 0.1.0 · Windows', null].map((device, at) => ({
    id: `session_${at}`,
    device,
    created_at: new Date(Date.now() - at * 86_400_000).toISOString(),
    last_seen_at: new Date(Date.now() - at * 3_600_000).toISOString(),
    expires_at: new Date(Date.now() + WEEK_MS).toISOString(),
    current: at === 0,
  }))

  answer(call: Administer): Answer | undefined {
    const { method, path } = call
    const body = (call.body ?? {}) as Record<string, string>
    if (path === '/v1/me/password') return this.#changePassword(body)
    if (path.startsWith('/v1/me/second-factor')) return this.#secondFactor(call, body)
    if (path === '/v1/admin/sign-in-rules') return this.#rules(call)
    if (path === '/v1/admin/single-sign-on') return this.#singleSignOn(call)
    if (path === '/v1/sessions' && method === 'DELETE') {
      this.sessions.length = 0
      return { status: 204 }
    }
    if (path === '/v1/me/sessions') return { body: { items: [...this.sessions], next: null } }
    if (path.startsWith('/v1/me/sessions/') && method === 'DELETE') {
      const at = this.sessions.findIndex(({ id }) => path.endsWith(id))
      if (at < 0) refuse('not-found', 'not_allowed')
      this.sessions.splice(at, 1)
      return { status: 204 }
    }
    return undefined
  }

  #confirm(password: string | undefined) {
    if (password !== this.password) refuse('password-wrong')
  }

  #changePassword(body: Record<string, string>): Answer {
    this.#confirm(body.old_password)
    if (/^password/.test(body.new_password ?? '')) refuse('password-too-common')
    this.password = body.new_password ?? ''
    return { status: 204 }
  }

  #secondFactor({ method, path }: Administer, body: Record<string, string>): Answer {
    if (method === 'GET') {
      const { enabled, required } = this
      const enabled_at = enabled ? new Date().toISOString() : null
      return { body: { enabled, enabled_at, recovery_codes_left: enabled ? 10 : 0, required } }
    }
    if (path.endsWith('/confirm')) {
      if (body.code !== CODE) refuse('second-factor-wrong')
      this.enabled = true
      return { body: { codes: RECOVERY_CODES } }
    }
    this.#confirm(body.password)
    if (this.enabled && body.code !== CODE) refuse('second-factor-wrong')
    if (path.endsWith('/disable')) {
      this.enabled = false
      return { status: 204 }
    }
    if (path.endsWith('/recovery-codes')) return { body: { codes: RECOVERY_CODES } }
    return { status: 201, body: ENROLMENT }
  }

  #singleSignOn(call: Administer): Answer {
    if (call.method === 'PUT') {
      if (call.version !== `"${this.version}"`) refuse('stale', 'settings_stale')
      const { client_secret, ...asked } = call.body as UpdateSingleSignOn
      if (asked.enabled && !asked.issuer.startsWith('https://')) refuse('provider-unfit')
      const redirect_uri = asked.address && `${asked.address}/v1/single-sign-on/callback`
      this.provider = { ...asked, has_secret: this.provider.has_secret || Boolean(client_secret), redirect_uri }
      this.version++
    }
    return { body: this.provider, version: `"${this.version}"` }
  }

  #rules(call: Administer): Answer {
    if (call.method === 'PUT') {
      if (call.version !== `"${this.version}"`) refuse('stale', 'settings_stale')
      this.required = (call.body as { second_factor_required: boolean }).second_factor_required
      this.version++
    }
    return { body: { second_factor_required: this.required }, version: `"${this.version}"` }
  }
}

export function account(): Subject {
  const account = new Account()
  return (call) => account.answer(call)
}
