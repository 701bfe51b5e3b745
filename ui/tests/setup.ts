/** What jsdom lacks and the interface needs: sizes for the virtual list, media queries, scrolling. */
import '@testing-library/jest-dom/vitest'
import { configure } from '@testing-library/svelte'
import { afterEach, beforeEach, vi } from 'vitest'

// A busy machine is slow, not wrong.
configure({ asyncUtilTimeout: 5_000 })

/** Scrolling panes are high, what is in them is not: enough for the virtual list to show a screenful. */
class SizedObserver implements ResizeObserver {
  constructor(readonly callback: ResizeObserverCallback) {}

  observe(target: Element) {
    const height = target.classList.contains('scroll') ? 800 : 64
    const contentRect = {
      width: 400,
      height,
      top: 0,
      left: 0,
      bottom: height,
      right: 400,
      x: 0,
      y: 0,
      toJSON: () => ({}),
    }
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

/** Everything is in sight. */
class SeeingObserver implements IntersectionObserver {
  readonly root = null
  readonly rootMargin = ''
  readonly scrollMargin = ''
  readonly thresholds = []

  constructor(readonly callback: IntersectionObserverCallback) {}

  observe(target: Element) {
    const rect = target.getBoundingClientRect()
    const entry = {
      target,
      isIntersecting: true,
      intersectionRatio: 1,
      boundingClientRect: rect,
      intersectionRect: rect,
      rootBounds: null,
      time: 0,
    }
    queueMicrotask(() => this.callback([entry], this))
  }

  unobserve() {}
  disconnect() {}
  takeRecords() {
    return []
  }
}

globalThis.IntersectionObserver = SeeingObserver
