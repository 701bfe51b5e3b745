/**
 * What the visitor has written and the platform does not have yet: kept before anything is tried, sent one after the other in
 * the order of writing, tried again until it is taken or refused. Two tabs of one visitor may send the same: it is the same
 * message by its id.
 */
import { Patience, Refusal, write } from './api.js'
import { newId } from './keep.js'

/** @typedef {import('./keep.js').Unsent} Unsent */

/**
 * @param {ReturnType<import('./keep.js').keep>} kept
 * @param {{ token: () => Promise<string>, changed: () => void, slow: () => void, sent: (clientId: string, id: string) => void, dead: () => void }} page
 */
export function outgoing(kept, page) {
  const patience = new Patience()
  let busy = false
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let alarm

  async function pump() {
    clearTimeout(alarm)
    if (busy) return
    busy = true
    try {
      for (;;) {
        const next = kept.unsent.find((one) => !one.refused)
        if (!next) return
        try {
          const { client_id, text, attachments } = next
          const token = await page.token()
          const taken = await write(token, { client_id, text, attachments: attachments.map(({ id }) => ({ id })) })
          patience.reset()
          forget(client_id)
          page.sent(client_id, taken.id)
        } catch (error) {
          if (!(error instanceof Refusal)) throw error
          if (error.status === 401) {
            page.dead()
          } else if (error.passing) {
            if (error.status === 429) page.slow()
            alarm = setTimeout(() => void pump(), Math.max(error.waitMs, patience.next()))
            return
          } else {
            kept.unsent = kept.unsent.map((one) => (one.client_id === next.client_id ? { ...one, refused: error.code } : one))
            page.changed()
          }
        }
      }
    } finally {
      busy = false
    }
  }

  /** @param {string} clientId */
  function forget(clientId) {
    kept.unsent = kept.unsent.filter((one) => one.client_id !== clientId)
  }

  return {
    /** @param {string} text @param {Unsent['attachments']} attachments */
    add(text, attachments) {
      kept.unsent = [...kept.unsent, { client_id: newId(), text, attachments, at: new Date().toISOString() }]
      page.changed()
      void pump()
    },
    /** The platform has it, whoever said so. @param {string} clientId */
    taken(clientId) {
      if (kept.unsent.some((one) => one.client_id === clientId)) forget(clientId)
    },
    /** @param {string} clientId */
    again(clientId) {
      kept.unsent = kept.unsent.map((one) => (one.client_id === clientId ? { ...one, refused: undefined } : one))
      page.changed()
      void pump()
    },
    /** @param {string} clientId */
    discard(clientId) {
      forget(clientId)
      page.changed()
    },
    /** Now, because something says that it may work. */
    wake() {
      patience.reset()
      void pump()
    },
  }
}
