/** The widget's own backend: one conversation over HTTP, with an outbox that neither loses nor doubles (D5, D21 to D25). */
import { IDBFactory } from 'fake-indexeddb'
import { waitFor } from '@testing-library/svelte'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Announcement, Failure, QueueEntry } from '../src/lib/backend'
import { HttpBackend, type News } from '../src/lib/backend/http'
import type { Reason } from '../src/lib/backend/http/access'
import { openShelf, PassingShelf, type Shelf } from '../src/lib/backend/http/shelf'

const CONVERSATION = 'conv_1'
const NEWER = 'conv_2'
const at = '2026-03-02T12:00:00.000Z'

interface Applied {
  path: string
  key: string
  body: Record<string, unknown>
  token: string
}

/** A platform of one customer, as far as a widget's token opens it. */
class Company {
  closeEnabled = true
  closed: string | null = null
  newer: string | null = null
  lastMessage = 'msg_1'
  tokens = new Set(['token-of-conversation-1'])
  readonly bobs = new Set<string>()
  expires_at = '2099-01-01T00:00:00.000Z'
  readonly applied: Applied[] = []
  readonly receipts = new Map<string, object>()
  readonly asked: string[] = []
  /** What becomes of the next click instead: an answer, or a broken connection before or after it took effect. */
  next: (() => Response | 'lost_before' | 'lost_after')[] = []

  readonly fetch = async (input: URL | RequestInfo, init: RequestInit = {}): Promise<Response> => {
    const { pathname } = new URL(input as URL)
    const headers = new Headers(init.headers)
    this.asked.push(`${init.method ?? 'GET'} ${pathname}`)
    const token = headers.get('authorization')?.replace('Bearer ', '') ?? ''
    if (!this.tokens.has(token)) return problem(401, 'unauthenticated')
    const id = token.endsWith('2') ? NEWER : CONVERSATION
    if (pathname === '/v1/widget/session') return json(this.#session(id, this.bobs.has(token)))
    if (pathname === `/v1/conversations/${id}`) return json(this.#conversation(id))
    if (pathname === `/v1/conversations/${id}/messages`) return json({ items: this.#entries(id), next: null })
    if (pathname === '/v1/events')
      return new Response(new ReadableStream({ start: (c) => c.enqueue(new Uint8Array()) }))
    if (pathname.startsWith('/v1/receipts/')) {
      const receipt = this.receipts.get(pathname.split('/').at(-1) ?? '')
      return receipt ? json(receipt) : problem(404, 'receipt-unknown')
    }
    const key = headers.get('idempotency-key')?.replaceAll('"', '') ?? ''
    return this.#click(pathname, key, token, JSON.parse(init.body as string) as Applied['body'])
  }

  #click(path: string, key: string, token: string, body: Applied['body']): Response {
    const instead = this.next.shift()?.()
    if (instead instanceof Response) return instead
    if (instead === 'lost_before') throw new TypeError('Failed to fetch')
    const known = this.receipts.get(key)
    if (known) return json(known)
    const closes = path.endsWith('/close')
    if (closes && !this.closeEnabled) return problem(403, 'close-disabled')
    if (this.closed && path.includes(CONVERSATION)) {
      return problem(409, 'conversation-closed', { newer_conversation_id: this.newer })
    }
    if (body.last_seen_message_id !== null && body.last_seen_message_id !== this.lastMessage && !path.includes(NEWER)) {
      return problem(412, 'customer-wrote-since', { last_customer_message_id: this.lastMessage })
    }
    this.applied.push({ path, key, body, token })
    if (closes) this.closed = at
    const receipt = {
      action_id: 'act',
      idempotency_key: key,
      conversation_id: path.includes(NEWER) ? NEWER : CONVERSATION,
      reply: { message_id: `reply_${this.applied.length}`, at },
      survey: { status: 'none' },
      closed: closes ? { at } : null,
      version: 2,
    }
    this.receipts.set(key, receipt)
    if (instead === 'lost_after') throw new TypeError('Failed to fetch')
    return json(receipt)
  }

  #session(conversation_id: string, bob: boolean) {
    return {
      conversation_id,
      user: bob ? { id: 'usr_bob', name: 'Bob' } : { id: 'usr_alice', name: 'Alice' },
      workspace: { id: 'ws', name: 'Demo' },
      features: { close_conversation: this.closeEnabled },
      platform: { atomic_close: true, close_is_final: true, idempotency_days: 30 },
      expires_at: this.expires_at,
      tags_missing: false,
      newer_conversation_id: conversation_id === CONVERSATION ? this.newer : null,
      seq: 1,
    }
  }

  #conversation(id: string) {
    return {
      id,
      status: this.closed && id === CONVERSATION ? 'closed' : 'open',
      state: this.closed && id === CONVERSATION ? 'closed' : 'received',
      channel: { id: 'ch', type: 'web_chat', name: 'Web chat', reply_limit: 20_000 },
      customer: { id: 'cus', external_id: 'x', name: 'Zoe', language: null, vip: false },
      team: null,
      assignee: null,
      tags: [],
      opened_at: at,
      closed_at: id === CONVERSATION ? this.closed : null,
      closed_by: null,
      previous_conversation_id: null,
      previous_closed_by: null,
      last_customer_message_id: this.lastMessage,
      reply_window_ends_at: null,
      survey_preview: { will_send: false, reason: null },
      version: 1,
    }
  }

  #entries(id: string) {
    const replies = this.applied.filter(({ path }) => path.includes(id))
    return replies.map(({ key }, number) => ({
      id: `reply_${number}`,
      conversation_id: id,
      position: number,
      kind: 'reply',
      author: { kind: 'advisor', id: 'usr_alice', name: 'Alice' },
      text: 'x',
      at,
      delivery: null,
      client_key: key,
    }))
  }
}

