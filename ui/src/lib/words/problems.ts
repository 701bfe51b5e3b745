/** What the platform's own codes mean where an admin can act on them; `null` where the general sentence says it as well. */
import type { Failure } from '$lib/backend'
import { m } from '$lib/paraglide/messages'

const sentences: Record<string, () => string> = {
  'tag-exists': m.problem_tag_exists,
  'shortcut-exists': m.problem_shortcut_exists,
  'team-unknown': m.problem_team_unknown,
  'invalid-body': m.problem_invalid_body,
  'invalid-value': m.problem_invalid_body,
  'email-taken': m.problem_email_taken,
  'last-admin': m.problem_last_admin,
  'own-account': m.problem_own_account,
  'team-name-taken': m.problem_team_name_taken,
  'team-in-use': m.problem_team_in_use,
  'password-too-short': m.problem_password_too_short,
  'password-too-long': m.problem_password_too_long,
  'password-too-common': m.problem_password_too_common,
  'password-says-who': m.problem_password_says_who,
  'password-wrong': m.problem_password_wrong,
  'person-inactive': m.problem_person_inactive,
  'second-factor-wrong': m.code_second_factor_wrong,
  'second-factor-compulsory': m.problem_second_factor_compulsory,
  'enrolment-unknown': m.problem_enrolment_unknown,
  'passwords-off': m.problem_passwords_off,
  'provider-unfit': m.problem_provider_unfit,
  'provider-failed': m.problem_provider_failed,
  'provider-declined': m.problem_provider_declined,
  'visit-unknown': m.problem_visit_unknown,
  'email-unverified': m.problem_email_unverified,
  'domain-not-allowed': m.problem_domain_not_allowed,
  'person-unknown': m.problem_person_unknown,
  'person-bound-otherwise': m.problem_person_bound_otherwise,
  'address-refused': m.problem_address_refused,
  'browser-missing': m.problem_browser_missing,
  'single-sign-on-off': m.problem_single_sign_on_off,
  'too-many-attempts': m.code_too_many_attempts,
  platform_unavailable: m.problem_platform_unavailable,
  platform_nonsense: m.problem_platform_nonsense,
}

export function problemSentence(failure: Failure): string | null {
  return (failure.problem && sentences[failure.problem]?.()) || null
}
