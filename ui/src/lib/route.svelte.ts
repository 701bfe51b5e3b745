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
  view = $state<View>('inbox')
  /** The open conversation. It stays open behind the other views, its composer's text included. */
  conversationId = $state<string | null>(null)
  settingsPage = $state<SettingsPage>('preferences')
  figuresPage = $state<FiguresPage>('volumes')

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
    this.settingsPage = page
    this.view = 'settings'
  }
}
