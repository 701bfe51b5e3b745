/** A conversation in words: tabs, authors, what happened in it, how it ended. */
import type { ClosedBy, ConversationState, SurveyPreview, SurveySkip, TimelineEntry } from '$lib/backend'
import type { IconName } from '$components/icons'
import { m } from '$lib/paraglide/messages'

export const tabs: ConversationState[] = ['received', 'ongoing', 'answered', 'archived', 'closed']

const tabTexts: Record<ConversationState, () => string> = {
  received: m.tab_received,
  ongoing: m.tab_ongoing,
  answered: m.tab_answered,
  archived: m.tab_archived,
  closed: m.tab_closed,
}

export const tabText = (tab: ConversationState) => tabTexts[tab]()

/** Why a survey was skipped. A reason of a newer platform is said in general terms. */
export function skipText(reason: SurveySkip): string {
  switch (reason) {
    case 'already-sent':
      return m.skip_already_sent()
    case 'quiet-days':
      return m.skip_quiet_days()
    case 'min-replies':
      return m.skip_min_replies()
    case 'channel-person-only':
      return m.skip_channel_person_only()
    default:
      return m.skip_other()
  }
}

/** What closing does about the survey (D3), as a sentence. */
export function surveyText({ will_send, reason }: SurveyPreview): string {
  if (will_send) return m.goes_on_survey_will()
  return reason ? m.goes_on_survey_wont({ reason: skipText(reason) }) : m.goes_on_survey_none()
}

/** How the conversation before a new one ended (D13). */
export function previousText(by: ClosedBy | null): string {
  switch (by?.kind) {
    case 'advisor':
      return m.customer_previous_by_advisor({ name: by.name ?? m.anonymous() })
    case 'scenario':
      return m.customer_previous_by_scenario()
    case 'window':
      return m.customer_previous_by_window()
    default:
      return ''
  }
}

/** The firm line at the end of a closed conversation (R8). */
export function closedText(by: ClosedBy | null): string {
  switch (by?.kind) {
    case 'advisor':
      return m.closed_title_advisor({ name: by.name ?? m.anonymous() })
    case 'scenario':
      return m.closed_title_scenario()
    case 'window':
      return m.closed_title_window()
    case 'erasure':
      return m.happening_erased()
    default:
      return m.closed_title()
  }
}

/** An event of the timeline: a picture and a line. What this version does not know keeps the platform's own sentence. */
export function eventLine(entry: TimelineEntry): { icon: IconName; text: string } {
  const event = entry.event
  const name = entry.author.name ?? (entry.author.kind === 'scenario' ? m.timeline_bot() : m.event_by_system())
  switch (event?.type) {
    case 'assigned':
      return { icon: 'take', text: assignedText(entry, name, event.to, event.from) }
    case 'released':
      return { icon: 'release', text: m.event_released({ name }) }
    case 'hold':
      return { icon: 'pause', text: event.on ? m.event_hold_on({ name }) : m.event_hold_off({ name }) }
    case 'help-request':
      return { icon: 'flag', text: event.on ? m.event_help_on({ name }) : m.event_help_off({ name }) }
    case 'tagged':
      return {
        icon: 'tag',
        text: event.tags.length ? m.event_tagged({ name, tags: event.tags.join(', ') }) : m.event_untagged({ name }),
      }
    case 'unrouted':
      return { icon: 'route', text: m.event_unrouted({ team: event.from.name }) }
    case 'routed':
      return { icon: 'route', text: m.event_routed({ team: event.to.name }) }
    case 'archived':
      return { icon: 'archive', text: m.event_archived({ name }) }
    case 'survey-sent':
      return { icon: 'survey', text: m.event_survey_sent() }
    case 'survey-skipped':
      return { icon: 'survey', text: m.event_survey_skipped({ reason: skipText(event.reason) }) }
    case 'survey-failed':
      return {
        icon: 'survey',
        text: event.reason ? m.event_survey_failed_why({ reason: event.reason }) : m.event_survey_failed(),
      }
    case 'survey-answered':
      return { icon: 'survey', text: m.event_survey_answered({ name, rating: event.rating }) }
    case 'erased':
      return { icon: 'bin', text: m.happening_erased() }
    case 'closed':
      return { icon: 'lock', text: closedText(event.by) }
    case 'unknown':
    case undefined:
      return { icon: 'start', text: entry.text }
  }
}

/** How a conversation began, and after what (D13). */
export function startedText(by: ClosedBy | null): string {
  switch (by?.kind) {
    case 'advisor':
      return m.event_started_after_advisor({ name: by.name ?? m.anonymous() })
    case 'scenario':
      return m.event_started_after_scenario()
    case 'window':
      return m.event_started_after_window()
    default:
      return m.event_started()
  }
}

function assignedText(
  entry: TimelineEntry,
  who: string,
  to: { id: string; name: string },
  from: { name: string } | null,
): string {
  if (entry.author.id !== to.id) return m.event_assigned({ who, name: to.name })
  return from ? m.event_taken_over({ name: to.name, from: from.name }) : m.event_taken({ name: to.name })
}
