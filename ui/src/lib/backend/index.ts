/** What the rest of the interface imports: the door's type and everything that passes through it. */
export type { Backend } from './backend'
export type * from './wire'
export { failureOf } from './failure'
