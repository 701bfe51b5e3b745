/** What jsdom lacks and the interface needs: sizes for the virtual list, media queries, scrolling. */
import '@testing-library/jest-dom/vitest'
import { configure } from '@testing-library/svelte'
import { afterEach, beforeEach, vi } from 'vitest'

// A busy machine is slow, not wrong.
configure({ asyncUtilTimeout: 5_000 })

const VIEWPORT = { width: 400, height: 800 }

class SizedObserver implements ResizeObserver {
  constructor(readonly callback: ResizeObserverCallback) {}

  observe(target: Element) {
    const contentRect = { ...VIEWPORT, top: 0, left: 0, bottom: 800, right: 400, x: 0, y: 0, toJSON: () => ({}) }
    const entry = { target, contentRect, borderBoxSize: [], contentBoxSize: [], devicePixelContentBoxSize: [] }
    queueMicrotask(() => this.callback([entry], this))
  }

  unobserve() {}
  disconnect() {}
}

globalThis.ResizeObserver = SizedObserver
Element.prototype.scrollTo = () => undefined
Element.prototype.scrollIntoView = () => undefined
Object.defineProperty(HTMLElement.prototype, 'offsetParent', { get: () => document.body })

beforeEach(() => {
  localStorage.clear()
  window.matchMedia = (media: string) =>
    ({ matches: false, media, addEventListener: () => undefined, removeEventListener: () => undefined }) as never
})

afterEach(() => {
  vi.useRealTimers()
})
