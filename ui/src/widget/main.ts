/** The widget's page, inside a CRM (R12). The platform serves it at `/widget/APPLICATION`, with the origins it may speak with. */
import '../styles/tokens.css'
import '../styles/base.css'
import { HttpBackend } from '$lib/backend/http'
import { openShelf } from '$lib/backend/http/shelf'
import { reportFaults } from '$lib/faults'
import type { Preferences } from '$lib/backend'
import { mount } from 'svelte'
import { Host, takeFragment, type Appearance } from './host'
import Widget from './Widget.svelte'

const origins = document.querySelector<HTMLMetaElement>('meta[name="signoff-hosts"]')?.content.split(' ') ?? []
const { token, appearance } = takeFragment()
const host = new Host(
  origins.filter((origin) => origin !== ''),
  token,
)

const plain: Preferences = {
  language: 'system',
  theme: 'system',
  after_close: 'stay',
  notifications: {
    returned_after_close: 'off',
    new_conversation: 'off',
    assigned_to_me: 'off',
    message_in_mine: 'off',
    reply_not_delivered: 'off',
    needs_attention: 'off',
    do_not_disturb: false,
    hide_message_text: false,
  },
}

function dressed(preferences: Preferences, { language, theme }: Appearance): Preferences {
  return {
    ...preferences,
    language: language ?? preferences.language,
    theme: theme ?? preferences.theme,
  }
}

const backend = new HttpBackend({
  // The page stands at `widget/APPLICATION` below the platform's base address.
  base: new URL('../', location.href).href,
  entrance: host,
  shelf: await openShelf(),
  preferences: dressed(plain, appearance),
  systemLanguage: navigator.language,
  version: '1',
  onnews: ({ kind, ...fields }) => host.say({ type: kind, ...fields }),
  onfault: () => host.say({ type: 'error', code: 'internal' }),
})
host.onappearance = (wanted) => void backend.setPreferences(dressed(backend.preferences, wanted))

reportFaults(backend)
for (const sign of ['online', 'focus', 'pageshow']) window.addEventListener(sign, () => backend.wake())
document.addEventListener('visibilitychange', () => !document.hidden && backend.wake())
window.addEventListener('beforeunload', (event) => {
  if (backend.holdsWhatWouldBeLost) event.preventDefault()
})

mount(Widget, {
  target: document.getElementById('app')!,
  props: {
    backend,
    onresize: (width, height) => host.say({ type: 'resized', width, height }),
    onfailure: ({ code }) => host.say({ type: 'error', code }),
  },
})
