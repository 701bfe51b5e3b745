/**
 * Speaking with the page that embeds the widget. docs/crm-widget.md is the protocol in words.
 *
 * Origins are checked both ways: what does not come from the frame's parent, on an origin that the application allows, was never heard; and what
 * is said goes to such an origin only. No message carries a customer's or an advisor's text.
 */
import type { News } from '$lib/backend/http'
import type { Entrance, Reason } from '$lib/backend/http/access'
import type { Failure, Language, Theme } from '$lib/backend'

const VERSION = 1
const PATIENCE_MS = 15_000
/** The page around may listen later than this one speaks. */
const AGAIN_MS = 1_000

export interface Appearance {
  language?: Language
  theme?: Theme
}

/** What the page says; each message also has `signoff`, the protocol's version. */
export type Said =
  | { type: 'token-wanted'; reason: Reason; conversation_id: string | null; request: number }
  | { type: 'resized'; width: number; height: number }
  | { type: 'error'; code: string }
  | { type: News['kind']; [field: string]: unknown }

interface Waiting {
  conversationId: string | null
  resolve: (token: string) => void
  reject: (failure: Failure) => void
}

export class Host implements Entrance {
  onappearance: (appearance: Appearance) => void = () => undefined
  #origin: string | null = null
  #requests = 0
  readonly #waiting = new Map<number, Waiting>()

  /** @param firstToken what came in the address's fragment, if anything did. */
  constructor(
    readonly origins: string[],
    public firstToken: string | null = null,
    readonly parent: Window = window.parent,
  ) {
    const [ancestor] = location.ancestorOrigins ?? []
    if (ancestor && origins.includes(ancestor)) this.#origin = ancestor
    window.addEventListener('message', (event) => this.#hear(event))
  }

  token(conversationId: string | null, reason: Reason): Promise<string> {
    if (reason === 'ready' && this.firstToken) {
      const token = this.firstToken
      this.firstToken = null
      return Promise.resolve(token)
    }
    if (this.parent === window) return Promise.reject({ code: 'host_silent', detail: 'no frame' } satisfies Failure)
    const request = ++this.#requests
    return new Promise<string>((resolve, reject) => {
      const ask = () => this.say({ type: 'token-wanted', reason, conversation_id: conversationId, request })
      const asking = setInterval(ask, AGAIN_MS)
      const patience = setTimeout(() => end(() => reject({ code: 'host_silent' } satisfies Failure)), PATIENCE_MS)
      const end = (then: () => void) => {
        clearInterval(asking)
        clearTimeout(patience)
        this.#waiting.delete(request)
        then()
      }
      this.#waiting.set(request, {
        conversationId,
        resolve: (token) => end(() => resolve(token)),
        reject: (failure) => end(() => reject(failure)),
      })
      ask()
    })
  }

  say(said: Said) {
    if (this.parent === window) return
    // Before the page around has been heard of, only one of these arrives: the browser compares.
    const to = this.#origin ? [this.#origin] : this.origins
    to.forEach((origin) => this.parent.postMessage({ signoff: VERSION, ...said }, origin))
  }

  #hear(event: MessageEvent) {
    const message = event.data as Record<string, unknown> | null
    if (event.source !== this.parent || !this.origins.includes(event.origin)) return
    if (typeof message !== 'object' || message === null || message.signoff !== VERSION) return
    this.#origin = event.origin
    const { type, request } = message
    if (type === 'appearance' || type === 'token') this.#appear(appearanceOf(message.language, message.theme))
    if (type === 'token' && isToken(message.token)) {
      const { token } = message
      // An answer without a number is for everybody who waits.
      this.#of(request).forEach((waiting) => waiting.resolve(token))
    }
    if (type === 'token-refused') {
      this.#of(request).forEach((waiting) => waiting.reject({ code: 'host_silent', detail: 'refused' }))
    }
  }

  #of(request: unknown): Waiting[] {
    if (typeof request !== 'number') return [...this.#waiting.values()]
    const waiting = this.#waiting.get(request)
    return waiting ? [waiting] : []
  }

  #appear(appearance: Appearance) {
    if (appearance.language || appearance.theme) this.onappearance(appearance)
  }
}

function appearanceOf(language: unknown, theme: unknown): Appearance {
  const appearance: Appearance = {}
  if (language === 'en' || language === 'fr' || language === 'system') appearance.language = language
  if (theme === 'light' || theme === 'dark' || theme === 'contrast' || theme === 'system') appearance.theme = theme
  return appearance
}

/** What the address's fragment says; it is taken out of the address at once, so that no history keeps a token. */
export function takeFragment(): { token: string | null; appearance: Appearance } {
  const fragment = new URLSearchParams(location.hash.slice(1))
  if (location.hash) history.replaceState(history.state, '', location.pathname + location.search)
  const token = fragment.get('token')
  return {
    token: isToken(token) ? token : null,
    appearance: appearanceOf(fragment.get('language'), fragment.get('theme')),
  }
}

function isToken(token: unknown): token is string {
  return typeof token === 'string' && /^[\w-]{20,200}$/.test(token)
}
