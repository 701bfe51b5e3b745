/** Files: chosen ones on their way up, and those that came. */
import { file, Refusal, upload } from './api.js'
import { size, words } from './words.js'

/** @typedef {import('./keep.js').Attachment} Attachment */
/** @typedef {{ name: string, share: number, attachment: Attachment | null, cancel: () => void }} Picked */

/** Shown as pictures; everything else is only ever saved. */
const PICTURES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp']
const LARGEST_PREVIEW = 8_000_000

/**
 * The files chosen for the next message.
 * @param {{ max_bytes: number, max_count: number, types: string[] }} limits
 * @param {Attachment[]} kept
 * @param {{ token: () => Promise<string>, changed: () => void, refused: (text: string) => void }} page
 */
export function picker(limits, kept, page) {
  /** @type {Picked[]} */
  let picked = kept.map((attachment) => ({ name: attachment.name, share: 1, attachment, cancel: () => {} }))

  /** @param {File} chosen */
  async function take(chosen) {
    if (picked.length >= limits.max_count) return page.refused(words.tooMany(limits.max_count))
    if (chosen.size > limits.max_bytes) return page.refused(words.tooLarge(chosen.name, size(limits.max_bytes)))
    /** @type {Picked} */
    const one = { name: chosen.name, share: 0, attachment: null, cancel: () => {} }
    picked = [...picked, one]
    page.changed()
    try {
      const under = upload(await page.token(), chosen, (share) => {
        one.share = share
        page.changed()
      })
      one.cancel = under.cancel
      one.attachment = await under.done
      one.share = 1
    } catch (error) {
      picked = picked.filter((other) => other !== one)
      if (error instanceof Refusal && error.code !== 'cancelled') {
        const wrongKind = error.code === 'attachment-refused'
        page.refused(wrongKind ? words.wrongKind(chosen.name) : words.uploadFailed(chosen.name))
      }
    }
    page.changed()
  }

  return {
    get all() {
      return picked
    },
    get busy() {
      return picked.some((one) => one.attachment === null)
    },
    /** @param {Iterable<File>} files */
    add(files) {
      for (const one of files) void take(one)
    },
    /** @param {Picked} one */
    remove(one) {
      one.cancel()
      picked = picked.filter((other) => other !== one)
      page.changed()
    },
    /** What is there goes with a message. */
    takeAll() {
      const attachments = picked.flatMap((one) => (one.attachment ? [one.attachment] : []))
      picked = []
      page.changed()
      return attachments
    },
  }
}

/** A file that came or went. @param {Attachment} attachment @param {() => Promise<string>} token */
export function fileCard(attachment, token) {
  const card = document.createElement('button')
  card.type = 'button'
  card.className = 'file'
  card.setAttribute('aria-label', `${words.download(attachment.name)} (${size(attachment.size)})`)
  const name = document.createElement('span')
  name.className = 'name'
  name.textContent = attachment.name
  const bytes = document.createElement('span')
  bytes.className = 'bytes'
  bytes.textContent = size(attachment.size)
  if (PICTURES.includes(attachment.media_type) && attachment.size <= LARGEST_PREVIEW) {
    const picture = document.createElement('img')
    picture.alt = ''
    card.append(picture)
    void token()
      .then((token) => file(token, attachment))
      .then((content) => (picture.src = URL.createObjectURL(content)))
      .catch(() => picture.remove())
  }
  card.append(name, bytes)
  card.addEventListener('click', async () => {
    try {
      const url = URL.createObjectURL(await file(await token(), attachment))
      const link = document.createElement('a')
      link.href = url
      link.download = attachment.name
      link.click()
      setTimeout(() => URL.revokeObjectURL(url), 60_000)
    } catch {
      bytes.textContent = words.failed
    }
  })
  return card
}
