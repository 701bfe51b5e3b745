/** The rehearsal's people and teams: enough of the platform's rules to see the pages at work. */
import type {
  Administer,
  ChangePerson,
  ChangeTeam,
  Failure,
  NewInvitation,
  NewPerson,
  OpenLink,
  NewTeam,
  Person,
  Team,
} from '$lib/backend'
import { channels } from '../platform'
import type { Answer, Subject } from '.'

const named = channels.map(({ id, name }) => ({ id, name }))

const account = {
  id: 'binding_bob',
  issuer: 'https://login.example.com',
  subject: '0oa1b2c3d4e5f6g7h8i9',
  bound_at: '2026-01-12T08:30:00.000Z',
}

function refuse(problem: string): never {
  const code = problem === 'stale' ? 'settings_stale' : 'refused_otherwise'
  throw { code, problem } satisfies Failure
}

class Office {
  readonly teams: Team[] = ['Billing', 'Customer care', 'Orders'].map((name, at) => ({
    id: `team_${at}`,
    name,
    members: [],
    open_conversations: 4 * at,
    version: 1,
  }))
  readonly people: Person[] = [
    this.#person('usr_admin', 'Nadia Admin', 'admin', true),
    this.#person('usr_alice', 'Alice Martin', 'advisor', true),
    this.#person('usr_bob', 'Bob Carter', 'advisor', true),
    { ...this.#person('usr_zoe', 'Zoë Müller', 'advisor', false), deactivated_at: '2026-02-01T09:00:00.000Z' },
  ]
  #made = 0
  #links: OpenLink[] = []

  #person(id: string, name: string, role: Person['role'], active: boolean): Person {
    return {
      id,
      name,
      email: `${name.split(' ')[0]!.toLowerCase()}@demo.test`,
      role,
      teams: this.teams.slice(0, 2).map(({ id, name }) => ({ id, name })),
      channels: named,
      active,
      has_password: true,
      second_factor: id === 'usr_bob',
      provider_accounts: id === 'usr_bob' ? [account] : [],
      created_at: null,
      deactivated_at: null,
      open_conversations: active ? 3 : 0,
      sessions: active ? 1 : 0,
      version: 1,
    }
  }

