/** What the interface tells the log about itself. */
import { reportFaults } from '$lib/faults'
import type { Backend } from '$lib/backend'
import { expect, it, vi } from 'vitest'

const reportFault = vi.fn<Backend['reportFault']>(async () => undefined)
reportFaults({ reportFault } as Partial<Backend> as Backend)

it('a fault is reported by its kind and place, and never with its text', () => {
  window.dispatchEvent(new ErrorEvent('error', { message: 'x', error: new TypeError('wrong:\nfrom Camille') }))
  expect(reportFault).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/^error TypeError /))
  expect(reportFault.mock.lastCall?.[0]).not.toContain('Camille')
  reportFault.mockClear()
})

it('a size that is delivered a frame later is no fault', () => {
  const message = 'ResizeObserver loop completed with undelivered notifications.'
  window.dispatchEvent(new ErrorEvent('error', { message }))
  expect(reportFault).not.toHaveBeenCalled()
})
