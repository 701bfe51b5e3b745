/** One picture of a timeline: asked for when it comes into sight, and once more when what kept it away has passed. */
import { failureOf, type Backend, type Failure, type Picture, type PictureQuery } from '$lib/backend'

/** What passes by itself, or by trying again. */
const PASSING = new Set(['offline', 'platform_unavailable', 'session_expired', 'platform_nonsense', 'internal'])

export class ShownPicture {
  picture = $state.raw<Picture | null>(null)
  failure = $state.raw<Failure | null>(null)
  loading = $state(false)

  constructor(
    readonly backend: Backend,
    readonly query: PictureQuery,
  ) {}

  /** Nobody can show it, here or later: it is a file like any other. */
  get hopeless(): boolean {
    return this.failure?.code === 'picture_unreadable'
  }

  get mayPass(): boolean {
    return this.failure !== null && PASSING.has(this.failure.code)
  }

  async load() {
    if (this.loading || this.picture) return
    this.loading = true
    try {
      this.picture = await this.backend.picture(this.query)
      this.failure = null
    } catch (reason) {
      this.failure = failureOf(reason)
    } finally {
      this.loading = false
    }
  }
}
