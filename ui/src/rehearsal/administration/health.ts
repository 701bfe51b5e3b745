/** A workspace that is well, but for one channel. */
import type { WorkspaceHealth } from '$lib/wire/WorkspaceHealth'
import type { Subject } from './index'

export function health(): Subject {
  const body: WorkspaceHealth = {
    version: '0.1.0',
    checks: [
      { name: 'serving', ok: true, detail: 'yes' },
      { name: 'writes', ok: true, detail: 'durable' },
      { name: 'disk', ok: true, detail: '51200 MiB free' },
      { name: 'schema', ok: true, detail: 'version 2' },
    ],
    file_bytes: 734_003_200,
    attachments_bytes: 2_147_483_648,
    disk_free_bytes: 53_687_091_200,
    backups_planned: true,
    last_backup_at: '2026-03-02T02:00:00.000Z',
    closed_texts_months: 24,
    waiting_deliveries: [{ channel: 'WhatsApp', replies: 14 }],
  }
  return ({ path }) => (path === '/v1/admin/workspace-health' ? { body } : undefined)
}
