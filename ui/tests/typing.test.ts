/** The customer types: seen while it is so, said once to a screen reader, and gone by itself. */
import { act, screen, waitFor } from '@testing-library/svelte'
import { describe, expect, it, vi } from 'vitest'
import { openDesk, openFirst } from './desk'

describe('a customer who types', () => {
  it('is shown, said once, and over when nothing more is heard', async () => {
    const { user, rehearsal } = await openDesk()
    const id = await openFirst(user)
    const region = screen.getByRole('region', { name: /^Conversation with/ })
    const name = region.getAttribute('aria-label')!.replace('Conversation with ', '')
    vi.useFakeTimers()
    await act(() => rehearsal.customerTypes(id))
    const line = screen.getAllByText(`${name} is typing…`)
    expect(line.some((one) => one.closest('[aria-hidden]'))).toBe(true)
    expect(line.some((one) => one.closest('[aria-live=polite], [role=status]'))).toBe(true)
    await act(() => vi.advanceTimersByTime(5_000))
    await act(() => rehearsal.customerTypes(id))
    await act(() => vi.advanceTimersByTime(5_000))
    expect(shown(name)).toBe(true)
    await act(() => vi.advanceTimersByTime(1_100))
    expect(shown(name)).toBe(false)
  })

  it('is over when the message is there, when it is taken back, and says nothing of other conversations', async () => {
    const { user, rehearsal } = await openDesk()
    const id = await openFirst(user)
    const region = screen.getByRole('region', { name: /^Conversation with/ })
    const name = region.getAttribute('aria-label')!.replace('Conversation with ', '')
    rehearsal.customerTypes('conv_other')
    rehearsal.customerTypes(id)
    await waitFor(() => expect(shown(name)).toBe(true))
    rehearsal.customerWrites(id, 'Here it is')
    await screen.findAllByText('Here it is')
    await waitFor(() => expect(shown(name)).toBe(false))
    rehearsal.customerTypes(id)
    await waitFor(() => expect(shown(name)).toBe(true))
    rehearsal.customerTypes(id, false)
    await waitFor(() => expect(shown(name)).toBe(false))
  })
})

function shown(name: string): boolean {
  return screen.queryAllByText(`${name} is typing…`).some((one) => one.closest('[aria-hidden=true]'))
}