  answer(call: Administer): Answer | undefined {
    const [path = '', query] = call.path.split('?')
    const [subject, id, rest, part] = path.replace('/v1/admin/', '').split('/')
    if (path === '/v1/directory') return { body: this.#directory() }
    if (subject === 'invitations') return this.#invitations(call, id)
    if (subject === 'users' && rest) return this.#access(call, id!, rest, part)
    if (subject === 'users') return id ? this.#user(call, id) : this.#users(call, new URLSearchParams(query))
    if (subject === 'teams') return id ? this.#team(call, id) : this.#allTeams(call)
    return undefined
  }

  #invitations({ method, body }: Administer, id: string | undefined): Answer {
    if (method === 'GET') return { body: { items: [...this.#links], next: null } }
    if (method === 'POST') return this.#invite(body as NewInvitation)
    const at = this.#links.findIndex((link) => link.id === id)
    if (at < 0) refuse('not-found')
    this.#links.splice(at, 1)
    return { status: 204 }
  }

  #invite(body: NewInvitation): Answer {
    const { name = body.email, email, role, teams, channels } = body
    const added = this.#users(
      { method: 'POST', path: '', body: { name, email, role, teams, channels }, version: null },
      new URLSearchParams(),
    )
    return this.#link(added.body as Person)
  }

  #link(person: Person): Answer {
    const expires_at = new Date(Date.now() + 7 * 86_400_000).toISOString()
    this.#links = this.#links.filter(({ user }) => user.id !== person.id)
    this.#links.unshift({
      id: `link_${++this.#made}`,
      kind: person.has_password ? 'reset' : 'invitation',
      user: { id: person.id, name: person.name },
      email: person.email,
      made_at: new Date().toISOString(),
      made_by: 'Nadia Admin',
      expires_at,
    })
    return { status: 201, body: { path: '/join#c2VjcmV0IGxpbmsgb2YgMjU2IGJpdHMgZm9yIG9uZSB1c2U', expires_at, person } }
  }

  #access(call: Administer, id: string, what: string, part?: string): Answer {
    const person = this.people.find((other) => other.id === id) ?? refuse('not-found')
    if (what === 'password-link') return this.#link(person)
    if (call.method === 'DELETE' && what === 'sessions') person.sessions = 0
    if (call.method === 'DELETE' && what === 'second-factor') person.second_factor = false
    if (call.method === 'DELETE' && what === 'provider-accounts') {
      person.provider_accounts = person.provider_accounts.filter((account) => account.id !== part)
      person.sessions = 0
    }
    return { status: 204 }
  }

  #directory() {
    return { channels, teams: this.teams, users: this.people, tags: [], canned_replies: [] }
  }

  #users(call: Administer, asked: URLSearchParams): Answer {
    if (call.method === 'POST') {
      const body = call.body as NewPerson
      if (this.people.some((person) => person.email === body.email.toLowerCase())) refuse('email-taken')
      const person = {
        ...this.#person(`usr_new${++this.#made}`, body.name, body.role, true),
        email: body.email.toLowerCase(),
        has_password: Boolean(body.password),
        open_conversations: 0,
        sessions: 0,
        provider_accounts: [],
        ...this.#places(body),
      }
      this.people.push(person)
      return { status: 201, body: person, version: '"1"' }
    }
    const text = (asked.get('text') ?? '').toLowerCase()
    const items = this.people
      .filter((person) => `${person.name} ${person.email}`.toLowerCase().includes(text))
      .filter((person) => !asked.has('role') || person.role === asked.get('role'))
      .filter((person) => !asked.has('team') || person.teams.some((team) => team.id === asked.get('team')))
      .filter((person) => !asked.has('active') || String(person.active) === asked.get('active'))
      .sort((one, other) => one.name.localeCompare(other.name))
      .map((person) => ({ ...person }))
    return { body: { items, next: null } }
  }

  #user(call: Administer, id: string): Answer {
    const person = this.people.find((other) => other.id === id) ?? refuse('not-found')
    if (call.method === 'PATCH') {
      if (call.version !== `"${person.version}"`) refuse('stale')
      const body = call.body as ChangePerson
      const admins = this.people.filter((other) => other.role === 'admin' && other.active && other.id !== id)
      const steps = body.active === false || body.role === 'advisor'
      if (person.role === 'admin' && steps && admins.length === 0) refuse('last-admin')
      const { name = person.name, email = person.email, role = person.role, active = person.active } = body
      Object.assign(person, { name, email, role, active }, this.#places(body), { version: person.version + 1 })
      if (body.active === false) Object.assign(person, { open_conversations: 0, sessions: 0 })
    }
    return { body: person, version: `"${person.version}"` }
  }

  #places(body: { teams?: string[] | null; channels?: string[] | null }): Partial<Person> {
    return {
      ...(body.teams && { teams: this.teams.filter((team) => body.teams!.includes(team.id)) }),
      ...(body.channels && { channels: named.filter((channel) => body.channels!.includes(channel.id)) }),
    }
  }

  #allTeams(call: Administer): Answer {
    if (call.method === 'POST') {
      const body = call.body as NewTeam
      if (this.teams.some((team) => team.name.toLowerCase() === body.name.toLowerCase())) refuse('team-name-taken')
      const team = { id: `team_new${++this.#made}`, name: body.name, members: [], open_conversations: 0, version: 1 }
      this.teams.push(team)
      this.#fill(team, body.members ?? [])
      return { status: 201, body: this.#shown(team), version: '"1"' }
    }
    return { body: { items: this.teams.map((team) => this.#shown(team)), next: null } }
  }

  #team(call: Administer, id: string): Answer {
    const team = this.teams.find((other) => other.id === id) ?? refuse('not-found')
    if (call.method !== 'GET' && call.version !== `"${team.version}"`) refuse('stale')
    if (call.method === 'DELETE') {
      if (team.name === 'Billing') refuse('team-in-use')
      this.teams.splice(this.teams.indexOf(team), 1)
      return { status: 204 }
    }
    if (call.method === 'PATCH') {
      const body = call.body as ChangeTeam
      team.name = body.name ?? team.name
      team.version++
      if (body.members) this.#fill(team, body.members)
    }
    return { body: this.#shown(team), version: `"${team.version}"` }
  }

  #fill(team: Team, members: string[]) {
    for (const person of this.people) {
      person.teams = person.teams.filter((other) => other.id !== team.id)
      if (members.includes(person.id)) person.teams.push({ id: team.id, name: team.name })
    }
  }

  #shown(team: Team): Team {
    const members = this.people.filter((person) => person.active && person.teams.some(({ id }) => id === team.id))
    return { ...team, members: members.map(({ id, name }) => ({ id, name })) }
  }
}

export function people(): Subject {
  const office = new Office()
  return (call) => office.answer(call)
}
