/** Two customers of whom something is held. */
import type { CustomerSummary } from '$lib/wire/CustomerSummary'
import type { Subject } from './index'

const PREFIX = '/v1/admin/customers'

function customer(id: string, name: string, conversations: number, messages: number): CustomerSummary {
  return {
    id,
    channel: { id: 'ch_webchat', type: 'webchat', name: 'Web chat', reply_limit: 20_000 } as CustomerSummary['channel'],
    external_id: `web-${id}`,
    name,
    language: 'en',
    vip: false,
    conversations,
    messages,
    last_message_at: '2026-03-02T10:00:00.000Z',
    erased_at: null,
  }
}

export function customers(): Subject {
  const all = [customer('cust_1', 'Zoe Zander', 3, 12), customer('cust_2', 'Zora Quist', 1, 2)]
  const versions = new Map(all.map((held) => [held.id, 1]))
  return ({ method, path, body, version }) => {
    if (!path.startsWith(PREFIX)) return undefined
    const url = new URL(path, 'http://rehearsal')
    const id = url.pathname.slice(PREFIX.length + 1).split('/')[0]
    if (!id) {
      const q = (url.searchParams.get('q') ?? '').toLowerCase()
      const items = all.filter((held) => held.name.toLowerCase().includes(q) || held.external_id.startsWith(q))
      return { body: { items, next: null } }
    }
    let held = all.find((held) => held.id === id)
    if (!held && id.startsWith('cus_')) all.push((held = customer(id, 'Somebody of the inbox', 1, 1)))
    if (!held) throw { code: 'refused', problem: 'customer-unknown' }
    const seen = `"${versions.get(id) ?? 1}"`
    if (method === 'GET') {
      const body = url.pathname.endsWith('/data') ? { customer: held, conversations: [] } : { ...held }
      return { body, version: seen }
    }
    if (version !== seen) throw { code: 'settings_stale', problem: 'stale' }
    if (method === 'PATCH') {
      held.vip = (body as { vip: boolean }).vip
      return { body: { ...held }, version: seen }
    }
    Object.assign(held, { name: 'Erased customer', external_id: `erased:${id}`, erased_at: '2026-03-02T12:00:00.000Z' })
    versions.set(id, 2)
    return { body: { customer_id: id, erased_at: held.erased_at, conversations: 3, messages: 12 } }
  }
}
