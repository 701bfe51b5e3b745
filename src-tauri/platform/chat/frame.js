/**
 * The page inside somebody else's: it tells the script that embedded it how much is unread and that it wants to be closed, and
 * is told whether it is shown. Which sites may embed it is the platform's business (`frame-ancestors`), so whoever is outside
 * is allowed to be.
 */
import { element } from './view.js'

/** @param {{ opened: () => void }} page */
export function frame(page) {
  const embedded = window.parent !== window
  let open = !embedded
  let said = -1
  /** @param {Record<string, unknown>} message */
  const say = (message) => {
    // Nothing of the conversation is in it.
    if (embedded) window.parent.postMessage({ signoff: 'chat', ...message }, '*')
  }
  const leave = () => {
    // What comes now is seen by nobody, also before the page outside has put the frame away and says so.
    if (embedded) open = false
    say({ close: true })
  }
  const close = element('close', HTMLButtonElement)
  close.hidden = !embedded
  close.addEventListener('click', leave)
  addEventListener('keydown', (event) => {
    if (event.key === 'Escape') leave()
  })
  addEventListener('message', (event) => {
    if (!embedded || event.source !== window.parent || event.data?.signoff !== 'chat-host') return
    open = event.data.open === true
    if (open) {
      page.opened()
      element('text', HTMLTextAreaElement).focus()
    }
  })
  return {
    /** Whether the customer can see the page. */
    get open() {
      return open
    },
    ready: () => say({ ready: true }),
    /** @param {number} count */
    unread(count) {
      if (count === said) return
      said = count
      say({ unread: count })
    },
  }
}
