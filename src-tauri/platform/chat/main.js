/** The page's life: who the visitor is, what was said, the line to the platform, and the composer. */
import * as api from './api.js'
import { picker } from './files.js'
import { frame } from './frame.js'
import { keep } from './keep.js'
import { fitToKeyboard, paint } from './look.js'
import { outgoing } from './outgoing.js'
import { button, element, view } from './view.js'
import { language, words } from './words.js'

/** @typedef {import('./api.js').Entry} Entry */

const kept = keep(api.channel)
/** In order of position. @type {Entry[]} */
let entries = []
/** @type {import('./api.js').State} */
let state = { open: false, advisor: null, read_to: 0, seen_to: 0 }
/** Up to which place everything is here. */
let place = 0
/** @type {number | null} */
let earlier = null
/** @type {AbortController | null} */
let line = null
/** Hangs up: a line that the network has left says nothing of it. */
let hangUp = () => {}
/** @type {Promise<string> | null} */
let beginning = null

const text = element('text', HTMLTextAreaElement)
const connection = element('connection', HTMLElement)
const refused = element('refused', HTMLElement)
const typingLine = element('typing', HTMLElement)
const older = element('older', HTMLButtonElement)

/** The visitor's token; a new one for somebody new. @returns {Promise<string>} */
async function token() {
  if (kept.token) return kept.token
  beginning ??= api
    .begin(language, new URLSearchParams(location.search).get('name'))
    .then((visitor) => {
      kept.token = visitor.token
      void start()
      return visitor.token
    })
    .finally(() => (beginning = null))
  return beginning
}

const shown = view({
  token,
  say: (label) => out.add(label, []),
  again: (id) => out.again(id),
  discard: (id) => out.discard(id),
})

const out = outgoing(kept, {
  token,
  changed: () => {
    show()
    shown.end()
  },
  slow: () => complain(words.slow),
  sent: () => show(),
  dead: forget,
})

const outside = frame({ opened: () => void noteSeen() })

/** The platform does not know the token any more: the visitor is somebody new, and what they wrote is not lost. */
function forget() {
  kept.token = null
  line?.abort()
  entries = []
  place = 0
  told_ = { delivered_to: 0, read_to: 0 }
  show()
}

function show() {
  const known = new Set(entries.flatMap((entry) => (entry.client_id ? [entry.client_id] : [])))
  shown.show(
    entries,
    kept.unsent.filter((one) => !known.has(one.client_id)),
    state,
  )
  older.hidden = earlier === null
  element('greeting', HTMLElement).hidden = entries.length > 0 || !element('greeting', HTMLElement).textContent
  const advisor = element('advisor', HTMLElement)
  advisor.textContent = state.advisor === null ? '' : words.advisor(state.advisor)
  advisor.hidden = state.advisor === null
}

/** @param {Entry[]} more */
function add(more) {
  for (const entry of more) {
    const at = entries.findIndex((known) => known.id === entry.id)
    if (at < 0) {
      entries.push(entry)
    } else {
      // Said again because something of it changed; it stays where it was.
      entries[at] = { ...entry, position: entries[at]?.position ?? entry.position, at: entries[at]?.at ?? entry.at }
    }
    if (entry.client_id) out.taken(entry.client_id)
    if (entry.side === 'advisor' || entry.side === 'scenario') typingLine.hidden = true
  }
  entries.sort((one, other) => one.position - other.position)
}

/** Reads what was said so far and follows from there, for as long as the page lives. */
async function start() {
  line?.abort()
  const own = (line = new AbortController())
  const patience = new api.Patience()
  let caughtUp = false
  while (!own.signal.aborted && kept.token) {
    const token = kept.token
    try {
      if (!caughtUp) {
        const thread = await api.thread(token, null)
        if (own.signal.aborted) return
        add(thread.items)
        earlier = thread.next
        state = thread.state
        place = thread.position
        caughtUp = true
        show()
        shown.end()
        void noteSeen()
      }
      const attempt = new AbortController()
      hangUp = () => attempt.abort()
      own.signal.addEventListener('abort', hangUp, { once: true })
      await api.follow(token, place, told, () => reached(patience), attempt.signal)
    } catch (error) {
      if (!(error instanceof api.Refusal)) throw error
      if (error.status === 401) return forget()
      if (!error.passing) return gone()
      await pause(Math.max(error.waitMs, patience.next()), own.signal)
      continue
    }
    if (own.signal.aborted) return
    lost()
    await pause(patience.next(), own.signal)
  }
}

