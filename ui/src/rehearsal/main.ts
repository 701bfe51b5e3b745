/**
 * The interface in a browser, on a platform in memory: `npm run dev`, then open `/rehearsal.html`.
 *
 * The address chooses what is rehearsed: `?stage=signed_out`, `?role=admin`, `?second=missing`, `?closing=off`, `?offline`, `?lang=fr`,
 * `?theme=dark`, `?size=2000`, `?form=widget` (the compact window). The rehearsal itself is `window.rehearsal`.
 */
import '../styles/tokens.css'
import '../styles/base.css'
import type { Language, Stage, Theme } from '$lib/backend'
import { mount } from 'svelte'
import App from '../app/App.svelte'
import Widget from '../widget/Widget.svelte'
import { Rehearsal } from './rehearsal'

const query = new URLSearchParams(location.search)

const stages: Record<string, Stage> = {
  opening: { kind: 'opening' },
  passphrase: { kind: 'passphrase', new: false },
  new_passphrase: { kind: 'passphrase', new: true },
  unusable: { kind: 'unusable', code: 'cache_newer' },
  signed_out: { kind: 'signed_out' },
  expired: { kind: 'signed_in', session_expired: true },
}

/** The browser's own dialog; what is picked there is what the system's would have given. */
async function pick() {
  const field = Object.assign(document.createElement('input'), { type: 'file', multiple: true })
  const files = await new Promise<File[]>((picked) => {
    field.onchange = () => picked([...(field.files ?? [])])
    field.oncancel = () => picked([])
    field.click()
  })
  return Promise.all(files.map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })))
}

const rehearsal = new Rehearsal({
  stage: stages[query.get('stage') ?? ''],
  role: query.get('role') === 'admin' ? 'admin' : 'advisor',
  secondFactor: (query.get('second') ?? undefined) as 'set_up' | 'missing' | undefined,
  provider: query.get('provider') ?? undefined,
  closeEnabled: query.get('closing') !== 'off',
  online: !query.has('offline'),
  openConversation: query.get('form') === 'widget' ? 'first' : undefined,
  size: Number(query.get('size') ?? 60),
  latencyMs: Number(query.get('latency') ?? 900),
  systemLanguage: navigator.language,
  preferences: {
    language: (query.get('lang') ?? 'system') as Language,
    theme: (query.get('theme') ?? 'system') as Theme,
  },
  confirm: (name, files) =>
    window.confirm(`Send the reply and close the conversation with ${name} for good?\n${files.join(', ')}`),
  pick,
})

Object.assign(window, { rehearsal })
mount(query.get('form') === 'widget' ? Widget : App, {
  target: document.getElementById('app')!,
  props: { backend: rehearsal },
})
