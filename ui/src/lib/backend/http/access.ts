/**
 * The token of one conversation: asked of whoever embeds the page, renewed before it dies, and never written down anywhere.
 */
import type { Code, Failure } from '../wire'

export type Reason = 'ready' | 'expiring' | 'expired' | 'conversation'

/** Whoever gives tokens: the page of the CRM, or a test. */
export interface Entrance {
  /** A token for a conversation; `null`: for the one that the page was opened for. Rejects with a {@link Failure}. */
  token(conversationId: string | null, reason: Reason): Promise<string>
}

/** With what the platform is asked: a token, and where another comes from. */
export interface Bearer {
  readonly token: string
  renew(reason: Reason): Promise<string>
}

/** Failures that say nothing about a token. */
const passing: Code[] = ['offline', 'platform_unavailable', 'platform_nonsense']

export function isPassing({ code }: Failure): boolean {
  return passing.includes(code)
}

/** How long before its end a token is replaced, unless it lives so briefly that half of its life is less. */
const AHEAD_MS = 60_000
/** A timer that is set for longer rings at once. */
const LONGEST_TIMER_MS = 86_400_000

export class Access implements Bearer {
  #token: string
  #renewing: Promise<string> | null = null
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    readonly entrance: Entrance,
    readonly conversationId: string | null,
    token: string,
    /** Looks at a token before anything is sent with it. Rejects if it opens something else, or acts for somebody else. */
    readonly admit: (token: string) => Promise<void>,
    /** Another token is there. */
    readonly onrenewed: () => void,
    /** Nobody gave one that is good here. */
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
    this.#renewing ??= this.#ask(reason).finally(() => (this.#renewing = null))
    return this.#renewing
  }

  async #ask(why: Reason): Promise<string> {
    try {
      const token = await this.entrance.token(this.conversationId, why)
      await this.admit(token)
      this.#token = token
    } catch (reason) {
      if (!isPassing(reason as Failure)) this.onrefused(reason as Failure)
      throw reason
    }
    this.onrenewed()
    return this.#token
  }

  end() {
    clearTimeout(this.#timer)
  }
}
