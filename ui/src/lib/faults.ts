/**
 * Faults of the interface go to the log, at most a few per minute, and never with anybody's text: only the kind of fault and
 * where in our code it happened.
 */
import type { Backend } from '$lib/backend'

const MOST_PER_MINUTE = 5

export function reportFaults(backend: Backend) {
  let reported = 0
  setInterval(() => (reported = 0), 60_000)
  const report = (kind: string, fault: unknown) => {
    if (reported++ >= MOST_PER_MINUTE) return
    const where = fault instanceof Error ? (fault.stack ?? '').split('\n').slice(1, 6).join(' | ') : ''
    const name = fault instanceof Error ? fault.name : typeof fault
    backend.reportFault(`${kind} ${name} ${where}`).catch(() => undefined)
  }
  window.addEventListener('error', (event) => report('error', event.error))
  window.addEventListener('unhandledrejection', (event) => report('rejection', event.reason))
}
