/**
 * The Salesforce component of `docs/salesforce` in tests: its sources go through Salesforce's own compiler and run on its own engine. What only
 * an org has (Lightning's base components, its data service, Apex) is a stub.
 *
 * Their own runner for it brings a second test framework with hundreds of packages, to run a second kind of test in.
 */
import { transformSync } from '@lwc/compiler'
import { existsSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const root = here('../../../docs/salesforce/force-app/main/default')
const stubs = here('./stubs')

const modules: Record<string, string> = {
  'c/signoffConversation': `${root}/lwc/signoffConversation/signoffConversation.js`,
  'lightning/card': `${stubs}/card.js`,
  'lightning/button': `${stubs}/button.js`,
  'lightning/uiRecordApi': `${stubs}/record.ts`,
  '@salesforce/apex/SignoffToken.forConversation': `${stubs}/token.ts`,
  '@salesforce/i18n/lang': `${stubs}/language.ts`,
}

/** Begins the name of what no file holds as it is. */
const MADE = '\0lightning:'

function compiled(path: string, source: string): string {
  const name = basename(path).split('.')[0]!
  return transformSync(source, path, { namespace: 'c', name }).code
}

export function lightning(): Plugin {
  const ours = (path: string | undefined) => Boolean(path?.startsWith(`${root}/lwc/`) || path?.startsWith(stubs))
  return {
    name: 'lightning',
    enforce: 'pre',
    resolveId(id, importer) {
      if (id === 'lwc') return this.resolve('@lwc/engine-dom', here('../../vite.config.ts'))
      if (modules[id]) return modules[id]
      const asking = importer?.replace(MADE, '')
      if (!ours(asking) || !id.startsWith('./')) return null
      const path = `${asking!.slice(0, asking!.lastIndexOf('/'))}/${id.slice(2)}`
      return /\.(html|css)(\?|$)/.test(id) ? `${MADE}${path}.js` : null
    },
    load(id) {
      if (!id.startsWith(MADE)) return null
      const path = id.slice(MADE.length, -'.js'.length)
      // How it looks is nothing that jsdom knows.
      if (!path.endsWith('.html')) return 'export default undefined'
      return compiled(path, existsSync(path) ? readFileSync(path, 'utf8') : '<template></template>')
    },
    transform(source, id) {
      return ours(id) && id.endsWith('.js') ? { code: compiled(id, source), map: null } : null
    },
  }
}