const json = (value: object) => new Response(JSON.stringify(value), { status: 200 })
const problem = (status: number, code: string, more = {}) =>
  new Response(JSON.stringify({ type: 'x', title: code, status, detail: '', code, retryable: false, ...more }), {
    status,
    headers: { 'content-type': 'application/problem+json' },
  })

interface World {
  company: Company
  shelf: Shelf
  asks: { conversationId: string | null; reason: Reason }[]
  news: News[]
  heard: Announcement[]
  gives: (conversationId: string | null) => Promise<string>
}

let world: World

beforeEach(() => {
  const company = new Company()
  world = {
    company,
    shelf: new PassingShelf(),
    asks: [],
    news: [],
    heard: [],
    gives: async () => 'token-of-conversation-1',
  }
  vi.stubGlobal('fetch', company.fetch)
})

afterEach(() => vi.unstubAllGlobals())

/** The page is loaded, once more if it was before: what is on the shelf is all that is left. */
async function load() {
  const backend = new HttpBackend({
    base: 'http://platform.test/',
    entrance: {
      token: (conversationId, reason) => {
        world.asks.push({ conversationId, reason })
        return world.gives(conversationId)
      },
    },
    shelf: world.shelf,
    preferences: {} as never,
    systemLanguage: 'en',
    version: '1',
    onnews: (news) => world.news.push(news),
  })
  const startup = await backend.uiReady({} as never, (announcement) => world.heard.push(announcement))
  expect(startup.open_conversation).toBe(CONVERSATION)
  // As the page does: once to show it, and once since the stream has opened meanwhile.
  await Promise.all([backend.conversation(CONVERSATION), backend.conversation(CONVERSATION)])
  return backend
}

const click = { conversation_id: CONVERSATION, text: 'Goodbye', file_ids: [], last_seen_message_id: 'msg_1' }
const settled = () => world.heard.flatMap((one) => (one.kind === 'entry_settled' ? [one.entry] : []))

/** What is queued, once it is as it should be. */
async function queue(backend: HttpBackend, states: QueueEntry['state'][]): Promise<QueueEntry[]> {
  return waitFor(async () => {
    const { queue } = await backend.conversation(CONVERSATION)
    expect(queue.map((entry) => entry.state)).toEqual(states)
    return queue
  })
}

