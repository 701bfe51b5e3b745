/** The present, for relative times. One timer for the whole window, and none while nobody looks at it. */
const TICK_MS = 20_000

let now = $state(Date.now())

export const clock = {
  get now(): number {
    return now
  },

  /** Starts the clock; call the answer to stop it. */
  start(): () => void {
    const tick = () => (now = Date.now())
    let timer: ReturnType<typeof setInterval> | undefined
    const follow = () => {
      clearInterval(timer)
      if (document.hidden) return
      tick()
      timer = setInterval(tick, TICK_MS)
    }
    follow()
    document.addEventListener('visibilitychange', follow)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', follow)
    }
  },
}