/** @param {string} event @param {any} data @param {number | null} id */
function told(event, data, id) {
  if (event === 'entry') {
    add([data])
    if (id !== null) place = Math.max(place, id)
    show()
    void noteSeen()
  } else if (event === 'state') {
    state = data
    show()
  } else if (event === 'typing') {
    someoneTypes(data)
  }
}

/** @param {import('./api.js').Patience} patience */
function reached(patience) {
  patience.reset()
  connection.hidden = true
  out.wake()
  noteSeen()
}

function lost() {
  connection.textContent = navigator.onLine ? words.connecting : words.offline
  connection.hidden = false
}

function gone() {
  connection.textContent = words.gone
  connection.hidden = false
  element('composer', HTMLFormElement).hidden = true
}

/** Waits, or until something says that it may work now. @param {number} ms @param {AbortSignal} signal */
function pause(ms, signal) {
  lost()
  return new Promise((resolve) => {
    const alarm = setTimeout(done, ms)
    function done() {
      clearTimeout(alarm)
      removeEventListener('online', done)
      signal.removeEventListener('abort', done)
      resolve(undefined)
    }
    addEventListener('online', done)
    signal.addEventListener('abort', done)
  })
}

// --- Seen ---------------------------------------------------------------------------------------------------------------------

let told_ = { delivered_to: 0, read_to: 0 }
/** @type {ReturnType<typeof setTimeout> | undefined} */
let soon

/** Says how far the customer has seen what was answered, once things have settled. Whoever closes the chat before has seen it, too. */
function noteSeen() {
  clearTimeout(soon)
  const answers = entries.filter((entry) => entry.side !== 'customer')
  const newest = answers.at(-1)?.position ?? 0
  if (outside.open && document.visibilityState === 'visible' && newest > kept.looked) kept.looked = newest
  const seenTo = Math.max(kept.looked, state.seen_to)
  outside.unread(answers.filter((entry) => entry.position > seenTo).length)
  soon = setTimeout(() => {
    const seen = { delivered_to: newest, read_to: Math.max(kept.looked, told_.read_to) }
    if (!kept.token || (seen.delivered_to <= told_.delivered_to && seen.read_to <= told_.read_to)) return
    api.seen(kept.token, seen).then(
      () => (told_ = seen),
      () => {},
    )
  }, 300)
}
document.addEventListener('visibilitychange', noteSeen)

// --- Typing -------------------------------------------------------------------------------------------------------------------

/** @type {ReturnType<typeof setTimeout> | undefined} */
let stopsTyping
const TYPING_LASTS_MS = 6000
const SAY_TYPING_EVERY_MS = 3000
let saidTyping = 0

/** @param {{ on: boolean, name?: string }} who */
function someoneTypes({ on, name }) {
  clearTimeout(stopsTyping)
  const stick = shown.atEnd
  typingLine.hidden = !on
  element('typing-text', HTMLElement).textContent = words.typing(name ?? words.assistant)
  if (stick) shown.end()
  if (on) stopsTyping = setTimeout(() => (typingLine.hidden = true), TYPING_LASTS_MS)
}

function iType() {
  if (!kept.token || text.value === '' || Date.now() - saidTyping < SAY_TYPING_EVERY_MS) return
  saidTyping = Date.now()
  api.typing(kept.token, true).catch(() => {})
}

// --- The composer -------------------------------------------------------------------------------------------------------------

/** @param {string} why */
function complain(why) {
  refused.textContent = why
  refused.hidden = false
}

function grow() {
  text.style.height = 'auto'
  // Its borders belong to its height; without them there is a scroll bar beside a single line.
  const borders = text.offsetHeight - text.clientHeight
  text.style.height = `${Math.min(text.scrollHeight + borders, 140)}px`
}