describe('a click', () => {
  it('is sent once with a key of its own and the origin of the widget, and the page around hears of it', async () => {
    const backend = await load()
    await backend.sendReply({ ...click, trigger_survey: false })
    await queue(backend, [])
    expect(world.company.applied).toMatchObject([
      { path: `/v1/conversations/${CONVERSATION}/replies`, body: { text: 'Goodbye', last_seen_message_id: 'msg_1' } },
    ])
    await backend.sendAndClose(click)
    await queue(backend, [])
    expect(world.company.applied[1]).toMatchObject({ body: { reply: { text: 'Goodbye' }, origin: 'crm_widget' } })
    expect(new Set(world.company.applied.map(({ key }) => key)).size).toBe(2)
    expect(world.news.map(({ kind }) => kind)).toEqual(['opened', 'replied', 'closed'])
    expect(world.news[2]).toMatchObject({ conversation_id: CONVERSATION, receipt: { closed: { at } } })
  })

  it('takes the draft along, and leaves what was typed since', async () => {
    const backend = await load()
    await backend.saveDraft({ conversation_id: CONVERSATION, text: 'Goodbye and', instead_of: '' })
    await backend.sendReply({ ...click, trigger_survey: false })
    expect((await backend.conversation(CONVERSATION)).composer.draft).toBe(' and')
  })

  it('whose answer was lost is asked for before anything is sent again (D5)', async () => {
    world.company.next = [() => 'lost_after']
    const backend = await load()
    await backend.sendAndClose(click)
    await queue(backend, [])
    expect(world.company.applied).toHaveLength(1)
    expect(world.company.asked.filter((one) => one.startsWith('POST'))).toHaveLength(1)
    expect(world.company.asked.some((one) => one.startsWith('GET /v1/receipts/'))).toBe(true)
    expect(settled().map(({ state }) => state)).toEqual(['done'])
  })

  it('that never arrived is sent again under the same key', async () => {
    world.company.next = [() => 'lost_before']
    const backend = await load()
    const entry = await backend.sendReply({ ...click, trigger_survey: false })
    await queue(backend, [])
    expect(world.company.applied.map(({ key }) => key)).toEqual([entry.id])
  })

  it('waits as long as the platform asks for', async () => {
    world.company.next = [() => new Response('', { status: 503, headers: { 'retry-after': '1' } })]
    const backend = await load()
    await backend.sendReply({ ...click, trigger_survey: false })
    const [entry] = await queue(backend, ['queued'])
    expect(entry).toMatchObject({
      last_problem: 'platform_unavailable',
      attempts: 1,
      choices: ['undo', 'edit', 'retry'],
    })
    await backend.choose({ entry_id: entry!.id, choice: 'undo', seen_message_id: null })
    expect((await backend.conversation(CONVERSATION)).composer.draft).toBe('Goodbye')
    expect(world.company.applied).toHaveLength(0)
  })

  it.each([
    ['a 503 that names no time', 503, {}, 'upstream connect error'],
    ['a 502', 502, {}, ''],
    ['a page', 403, { 'content-type': 'text/html' }, '<h1>Blocked</h1>'],
    ['JSON of its own', 403, { 'content-type': 'application/json' }, '{"code":"blocked"}'],
    ['a 200 of its own', 200, { 'content-type': 'application/json' }, '{"login":"/"}'],
    ['a 401 of its own', 401, { 'content-type': 'text/html' }, '<h1>Proxy</h1>'],
  ])(
    'that a proxy answers with %s is in doubt, and is never offered for another (D5)',
    async (_, status, headers, body) => {
      const backend = await load()
      const real = world.company.fetch
      let through = false
      vi.stubGlobal('fetch', async (input: URL, init: RequestInit) => {
        // The proxy had passed the click on, and answers everything itself until it is well again.
        if (init.method === 'POST' && !through) await real(input, init)
        return through ? real(input, init) : new Response(body, { status, headers })
      })
      await backend.sendReply({ ...click, trigger_survey: false })
      await waitFor(async () => {
        const [entry] = await backend.queue()
        expect(entry).toMatchObject({ state: 'checking', choices: ['retry'] })
      })
      through = true
      backend.wake()
      await queue(backend, [])
      expect(world.company.applied).toHaveLength(1)
    },
  )

  it('stays in doubt while the platform has no time to say what became of it', async () => {
    world.company.next = [() => 'lost_after']
    const backend = await load()
    const real = world.company.fetch
    let busy = true
    vi.stubGlobal('fetch', async (input: URL, init: RequestInit) =>
      busy && input.pathname.startsWith('/v1/receipts/')
        ? new Response('', { status: 503, headers: { 'retry-after': '3600' } })
        : real(input, init),
    )
    const { id } = await backend.sendReply({ ...click, trigger_survey: false })
    await waitFor(async () => {
      const [entry] = await backend.queue()
      expect(entry).toMatchObject({ state: 'checking', choices: ['retry'] })
      expect(Date.parse(entry!.next_attempt_at!) - Date.now()).toBeGreaterThan(60_000)
    })
    busy = false
    await backend.choose({ entry_id: id, choice: 'retry', seen_message_id: null })
    await queue(backend, [])
    expect(world.company.applied).toHaveLength(1)
  })
})

