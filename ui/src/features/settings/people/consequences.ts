/** What a change of a person will do, in sentences: said before it is saved. */
import type { ChangePerson, Person, Role } from '$lib/backend'
import { m } from '$lib/paraglide/messages'

/** What the form holds. */
export interface Draft {
  name: string
  email: string
  role: Role
  teams: string[]
  channels: string[]
}

export function consequences(person: Person, change: ChangePerson, own: boolean): string[] {
  const { name, open_conversations: open, sessions } = person
  if (change.active === false) {
    return [
      sessions > 0 ? m.people_effect_sessions({ count: sessions, name }) : m.people_effect_no_entry({ name }),
      ...(open > 0 ? [m.people_effect_released({ count: open })] : []),
      m.people_effect_kept(),
    ]
  }
  const role = change.role ?? person.role
  const lost = (now: { id: string }[], then: string[] | null | undefined) =>
    then ? now.some((place) => !then.includes(place.id)) : false
  const narrower =
    role === 'advisor' &&
    (change.role === 'advisor' || lost(person.teams, change.teams) || lost(person.channels, change.channels))
  return [
    ...(change.role === 'admin' ? [m.people_effect_admin({ name })] : []),
    ...(change.role === 'advisor' ? [own ? m.people_effect_own_role() : m.people_effect_advisor({ name })] : []),
    ...(narrower && open > 0 ? [m.people_effect_unseen({ name })] : []),
    ...(change.teams || change.channels ? [m.people_effect_places({ name })] : []),
    ...(change.email ? [m.people_effect_email({ name, email: change.email })] : []),
  ]
}

/** What taking back an account at the provider will do. */
export function ofUnbinding(person: Person, own: boolean): string[] {
  const { name, email } = person
  return [
    own ? m.people_unbind_own() : m.people_unbind_sessions({ name }),
    m.people_unbind_again({ email }),
    m.people_unbind_stay_out(),
  ]
}
