/** Charts: what lies side by side is drawn as bars, what follows each other as lines. */
import { screen, waitFor } from '@testing-library/svelte'
import type { Options } from 'uplot'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { button, openDesk } from './desk'

const drawn = vi.hoisted(() => [] as Options[])

vi.mock('uplot', () => ({
  default: class {
    static paths = { bars: (how: object) => ({ bars: how }) }
    constructor(options: Options) {
      drawn.push(options)
    }
    destroy() {}
    setSize() {}
  },
}))

beforeEach(() => {
  localStorage.clear()
  drawn.length = 0
  vi.stubGlobal('CanvasRenderingContext2D', class {})
})
afterEach(() => vi.unstubAllGlobals())

const bars = () =>
  drawn
    .at(-1)
    ?.series.slice(1)
    .map(({ label, paths }) => [label, paths !== undefined])

it('draws the delays of teams as bars, those of days as lines', async () => {
  const { user } = await openDesk({ role: 'admin' })
  await user.click(await button('Figures'))
  await user.click(await button('Delays'))
  await waitFor(() =>
    expect(bars()).toEqual([
      ['Median', false],
      ['9 out of 10 within', false],
    ]),
  )
  await user.selectOptions(screen.getByRole('combobox', { name: 'Lines' }), 'Team')
  await waitFor(() => expect(bars()?.map(([, bar]) => bar)).toEqual([true, true]))
})

it('draws the period before as bars, too, where people stand side by side', async () => {
  const { user } = await openDesk({ role: 'admin' })
  await user.click(await button('Figures'))
  await user.selectOptions(await screen.findByRole('combobox', { name: 'Lines' }), 'Author')
  await user.click(screen.getByRole('checkbox', { name: 'Compare with the period before' }))
  await waitFor(() =>
    expect(bars()).toEqual([
      ['Close Conversation', true],
      ['Period before', true],
    ]),
  )
})