describe('a reload in the middle', () => {
  it('of an attempt neither loses nor doubles', async () => {
    let answer: (response: Response) => void = () => undefined
    const real = world.company.fetch
    const held = new Promise<Response>((resolve) => (answer = resolve))
    vi.stubGlobal('fetch', async (input: URL, init: RequestInit) => {
      const response = await real(input, init)
      return init.method === 'POST' ? held : response
    })
    const first = await load()
    await first.sendAndClose(click)
    await waitFor(() => expect(world.company.applied).toHaveLength(1))
    vi.stubGlobal('fetch', real)
    const second = await load()
    await queue(second, [])
    expect(world.company.applied).toHaveLength(1)
    expect((await second.conversation(CONVERSATION)).closed_at).toBe(at)
    answer(new Response('', { status: 500 }))
  })

  it('before the first byte sends what was clicked, and keeps the draft', async () => {
    vi.stubGlobal('navigator', { ...navigator, onLine: false, locks: undefined })
    const first = await load()
    await first.sendReply({ ...click, trigger_survey: false })
    await first.saveDraft({ conversation_id: CONVERSATION, text: 'And one more', instead_of: '' })
    expect(world.company.applied).toHaveLength(0)
    vi.unstubAllGlobals()
    vi.stubGlobal('fetch', world.company.fetch)
    const second = await load()
    await queue(second, [])
    expect(world.company.applied).toHaveLength(1)
    expect((await second.conversation(CONVERSATION)).composer.draft).toBe('And one more')
  })
})

