/** Saving, without a disk: a file of some size arrives piece by piece, or stops where the rehearsal says so. */
import type { Announcement, Download, Failure } from '$lib/backend'

const PIECES = 20

export class RehearsedDownloads {
  readonly list: Download[] = []
  /** What the person does in the system's dialog. */
  accepted = true
  /** The next download fails when half of it is there. */
  failing: Failure | null = null
  #made = 0

  constructor(
    readonly announce: (announcement: Announcement) => void,
    readonly latencyMs: number | undefined,
  ) {}

  save(name: string): Download | null {
    if (!this.accepted) return null
    const total = 2_400_000
    const download: Download = { id: `dl_${++this.#made}`, name, state: 'running', received: 0, total, failure: null }
    this.list.push(download)
    this.#tell(download)
    if (this.latencyMs === undefined) this.#run(download, total)
    else this.#arrive(download, total)
    return { ...download }
  }

  change(id: string, change: Partial<Download>) {
    const download = this.list.find((one) => one.id === id)
    if (!download) return
    Object.assign(download, change)
    this.#tell(download)
  }

  resume(id: string) {
    const download = this.list.find((one) => one.id === id)
    if (!download) return
    this.change(id, { state: 'running', failure: null })
    this.#run(download, download.total ?? 0)
  }

  #arrive(download: Download, total: number) {
    if (download.state !== 'running') return
    const received = Math.min(total, Number(download.received) + total / PIECES)
    if (this.failing && received >= total / 2) return this.#fail(download)
    if (received >= total) return this.change(download.id, { received: total, state: 'done' })
    this.change(download.id, { received })
    setTimeout(() => this.#arrive(download, total), this.latencyMs)
  }

  #run(download: Download, total: number) {
    if (this.failing) this.#fail(download)
    else this.change(download.id, { received: total, state: 'done' })
  }

  #fail(download: Download) {
    this.change(download.id, { received: (download.total ?? 0) / 2, state: 'failed', failure: this.failing })
    this.failing = null
  }

  #tell(download: Download) {
    this.announce({ kind: 'download_changed', download: { ...download } })
  }
}
