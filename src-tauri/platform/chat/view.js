/** The page as it is shown: entries in order, what waits to be sent behind them. Text is only ever text. */
import { fileCard } from './files.js'
import { surveyCard } from './survey.js'
import { tag, words } from './words.js'

/** @typedef {import('./api.js').Entry} Entry */
/** @typedef {import('./api.js').State} State */
/** @typedef {import('./keep.js').Unsent} Unsent */
/** @typedef {{ token: () => Promise<string>, say: (text: string) => void, again: (id: string) => void, discard: (id: string) => void }} Acts */

/** @template {HTMLElement} T @param {string} id @param {new () => T} kind @returns {T} */
export function element(id, kind) {
  const found = document.getElementById(id)
  if (!(found instanceof kind)) throw new Error(`no ${id}`)
  return found
}

const time = new Intl.DateTimeFormat(tag, { hour: '2-digit', minute: '2-digit' })
const date = new Intl.DateTimeFormat(tag, { weekday: 'long', day: 'numeric', month: 'long' })
/** Author named again after this silence. */
const PAUSE_MS = 5 * 60_000
const NEAR_END_PX = 60

/** @param {Acts} acts */
export function view(acts) {
  const scroll = element('scroll', HTMLElement)
  const thread = element('thread', HTMLOListElement)
  const toEnd = element('to-end', HTMLButtonElement)
  /** By id, with what it was made of: a line is made anew only when that changed. @type {Map<string, { line: HTMLElement, of: string }>} */
  const lines = new Map()

  function atEnd() {
    return scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR_END_PX
  }

  function end() {
    scroll.scrollTop = scroll.scrollHeight
    toEnd.hidden = true
  }
  toEnd.textContent = words.newMessages
  toEnd.addEventListener('click', end)
  scroll.addEventListener('scroll', () => {
    if (atEnd()) toEnd.hidden = true
  })
  new ResizeObserver(() => {
    if (toEnd.hidden && sticks) end()
  }).observe(scroll)
  let sticks = true
  scroll.addEventListener('scroll', () => (sticks = atEnd()))

  return {
    /** Whether the newest line is in sight. */
    get atEnd() {
      return atEnd()
    },
    end,
    /** Shows all of it. @param {Entry[]} entries @param {Unsent[]} unsent @param {State} state */
    show(entries, unsent, state) {
      const stick = atEnd() || lines.size === 0
      const fromEnd = scroll.scrollHeight - scroll.scrollTop
      const firstBefore = thread.firstElementChild
      const newestBefore = thread.lastElementChild
      const last = entries.at(-1)
      /** @type {HTMLElement[]} */
      const order = []
      /** @param {string} id @param {unknown} of @param {() => HTMLElement} make */
      const place = (id, of, make) => {
        const written = JSON.stringify(of)
        const known = lines.get(id)
        if (known?.of === written) return order.push(known.line)
        const line = make()
        known?.line.replaceWith(line)
        lines.set(id, { line, of: written })
        return order.push(line)
      }
      entries.forEach((entry, at) => {
        const before = entries[at - 1]
        if (!before || !sameDay(before.at, entry.at)) {
          place(`day-${entry.at.slice(0, 10)}`, null, () => divider(date.format(new Date(entry.at)), 'day'))
        }
        // What is offered can be chosen until something else is said.
        const offers = entry === last && unsent.length === 0
        const read = entry.side === 'customer' && entry.position <= state.read_to
        const named = !before || before.side !== entry.side || before.name !== entry.name || apart(before.at, entry.at)
        // A survey that is being answered stays as it is, whatever is said around it.
        const of = entry.kind === 'survey' ? entry.survey : [entry, offers, read, named]
        place(entry.id, of, () => line(entry, { offers, read, named }))
      })
      for (const one of unsent) place(`unsent-${one.client_id}`, one, () => waiting(one))

      const there = new Set(order)
      for (const [id, { line }] of lines) {
        if (!there.has(line)) {
          lines.delete(id)
          line.remove()
        }
      }
      order.forEach((line, at) => {
        if (thread.children[at] !== line) thread.insertBefore(line, thread.children[at] ?? null)
      })
      if (stick) end()
      else if (thread.firstElementChild !== firstBefore) scroll.scrollTop = scroll.scrollHeight - fromEnd
      else if (thread.lastElementChild !== newestBefore) toEnd.hidden = false
    },
  }

  /** @param {Entry} entry @param {{ offers: boolean, read: boolean, named: boolean }} how */
  function line(entry, { offers, read, named }) {
    if (entry.kind === 'closed') return divider(words.closed, 'closed')
    const item = document.createElement('li')
    item.className = `entry ${entry.side}`
    item.dataset.id = entry.id
    if (entry.kind === 'survey' && entry.survey) {
      item.append(surveyCard(entry.survey))
      return item
    }
    const name = entry.side === 'customer' ? words.you : (entry.name ?? words.assistant)
    const who = document.createElement('span')
    who.className = named && entry.side !== 'customer' ? 'who' : 'unseen'
    who.textContent = name
    item.append(who)
    if (entry.text) item.append(bubble(entry.text))
    for (const attachment of entry.attachments ?? []) item.append(fileCard(attachment, acts.token))
    if (entry.buttons?.length && offers) {
      const list = document.createElement('div')
      list.className = 'offers'
      for (const { label } of entry.buttons) list.append(button(label, 'offer', () => acts.say(label)))
      item.append(list)
    }
    item.append(foot(entry.at, entry.side === 'customer' ? (read ? 'read' : 'delivered') : null))
    return item
  }

  /** @param {Unsent} one */
  function waiting(one) {
    const item = document.createElement('li')
    item.className = `entry customer ${one.refused ? 'failed' : 'pending'}`
    const who = document.createElement('span')
    who.className = 'unseen'
    who.textContent = words.you
    item.append(who)
    if (one.text) item.append(bubble(one.text))
    for (const attachment of one.attachments) item.append(fileCard(attachment, acts.token))
    if (one.refused) {
      const why = document.createElement('p')
      why.className = 'why'
      why.setAttribute('role', 'alert')
      why.textContent = one.refused === 'message-too-long' ? words.tooLong : words.failed
      item.append(
        why,
        button(words.tryAgain, 'plain', () => acts.again(one.client_id)),
        button(words.removeMessage, 'plain', () => acts.discard(one.client_id)),
      )
    } else {
      item.append(foot(one.at, 'pending'))
    }
    return item
  }
}