describe('what the platform refuses', () => {
  it('waits for the advisor with the text and the choices (D6), and goes on under the same key', async () => {
    const backend = await load()
    world.company.lastMessage = 'msg_2'
    const { entry } = await backend.sendAndClose(click)
    const [refused] = await queue(backend, ['needs_attention'])
    expect(refused).toMatchObject({
      text: 'Goodbye',
      attention: { code: 'customer_wrote_since' },
      choices: ['edit', 'send_without_closing', 'confirm_again', 'discard'],
    })
    expect(world.news.at(-1)).toMatchObject({ kind: 'attention', code: 'customer_wrote_since' })
    await backend.choose({ entry_id: entry.id, choice: 'confirm_again', seen_message_id: 'msg_2' })
    await queue(backend, [])
    expect(world.company.applied).toMatchObject([{ key: entry.id, body: { last_seen_message_id: 'msg_2' } }])
  })

  it('may go into the newer conversation, once the page around has opened that (D7)', async () => {
    const backend = await load()
    Object.assign(world.company, { closed: at, newer: NEWER })
    const entry = await backend.sendReply({ ...click, trigger_survey: false })
    await queue(backend, ['needs_attention'])

    world.gives = () => Promise.reject({ code: 'host_silent' } satisfies Failure)
    const send = () => backend.choose({ entry_id: entry.id, choice: 'send_in_newer', seen_message_id: null })
    await expect(send()).rejects.toMatchObject({ code: 'host_silent' })
    await queue(backend, ['needs_attention'])

    world.gives = async () => 'token-of-conversation-2'
    world.company.tokens.add('token-of-conversation-2')
    await send()
    await waitFor(() => expect(world.company.applied).toMatchObject([{ path: `/v1/conversations/${NEWER}/replies` }]))
    expect(world.asks.at(-1)).toEqual({ conversationId: NEWER, reason: 'conversation' })
    expect(world.heard).toContainEqual({ kind: 'open_conversation', conversation_id: NEWER })
    await queue(backend, [])
    expect(world.company.applied.map(({ key }) => key)).toEqual([entry.id])
  })

  describe.each(['memory', 'the browser'])('and is sent in the newer conversation, kept in %s', (kind) => {
    beforeEach(async () => {
      if (kind === 'memory') return
      vi.stubGlobal('indexedDB', new IDBFactory())
      world.shelf = await openShelf()
      expect(world.shelf.lasting).toBe(true)
    })

    /** A reply that was refused since the conversation is closed, and the page that shows it. */
    async function refused() {
      const backend = await load()
      Object.assign(world.company, { closed: at, newer: NEWER })
      const { id } = await backend.sendReply({ ...click, trigger_survey: false })
      await queue(backend, ['needs_attention'])
      world.gives = async (conversation) => `token-of-conversation-${conversation === NEWER ? 2 : 1}`
      world.company.tokens.add('token-of-conversation-2')
      return { backend, send: { entry_id: id, choice: 'send_in_newer', seen_message_id: null } as const }
    }

    it('once, though the page is closed in the middle of it', async () => {
      const { backend, send } = await refused()
      // One transaction is what the page still gets done.
      let left = 1
      const gone = new Promise<never>(() => undefined)
      const { change, changeBoth } = world.shelf
      world.shelf.change = (...asked) => (left-- > 0 ? change.apply(world.shelf, asked) : gone)
      world.shelf.changeBoth = (...asked) => (left-- > 0 ? changeBoth.apply(world.shelf, asked) : gone)
      void backend.choose(send)
      await waitFor(() => expect(left).toBeLessThan(1))
      Object.assign(world.shelf, { change, changeBoth })

      const after = await load()
      await queue(after, [])
      await after.conversation(NEWER)
      await waitFor(() => expect(world.company.applied.map(({ key }) => key)).toEqual([send.entry_id]))
    })

    it('once, though two tabs decide the same', async () => {
      const { backend, send } = await refused()
      const other = await load()
      await queue(other, ['needs_attention'])
      const outcomes = await Promise.allSettled([backend.choose(send), other.choose(send)])
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      expect(outcomes).toContainEqual({ status: 'rejected', reason: { code: 'entry_unknown' } })
      await waitFor(() => expect(world.company.applied.map(({ key }) => key)).toEqual([send.entry_id]))
    })
  })

  it('waits for the switch, if told to (D8)', async () => {
    const backend = await load()
    world.company.closeEnabled = false
    const { entry } = await backend.sendAndClose(click)
    await queue(backend, ['needs_attention'])
    await backend.choose({ entry_id: entry.id, choice: 'wait', seen_message_id: null })
    expect((await queue(backend, ['queued']))[0]).toMatchObject({ waits_for_switch: true })
    world.company.closeEnabled = true
    await backend.refresh()
    await queue(backend, [])
    expect(world.company.applied).toHaveLength(1)
  })
})

