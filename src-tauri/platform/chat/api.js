/** The platform's calls, and its event stream. */

/** @typedef {import('./keep.js').Attachment} Attachment */
/**
 * @typedef {{
 *   position: number, id: string, conversation_id: string, kind: 'text' | 'survey' | 'closed',
 *   side: 'customer' | 'advisor' | 'scenario' | 'system', name: string | null, text: string, at: string,
 *   client_id: string | null, buttons?: { label: string }[], attachments?: Attachment[],
 *   survey?: { token: string, kind: 'nps' | 'csat', language: string, question: string, low_label: string, high_label: string,
 *     thanks: string, ask_comment: boolean, from: number, to: number, rating: number | null, open: boolean },
 * }} Entry
 */
/** @typedef {{ open: boolean, advisor: string | null, read_to: number, seen_to: number }} State */
/** @typedef {{ items: Entry[], next: number | null, position: number, state: State }} Thread */
/**
 * @typedef {{
 *   title: string, greeting: { en: string, fr: string }, colour: string, message_limit: number,
 *   attachments: { max_bytes: number, max_count: number, types: string[] },
 * }} Settings
 */

/** The platform said no, or (status 0) nothing. */
export class Refusal extends Error {
  /** @param {number} status @param {string} code @param {number} waitMs */
  constructor(status, code, waitMs = 0) {
    super(code)
    this.status = status
    this.code = code
    this.waitMs = waitMs
  }

  /** Whether the same may work later. */
  get passing() {
    return this.status === 0 || this.status === 429 || this.status >= 500
  }
}

/** Waits between attempts: random, up to a bound that doubles. */
export class Patience {
  #attempts = 0

  /** Until the next attempt, in milliseconds. */
  next() {
    const bound = Math.min(30_000, 500 * 2 ** this.#attempts++)
    return 250 + Math.random() * bound
  }

  reset() {
    this.#attempts = 0
  }
}

const place = location.pathname.match(/^(.*)\/chat\/([^/]+)\/?$/)
export const channel = decodeURIComponent(place?.[2] ?? '')
const base = `${place?.[1] ?? ''}/v1/chat/${encodeURIComponent(channel)}`
const surveys = `${place?.[1] ?? ''}/v1/surveys`

/** @param {Response} response */
async function refusalOf(response) {
  const problem = await response.json().catch(() => ({}))
  const seconds = Number(response.headers.get('Retry-After') ?? 0)
  return new Refusal(response.status, String(problem.code ?? 'unknown'), seconds > 0 ? seconds * 1000 : 0)
}

/** @param {string} method @param {string} url @param {{ token?: string | null, body?: unknown }} [options] */
async function call(method, url, { token, body } = {}) {
  /** @type {Record<string, string>} */
  const headers = {}
  if (token) headers.Authorization = `Bearer ${token}`
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  const response = await fetch(url, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
    credentials: 'omit',
    cache: 'no-store',
  }).catch(() => {
    throw new Refusal(0, 'offline')
  })
  if (!response.ok) throw await refusalOf(response)
  return response
}

/** @returns {Promise<Settings>} */
export const settings = async () => (await call('GET', base)).json()

/** @param {string} language @param {string | null} name @returns {Promise<{ token: string, name: string }>} */
export const begin = async (language, name) => (await call('POST', `${base}/sessions`, { body: { language, name } })).json()

/** @param {string} token @param {number | null} before @returns {Promise<Thread>} */
export const thread = async (token, before) =>
  (await call('GET', `${base}/entries?limit=50${before === null ? '' : `&before=${before}`}`, { token })).json()

/**
 * @param {string} token
 * @param {{ client_id: string, text: string, attachments: { id: string }[] }} message
 * @returns {Promise<{ id: string, client_id: string }>}
 */
export const write = async (token, message) => (await call('POST', `${base}/messages`, { token, body: message })).json()

/** @param {string} token @param {{ delivered_to: number, read_to: number }} seen */
export const seen = (token, seen) => call('POST', `${base}/seen`, { token, body: seen })

/** @param {string} token @param {boolean} on */
export const typing = (token, on) => call('POST', `${base}/typing`, { token, body: { on } })

/** @param {string} token @param {Attachment} attachment */
export const file = async (token, attachment) =>
  (await call('GET', `${base}/attachments/${encodeURIComponent(attachment.id)}`, { token })).blob()

/** @param {string} survey @param {number} rating @param {string} comment */
export const rate = (survey, rating, comment) =>
  call('POST', `${surveys}/${encodeURIComponent(survey)}/answer`, { body: { rating, comment: comment || null } })

/**
 * Uploads a file. Not `fetch`, which cannot say how far it has got.
 * @param {string} token @param {File} file @param {(share: number) => void} progress
 * @returns {{ done: Promise<Attachment>, cancel: () => void }}
 */
export function upload(token, file, progress) {
  const request = new XMLHttpRequest()
  const done = new Promise((resolve, reject) => {
    request.open('POST', `${base}/attachments?name=${encodeURIComponent(file.name)}`)
    request.setRequestHeader('Authorization', `Bearer ${token}`)
    request.setRequestHeader('Content-Type', 'application/octet-stream')
    request.responseType = 'json'
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total)
    }
    request.onload = () => {
      if (request.status === 201) resolve(request.response)
      else reject(new Refusal(request.status, String(request.response?.code ?? 'unknown')))
    }
    request.onerror = request.ontimeout = () => reject(new Refusal(0, 'offline'))
    request.onabort = () => reject(new Refusal(0, 'cancelled'))
    request.send(file)
  })
  return { done, cancel: () => request.abort() }
}

/** A line that says nothing for longer than this is dead: the platform says something every 15 s. */
const SILENCE_MS = 40_000

/**
 * Follows what is said from a position on. Answers when the line breaks, and throws what the platform refuses.
 * @param {string} token @param {number} after
 * @param {(event: string, data: any, id: number | null) => void} told
 * @param {() => void} opened
 * @param {AbortSignal} signal
 */
export async function follow(token, after, told, opened, signal) {
  const line = new AbortController()
  const hangUp = () => line.abort()
  signal.addEventListener('abort', hangUp)
  let silence = setTimeout(hangUp, SILENCE_MS)
  try {
    const response = await fetch(`${base}/events?after=${after}`, {
      headers: { Authorization: `Bearer ${token}`, 'Last-Event-ID': String(after) },
      credentials: 'omit',
      cache: 'no-store',
      signal: line.signal,
    }).catch(() => {
      throw new Refusal(0, 'offline')
    })
    if (!response.ok || !response.body) throw await refusalOf(response)
    opened()
    const reader = response.body.getReader()
    const decoder = new TextDecoder()
    let text = ''
    for (;;) {
      const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }))
      if (done) return
      clearTimeout(silence)
      silence = setTimeout(hangUp, SILENCE_MS)
      text += decoder.decode(value, { stream: true })
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) tell(block, told)
    }
  } finally {
    clearTimeout(silence)
    signal.removeEventListener('abort', hangUp)
    line.abort()
  }
}

/** @param {string} block @param {(event: string, data: any, id: number | null) => void} told */
function tell(block, told) {
  /** @type {Record<string, string>} */
  const fields = {}
  for (const line of block.split('\n')) {
    const at = line.indexOf(': ')
    if (at > 0) fields[line.slice(0, at)] = line.slice(at + 2)
  }
  if (fields.event && fields.data) told(fields.event, JSON.parse(fields.data), fields.id === undefined ? null : Number(fields.id))
}
