// An OpenID Connect provider for the tests: the real one of npm's oidc-provider, and beside it a forger that signs whatever it is told.
//
//   node provider.mjs UI_FOLDER REDIRECT_URI
//
// Says its address on the first line of its output, and ends with its input. `POST /test` says who signs in at the real provider, and what
// the forger does: which claims it changes (`null` leaves one out), how it signs, what it says about itself, where it only sends people on.
// `GET /test` says how often it was asked for what.
import { createPublicKey } from 'node:crypto'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [ui, redirectUri] = process.argv.slice(2)
const { resolve } = createRequire(join(ui, 'package.json'))
const load = (name, from = resolve) => import(pathToFileURL(from(name)).href)
const { Provider } = await load('oidc-provider')
const { generateKeyPair, exportJWK, SignJWT } = await load('jose', createRequire(resolve('oidc-provider')).resolve)

let told = { account: null, claims: {} }

const body = async (request) => {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
const json = (response, value, status = 200) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))

const server = createServer()
await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
const origin = `http://127.0.0.1:${server.address().port}`

const keys = async (kid = 'one') => {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true })
  const marks = { kid, use: 'sig', alg: 'RS256' }
  return { privateKey, open: { ...(await exportJWK(publicKey)), ...marks }, secret: { ...(await exportJWK(privateKey)), ...marks } }
}

const own = await keys()
const provider = new Provider(origin, {
  jwks: { keys: [own.secret] },
  clients: [{ client_id: 'signoff', client_secret: 'a secret of the client', redirect_uris: [redirectUri] }],
  cookies: { keys: ['one'] },
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  features: { devInteractions: { enabled: false } },
  pkce: { required: () => true },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...told.account }) }),
  async loadExistingGrant(context) {
    const grant = new context.oidc.provider.Grant({
      clientId: context.oidc.client.clientId,
      accountId: context.oidc.session.accountId,
    })
    grant.addOIDCScope('openid email profile')
    await grant.save()
    return grant
  },
})
const real = provider.callback()

const forged = await keys()
const strange = await keys()
const changed = await keys('two')
const issuer = `${origin}/forger`
const visits = new Map()
let asked = {}

const base64url = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

/** Under a secret that everybody has: the client's own, or what is published as the provider's key. */
const shared = (claims, secret) =>
  new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(new TextEncoder().encode(secret))

function signed(claims) {
  const by = ({ privateKey }, kid) => new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey)
  switch (told.signed) {
    case 'not at all':
      return `${base64url({ alg: 'none' })}.${base64url(claims)}.`
    case 'with the secret':
      return shared(claims, 'a secret of the client')
    case 'with the public key':
      return shared(claims, createPublicKey({ key: forged.open, format: 'jwk' }).export({ type: 'spki', format: 'pem' }))
    case 'by a stranger':
      return by(strange, 'one')
    case 'with a new key':
      return by(changed, 'two')
    default:
      return by(forged, 'one')
  }
}

async function forge(request, response, path, query) {
  const what = path.slice('/forger/'.length)
  asked[what] = (asked[what] ?? 0) + 1
  if (told.elsewhere === what) return response.writeHead(302, { location: `${origin}/forger/elsewhere/${what}` }).end()
  switch (what.replace('elsewhere/', '')) {
    case '.well-known/openid-configuration':
      return json(response, {
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        userinfo_endpoint: `${issuer}/userinfo`,
        jwks_uri: `${issuer}/jwks`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
        ...told.says,
      })
    case 'jwks':
      return json(response, { keys: told.keys === 'new' ? [changed.open] : [forged.open] })
    case 'authorize': {
      visits.set('a-code', query.get('nonce'))
      const back = new URLSearchParams({ code: 'a-code', state: query.get('state'), ...told.back })
      return response.writeHead(303, { location: `${redirectUri}?${back}` }).end()
    }
    case 'token': {
      asked.secret = request.headers.authorization ? 'in the header' : 'in the body'
      const now = Math.floor(Date.now() / 1000)
      const usual = { iss: issuer, aud: 'signoff', sub: 'forged', iat: now, exp: now + 300, nonce: visits.get('a-code') }
      const claims = { ...usual, email: 'alice@demo.test', email_verified: true, ...told.claims }
      for (const [name, value] of Object.entries(claims)) if (value === null) delete claims[name]
      return json(response, { access_token: 'an access token', token_type: 'Bearer', id_token: await signed(claims) })
    }
    case 'userinfo':
      return json(response, { sub: 'forged', email: 'alice@demo.test', email_verified: true, ...told.info })
    default:
      return json(response, {}, 404)
  }
}

server.on('request', async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, origin)
  if (pathname === '/test' && request.method === 'GET') return json(response, asked)
  if (pathname === '/test') {
    asked = {}
    told = { claims: {}, ...JSON.parse(await body(request)) }
    return json(response, {})
  }
  if (pathname.startsWith('/forger')) return forge(request, response, pathname, searchParams)
  if (pathname.startsWith('/interaction/')) {
    const answer = told.account
      ? { login: { accountId: told.account.sub } }
      : { error: 'access_denied', error_description: 'the person declined' }
    return provider.interactionFinished(request, response, answer, { mergeWithLastSubmission: false })
  }
  return real(request, response)
})

process.stdout.write(`${origin}\n`)
process.stdin.on('end', () => process.exit()).resume()
