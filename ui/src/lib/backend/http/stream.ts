/**
 * The platform's event stream over `fetch`: an `EventSource` cannot carry a token but in its address, where tokens must never be.
 *
 * It reconnects by itself after the last event it has seen. A stream that shows no sign of life for longer than its heartbeat is one that
 * something on the way holds back: it is begun anew.
 */
import type { Bearer } from './access'
import type { Platform } from './platform'

const SILENCE_MS = 40_000
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 30_000

export interface Heard {
  onevent(kind: string, data: string): void
  ontyping(data: string): void
  onopen(): void
  onlost(): void
}

export class EventStream {
  #stopped = false
  #waking: (() => void) | null = null
  #current: AbortController | null = null

  constructor(
    readonly platform: Platform,
    readonly access: Bearer,
    public after: number,
    readonly heard: Heard,
  ) {}

  /** Runs until it is stopped. */
  async run() {
    let failures = 0
    while (!this.#stopped) {
      const opened = await this.#follow()
      if (this.#stopped) return
      failures = opened ? 0 : failures + 1
      this.heard.onlost()
      const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures)
      await this.#pause(pause * (0.5 + Math.random() / 2))
    }
  }

  /** Something makes another attempt worth while. */
  wake() {
    this.#waking?.()
  }

  stop() {
    this.#stopped = true
    this.#current?.abort()
    this.wake()
  }

  #pause(ms: number): Promise<void> {
    return new Promise((done) => {
      const timer = setTimeout(done, ms)
      this.#waking = () => {
        clearTimeout(timer)
        done()
      }
    })
  }

  /** One connection, to its end. Whether it came about. */
  async #follow(): Promise<boolean> {
    const control = new AbortController()
    this.#current = control
    let silence = setTimeout(() => control.abort(), SILENCE_MS)
    let opened = false
    try {
      const stream = await this.platform.events(this.access, this.after, control.signal)
      const reader = stream.getReader()
      const decoder = new TextDecoder()
      let text = ''
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return opened
        if (!opened) {
          opened = true
          this.heard.onopen()
        }
        clearTimeout(silence)
        silence = setTimeout(() => control.abort(), SILENCE_MS)
        const blocks = (text + decoder.decode(value, { stream: true })).split('\n\n')
        text = blocks.pop() ?? ''
        blocks.forEach((block) => this.#take(block))
      }
    } catch {
      return opened
    } finally {
      clearTimeout(silence)
    }
  }

  #take(block: string) {
    const fields = new Map<string, string>()
    for (const line of block.split('\n')) {
      const colon = line.indexOf(':')
      // A line that begins with a colon is a comment: the heartbeat.
      if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).trimStart())
    }
    // No part of the sequence: what is true for a moment.
    if (fields.get('event') === 'customer.typing') return this.heard.ontyping(fields.get('data') ?? '')
    const id = Number(fields.get('id'))
    if (!fields.has('event') || !Number.isSafeInteger(id)) return
    this.after = id
    this.heard.onevent(fields.get('event') ?? '', fields.get('data') ?? '')
  }
}
