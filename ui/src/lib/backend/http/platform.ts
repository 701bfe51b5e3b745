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
import { isPassing, type Bearer } from './access'

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

  session(access: Bearer): Promise<WidgetSession> {
    return this.#read(access, 'v1/widget/session')
  }

  conversation(access: Bearer, id: string): Promise<Conversation> {
    return this.#read(access, `v1/conversations/${encodeURIComponent(id)}`)
  }

  messages(access: Bearer, id: string, before: string | null, limit: number): Promise<Page<TimelineEntry>> {
    const query = new URLSearchParams({ limit: String(limit), ...(before === null ? {} : { before }) })
    return this.#read(access, `v1/conversations/${encodeURIComponent(id)}/messages?${query}`)
  }

  /** The stream of events after a sequence. Rejects if it does not begin. */
  async events(access: Bearer, after: number, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const answer = await this.#ask(access, `v1/events?after=${after}&typing=true`, { signal })
    if (!answer.ok || !answer.body) throw await failureOfAnswer(answer)
    return answer.body
  }

  perform(access: Bearer, click: Click): Promise<Outcome> {
    const { text, seen: last_seen_message_id } = click
    // A key stands for these very bytes, so what they are made of never depends on anything but the click.
    const body = click.close
      ? { reply: { text, attachments: [] }, last_seen_message_id, origin: 'crm_widget' }
      : { text, attachments: [], trigger_survey: false, last_seen_message_id, origin: 'crm_widget' }
    const path = `v1/conversations/${encodeURIComponent(click.conversationId)}/${click.close ? 'close' : 'replies'}`
    return this.#click(access, path, click.key, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': `"${click.key}"` },
      body: JSON.stringify(body),
    })
  }

  /** What the platform knows of a key (DESIGN, outbox 4). Changes nothing. */
  look(access: Bearer, key: string): Promise<Outcome> {
    return this.#click(access, `v1/receipts/${encodeURIComponent(key)}`, key, {})
  }

  async #click(access: Bearer, path: string, key: string, init: RequestInit): Promise<Outcome> {
    let answer: Response
    try {
      answer = await this.#ask(access, path, { ...init, signal: AbortSignal.timeout(PATIENCE_MS) })
    } catch (reason) {
      if (!isFailure(reason)) return { kind: 'in_doubt', code: 'offline' }
      return isPassing(reason) ? { kind: 'in_doubt', code: reason.code } : { kind: 'no_access' }
    }
    if (answer.ok) return appliedBy(answer, key)
    const problem = await problemOf(answer)
    return problem ? refusal(answer, problem) : stranger(answer)
  }

  async #read<T>(access: Bearer, path: string): Promise<T> {
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
  async #ask(access: Bearer, path: string, init: RequestInit): Promise<Response> {
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
    if (answer.status !== 401 || !isProblem(answer)) return answer
    return send(await access.renew('expired'))
  }
}

/** The receipt of this very click: a captive portal answers 200 as well. */
async function appliedBy(answer: Response, key: string): Promise<Outcome> {
  try {
    const receipt = (await answer.json()) as Receipt | null
    if (receipt?.idempotency_key === key) return { kind: 'applied', receipt }
  } catch {
    // No receipt either.
  }
  return { kind: 'in_doubt', code: 'platform_nonsense' }
}

function isProblem(answer: Response): boolean {
  return answer.headers.get('content-type')?.startsWith('application/problem+json') ?? false
}

/** What the platform says, if it is the platform that speaks. A proxy's page, and its JSON, say nothing about what became of a click. */
async function problemOf(answer: Response): Promise<Problem | null> {
  if (!isProblem(answer)) return null
  try {
    const problem = (await answer.json()) as Problem | null
    return typeof problem?.code === 'string' ? problem : null
  } catch {
    return null
  }
}

function refusal(answer: Response, problem: Problem): Outcome {
  if (answer.status === 401) return { kind: 'no_access' }
  if (answer.status === 429 || answer.status === 503) return waits(answer)
  if (answer.status >= 500) return { kind: 'in_doubt', code: 'platform_unavailable' }
  if (problem.code === 'receipt-unknown') return { kind: 'unknown_key' }
  if (problem.code === 'idempotency-in-progress') return { kind: 'in_doubt', code: 'platform_unavailable' }
  return {
    kind: 'refused',
    code: codes[problem.code] ?? 'refused_otherwise',
    newer: problem.newer_conversation_id ?? null,
    limit: problem.limit ?? null,
  }
}

/** Something between here and the platform. The engine judges it by the same rule (`remote/http/answer.rs`). */
function stranger(answer: Response): Outcome {
  // Rate limiters stand before the platform.
  if (answer.status === 429) return waits(answer)
  // A gateway that names a time has not passed the click on; one that names none may have lost the platform over it.
  if (answer.status === 503 && answer.headers.has('retry-after')) return waits(answer)
  return { kind: 'in_doubt', code: answer.status >= 500 ? 'platform_unavailable' : 'platform_nonsense' }
}

function waits(answer: Response): Outcome {
  return { kind: 'wait', afterMs: retryAfterMs(answer), code: 'platform_unavailable' }
}

function retryAfterMs(answer: Response): number {
  const seconds = Number(answer.headers.get('retry-after') ?? 1)
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 1), 3_600) * 1_000 : 5_000
}

async function failureOfAnswer(answer: Response): Promise<Failure> {
  if (answer.status >= 500 || answer.status === 429) return { code: 'platform_unavailable' }
  const problem = await problemOf(answer)
  if (!problem) return { code: 'platform_nonsense' }
  if (answer.status === 401) return { code: 'session_expired' }
  return { code: codes[problem.code] ?? 'refused_otherwise', detail: problem.code }
}

function isFailure(reason: unknown): reason is Failure {
  return typeof reason === 'object' && reason !== null && 'code' in reason && typeof reason.code === 'string'
}
