/** What is wrong with a rule's reply, before a customer's message shows it: the platform would not send it then. */
import type { RoutingRule } from '$lib/administration/routing'
import type { ScenarioFault, Scenarios } from '$lib/administration/scenarios'

/** What stands for itself in every reply, besides variables. */
const BUILT_IN = ['customer.id', 'customer.name', 'customer.language', 'channel.name', 'conversation.id', 'message']

export function replyFaults(rule: RoutingRule, around: Scenarios): ScenarioFault[] {
  const asked = around.channels.filter(({ id }) => rule.when.channels.length === 0 || rule.when.channels.includes(id))
  const limit = Math.min(...asked.map((channel) => channel.reply_limit))
  const known = new Set([...BUILT_IN, ...around.variables])
  return Object.entries(rule.then.reply ?? {}).flatMap(([language, text]) => {
    const fault = (code: string): ScenarioFault => ({ step: null, field: `reply.${language}`, code, text: '' })
    const names = [...text.matchAll(/\{\{(.*?)\}\}/gs)].map(([, name]) => name!.trim())
    return [
      ...([...text].length > limit ? [fault('too-long')] : []),
      ...(names.some((name) => !known.has(name)) ? [fault('unknown-variable')] : []),
    ]
  })
}
