/**
 * Faults of the interface go to the log, at most a few per minute, and never with anybody's text: only the kind of fault and
 * where in our code it happened.
 */
import type { Backend } from '$lib/backend'

const MOST_PER_MINUTE = 5
/** What a browser says when a size that was observed leads to another within one frame. It delivers that one in the next: no fault. */
const OBSERVED_LATER = 'ResizeObserver loop'

export function reportFaults(backend: Backend) {
  let reported = 0
  setInterval(() => (reported = 0), 60_000)
  const report = (kind: string, fault: unknown) => {
    if (reported++ >= MOST_PER_MINUTE) return
    const where = fault instanceof Error ? calls(fault).slice(0, 5).join(' | ') : ''
    const name = fault instanceof Error ? fault.name : typeof fault
    backend.reportFault(`${kind} ${name} ${where}`).catch(() => undefined)
  }
  window.addEventListener('error', (event) => {
    if (!event.message.startsWith(OBSERVED_LATER)) report('error', event.error)
  })
  window.addEventListener('unhandledrejection', (event) => report('rejection', event.reason))
}

/** The calls that led to it, innermost first. Some browsers put the fault's text before them, which may have several lines. */
function calls(fault: Error): string[] {
  const stack = fault.stack ?? ''
  const text = `${fault.name}: ${fault.message}`
  return (stack.startsWith(text) ? stack.slice(text.length) : stack).split('\n').filter((line) => line.trim() !== '')
}
