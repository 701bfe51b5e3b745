/**
 * The platform's calls, as far as a widget's token opens them, and what their failures mean. As in the engine, the most important duty is
 * to tell "refused, nothing was applied" from "nobody knows".
 */
import type { Conversation } from '../../wire/Conversation'
import type { Page } from '../../wire/Page'
import type { Problem } from '../../wire/Problem'
import type { Receipt } from '../../wire/Receipt'
import type { WidgetSession } from '../../wire/WidgetSession'
import type { Code, Failure, TimelineEntry } from '../wire'
import type { Access } from './access'

const PATIENCE_MS = 20_000

/** What became of a click. */
export type Outcome =
  | { kind: 'applied'; receipt: Receipt }
  | { kind: 'unknown_key' }
  | { kind: 'refused'; code: Code; newer: string | null; limit: number | null }
  /** Nothing was applied; not before this many milliseconds again. */
  | { kind: 'wait'; afterMs: number; code: Code }
  | { kind: 'in_doubt'; code: Code }
  /** The token is dead and no other was given. */
  | { kind: 'no_access' }

/** What a click sends. */
export interface Click {
  key: string
  conversationId: string
  close: boolean
  text: string
  seen: string | null
}

const codes: Record<string, Code> = {
  'conversation-unknown': 'conversation_unknown',
  'close-disabled': 'close_disabled',
  'conversation-closed': 'conversation_closed',
  'customer-wrote-since': 'customer_wrote_since',
  'reply-empty': 'reply_empty',
  'reply-too-long': 'reply_too_long',
  'body-too-large': 'reply_too_long',
  'reply-window-expired': 'reply_window_expired',
  'tags-missing': 'tags_missing',
  'idempotency-key-reused': 'internal',
}

export class Platform {
  /** @param base the address below which `v1/` stands, with a slash at its end. */
  constructor(readonly base: string) {}

  session(access: Access): Promise<WidgetSession> {
    return this.#read(access, 'v1/widget/session')
  }

  conversation(access: Access, id: string): Promise<Conversation> {
    return this.#read(access, `v1/conversations/${encodeURIComponent(id)}`)
  }

  messages(access: Access, id: string, before: string | null, limit: number): Promise<Page<TimelineEntry>> {
    const query = new URLSearchParams({ limit: String(limit), ...(before === null ? {} : { before }) })
    return this.#read(access, `v1/conversations/${encodeURIComponent(id)}/messages?${query}`)
  }

  /** The stream of events after a sequence. Rejects if it does not begin. */
  async events(access: Access, after: number, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const answer = await this.#ask(access, `v1/events?after=${after}`, { signal })
    if (!answer.ok || !answer.body) throw await failureOfAnswer(answer)
    return answer.body
  }

  perform(access: Access, click: Click): Promise<Outcome> {
    const { text, seen: last_seen_message_id } = click
    // A key stands for these very bytes, so what they are made of never depends on anything but the click.
    const body = click.close
      ? { reply: { text, attachments: [] }, last_seen_message_id, origin: 'crm_widget' }
      : { text, attachments: [], trigger_survey: false, last_seen_message_id, origin: 'crm_widget' }
    const path = `v1/conversations/${encodeURIComponent(click.conversationId)}/${click.close ? 'close' : 'replies'}`
    return this.#click(access, path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': `"${click.key}"` },
      body: JSON.stringify(body),
    })
  }

  /** What the platform knows of a key (DESIGN, outbox 4). Changes nothing. */
  look(access: Access, key: string): Promise<Outcome> {
    return this.#click(access, `v1/receipts/${encodeURIComponent(key)}`, {})
  }

  async #click(access: Access, path: string, init: RequestInit): Promise<Outcome> {
    let answer: Response
    try {
      answer = await this.#ask(access, path, { ...init, signal: AbortSignal.timeout(PATIENCE_MS) })
    } catch (reason) {
      return isFailure(reason) ? { kind: 'no_access' } : { kind: 'in_doubt', code: 'offline' }
    }
    try {
      if (answer.ok) return { kind: 'applied', receipt: (await answer.json()) as Receipt }
      if (answer.status === 401) return { kind: 'no_access' }
      if (answer.status === 429 || answer.status === 503) {
        return { kind: 'wait', afterMs: retryAfterMs(answer), code: 'platform_unavailable' }
      }
      if (answer.status >= 500) return { kind: 'in_doubt', code: 'platform_unavailable' }
      const problem = (await answer.json()) as Problem
      if (problem.code === 'receipt-unknown') return { kind: 'unknown_key' }
      if (problem.code === 'idempotency-in-progress') return { kind: 'in_doubt', code: 'platform_unavailable' }
      const code = codes[problem.code] ?? 'refused_otherwise'
      return {
        kind: 'refused',
        code,
        newer: problem.newer_conversation_id ?? null,
        limit: problem.limit ?? null,
      }
    } catch {
      return { kind: 'in_doubt', code: 'platform_nonsense' }
    }
  }

  async #read<T>(access: Access, path: string): Promise<T> {
    let answer: Response
    try {
      answer = await this.#ask(access, path, { signal: AbortSignal.timeout(PATIENCE_MS) })
    } catch (reason) {
      throw isFailure(reason) ? reason : ({ code: 'offline' } satisfies Failure)
    }
    if (!answer.ok) throw await failureOfAnswer(answer)
    try {
      return (await answer.json()) as T
    } catch {
      throw { code: 'platform_nonsense' } satisfies Failure
    }
  }

  /** With a dead token once more with another. Rejects with a failure if there is none, and as `fetch` does. */
  async #ask(access: Access, path: string, init: RequestInit): Promise<Response> {
    const send = (token: string) =>
      fetch(new URL(path, this.base), {
        ...init,
        headers: { ...init.headers, authorization: `Bearer ${token}` },
        cache: 'no-store',
        credentials: 'omit',
        redirect: 'error',
        referrerPolicy: 'no-referrer',
      })
    const answer = await send(access.token)
    if (answer.status !== 401) return answer
    return send(await access.renew('expired'))
  }
}

function retryAfterMs(answer: Response): number {
  const seconds = Number(answer.headers.get('retry-after') ?? 1)
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 1), 3_600) * 1_000 : 5_000
}

async function failureOfAnswer(answer: Response): Promise<Failure> {
  if (answer.status === 401) return { code: 'session_expired' }
  if (answer.status >= 500 || answer.status === 429) return { code: 'platform_unavailable' }
  try {
    const problem = (await answer.json()) as Problem
    return { code: codes[problem.code] ?? 'refused_otherwise', detail: problem.code }
  } catch {
    return { code: 'platform_nonsense' }
  }
}

function isFailure(reason: unknown): reason is Failure {
  return typeof reason === 'object' && reason !== null && 'code' in reason && typeof reason.code === 'string'
}
