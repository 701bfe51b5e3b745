/** What the platform's own codes mean where an admin can act on them; `null` where the general sentence says it as well. */
import type { Failure } from '$lib/backend'
import { m } from '$lib/paraglide/messages'

const sentences: Record<string, () => string> = {
  'tag-exists': m.problem_tag_exists,
  'shortcut-exists': m.problem_shortcut_exists,
  'team-unknown': m.problem_team_unknown,
  'invalid-body': m.problem_invalid_body,
}

export function problemSentence(failure: Failure): string | null {
  return (failure.problem && sentences[failure.problem]?.()) || null
}
