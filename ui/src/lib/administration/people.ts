/** People and teams, as an admin manages them. */
import type {
  Backend,
  ChangePerson,
  ChangeTeam,
  Directory,
  NewPerson,
  NewTeam,
  Page,
  Person,
  Role,
  Team,
} from '$lib/backend'
import { Calls, segment, type Versioned } from './call'

export interface PeopleFilter {
  text?: string
  role?: Role | ''
  team?: string
  active?: boolean | null
}

export class PeopleClient {
  readonly #calls: Calls

  constructor(backend: Backend) {
    this.#calls = new Calls(backend)
  }

  people(filter: PeopleFilter, after: string | null = null): Promise<Page<Person>> {
    return this.#calls.get('/v1/admin/users', { ...filter, after })
  }

  /** All of them, also those who are gone. */
  async everybody(): Promise<Person[]> {
    const all: Person[] = []
    let after: string | null = null
    do {
      const page: Page<Person> = await this.people({ active: null }, after)
      all.push(...page.items)
      after = page.next
    } while (after !== null)
    return all
  }

  person(id: string): Promise<Versioned<Person>> {
    return this.#calls.read(`/v1/admin/users/${segment(id)}`)
  }

  add(person: NewPerson): Promise<Person> {
    return this.#calls.post('/v1/admin/users', person)
  }

  change(id: string, change: ChangePerson, version: string): Promise<Versioned<Person>> {
    return this.#calls.patch(`/v1/admin/users/${segment(id)}`, change, version)
  }

  async teams(): Promise<Team[]> {
    return (await this.#calls.get<Page<Team>>('/v1/admin/teams')).items
  }

  team(id: string): Promise<Versioned<Team>> {
    return this.#calls.read(`/v1/admin/teams/${segment(id)}`)
  }

  addTeam(team: NewTeam): Promise<Team> {
    return this.#calls.post('/v1/admin/teams', team)
  }

  changeTeam(id: string, change: ChangeTeam, version: string): Promise<Versioned<Team>> {
    return this.#calls.patch(`/v1/admin/teams/${segment(id)}`, change, version)
  }

  giveUpTeam(id: string, version: string): Promise<void> {
    return this.#calls.delete(`/v1/admin/teams/${segment(id)}`, version)
  }

  /** The names of everything that there is to choose from. */
  directory(): Promise<Directory> {
    return this.#calls.get('/v1/directory')
  }
}
