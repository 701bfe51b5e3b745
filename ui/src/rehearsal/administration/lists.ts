/** Tags and prepared answers, rehearsed. */
import type { CannedReplyView, Failure, NewCannedReply, NewTag, TagView, UpdateTag } from '$lib/backend'
import type { Subject } from '.'

const stale = { code: 'settings_stale', problem: 'stale' } satisfies Failure
const unknown = { code: 'not_allowed', problem: 'not-found' } satisfies Failure
const refused = (problem: string): Failure => ({ code: 'refused_otherwise', problem })

export function tags(): Subject {
  let made = 0
  let order = 1
  let all: TagView[] = ['billing', 'delivery', 'returns', 'technical', 'feedback'].map((name) => ({
    id: `tag_${++made}`,
    name,
    mandatory: false,
    archived: name === 'feedback',
    formerly: name === 'returns' ? ['refunds'] : [],
    version: 1,
  }))
  const list = () => ({ body: { items: all }, version: `"${order}"` })
  const taken = (name: string, id: string) =>
    all.some(
      (tag) => tag.id !== id && [tag.name, ...tag.formerly].some((one) => one.toLowerCase() === name.toLowerCase()),
    )

  return ({ method, path, body, version }) => {
    if (path === '/v1/admin/tags') {
      if (method === 'GET') return list()
      if (method === 'POST') {
        const { name, mandatory } = body as NewTag
        if (taken(name, '')) throw refused('tag-exists')
        const tag: TagView = { id: `tag_${++made}`, name, mandatory, archived: false, formerly: [], version: 1 }
        all = [...all, tag]
        order++
        return { status: 201, body: tag, version: '"1"' }
      }
      if (version !== `"${order}"`) throw stale
      const { ids } = body as { ids: string[] }
      all = ids.map((id) => all.find((tag) => tag.id === id)!)
      order++
      return list()
    }
    const id = /^\/v1\/admin\/tags\/(.+)$/.exec(path)?.[1]
    if (id === undefined) return undefined
    const tag = all.find((one) => one.id === id)
    if (!tag) throw unknown
    if (version !== `"${tag.version}"`) throw stale
    const change = body as UpdateTag
    if (taken(change.name, id)) throw refused('tag-exists')
    const formerly =
      change.name === tag.name ? tag.formerly : [...tag.formerly.filter((name) => name !== change.name), tag.name]
    const after: TagView = { ...tag, ...change, formerly, version: tag.version + 1 }
    all = all.map((one) => (one.id === id ? after : one))
    order++
    return { body: after, version: `"${after.version}"` }
  }
}

export function canned(): Subject {
  let made = 2
  const teams = [
    { id: 'team_orders', name: 'Orders' },
    { id: 'team_billing', name: 'Billing' },
  ]
  let all: CannedReplyView[] = [
    {
      id: 'canned_1',
      shortcut: 'hello',
      language: 'en',
      text: 'Hello {{customer}}, this is {{advisor}}.',
      closing: false,
      team: null,
      version: 1,
    },
    {
      id: 'canned_2',
      shortcut: 'bye',
      language: 'en',
      text: 'Everything is settled. Have a lovely day, {{customer}}!',
      closing: true,
      team: null,
      version: 1,
    },
  ]
  const viewOf = (id: string, version: number, { team_id, ...rest }: NewCannedReply): CannedReplyView => ({
    ...rest,
    id,
    version,
    team: teams.find((team) => team.id === team_id) ?? null,
  })
  const taken = (body: NewCannedReply, id: string) =>
    all.some(
      (one) =>
        one.id !== id &&
        one.shortcut === body.shortcut &&
        one.language === body.language &&
        (one.team?.id ?? null) === body.team_id,
    )

  return ({ method, path, body, version }) => {
    if (path === '/v1/admin/canned-replies') {
      if (method === 'GET') return { body: { items: all } }
      const reply = body as NewCannedReply
      if (taken(reply, '')) throw refused('shortcut-exists')
      const view = viewOf(`canned_${++made}`, 1, reply)
      all = [...all, view]
      return { status: 201, body: view, version: '"1"' }
    }
    const id = /^\/v1\/admin\/canned-replies\/(.+)$/.exec(path)?.[1]
    if (id === undefined) return undefined
    const before = all.find((one) => one.id === id)
    if (!before) throw unknown
    if (version !== `"${before.version}"`) throw stale
    if (method === 'DELETE') {
      all = all.filter((one) => one.id !== id)
      return { status: 204 }
    }
    if (taken(body as NewCannedReply, id)) throw refused('shortcut-exists')
    const view = viewOf(id, before.version + 1, body as NewCannedReply)
    all = all.map((one) => (one.id === id ? view : one))
    return { body: view, version: `"${view.version}"` }
  }
}
