/** Colours of the company, and the height that a phone's keyboard leaves. */

/** @param {string} colour `#rrggbb`, or empty for Signoff's own */
export function paint(colour) {
  const channels = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour)?.slice(1).map((two) => parseInt(two, 16))
  if (!channels) return
  const style = document.documentElement.style
  style.setProperty('--accent', colour)
  style.setProperty('--on-accent', contrast(luminance(channels), 1) >= 4.5 ? '#ffffff' : '#10201e')
  // As text and as a line the colour has to be seen on the page's ground, whatever the company chose.
  style.setProperty('--accent-text-light', readable(channels, 1, -1))
  style.setProperty('--accent-text-dark', readable(channels, 0.01, 1))
}

/** WCAG's relative luminance. @param {number[]} channels */
function luminance(channels) {
  const [r = 0, g = 0, b = 0] = channels.map((channel) => {
    const share = channel / 255
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/** @param {number} one @param {number} other */
function contrast(one, other) {
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)
}

/** The colour, moved towards black or white until it can be read. @param {number[]} channels @param {number} ground @param {1 | -1} towards */
function readable(channels, ground, towards) {
  for (let step = 0; step <= 20; step++) {
    const moved = channels.map((channel) => Math.round(channel + ((towards > 0 ? 255 : 0) - channel) * (step / 20)))
    if (contrast(luminance(moved), ground) >= 4.8) return `rgb(${moved.join(' ')})`
  }
  return towards > 0 ? '#ffffff' : '#000000'
}

/** Safari lays a page out behind its keyboard: the visible part is what counts. */
export function fitToKeyboard() {
  const visible = window.visualViewport
  if (!visible) return
  const fit = () => {
    document.documentElement.style.setProperty('--height', `${visible.height}px`)
    // Safari has also scrolled the page out of sight.
    if (visible.offsetTop > 0) scrollTo(0, 0)
  }
  visible.addEventListener('resize', fit)
  visible.addEventListener('scroll', fit)
  fit()
}
