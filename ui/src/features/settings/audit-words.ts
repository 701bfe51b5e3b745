/**
 * The audit log in words: each kind of entry as a sentence that names what it was done to. What this version has no words for is shown
 * as the platform wrote it.
 */
import type { AuditEntry } from '$lib/backend'
import { absolute } from '$lib/i18n/time'
import { m } from '$lib/paraglide/messages'

type Wording = (entry: AuditEntry) => string

const name = (entry: AuditEntry) => entry.subject?.name ?? m.anonymous()
const about =
  (say: (named: { name: string }) => string): Wording =>
  (entry) =>
    say({ name: name(entry) })
const plain =
  (say: () => string): Wording =>
  () =>
    say()

function failed(entry: AuditEntry): string {
  const to = entry.to as { email?: string | null; locked?: boolean; unrecorded_before?: number } | null
  const who = entry.subject?.name ?? to?.email ?? m.audit_unknown_address()
  const said = to?.locked ? m.audit_sign_in_locked({ name: who }) : m.audit_sign_in_failed({ name: who })
  return to?.unrecorded_before ? `${said} ${m.audit_unrecorded({ count: to.unrecorded_before })}` : said
}

const sentences: Record<string, Wording> = {
  'settings.allow_manual_close': plain(m.audit_allow_manual_close),
  'customer.erased': plain(m.audit_customer_erased),
  'sign-in': plain(m.audit_sign_in),
  'sign-in.failed': failed,
  'sign-out': plain(m.audit_sign_out),
  'user.add': about(m.audit_user_add),
  'user.name': about(m.audit_user_name),
  'user.email': about(m.audit_user_email),
  'user.role': about(m.audit_user_role),
  'user.teams': about(m.audit_user_teams),
  'user.channels': about(m.audit_user_channels),
  'user.deactivate': about(m.audit_user_deactivate),
  'user.reactivate': about(m.audit_user_reactivate),
  'user.password': (entry) =>
    entry.subject?.id === entry.who.id ? m.audit_own_password() : m.audit_user_password({ name: name(entry) }),
  'user.invite': about(m.audit_user_invite),
  'user.reset-link': about(m.audit_user_reset_link),
  'user.revoke-link': about(m.audit_user_revoke_link),
  'user.join': plain(m.audit_user_join),
  'user.sign-out': about(m.audit_user_sign_out),
  'two-step.enable': plain(m.audit_two_step_enable),
  'two-step.disable': plain(m.audit_two_step_disable),
  'two-step.new-codes': plain(m.audit_two_step_new_codes),
  'two-step.recovery-code': plain(m.audit_two_step_recovery_code),
  'two-step.reset': about(m.audit_two_step_reset),
  'settings.second_factor_required': plain(m.sign_in_require_second),
  'team.add': about(m.audit_team_add),
  'team.name': about(m.audit_team_name),
  'team.members': about(m.audit_team_members),
  'team.give-up': about(m.audit_team_give_up),
  'scenario.create': plain(m.audit_scenario_create),
  'scenario.update': plain(m.audit_scenario_update),
  'scenario.publish': plain(m.audit_scenario_publish),
  'scenario.restore': plain(m.audit_scenario_restore),
  'scenario.delete': plain(m.audit_scenario_delete),
  'scenario.channels': plain(m.audit_scenario_channels),
  'routing_rules.update': plain(m.audit_routing_rules),
  'widget-application.created': plain(m.audit_widget_created),
  'widget-application.changed': plain(m.audit_widget_changed),
  'widget-application.secret-renewed': plain(m.audit_widget_secret),
  'widget-application.tokens-revoked': plain(m.audit_widget_tokens),
  'widget-application.deleted': plain(m.audit_widget_deleted),
  'export.actions': plain(m.audit_export_actions),
  'export.audit-log': plain(m.audit_export_audit),
}

/** Kinds whose values say more than their sentence does. */
const withChange = new Set([
  'settings.allow_manual_close',
  'settings.second_factor_required',
  'user.name',
  'user.email',
  'user.role',
  'user.teams',
  'user.channels',
  'team.name',
  'team.members',
  'scenario.create',
  'scenario.update',
  'scenario.publish',
  'scenario.restore',
  'scenario.delete',
  'scenario.channels',
])

/** The kinds that one can ask for, by what they begin with. */
export const auditKinds: [string, () => string][] = [
  ['sign-in', m.audit_kind_sign_in],
  ['settings', m.audit_kind_settings],
  ['user', m.audit_kind_user],
  ['team', m.audit_kind_team],
  ['channel', m.settings_channels],
  ['scenario', m.settings_scenario],
  ['routing_rules', m.settings_routing_rules],
  ['two-step', m.second_title],
  ['export', m.audit_kind_export],
]

export function auditSentence(entry: AuditEntry): string {
  const known = sentences[entry.what]
  if (known) return known(entry)
  if (entry.what.startsWith('export.')) return `${m.audit_export()} (${entry.what})`
  return entry.subject ? `${entry.what}: ${entry.subject.name}` : entry.what
}

/** From what to what, where that says something. */
export function auditChange(entry: AuditEntry): { from: string; to: string } | null {
  const known = entry.what in sentences
  if (known ? !withChange.has(entry.what) : entry.from === null && entry.to === null) return null
  return { from: auditValue(entry.from), to: auditValue(entry.to) }
}

export function auditValue(value: unknown): string {
  if (value === true) return m.audit_on()
  if (value === false) return m.audit_off()
  if (value === null || value === undefined) return m.audit_none()
  if (value === 'admin') return m.role_admin()
  if (value === 'advisor') return m.role_advisor()
  if (typeof value === 'string') return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? absolute(value) : value
  if (Array.isArray(value)) return value.length === 0 ? m.audit_none() : value.map(auditValue).join(', ')
  return JSON.stringify(value)
}