/** @param {import('./api.js').Settings} settings */
function compose(settings) {
  const files = picker(settings.attachments, kept.draft.attachments, { token, changed: showPicked, refused: complain })
  const list = element('picked', HTMLUListElement)
  const input = element('files', HTMLInputElement)
  const attach = element('attach', HTMLButtonElement)
  const send = element('send', HTMLButtonElement)

  function showPicked() {
    list.hidden = files.all.length === 0
    list.replaceChildren(
      ...files.all.map((one) => {
        const item = document.createElement('li')
        const name = document.createElement('span')
        name.textContent = one.name
        const bar = document.createElement('progress')
        bar.max = 1
        bar.value = one.share
        bar.hidden = one.attachment !== null
        bar.setAttribute('aria-label', words.uploading(one.name, Math.round(one.share * 100)))
        const remove = button('×', 'icon', () => files.remove(one))
        remove.setAttribute('aria-label', words.remove(one.name))
        item.append(name, bar, remove)
        return item
      }),
    )
    save()
  }

  function save() {
    kept.draft = { text: text.value, attachments: files.all.flatMap((one) => (one.attachment ? [one.attachment] : [])) }
    const length = [...text.value].length
    const tooLong = length > settings.message_limit
    if (tooLong) complain(words.tooLong)
    send.disabled = files.busy || tooLong || (text.value.trim() === '' && files.all.length === 0)
  }

  element('composer', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault()
    if (send.disabled) return
    refused.hidden = true
    const written = text.value
    text.value = ''
    out.add(written, files.takeAll())
    saidTyping = 0
    grow()
    save()
    text.focus()
  })
  text.addEventListener('input', () => {
    refused.hidden = true
    grow()
    save()
    iType()
  })
  text.addEventListener('keydown', (event) => {
    // An input method's Enter chooses a character.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
    event.preventDefault()
    element('composer', HTMLFormElement).requestSubmit()
  })
  text.addEventListener('paste', (event) => {
    if (event.clipboardData?.files.length && !attach.hidden) files.add(event.clipboardData.files)
  })
  input.accept = settings.attachments.types.join(',')
  attach.hidden = settings.attachments.max_bytes === 0 || settings.attachments.max_count === 0
  attach.addEventListener('click', () => input.click())
  input.addEventListener('change', () => {
    refused.hidden = true
    if (input.files) files.add(input.files)
    input.value = ''
  })
  text.value = kept.draft.text
  grow()
  showPicked()
}

// --- The beginning ------------------------------------------------------------------------------------------------------------

function label() {
  document.documentElement.lang = language
  text.placeholder = words.messagePlaceholder
  text.setAttribute('aria-label', words.message)
  for (const [id, name] of Object.entries({ attach: words.attach, send: words.send, close: words.close, scroll: words.history, thread: words.history })) {
    element(id, HTMLElement).setAttribute('aria-label', name)
  }
  older.textContent = words.older
}

older.addEventListener('click', async () => {
  if (!kept.token || earlier === null || older.disabled) return
  older.disabled = true
  try {
    const thread = await api.thread(kept.token, earlier)
    add(thread.items)
    earlier = thread.next
    show()
  } catch {
    lost()
  } finally {
    older.disabled = false
  }
})

async function begin() {
  label()
  fitToKeyboard()
  show()
  const patience = new api.Patience()
  for (;;) {
    try {
      const settings = await api.settings()
      connection.hidden = true
      document.title = settings.title
      element('title', HTMLElement).textContent = settings.title
      element('greeting', HTMLElement).textContent = settings.greeting[language] || settings.greeting.en || settings.greeting.fr
      paint(settings.colour)
      compose(settings)
      break
    } catch (error) {
      if (!(error instanceof api.Refusal)) throw error
      if (!error.passing) return gone()
      await pause(patience.next(), new AbortController().signal)
    }
  }
  show()
  addEventListener('online', () => out.wake())
  addEventListener('offline', () => {
    lost()
    hangUp()
  })
  kept.onElsewhere(() => {
    if (kept.token && line === null) void start()
    else show()
  })
  if (kept.token) void start()
  // What was not sent before a reload.
  out.wake()
  outside.ready()
}

void begin()
