/** The desktop window. */
import './styles/tokens.css'
import './styles/base.css'
import { mount } from 'svelte'
import App from './app/App.svelte'
import { tauriBackend } from './lib/backend/tauri'
import { reportFaults } from './lib/faults'

const backend = tauriBackend()
reportFaults(backend)
mount(App, { target: document.getElementById('app')!, props: { backend } })
