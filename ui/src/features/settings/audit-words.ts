/**
 * The audit log in words: each kind of entry as a sentence that names what it was done to. What this version has no words for is named
 * as the platform names it.
 */
import type { AuditEntry } from '$lib/backend'
import { m } from '$lib/paraglide/messages'

/** What channels and scenarios are called today, by their ids. */
export type Names = ReadonlyMap<string, string>

type Wording = (entry: AuditEntry, names: Names) => string

/** How it was called then, as far as the entry says so; otherwise how it is called today. */
function name(entry: AuditEntry, names: Names): string {
  if (entry.subject) return entry.subject.name
  for (const value of [entry.to, entry.from]) {
    const { name, rules, shortcut, file, id, channel } = fields(value)
    for (const said of [name, fields(rules).name, shortcut, file, names.get(String(id ?? channel)), id, channel])
      if (typeof said === 'string') return said
  }
  return m.anonymous()
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

const about =
  (say: (named: { name: string }) => string): Wording =>
  (entry, names) =>
    say({ name: name(entry, names) })
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
  'customer.vip': (entry) =>
    (entry.to as { vip?: boolean } | null)?.vip ? m.audit_customer_vip() : m.audit_customer_vip_not(),
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
    entry.subject?.id === entry.who.id
      ? m.audit_own_password()
      : m.audit_user_password({ name: entry.subject?.name ?? m.anonymous() }),
  'user.invite': about(m.audit_user_invite),
  'user.reset-link': about(m.audit_user_reset_link),
  'user.revoke-link': about(m.audit_user_revoke_link),
  'user.join': plain(m.audit_user_join),
  'user.sign-out': about(m.audit_user_sign_out),
  'user.bind': about(m.audit_user_bind),
  'user.unbind': about(m.audit_user_unbind),
  'single-sign-on.change': plain(m.audit_single_sign_on),
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
  'workspace.change': plain(m.audit_workspace),
  'workspace.restore': plain(m.audit_workspace_restore),
  'office-hours.change': plain(m.audit_office_hours),
  'tag.create': about(m.audit_tag_create),
  'tag.change': about(m.audit_tag_change),
  'tag.order': plain(m.audit_tag_order),
  'canned-reply.create': about(m.audit_canned_create),
  'canned-reply.change': about(m.audit_canned_change),
  'canned-reply.delete': about(m.audit_canned_delete),
  'survey.rules': plain(m.audit_survey_rules),
  'survey.change': about(m.audit_survey_change),
  'channel.create': about(m.audit_channel_create),
  'channel.change': about(m.audit_channel_change),
  'channel.archive': about(m.audit_channel_archive),
  'channel.restore': about(m.audit_channel_restore),
  'channel.new-key': about(m.audit_channel_new_key),
  'channel.new-secret': about(m.audit_channel_new_secret),
  'scenario.create': about(m.audit_scenario_create),
  'scenario.update': about(m.audit_scenario_update),
  'scenario.publish': about(m.audit_scenario_publish),
  'scenario.restore': about(m.audit_scenario_restore),
  'scenario.delete': about(m.audit_scenario_delete),
  'scenario.channels': about(m.audit_scenario_channels),
  'routing_rules.update': plain(m.audit_routing_rules),
  'widget.open': about(m.audit_widget_open),
  'widget-application.created': about(m.audit_widget_created),
  'widget-application.changed': about(m.audit_widget_changed),
  'widget-application.secret-renewed': about(m.audit_widget_secret),
  'widget-application.tokens-revoked': about(m.audit_widget_tokens),
  'widget-application.deleted': about(m.audit_widget_deleted),
  'settings.export-schedule': plain(m.audit_export_schedule),
  'export.actions': plain(m.audit_export_actions),
  'export.audit-log': plain(m.audit_export_audit),
  'export.volumes': plain(m.audit_export_volumes),
  'export.delays': plain(m.audit_export_delays),
  'export.surveys': plain(m.audit_export_surveys),
  'export.comments': plain(m.audit_export_comments),
  'export.customer': plain(m.audit_export_customer),
  'export.request': plain(m.audit_export_request),
  'export.download': about(m.audit_export_download),
  'export.delete': about(m.audit_export_delete),
}

/** The kinds that one can ask for, by what they begin with. */
export const auditKinds: [string, () => string][] = [
  ['sign-in', m.audit_kind_sign_in],
  ['sign-out', m.audit_kind_sign_out],
  ['two-step', m.second_title],
  ['single-sign-on', m.sso_title],
  ['settings', m.audit_kind_settings],
  ['workspace', m.settings_workspace],
  ['office-hours', m.settings_office_hours],
  ['tag', m.settings_tags],
  ['canned-reply', m.settings_canned],
  ['survey', m.settings_surveys],
  ['channel', m.settings_channels],
  ['scenario', m.settings_scenario],
  ['routing_rules', m.settings_routing_rules],
  ['widget-application', m.settings_crm_widget],
  ['widget', m.audit_kind_widget],
  ['user', m.audit_kind_user],
  ['team', m.audit_kind_team],
  ['customer', m.settings_customer_data],
  ['export', m.audit_kind_export],
]

/** Whether this version has words of its own for a kind. */
export const hasSentence = (what: string) => what in sentences

export function auditSentence(entry: AuditEntry, names: Names): string {
  const known = sentences[entry.what]
  return known ? known(entry, names) : m.audit_other({ what: entry.what })
}
