import { Unsaved } from './unsaved.svelte'

/** Where the window is. There are no addresses: a desktop window has no address bar, and a restart begins in the inbox. */
export type View = 'inbox' | 'queue' | 'figures' | 'settings'
export type SettingsPage =
  | 'preferences'
  | 'security'
  | 'inbox-options'
  | 'channels'
  | 'workspace'
  | 'office-hours'
  | 'tags'
  | 'canned-replies'
  | 'surveys'
  | 'scenario'
  | 'routing-rules'
  | 'crm-widget'
  | 'people'
  | 'teams'
  | 'sign-in'
  | 'audit-log'
  | 'customer-data'
  | 'workspace-health'
  | 'shortcuts'
  | 'about'

export type FiguresPage = 'volumes' | 'delays' | 'satisfaction' | 'exports'

export class Route {
  /** The open conversation. It stays open behind the other views, its composer's text included. */
  conversationId = $state<string | null>(null)
  settingsPage = $state<SettingsPage>('preferences')
  figuresPage = $state<FiguresPage>('volumes')
  /** What leaving the shown page would lose. */
  readonly unsaved = new Unsaved()
  #view = $state<View>('inbox')

  get view(): View {
    return this.#view
  }

  set view(view: View) {
    if (view !== this.#view) this.unsaved.leave(() => (this.#view = view))
  }

  openConversation(id: string) {
    this.conversationId = id
    this.view = 'inbox'
  }

  closeConversation() {
    this.conversationId = null
  }

  openFigures(page: FiguresPage = this.figuresPage) {
    this.figuresPage = page
    this.view = 'figures'
  }

  openSettings(page: SettingsPage = 'preferences') {
    if (this.#view === 'settings' && this.settingsPage === page) return
    this.unsaved.leave(() => {
      this.settingsPage = page
      this.#view = 'settings'
    })
  }
}
