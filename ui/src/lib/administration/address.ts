/**
 * Where people reach the platform: as its operator says, and otherwise as this app does. An admin inside the company's network may use another
 * address than those whom a link is for.
 */
import type { Backend } from '$lib/backend'
import { WorkspaceAdministration } from './workspace'

/** Without a slash at its end. @param own how this app reaches it. */
export async function publicAddress(backend: Backend, own: string): Promise<string> {
  const said = await new WorkspaceAdministration(backend).read().then(
    ({ value }) => value.address,
    // Whoever cannot be asked has not said otherwise.
    () => null,
  )
  return (said ?? own).replace(/\/+$/, '')
}
