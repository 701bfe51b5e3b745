/**
 * What outlives a reload: who the visitor is, what they have not sent yet, and what they are writing. Where a browser keeps
 * nothing (private windows, blocked storage), it lives as long as the page.
 */

/** @typedef {{ id: string, name: string, media_type: string, size: number }} Attachment */
/** @typedef {{ client_id: string, text: string, attachments: Attachment[], at: string, refused?: string }} Unsent */

/** @type {Map<string, string>} */
const memory = new Map()

/** @param {string} key */
function read(key) {
  try {
    return localStorage.getItem(key) ?? memory.get(key) ?? null
  } catch {
    return memory.get(key) ?? null
  }
}

/** @param {string} key @param {string | null} value */
function write(key, value) {
  if (value === null) memory.delete(key)
  else memory.set(key, value)
  try {
    if (value === null) localStorage.removeItem(key)
    else localStorage.setItem(key, value)
  } catch {
    // Kept in memory.
  }
}

/** @param {string | null} text */
function parse(text) {
  try {
    return text === null ? null : JSON.parse(text)
  } catch {
    return null
  }
}

/** What is kept for one channel's page. @param {string} channel */
export function keep(channel) {
  const key = (/** @type {string} */ what) => `signoff-chat:${channel}:${what}`
  return {
    /** @returns {string | null} */
    get token() {
      return read(key('token'))
    },
    set token(token) {
      write(key('token'), token)
      write(key('looked'), null)
    },
    /** The position of the newest answer that was on the screen. What the platform is told of it may be told too late. */
    get looked() {
      return Number(read(key('looked'))) || 0
    },
    set looked(position) {
      write(key('looked'), String(position))
    },
    /** Oldest first. @returns {Unsent[]} */
    get unsent() {
      const kept = parse(read(key('unsent')))
      return Array.isArray(kept) ? kept.filter((one) => typeof one?.client_id === 'string' && typeof one.text === 'string') : []
    },
    set unsent(unsent) {
      write(key('unsent'), unsent.length ? JSON.stringify(unsent) : null)
    },
    /** @returns {{ text: string, attachments: Attachment[] }} */
    get draft() {
      const kept = parse(read(key('draft')))
      return { text: String(kept?.text ?? ''), attachments: Array.isArray(kept?.attachments) ? kept.attachments : [] }
    },
    set draft(draft) {
      write(key('draft'), draft.text || draft.attachments.length ? JSON.stringify(draft) : null)
    },
    /** Called when another tab of the same visitor changed something. @param {() => void} changed */
    onElsewhere(changed) {
      addEventListener('storage', (event) => {
        if (event.key === key('token') || event.key === key('unsent')) changed()
      })
    },
  }
}

/** 128 random bits. `crypto.randomUUID` is missing where a page is embedded over plain HTTP. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
