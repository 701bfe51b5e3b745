/** The audit log in words. What this version has no words for is shown as the platform wrote it. */
import { m } from '$lib/paraglide/messages'

const widgetTexts: Record<string, () => string> = {
  'widget-application.created': m.audit_widget_created,
  'widget-application.changed': m.audit_widget_changed,
  'widget-application.secret-renewed': m.audit_widget_secret,
  'widget-application.tokens-revoked': m.audit_widget_tokens,
  'widget-application.deleted': m.audit_widget_deleted,
}

export function auditWhat(what: string): string {
  if (what === 'settings.allow_manual_close') return m.audit_allow_manual_close()
  const known: Record<string, () => string> = {
    'scenario.create': m.audit_scenario_create,
    'scenario.update': m.audit_scenario_update,
    'scenario.publish': m.audit_scenario_publish,
    'scenario.restore': m.audit_scenario_restore,
    'scenario.delete': m.audit_scenario_delete,
    'scenario.channels': m.audit_scenario_channels,
    'routing_rules.update': m.audit_routing_rules,
  }
  if (known[what]) return known[what]()
  const widget = widgetTexts[what]
  if (widget) return widget()
  if (what.includes('sign-in')) return m.audit_sign_in()
  if (what.includes('sign-out')) return m.audit_sign_out()
  if (what.includes('export')) return `${m.audit_export()} (${what})`
  return what
}

export function auditValue(value: unknown): string {
  if (value === true) return m.audit_on()
  if (value === false) return m.audit_off()
  if (value === null || value === undefined) return m.audit_none()
  return typeof value === 'string' ? value : JSON.stringify(value)
}
