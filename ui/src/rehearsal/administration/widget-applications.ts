/** The rehearsal's widget applications. */
import type { Failure } from '$lib/backend'
import type { WidgetApplication } from '$lib/wire/WidgetApplication'
import type { WidgetApplicationDetails } from '$lib/wire/WidgetApplicationDetails'
import type { Subject } from '.'

const PATH = /^\/v1\/admin\/widget-applications(?:\/([^/]+)(?:\/(secret|tokens))?)?$/

export function widgetApplications(): Subject {
  const all: WidgetApplication[] = []
  let made = 0
  const refuse = (problem: string): never => {
    throw { code: problem === 'stale' ? 'settings_stale' : 'refused_otherwise', problem } satisfies Failure
  }
  const settle = (details: WidgetApplicationDetails, of?: string) => {
    if (all.some((one) => one.id !== of && one.name.toLowerCase() === details.name.toLowerCase()))
      refuse('widget-application-exists')
    if (!details.origins.every((origin) => /^https:\/\/[\w.-]+(:\d+)?$|^http:\/\/localhost(:\d+)?$/.test(origin)))
      refuse('origin-invalid')
    return details
  }
  return ({ method, path, body, version }) => {
    const [, id, part] = PATH.exec(path) ?? []
    if (!PATH.test(path)) return undefined
    const application = all.find((one) => one.id === id)
    const secret = () => `wsec_rehearsed_${++made}`
    if (id === undefined && method === 'GET') return { body: { items: structuredClone(all) } }
    if (id === undefined) {
      const at = new Date().toISOString()
      const fresh: WidgetApplication = {
        id: `wapp_${++made}`,
        ...settle(body as WidgetApplicationDetails),
        created_at: at,
        created_by: { id: 'usr_admin', name: 'Nadia Admin' },
        secret_made_at: at,
        former_secret_until: null,
        last_used_at: null,
        open_tokens: 0,
        version: 1,
      }
      all.push(fresh)
      return { status: 201, body: { application: structuredClone(fresh), secret: secret() } }
    }
    if (!application) return refuse('widget-application-unknown')
    if (version !== `"${application.version}"`) return refuse('stale')
    if (part === 'tokens') application.open_tokens = 0
    else if (part === 'secret') {
      const hours = (body as { former_valid_for_hours: number }).former_valid_for_hours
      const until = hours > 0 ? new Date(Date.now() + hours * 3_600_000).toISOString() : null
      Object.assign(application, { former_secret_until: until, version: application.version + 1 })
      return { status: 201, body: { application: structuredClone(application), secret: secret() } }
    } else if (method === 'PUT') {
      Object.assign(application, settle(body as WidgetApplicationDetails, id), { version: application.version + 1 })
      return { body: structuredClone(application), version: `"${application.version}"` }
    } else all.splice(all.indexOf(application), 1)
    return { status: 204 }
  }
}
