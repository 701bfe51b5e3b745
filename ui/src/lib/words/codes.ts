/**
 * Every {@link Code} as a sentence: what happened, what is safe, what to do. The record has to be complete, so a code that is
 * added in Rust is a type error here until somebody has found the words.
 */
import type { Code, Failure } from '$lib/backend'
import { clock } from '$lib/i18n/clock.svelte'
import { count, size } from '$lib/i18n/number'
import { until } from '$lib/i18n/time'
import { m } from '$lib/paraglide/messages'
import { problemSentence } from './problems'

type Wording = (failure: Failure) => string

const sentences: Record<Code, Wording> = {
  address_invalid: () => m.code_address_invalid(),
  address_unreachable: () => m.code_address_unreachable(),
  address_not_signoff: () => m.code_address_not_signoff(),
  certificate_invalid: () => m.code_certificate_invalid(),
  bad_credentials: () => m.code_bad_credentials(),
  too_many_attempts: ({ retry_at }) =>
    retry_at ? m.code_too_many_attempts_until({ time: until(retry_at, clock.now) }) : m.code_too_many_attempts(),
  second_factor_wrong: () => m.code_second_factor_wrong(),
  sign_in_too_slow: () => m.code_sign_in_too_slow(),
  session_expired: () => m.code_session_expired(),
  not_allowed: () => m.code_not_allowed(),
  keyring_missing: () => m.code_keyring_missing(),
  keyring_locked: () => m.code_keyring_locked(),
  keyring_refused: () => m.code_keyring_refused(),
  passphrase_wrong: () => m.code_passphrase_wrong(),
  passphrase_too_short: ({ limit }) => m.code_passphrase_too_short({ count: limit ?? 8 }),
  cache_corrupt: () => m.code_cache_corrupt(),
  cache_newer: () => m.code_cache_newer(),
  cache_unwritable: () => m.code_cache_unwritable(),
  cache_key_lost: () => m.code_cache_key_lost(),
  disk_full: () => m.code_disk_full(),
  file_unwritable: () => m.code_file_unwritable(),
  file_unknown: () => m.code_file_unknown(),
  file_empty: () => m.code_file_empty(),
  file_unreadable: () => m.code_file_unreadable(),
  file_too_large: ({ limit }) =>
    limit ? m.code_file_too_large_limit({ limit: size(limit) }) : m.code_file_too_large(),
  file_kind_refused: () => m.code_file_kind_refused(),
  files_too_many: ({ limit }) => (limit ? m.code_files_too_many_limit({ count: limit }) : m.code_files_too_many()),
  files_not_taken: () => m.code_files_not_taken(),
  files_full: ({ limit }) => m.code_files_full({ limit: size(limit ?? 0) }),
  files_changed: () => m.code_files_changed(),
  file_damaged: () => m.code_file_damaged(),
  files_lost: () => m.code_files_lost(),
  picture_unreadable: () => m.code_picture_unreadable(),
  already_running: () => m.code_already_running(),
  clock_wrong: () => m.code_clock_wrong(),
  offline: () => m.code_offline(),
  platform_nonsense: () => m.code_platform_nonsense(),
  platform_unavailable: () => m.code_platform_unavailable(),
  reply_empty: () => m.code_reply_empty(),
  reply_too_long: ({ limit }) =>
    limit ? m.code_reply_too_long_limit({ limit: count(limit) }) : m.code_reply_too_long(),
  reply_unsendable: () => m.code_reply_unsendable(),
  tags_missing: () => m.code_tags_missing(),
  reply_window_expired: () => m.code_reply_window_expired(),
  customer_wrote_since: () => m.code_customer_wrote_since(),
  conversation_closed: () => m.code_conversation_closed(),
  close_disabled: () => m.code_close_disabled(),
  conversation_unknown: () => m.code_conversation_unknown(),
  entry_unknown: () => m.code_entry_unknown(),
  entry_in_flight: () => m.code_entry_in_flight(),
  settings_stale: () => m.code_settings_stale(),
  refused_otherwise: () => m.code_refused_otherwise(),
  outcome_unknown: () => m.code_outcome_unknown(),
  undone_in_part: () => m.code_undone_in_part(),
  entry_unreadable: () => m.code_entry_unreadable(),
  link_malformed: () => m.code_link_malformed(),
  host_silent: () => m.code_host_silent(),
  another_person: () => m.code_another_person(),
  nothing_kept: () => m.code_nothing_kept(),
  internal: () => m.code_internal(),
}

/** Every code that there is a sentence for. */
export const codes = Object.keys(sentences) as Code[]

export function sentence(failure: Failure): string {
  const known = problemSentence(failure)
  if (known) return known
  // A shell that is newer than this interface cannot happen in one package, but a blank message must not either.
  return (sentences[failure.code] ?? sentences.internal)(failure)
}
