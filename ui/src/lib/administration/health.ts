/** How the workspace is. */
import type { Backend } from '$lib/backend'
import type { WorkspaceHealth } from '$lib/wire/WorkspaceHealth'
import { Calls } from './call'

export function workspaceHealth(backend: Backend): Promise<WorkspaceHealth> {
  return new Calls(backend).get('/v1/admin/workspace-health')
}
