/**
 * The token of one conversation: asked of whoever embeds the page, renewed before it dies, and never written down anywhere.
 */
import type { Failure } from '../wire'

export type Reason = 'ready' | 'expiring' | 'expired' | 'conversation'

/** Whoever gives tokens: the page of the CRM, or a test. */
export interface Entrance {
  /** A token for a conversation; `null`: for the one that the page was opened for. Rejects with a {@link Failure}. */
  token(conversationId: string | null, reason: Reason): Promise<string>
}

/** How long before its end a token is replaced, unless it lives so briefly that half of its life is less. */
const AHEAD_MS = 60_000
/** A timer that is set for longer rings at once. */
const LONGEST_TIMER_MS = 86_400_000

export class Access {
  #token: string
  #renewing: Promise<string> | null = null
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    readonly entrance: Entrance,
    readonly conversationId: string | null,
    token: string,
    /** Another token is there. */
    readonly onrenewed: () => void,
    /** Nobody gave one. */
    readonly onrefused: (failure: Failure) => void,
  ) {
    this.#token = token
  }

  get token(): string {
    return this.#token
  }

  /** Looks after the token until it is replaced or the page goes. */
  livesUntil(expiresAt: string) {
    clearTimeout(this.#timer)
    const left = Date.parse(expiresAt) - Date.now()
    const wait = Math.min(Math.max(left - AHEAD_MS, left / 2, 1_000), LONGEST_TIMER_MS)
    this.#timer = setTimeout(() => void this.renew('expiring').catch(() => undefined), wait)
  }

  /** Asks for another token; whoever asks meanwhile gets the same. */
  renew(reason: Reason): Promise<string> {
    this.#renewing ??= this.entrance
      .token(this.conversationId, reason)
      .then((token) => {
        this.#token = token
        this.#renewing = null
        this.onrenewed()
        return token
      })
      .catch((reason: unknown) => {
        this.#renewing = null
        this.onrefused(reason as Failure)
        throw reason
      })
    return this.#renewing
  }

  end() {
    clearTimeout(this.#timer)
  }
}
