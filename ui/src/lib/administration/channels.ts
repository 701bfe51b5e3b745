/** Channels, as an admin manages them. */
import type {
  Backend,
  ChannelRules,
  ChannelSecrets,
  ChannelSettings,
  ChannelTypeDefaults,
  NewChannel,
  Rotate,
} from '$lib/backend'
import { Calls, segment } from './call'

const CHANNELS = '/v1/admin/channels'

export class ChannelsClient {
  readonly #calls: Calls

  constructor(backend: Backend) {
    this.#calls = new Calls(backend)
  }

  /** Those in use first. */
  async all(): Promise<ChannelSettings[]> {
    return (await this.#calls.get<{ items: ChannelSettings[] }>(CHANNELS)).items
  }

  /** The kinds that there are, each with what it usually allows. */
  async types(): Promise<ChannelTypeDefaults[]> {
    return (await this.#calls.get<{ items: ChannelTypeDefaults[] }>('/v1/admin/channel-types')).items
  }

  /** The answer has the key and the secret, this once. */
  create(channel: NewChannel): Promise<ChannelSecrets> {
    return this.#calls.post(CHANNELS, channel)
  }

  /** The answer has the secret if the channel had none. */
  async change(channel: ChannelSettings, rules: ChannelRules): Promise<ChannelSecrets> {
    return (await this.#calls.put<ChannelSecrets>(path(channel), rules, `"${channel.version}"`)).value
  }

  archive(channel: ChannelSettings): Promise<void> {
    return this.#calls.delete(path(channel), `"${channel.version}"`)
  }

  async restore(channel: ChannelSettings): Promise<void> {
    await this.#calls.backend.administer({
      method: 'POST',
      path: `${path(channel)}/restore`,
      body: {},
      version: `"${channel.version}"`,
    })
  }

  /** The one before works for as many hours as are given; 0 ends it at once. */
  newKey(channel: ChannelSettings, keep_former_h: number): Promise<ChannelSecrets> {
    return this.#calls.post(`${path(channel)}/key`, { keep_former_h } satisfies Rotate)
  }

  /** The one before works for as many hours as are given; 0 ends it at once. */
  newSecret(channel: ChannelSettings, keep_former_h: number): Promise<ChannelSecrets> {
    return this.#calls.post(`${path(channel)}/secret`, { keep_former_h } satisfies Rotate)
  }
}

function path(channel: ChannelSettings): string {
  return `${CHANNELS}/${segment(channel.id)}`
}
