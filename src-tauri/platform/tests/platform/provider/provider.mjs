// An OpenID Connect provider for the tests: the real one of npm's oidc-provider, and beside it a forger that signs whatever it is told.
//
//   node provider.mjs UI_FOLDER REDIRECT_URI
//
// Says its address on the first line of its output, and ends with its input. `POST /test` says who signs in at the real provider, and which
// claims the forger changes (`null` leaves one out).
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

const keys = async () => {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true })
  const marks = { kid: 'one', use: 'sig', alg: 'RS256' }
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
const issuer = `${origin}/forger`
const visits = new Map()

async function forge(request, response, path, query) {
  if (path === '/forger/.well-known/openid-configuration') {
    return json(response, {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    })
  }
  if (path === '/forger/jwks') return json(response, { keys: [forged.open] })
  if (path === '/forger/authorize') {
    visits.set('a-code', query.get('nonce'))
    const back = `${redirectUri}?code=a-code&state=${query.get('state')}`
    return response.writeHead(303, { location: back }).end()
  }
  if (path === '/forger/token') {
    const now = Math.floor(Date.now() / 1000)
    const usual = { iss: issuer, aud: 'signoff', sub: 'forged', iat: now, exp: now + 300, nonce: visits.get('a-code') }
    const claims = { ...usual, email: 'alice@demo.test', email_verified: true, ...told.claims }
    for (const [name, value] of Object.entries(claims)) if (value === null) delete claims[name]
    const { privateKey } = told.strange ? strange : forged
    const token = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'one' }).sign(privateKey)
    return json(response, { access_token: 'an access token', token_type: 'Bearer', id_token: token })
  }
  return json(response, {}, 404)
}

server.on('request', async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, origin)
  if (pathname === '/test') {
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