describe('access (D25)', () => {
  it('that has ended is asked for again, and nothing is lost or doubled by it', async () => {
    const backend = await load()
    world.company.tokens = new Set(['another-token-of-conversation-1'])
    world.gives = async () => 'another-token-of-conversation-1'
    await backend.sendReply({ ...click, trigger_survey: false })
    await queue(backend, [])
    expect(world.company.applied).toHaveLength(1)
    expect(world.asks.at(-1)).toEqual({ conversationId: CONVERSATION, reason: 'expired' })
  })

  it('that nobody renews stops the queue and says so; another token goes on with it', async () => {
    const backend = await load()
    world.company.tokens.clear()
    world.gives = () => Promise.reject({ code: 'host_silent' } satisfies Failure)
    await backend.sendReply({ ...click, trigger_survey: false })
    await waitFor(() => {
      const state = world.heard.findLast((one) => one.kind === 'state')
      expect(state).toMatchObject({ state: { stage: { session_expired: true }, queue: { pending: 1 } } })
    })
    expect((await queue(backend, ['queued']))[0]?.text).toBe('Goodbye')
    world.company.tokens.add('token-of-conversation-1')
    world.gives = async () => 'token-of-conversation-1'
    await backend.refresh()
    await queue(backend, [])
    expect(world.company.applied).toHaveLength(1)
  })

  it('to another conversation than was asked for is none', async () => {
    const backend = await load()
    await expect(backend.conversation(NEWER)).rejects.toMatchObject({ code: 'conversation_unknown' })
  })

  it('of another person is never used for what this one has queued', async () => {
    const backend = await load()
    world.company.tokens = new Set(['bobs-token-of-conversation-1'])
    world.company.bobs.add('bobs-token-of-conversation-1')
    world.gives = async () => 'bobs-token-of-conversation-1'
    await backend.sendReply({ ...click, trigger_survey: false })
    await waitFor(() => {
      const state = world.heard.findLast((one) => one.kind === 'state')
      expect(state).toMatchObject({ state: { stage: { kind: 'unusable', code: 'another_person' } } })
    })
    backend.wake()

    // The same page begins anew as Bob, whose queue is his own.
    await backend.uiReady({} as never, (announcement) => world.heard.push(announcement))
    expect((await backend.conversation(CONVERSATION)).queue).toEqual([])
    await backend.sendReply({ ...click, text: 'From Bob', trigger_survey: false })
    await queue(backend, [])
    expect(world.company.applied.map(({ body }) => body.text)).toEqual(['From Bob'])

    world.company.tokens.add('token-of-conversation-1')
    world.gives = async () => 'token-of-conversation-1'
    await queue(await load(), [])
    expect(world.company.applied.map(({ body, token }) => [body.text, token])).toEqual([
      ['From Bob', 'bobs-token-of-conversation-1'],
      ['Goodbye', 'token-of-conversation-1'],
    ])
  })

  it('of another person to the newer conversation carries nothing there', async () => {
    const backend = await load()
    Object.assign(world.company, { closed: at, newer: NEWER })
    const { id } = await backend.sendReply({ ...click, trigger_survey: false })
    await queue(backend, ['needs_attention'])
    world.company.tokens.add('bobs-token-of-conversation-2')
    world.company.bobs.add('bobs-token-of-conversation-2')
    world.gives = async () => 'bobs-token-of-conversation-2'
    const sent = backend.choose({ entry_id: id, choice: 'send_in_newer', seen_message_id: null })
    await expect(sent).rejects.toEqual({ code: 'another_person' })
    expect(world.company.applied).toEqual([])
  })

  it('is renewed before it ends', async () => {
    world.company.expires_at = new Date(Date.now() + 2_000).toISOString()
    await load()
    await waitFor(() => expect(world.asks.at(-1)).toEqual({ conversationId: CONVERSATION, reason: 'expiring' }))
  })
})

it('rejects with a clear failure what a widget cannot do', async () => {
  const backend = await load()
  for (const call of [
    () => backend.archive(),
    () => backend.inbox(),
    () => backend.signOut(),
    () => backend.auditLog(),
  ]) {
    await expect(call()).rejects.toEqual({ code: 'not_allowed' })
  }
})
