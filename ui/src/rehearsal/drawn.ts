/** A picture that no file is behind: a landscape, drawn as the engine would have drawn a customer's. */
import type { Picture } from '$lib/backend'

export function drawn(large: boolean): Picture {
  const [width, height] = large ? [1600, 1000] : [640, 400]
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 10" width="${width}" height="${height}"><path fill="#8ecae6" d="M0 0h16v10H0z"/><circle cx="12.5" cy="2.5" r="1.2" fill="#ffb703"/><path fill="#588157" d="m0 8 4-4 3 3 3-4 6 6v1H0z"/><path fill="#3a5a40" d="M0 9l5-2 4 1 7-1v3H0z"/></svg>`
  return { url: `data:image/svg+xml;base64,${btoa(svg)}`, width, height }
}
