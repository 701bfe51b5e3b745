/**
 * The rehearsal's administration: one file per subject, each answering the paths that are its own. Like everything here it behaves as
 * the platform does as far as the interface can tell.
 */
import type { Administer } from '$lib/backend'
import { customers } from './customers'
import { health } from './health'
import { channels } from './channels'
import { exports } from './exports'
import { figures } from './figures'
import { canned, tags } from './lists'
import { account } from './account'
import { people } from './people'
import { surveys } from './surveys'
import { workspace } from './workspace'
import { routing } from './routing'
import { scenarios } from './scenarios'
import { widgetApplications } from './widget-applications'

export interface Answer {
  status?: number
  body?: unknown
  version?: string
}

/** Answers a call of its subject, throws a Failure to refuse it, and says nothing to what is not its own. */
export type Subject = (call: Administer) => Answer | undefined

/** One more line for each subject. */
export const subjects: (() => Subject)[] = [
  account,
  people,
  figures,
  exports,
  workspace,
  tags,
  canned,
  surveys,
  channels,
  scenarios,
  routing,
  widgetApplications,
  customers,
  health,
]
