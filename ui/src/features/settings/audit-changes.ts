/** From what to what, where an entry of the audit log says so: one line for each value that differs. */
import type { AuditEntry } from '$lib/backend'
import { absolute } from '$lib/i18n/time'
import { m } from '$lib/paraglide/messages'
import type { Names } from './audit-words'

export interface AuditChange {
  /** What changed; null where the entry's sentence says it. */
  field: string | null
  from: string
  to: string
}

/** Kinds whose one value says more than their sentence does. */
const single = new Set([
  'settings.allow_manual_close',
  'settings.second_factor_required',
  'user.name',
  'user.email',
  'user.role',
  'user.teams',
  'user.channels',
  'team.name',
  'team.members',
  'tag.order',
])

/** Kinds whose sentence says all that their values do. */
const complete = new Set(['channel.archive', 'channel.restore', 'widget-application.secret-renewed'])

/** The fields of documents that fit into a line, as their pages call them. */
const labels: Record<string, () => string> = {
  name: m.workspace_name,
  time_zone: m.workspace_time_zone,
  default_language: m.workspace_language,
  team_mandatory: m.audit_team_mandatory,
  mandatory: m.tags_mandatory,
  archived: m.audit_archived,
  shortcut: m.canned_shortcut,
  language: m.canned_language,
  text: m.canned_text,
  closing: m.canned_closing,
  quiet_days: m.surveys_quiet_days,
  min_replies: m.surveys_min_replies,
  kind: m.surveys_kind,
  paused: m.audit_paused,
  ask_comment: m.surveys_ask_comment,
  enabled: m.exports_daily_switch,
  hour: m.exports_hour,
  keep_days: m.exports_keep,
  reply_limit: m.channel_reply_limit,
  conversation_window_h: m.channel_conversation_window,
  reply_window_h: m.channel_reply_window,
  person_window_h: m.channel_person_window,
  version: m.audit_version,
  channels: m.settings_channels,
  origins: m.audit_origins,
  single_sign_on: m.sso_enabled,
  issuer: m.sso_issuer,
  client_id: m.sso_client_id,
  address: m.sso_address,
  domains: m.sso_domains,
  adds_people: m.sso_adds_people,
  passwords_allowed: m.sso_passwords,
}

export function auditChanges(entry: AuditEntry, names: Names): AuditChange[] {
  if (single.has(entry.what)) return [{ field: null, ...said(entry.from, entry.to, names) }]
  const [from, to] = [flat(entry.from), flat(entry.to)]
  if (!from || !to || complete.has(entry.what)) return []
  return Object.entries(labels)
    .filter(([key]) => (key in from || key in to) && JSON.stringify(from[key]) !== JSON.stringify(to[key]))
    .map(([key, label]) => ({ field: label(), ...said(from[key], to[key], names) }))
}

const said = (from: unknown, to: unknown, names: Names) => ({ from: inWords(from, names), to: inWords(to, names) })

/** A document's fields, with those of the document within that some kinds have. */
function flat(value: unknown): Record<string, unknown> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const { rules, survey, ...own } = value as Record<string, unknown>
  return { ...own, ...(rules as object | undefined), ...(survey as object | undefined) }
}

function inWords(value: unknown, names: Names): string {
  if (value === true) return m.audit_on()
  if (value === false) return m.audit_off()
  if (value === null || value === undefined || value === '') return m.audit_none()
  if (value === 'admin') return m.role_admin()
  if (value === 'advisor') return m.role_advisor()
  if (value === 'nps') return m.surveys_nps()
  if (value === 'csat') return m.surveys_csat()
  if (typeof value === 'string')
    return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? absolute(value) : (names.get(value) ?? value)
  if (Array.isArray(value)) return value.map((one) => inWords(one, names)).join(', ') || m.audit_none()
  if (typeof value === 'object') return String((value as { name?: unknown }).name ?? m.audit_none())
  return JSON.stringify(value)
}
