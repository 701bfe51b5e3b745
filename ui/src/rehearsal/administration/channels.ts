/** The rehearsal's channels. */
import type {
  ChannelRules,
  ChannelSecrets,
  ChannelSettings,
  ChannelTypeDefaults,
  ChatSettings,
  Failure,
  NewChannel,
  Rotate,
} from '$lib/backend'
import type { Subject } from '.'

const CHAT: ChatSettings = { title: '', greeting: { en: '', fr: '' }, colour: '', allowed_origins: [] }

function usual(type: string, name: string, rules: Partial<ChannelRules> = {}): ChannelTypeDefaults {
  return {
    type,
    typing: true,
    read: true,
    rules: {
      name,
      reply_limit: 2000,
      conversation_window_h: 96,
      reply_window_h: null,
      person_window_h: null,
      provider: { type: 'polling' },
      attachments: { max_bytes: 10_485_760, max_count: 5, types: ['image/*', 'application/pdf', 'text/plain'] },
      chat: type === 'web_chat' ? CHAT : null,
      ...rules,
    },
  }
}

const TYPES = [
  usual('web_chat', 'Web chat', { reply_limit: 20_000 }),
  usual('whatsapp', 'WhatsApp', { reply_limit: 4096, conversation_window_h: 120, reply_window_h: 24 }),
  usual('messenger', 'Messenger', { reply_window_h: 24, person_window_h: 168 }),
  usual('instagram', 'Instagram', { reply_limit: 1000, reply_window_h: 24, person_window_h: 168 }),
  usual('apple_messages', 'Apple Messages', { reply_limit: 10_000 }),
  usual('rcs', 'RCS', { reply_limit: 3072 }),
  usual('kakaotalk', 'KakaoTalk', { reply_limit: 1000, reply_window_h: 720 }),
  usual('line', 'LINE', { reply_limit: 5000 }),
]

function settings(id: string, from: ChannelTypeDefaults, more: Partial<ChannelSettings> = {}): ChannelSettings {
  return {
    id,
    type: from.type,
    rules: structuredClone(from.rules),
    typing: from.typing,
    read: from.read,
    version: 1,
    archived_at: null,
    key: { made_at: null, former_until: null },
    secret: null,
    deliveries: { last_success_at: null, waiting: 0, failing: 0, oldest_at: null, reason: null },
    ...more,
  }
}

/** Three channels of the demo, one of them with a provider that does not answer. */
export function channels(): Subject {
  const [web, whatsapp, messenger] = TYPES as [ChannelTypeDefaults, ChannelTypeDefaults, ChannelTypeDefaults]
  const all = [
    settings('ch_webchat', web),
    settings(
      'ch_whatsapp',
      {
        ...whatsapp,
        rules: { ...whatsapp.rules, provider: { type: 'webhook', url: 'https://connect.example.com/whatsapp' } },
      },
      {
        secret: { made_at: '2026-02-01T09:00:00.000Z', former_until: null },
        deliveries: {
          last_success_at: '2026-03-02T08:12:00.000Z',
          waiting: 3,
          failing: 1,
          oldest_at: '2026-03-02T08:20:00.000Z',
          reason: 'the provider answered 503',
        },
      },
    ),
    settings('ch_messenger', messenger),
  ]
  let made = 0

  const named = (id: string): ChannelSettings => {
    const found = all.find((channel) => channel.id === decodeURIComponent(id))
    if (!found) throw { code: 'refused_otherwise', problem: 'channel-unknown' } satisfies Failure
    return found
  }
  const told = (channel: ChannelSettings, secrets: Partial<ChannelSecrets> = {}): ChannelSecrets => {
    channel.version++
    return { channel: structuredClone(channel), key: null, secret: null, ...secrets }
  }
  const require = (channel: ChannelSettings, version: string | null) => {
    if (version !== `"${channel.version}"`) throw { code: 'settings_stale', problem: 'stale' } satisfies Failure
  }
  const allowed = ({ provider }: ChannelRules) => {
    if (provider.type === 'webhook' && !provider.url.startsWith('https://')) {
      throw { code: 'refused_otherwise', problem: 'address-refused' } satisfies Failure
    }
  }

  return ({ method, path, body, version }) => {
    if (path === '/v1/admin/channel-types') return { body: { items: structuredClone(TYPES), next: null } }
    const [, id, act] = /^\/v1\/admin\/channels(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(path) ?? []
    if (!path.startsWith('/v1/admin/channels')) return undefined
    if (id === undefined) {
      if (method === 'GET') return { body: { items: structuredClone(all), next: null } }
      const wanted = body as NewChannel
      const from = TYPES.find((kind) => kind.type === wanted.type) ?? web
      const channel = settings(`ch_new${++made}`, { ...from, rules: wanted.rules ?? from.rules }, { version: 0 })
      allowed(channel.rules)
      all.push(channel)
      const secret = channel.rules.provider.type === 'webhook' ? `whsec_rehearsed_${made}` : null
      if (secret) channel.secret = { made_at: new Date().toISOString(), former_until: null }
      return { status: 201, body: told(channel, { key: `key_rehearsed_${made}`, secret }) }
    }
    const channel = named(id)
    if (act === 'key' || act === 'secret') {
      const hours = (body as Rotate).keep_former_h ?? 24
      const former_until = hours > 0 ? new Date(Date.now() + hours * 3_600_000).toISOString() : null
      channel[act] = { made_at: new Date().toISOString(), former_until }
      const token = `${act === 'key' ? 'key' : 'whsec'}_rehearsed_${++made}`
      return { status: 201, body: told(channel, { [act]: token }) }
    }
    require(channel, version)
    if (method === 'PUT') {
      allowed(body as ChannelRules)
      channel.rules = structuredClone(body as ChannelRules)
      const first = channel.rules.provider.type === 'webhook' && !channel.secret
      if (first) channel.secret = { made_at: new Date().toISOString(), former_until: null }
      return { body: told(channel, { secret: first ? `whsec_rehearsed_${++made}` : null }) }
    }
    channel.archived_at = method === 'DELETE' ? new Date().toISOString() : null
    channel.version++
    return { body: structuredClone(channel) }
  }
}
