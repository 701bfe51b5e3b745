/** Whatever a command rejected with, as a {@link Failure}: the views only ever deal with codes. */
import type { Failure } from './wire'

export function failureOf(reason: unknown): Failure {
  if (typeof reason === 'object' && reason !== null && 'code' in reason && typeof reason.code === 'string') {
    return reason as Failure
  }
  return { code: 'internal', detail: reason instanceof Error ? reason.name : typeof reason }
}
