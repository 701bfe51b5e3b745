/** What is being saved to this machine, as the engine last said. */
import type { Backend, Download } from '$lib/backend'
import { m } from '$lib/paraglide/messages'

export class Downloads {
  /** In the order in which they began. */
  list = $state.raw<Download[]>([])

  constructor(
    readonly backend: Backend,
    readonly say: (text: string) => void,
  ) {}

  /** Whatever began before this window was there. */
  async open() {
    for (const download of await this.backend.downloads()) this.hear(download)
  }

  hear(download: Download) {
    const before = this.list.find(({ id }) => id === download.id)
    this.list = before ? this.list.map((one) => (one.id === download.id ? download : one)) : [...this.list, download]
    if (before?.state === download.state) return
    if (download.state === 'done') this.say(m.download_said_done({ name: download.name }))
    if (download.state === 'failed') this.say(m.download_said_failed({ name: download.name }))
  }

  async dismiss(id: string) {
    this.list = this.list.filter((one) => one.id !== id)
    await this.backend.forgetDownload(id)
  }
}
