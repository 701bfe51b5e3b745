/** The compact window of the app: one conversation, beside a CRM that has no frame for it (R12). The engine and its outbox are the console's. */
import '../styles/tokens.css'
import '../styles/base.css'
import { mount } from 'svelte'
import { tauriBackend } from '../lib/backend/tauri'
import { reportFaults } from '../lib/faults'
import Widget from '../widget/Widget.svelte'

const backend = tauriBackend()
reportFaults(backend)
mount(Widget, { target: document.getElementById('app')!, props: { backend } })
