/** Where the window is. There are no addresses: a desktop window has no address bar, and a restart begins in the inbox. */
export type View = 'inbox' | 'queue' | 'settings'
export type SettingsPage = 'preferences' | 'inbox-options' | 'audit-log' | 'shortcuts' | 'about'

export class Route {
  view = $state<View>('inbox')
  /** The open conversation. It stays open behind the other views, its composer's text included. */
  conversationId = $state<string | null>(null)
  settingsPage = $state<SettingsPage>('preferences')

  openConversation(id: string) {
    this.conversationId = id
    this.view = 'inbox'
  }

  closeConversation() {
    this.conversationId = null
  }

  openSettings(page: SettingsPage = 'preferences') {
    this.settingsPage = page
    this.view = 'settings'
  }
}
