/*
 * Signoff's chat on any page: <script src="https://PLATFORM/chat/CHANNEL/embed.js" async></script>
 *
 * A button in the corner, and the chat in a frame above it. Touches nothing of the page: everything is inside one element with a
 * shadow tree. Optional on the script: data-name (how the visitor is called), data-lang (en, fr), data-side (left, right).
 */
;(() => {
  const script = document.currentScript
  if (!(script instanceof HTMLScriptElement)) return
  const page = script.src.replace(/\/embed\.js([?#].*)?$/, '')
  const platform = new URL(page).origin
  const once = `signoff-chat-${page}`
  if (Reflect.get(window, once)) return
  Reflect.set(window, once, true)

  const lang = script.dataset.lang ?? navigator.language ?? 'en'
  const french = lang.toLowerCase().startsWith('fr')
  const words = french
    ? { open: 'Ouvrir le chat', close: 'Fermer le chat', chat: 'Chat', unread: (/** @type {number} */ n) => `, ${n} non lu${n > 1 ? 's' : ''}` }
    : { open: 'Open the chat', close: 'Close the chat', chat: 'Chat', unread: (/** @type {number} */ n) => `, ${n} unread` }
  const left = script.dataset.side === 'left'
  const query = new URLSearchParams()
  if (script.dataset.lang) query.set('lang', script.dataset.lang)
  if (script.dataset.name) query.set('name', script.dataset.name)
  const address = query.size ? `${page}?${query}` : page

  const host = document.createElement('div')
  host.setAttribute('data-signoff-chat', '')
  const root = host.attachShadow({ mode: 'open' })
  const style = new CSSStyleSheet()
  style.replaceSync(`
    :host { all: initial; }
    button {
      position: fixed; bottom: calc(20px + env(safe-area-inset-bottom)); ${left ? 'left' : 'right'}: 20px; z-index: 2147483001;
      width: 56px; height: 56px; border: 0; border-radius: 50%; background: __COLOUR__; color: #fff; cursor: pointer;
      box-shadow: 0 4px 16px rgb(0 0 0 / 25%); padding: 0;
    }
    button:focus-visible { outline: 3px solid __COLOUR__; outline-offset: 3px; box-shadow: 0 0 0 3px #fff; }
    svg { width: 28px; height: 28px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
    .badge {
      position: absolute; top: -4px; ${left ? 'left' : 'right'}: -4px; min-width: 22px; height: 22px; padding: 0 6px; border-radius: 11px;
      box-sizing: border-box; background: #b91c1c; color: #fff; font: 600 13px/22px system-ui, sans-serif; text-align: center;
    }
    [hidden] { display: none !important; }
    iframe {
      position: fixed; bottom: calc(88px + env(safe-area-inset-bottom)); ${left ? 'left' : 'right'}: 20px; z-index: 2147483000;
      width: min(390px, calc(100vw - 40px)); height: min(640px, calc(100dvh - 108px)); border: 0; border-radius: 12px;
      box-shadow: 0 8px 40px rgb(0 0 0 / 30%); background: #fff; color-scheme: normal;
    }
    @media (max-width: 480px) {
      iframe { inset: 0; width: 100%; height: 100%; border-radius: 0; z-index: 2147483002; }
    }
  `)
  root.adoptedStyleSheets = [style]
  const button = document.createElement('button')
  button.type = 'button'
  button.setAttribute('aria-expanded', 'false')
  const drawing = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  drawing.setAttribute('viewBox', '0 0 24 24')
  drawing.setAttribute('aria-hidden', 'true')
  const bubble = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  bubble.setAttribute('d', 'M4 5h16v11H10l-5 4v-4H4z')
  drawing.append(bubble)
  const badge = document.createElement('span')
  badge.className = 'badge'
  badge.hidden = true
  button.append(drawing, badge)
  root.append(button)

  /** @type {HTMLIFrameElement | null} */
  let frame = null
  let unread = 0
  let open = false

  function label() {
    button.setAttribute('aria-label', (open ? words.close : words.open) + (unread && !open ? words.unread(unread) : ''))
    button.setAttribute('aria-expanded', String(open))
    badge.textContent = unread > 99 ? '99+' : String(unread)
    badge.hidden = open || unread === 0
  }

  function tell() {
    frame?.contentWindow?.postMessage({ signoff: 'chat-host', open }, platform)
  }

  /** @param {boolean} wanted */
  function set(wanted) {
    open = wanted
    if (open) load()
    if (frame) frame.hidden = !open
    if (open) unread = 0
    label()
    tell()
    if (open) remember()
    else button.focus()
  }

  function load() {
    if (frame) return
    frame = document.createElement('iframe')
    frame.src = address
    frame.title = words.chat
    frame.hidden = !open
    root.append(frame)
  }

  /** The frame is loaded unasked only for those who have chatted: they may have something to read. */
  function remember() {
    try {
      localStorage.setItem(once, '1')
    } catch {
      // Then the badge waits for the first click.
    }
  }

  function known() {
    try {
      return localStorage.getItem(once) !== null
    } catch {
      return false
    }
  }

  window.addEventListener('message', (event) => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== platform) return
    const said = event.data
    if (said?.signoff !== 'chat') return
    if (said.ready) tell()
    if (said.close) set(false)
    if (typeof said.unread === 'number') {
      unread = open ? 0 : said.unread
      label()
    }
  })
  button.addEventListener('click', () => set(!open))
  label()
  const place = () => {
    document.body.append(host)
    if (known()) load()
  }
  if (document.body) place()
  else document.addEventListener('DOMContentLoaded', place)
})()