/** @param {string} text */
function bubble(text) {
  const bubble = document.createElement('p')
  bubble.className = 'bubble'
  bubble.dir = 'auto'
  // Addresses can be followed; everything else is letters.
  for (const [at, part] of text.split(/(https?:\/\/[^\s<>"']+)/).entries()) {
    if (at % 2 === 0) {
      bubble.append(part)
      continue
    }
    const link = document.createElement('a')
    link.href = part
    link.target = '_blank'
    link.rel = 'noopener noreferrer nofollow'
    link.textContent = part
    bubble.append(link)
  }
  return bubble
}

const TICKS = {
  pending: 'M12 7v5l3 2M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18z',
  delivered: 'M5 13l4.5 4.5L19 7',
  read: 'M2 13l4.5 4.5L15 8M11 16l1.5 1.5L22 7',
}

/** @param {string} at @param {keyof typeof TICKS | null} how */
function foot(at, how) {
  const foot = document.createElement('span')
  foot.className = 'foot'
  const moment = document.createElement('time')
  moment.dateTime = at
  moment.textContent = time.format(new Date(at))
  foot.append(moment)
  if (how) {
    const tick = document.createElement('span')
    tick.className = `tick ${how}`
    tick.title = words[how]
    const drawing = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
    drawing.setAttribute('viewBox', '0 0 24 24')
    drawing.setAttribute('aria-hidden', 'true')
    const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
    path.setAttribute('d', TICKS[how])
    drawing.append(path)
    const spoken = document.createElement('span')
    spoken.className = 'unseen'
    spoken.textContent = words[how]
    tick.append(drawing, spoken)
    foot.append(tick)
  }
  return foot
}

/** @param {string} text @param {string} kind */
function divider(text, kind) {
  const item = document.createElement('li')
  item.className = `divider ${kind}`
  item.textContent = text
  return item
}

/** @param {string} text @param {string} kind @param {() => void} act */
export function button(text, kind, act) {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = kind
  button.textContent = text
  button.addEventListener('click', act)
  return button
}

/** @param {string} one @param {string} other */
function sameDay(one, other) {
  return new Date(one).toDateString() === new Date(other).toDateString()
}

/** @param {string} one @param {string} other */
function apart(one, other) {
  return Date.parse(other) - Date.parse(one) > PAUSE_MS
}
