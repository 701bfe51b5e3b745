/** The small lists: tags, and prepared answers. */
import type {
  Backend,
  CannedReplyList,
  CannedReplyView,
  NewCannedReply,
  NewTag,
  TagList,
  TagView,
  UpdateTag,
} from '$lib/backend'
import { Calls, segment, type Versioned } from './call'

const TAGS = '/v1/admin/tags'
const CANNED = '/v1/admin/canned-replies'

const tag = (version: number) => `"${version}"`

export class Lists {
  readonly #calls: Calls

  constructor(backend: Backend) {
    this.#calls = new Calls(backend)
  }

  tags(): Promise<Versioned<TagList>> {
    return this.#calls.read(TAGS)
  }

  addTag(body: NewTag): Promise<TagView> {
    return this.#calls.post(TAGS, body)
  }

  async saveTag(id: string, body: UpdateTag, version: number): Promise<TagView> {
    return (await this.#calls.put<TagView>(`${TAGS}/${segment(id)}`, body, tag(version))).value
  }

  orderTags(ids: string[], version: string): Promise<Versioned<TagList>> {
    return this.#calls.put(TAGS, { ids }, version)
  }

  async canned(): Promise<CannedReplyView[]> {
    return (await this.#calls.get<CannedReplyList>(CANNED)).items
  }

  addCanned(body: NewCannedReply): Promise<CannedReplyView> {
    return this.#calls.post(CANNED, body)
  }

  async saveCanned(id: string, body: NewCannedReply, version: number): Promise<CannedReplyView> {
    return (await this.#calls.put<CannedReplyView>(`${CANNED}/${segment(id)}`, body, tag(version))).value
  }

  removeCanned(id: string, version: number): Promise<void> {
    return this.#calls.delete(`${CANNED}/${segment(id)}`, tag(version))
  }
}
