/** Files of a reply (D41): chosen, pasted, dropped, taken away, refused, sent, taken back; the text is never touched by any of it. */
import { createEvent, fireEvent, screen, waitFor, within } from '@testing-library/svelte'
import axe from 'axe-core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Attached, Code } from '../src/lib/backend'
import { locale } from '../src/lib/i18n/locale.svelte'
import { refusalText } from '../src/lib/words/files'
import type { PickedFile } from '../src/rehearsal/files'
import type { RehearsalOptions } from '../src/rehearsal/rehearsal'
import { button, noButton, openDesk, openFirst, reply } from './desk'

afterEach(() => locale.follow('en', 'en-GB'))

const bytes = (size: number) => new Uint8Array(size)
const picked = (...names: string[]): PickedFile[] => names.map((name) => ({ name, bytes: bytes(2048) }))

/** As the web view hands it over. jsdom's files do not give their content. */
function file(name: string, size = 2048, type = ''): File {
  const made = new File([], name, { type })
  Object.defineProperty(made, 'size', { value: size })
  return Object.assign(made, { arrayBuffer: () => Promise.resolve(bytes(size).buffer) })
}

const carrying = (files: File[], text = '') => ({
  files,
  types: files.length > 0 ? ['Files'] : ['text/plain'],
  getData: () => text,
  dropEffect: 'none',
})

/** As WebKitGTK hands over files: that there are some, and nothing of them. */
const keeping = (types: string[]) => ({ files: [], types, getData: () => '', dropEffect: 'none' })

async function opened(options: RehearsalOptions = {}) {
  const desk = await openDesk(options)
  const id = await openFirst(desk.user)
  const region = screen.getByRole('region', { name: /^Conversation with/ })
  return { ...desk, id, region }
}

/** Opens a conversation and attaches what is picked in the dialog. */
async function withFiles(names: string[], options: RehearsalOptions = {}) {
  const desk = await opened({ pick: () => picked(...names), ...options })
  await desk.user.click(await button('Attach files'))
  await waitFor(() => expect(shown()).toHaveLength(names.length))
  return desk
}

/** The names of the draft's files, as they stand in the composer. */
const shown = () =>
  screen.queryAllByRole('button', { name: /^Remove / }).map((one) => one.getAttribute('aria-label')!.slice(7))
const paste = async (files: File[], text = '') =>
  fireEvent.paste(await reply(), { clipboardData: carrying(files, text) })
/** Drags it over the conversation and lets it go. */
async function drop(region: HTMLElement, dataTransfer: ReturnType<typeof keeping> | ReturnType<typeof carrying>) {
  await fireEvent.dragEnter(region, { dataTransfer })
  const area = (await screen.findByText(/^Drop to attach/)).parentElement!
  await fireEvent.drop(area, { dataTransfer })
}

describe('attaching', () => {
  it('shows what was chosen in the system’s dialog by name and size, and says so', async () => {
    const { region } = await withFiles(['invoice.pdf', 'photo.png'])
    const list = within(region).getByRole('list', { name: 'Files' })
    expect(
      within(list)
        .getAllByRole('listitem')
        .map((item) => item.textContent?.trim().replace(/\s+/g, ' ')),
    ).toEqual(['invoice.pdf 2 kB', 'photo.png 2 kB'])
    expect(screen.getByText('Attached: invoice.pdf and photo.png.')).toBeInTheDocument()
  })

  it('leaves everything as it was when the dialog is cancelled', async () => {
    const { user } = await opened({ pick: () => [] })
    await user.type(await reply(), 'As it was')
    await user.click(await button('Attach files'))
    await waitFor(async () => expect(await button('Send')).toBeEnabled())
    expect(shown()).toEqual([])
    expect(screen.queryByRole('alert')).toBeNull()
    expect(await reply()).toHaveValue('As it was')
  })

  it('happens by Ctrl+Shift+A, which stands in the list of shortcuts', async () => {
    const { user } = await opened()
    await user.click(await reply())
    await user.keyboard('{Control>}{Shift>}a{/Shift}{/Control}')
    await waitFor(() => expect(shown()).toEqual(['invoice.pdf']))
    expect(await button('Attach files')).toHaveAccessibleDescription('Attach files (Ctrl+Shift+A)')
    ;(await reply()).blur()
    await user.keyboard('?')
    const table = await screen.findByRole('dialog', { name: 'Keyboard shortcuts' })
    const row = within(table).getByText('Attach files').closest('div')!
    expect([...row.querySelectorAll('kbd')].map((key) => key.textContent)).toEqual(['Ctrl', 'Shift', 'A'])
  })

  it('takes a pasted picture, and leaves pasted text to the text', async () => {
    await opened()
    await paste([file('image.png', 900, 'image/png')])
    await waitFor(() => expect(shown()).toEqual(['image.png']))
    const text = createEvent.paste(await reply(), { clipboardData: carrying([], 'only text') })
    await fireEvent(await reply(), text)
    expect(text.defaultPrevented).toBe(false)
    expect(shown()).toEqual(['image.png'])
  })

  it('takes a table from a spreadsheet as text, not as the picture that comes beside it', async () => {
    await opened()
    await paste([file('image.png', 900, 'image/png')], 'Order\t42')
    await paste([file('report.pdf')], '/home/alice/report.pdf')
    await waitFor(() => expect(shown()).toEqual(['report.pdf']))
  })

  it('takes what is dropped onto the conversation, one after the other, and puts the cursor into the reply', async () => {
    const { region, rehearsal, id } = await opened()
    const dataTransfer = carrying([file('one.pdf'), file('two.txt')])
    await fireEvent.dragEnter(within(region).getByRole('log'), { dataTransfer })
    const area = (await screen.findByText(/^Drop to attach to your reply to /)).parentElement!
    await fireEvent.drop(area, { dataTransfer })
    await waitFor(() => expect(shown()).toEqual(['one.pdf', 'two.txt']))
    expect(screen.queryByText(/^Drop to attach/)).toBeNull()
    expect(await reply()).toHaveFocus()
    expect(rehearsal.files.of(id).map(({ name, size }) => [name, size])).toEqual([
      ['one.pdf', 2048],
      ['two.txt', 2048],
    ])
  })

  it('leaves dropped text to the text, and goes away when the files do', async () => {
    const { region } = await opened()
    await fireEvent.dragEnter(region, { dataTransfer: carrying([], 'words') })
    expect(screen.queryByText(/^Drop to attach/)).toBeNull()
    await fireEvent.dragEnter(region, { dataTransfer: carrying([file('one.pdf')]) })
    const area = (await screen.findByText(/^Drop to attach/)).parentElement!
    await fireEvent.dragLeave(area)
    await waitFor(() => expect(screen.queryByText(/^Drop to attach/)).toBeNull())
  })

  it('has the shell take what the web view keeps back of a drag, once it is let go', async () => {
    const { region } = await opened({ keptBack: (from) => (from === 'dropped' ? picked('a.pdf', 'b.png') : []) })
    const carried = { dataTransfer: keeping(['text/uri-list', 'text/html']) }
    await fireEvent.dragEnter(region, carried)
    const area = (await screen.findByText(/^Drop to attach/)).parentElement!
    expect(shown()).toEqual([])
    // As the pointer comes back to the page.
    await fireEvent.pointerMove(area)
    await fireEvent.drop(region, carried)
    await waitFor(() => expect(shown()).toEqual(['a.pdf', 'b.png']))
    expect(screen.getByText('Attached: a.pdf and b.png.')).toBeInTheDocument()
    expect(await reply()).toHaveFocus()
  })

  it.each([
    ['files', ['text/uri-list']],
    ['a picture', []],
  ])('has the shell take what the web view keeps back of the clipboard: %s', async (_, types) => {
    await opened({ keptBack: (from) => (from === 'copied' ? picked('image.png') : []) })
    await fireEvent.paste(await reply(), { clipboardData: keeping(types) })
    await waitFor(() => expect(shown()).toEqual(['image.png']))
  })

  it('leaves the text of a link to the text, dragged and copied', async () => {
    const { region } = await opened({ keptBack: () => picked('never.pdf') })
    const link = {
      ...keeping(['text/uri-list', 'text/plain']),
      getData: (type: string) => (type === 'text/html' ? '' : 'https://example.com/'),
    }
    await fireEvent.dragEnter(region, { dataTransfer: link })
    expect(screen.queryByText(/^Drop to attach/)).toBeNull()
    await fireEvent.paste(await reply(), { clipboardData: link })
    expect(shown()).toEqual([])
    expect(screen.queryByText(/^Attach/)).toBeNull()
  })

  it('says why if what the web view kept back is not attached', async () => {
    const { region, rehearsal } = await opened({ keptBack: () => picked('a.pdf') })
    rehearsal.failNext.set('takeFiles', { code: 'files_not_taken' })
    await drop(region, keeping(['text/uri-list', 'text/html']))
    expect(await screen.findByRole('alert')).toHaveTextContent(refusalText([], { code: 'files_not_taken' }))
    await drop(region, carrying([file('b.pdf')]))
    await waitFor(() => expect(shown()).toEqual(['b.pdf']))
  })

  it('opens no file that is let go elsewhere, and hinders no text', async () => {
    await opened()
    const dropped = createEvent.drop(document.body, { dataTransfer: carrying([file('one.pdf')]) })
    await fireEvent(document.body, dropped)
    expect(dropped.defaultPrevented).toBe(true)
    const text = createEvent.drop(await reply(), { dataTransfer: carrying([], 'words') })
    await fireEvent(await reply(), text)
    expect(text.defaultPrevented).toBe(false)
    expect(shown()).toEqual([])
  })

  it('says what it is at, and sends nothing meanwhile', async () => {
    const { user, rehearsal } = await opened()
    let arrive: (attached: Attached) => void = () => undefined
    vi.spyOn(rehearsal, 'attachFile').mockReturnValueOnce(new Promise((done) => (arrive = done)))
    await user.type(await reply(), 'See the file')
    await paste([file('slow.pdf'), file('next.pdf')])
    expect(await button('Send')).toBeDisabled()
    expect(await button('Send + Close')).toBeDisabled()
    expect(await button('Send')).toHaveAccessibleDescription('Attaching slow.pdf, 1 of 2…')
    await user.keyboard('{Control>}{Enter}{/Control}')
    expect(rehearsal.entries).toHaveLength(0)
    arrive({ files: [], refused: [] })
    await waitFor(async () => expect(await button('Send')).toBeEnabled())
  })

  it('works without a network, and goes on when another conversation is opened', async () => {
    const { user, rehearsal, id } = await opened({ online: false })
    let read: (content: ArrayBuffer) => void = () => undefined
    const slow = Object.assign(file('slow.pdf'), { arrayBuffer: () => new Promise((done) => (read = done)) })
    await paste([slow as unknown as File, file('next.pdf')])
    const [, other] = within(screen.getByRole('list', { name: 'Conversations' })).getAllByRole('button')
    await user.click(other!)
    read(bytes(10).buffer)
    await waitFor(() => expect(rehearsal.files.of(id).map(({ name }) => name)).toEqual(['slow.pdf', 'next.pdf']))
    expect(shown()).toEqual([])
  })
})

describe('taking away', () => {
  it('is done by keyboard, and the focus goes on to the next file and then to the reply', async () => {
    const { user } = await withFiles(['a.pdf', 'b.pdf'])
    ;(await button('Remove a.pdf')).focus()
    await user.keyboard('{Enter}')
    await waitFor(() => expect(shown()).toEqual(['b.pdf']))
    await waitFor(async () => expect(await button('Remove b.pdf')).toHaveFocus())
    expect(screen.getByText('a.pdf removed.')).toBeInTheDocument()
    await user.keyboard(' ')
    await waitFor(() => expect(shown()).toEqual([]))
    await waitFor(async () => expect(await reply()).toHaveFocus())
  })

  it('says why if it did not work, and keeps the file', async () => {
    const { user, rehearsal } = await withFiles(['a.pdf'])
    rehearsal.failNext.set('detachFile', { code: 'cache_unwritable' })
    await user.click(await button('Remove a.pdf'))
    expect(await screen.findByRole('alert')).toBeVisible()
    expect(shown()).toEqual(['a.pdf'])
  })
})

describe('what is refused', () => {
  it('is told before a byte is read, where that is certain', async () => {
    const { rehearsal } = await opened()
    const attach = vi.spyOn(rehearsal, 'attachFile')
    const large = file('film.pdf', 11 * 1024 * 1024)
    const read = vi.spyOn(large, 'arrayBuffer')
    await paste([large, file('song.mp3', 10, 'audio/mpeg')])
    expect(await screen.findByText('Not attached: film.pdf. This channel takes files of up to 10 MB.')).toBeVisible()
    expect(screen.getByText('Not attached: song.mp3. This channel does not take files of this kind.')).toBeVisible()
    expect(read).not.toHaveBeenCalled()
    expect(attach).not.toHaveBeenCalled()
  })

  it('is told in one sentence for one reason; what fits is attached, and the text is as it was', async () => {
    const { user } = await opened()
    await user.type(await reply(), 'My text')
    await paste(['1.pdf', '2.pdf', '3.pdf', '4.pdf', '5.pdf', '6.pdf', '7.pdf'].map((name) => file(name)))
    const alert = await screen.findByText('Not attached: 6.pdf and 7.pdf. This channel takes 5 files with one reply.')
    expect(shown()).toEqual(['1.pdf', '2.pdf', '3.pdf', '4.pdf', '5.pdf'])
    expect(await reply()).toHaveValue('My text')
    expect(alert.closest('[role=alert]')).not.toBeNull()
    const dismiss = await button('Dismiss')
    expect(dismiss).toHaveAccessibleDescription(/^Not attached: 6\.pdf and 7\.pdf/)
    await user.click(dismiss)
    expect(screen.queryByText(/^Not attached/)).toBeNull()
    expect(await reply()).toHaveFocus()
  })

  it('is told when only the content says it, and when it cannot be read', async () => {
    const { rehearsal } = await opened()
    rehearsal.files.refusing.set('odd.pdf', { code: 'file_kind_refused' })
    const folder = Object.assign(file('Folder'), { arrayBuffer: () => Promise.reject(new Error('a folder')) })
    await paste([file('odd.pdf'), file('empty.pdf', 0), folder, file('good.pdf')])
    await waitFor(() => expect(shown()).toEqual(['good.pdf']))
    expect(screen.getAllByRole('alert').map((one) => one.textContent?.trim())).toEqual([
      'Not attached: odd.pdf. This channel does not take files of this kind.',
      'Not attached: empty.pdf. Empty files cannot be sent.',
      'Not attached: Folder. Folders cannot be attached, nor files that this computer cannot open.',
    ])
  })

  it('is forgotten at the next try', async () => {
    await opened()
    await paste([file('empty.pdf', 0)])
    await screen.findByRole('alert')
    await paste([file('good.pdf')])
    await waitFor(() => expect(shown()).toEqual(['good.pdf']))
    expect(screen.queryByRole('alert')).toBeNull()
  })

  it('is told in passing if nobody looks at the conversation any more', async () => {
    const { user } = await opened()
    let fail: (why: Error) => void = () => undefined
    const slow = Object.assign(file('slow.pdf'), { arrayBuffer: () => new Promise((_, no) => (fail = no)) })
    await paste([slow as unknown as File])
    const [, other] = within(screen.getByRole('list', { name: 'Conversations' })).getAllByRole('button')
    await user.click(other!)
    fail(new Error('gone'))
    expect(await screen.findByText(/^Not attached: slow\.pdf\./, { selector: '.remark p' })).toBeVisible()
  })

  it('is everything where the channel takes none, and the button says so', async () => {
    const { user, rehearsal, region, id } = await opened()
    rehearsal.files.limits = null
    rehearsal.announce({ kind: 'inbox_changed', conversation_ids: [id] })
    const attach = await button('Attach files')
    await waitFor(() => expect(attach).toHaveAccessibleDescription('Files cannot be sent in this conversation.'))
    expect(attach).toHaveAttribute('aria-disabled', 'true')
    await user.click(attach)
    const said = 'Files cannot be sent in this conversation.'
    expect(await screen.findByText(said, { selector: '.remark p' })).toBeVisible()
    await fireEvent.dragEnter(region, { dataTransfer: carrying([file('one.pdf')]) })
    expect(await within(region).findByText(said)).toBeVisible()
    await paste([file('one.pdf')])
    expect(await screen.findByText(`Not attached: one.pdf. ${said}`)).toBeVisible()
  })

  it.each<[Code, number | undefined]>([
    ['file_empty', undefined],
    ['file_unreadable', undefined],
    ['file_too_large', 5_000_000],
    ['file_kind_refused', undefined],
    ['files_too_many', 3],
    ['files_not_taken', undefined],
    ['files_full', 200_000_000],
    ['disk_full', undefined],
  ])('%s: names the file in both languages, without claiming that anything was or was not sent', (code, limit) => {
    for (const language of ['en', 'fr'] as const) {
      locale.follow(language, language)
      const text = refusalText(['a.pdf'], { code, limit })
      expect(text).toMatch(language === 'en' ? /^Not attached: a\.pdf\. \S/ : /^Non joint : a\.pdf\. \S/)
      expect(text).not.toMatch(/Nothing was sent|Rien n’a été envoyé/)
    }
  })

  it('names only the first of many', () => {
    const names = Array.from({ length: 12 }, (_, at) => `${at}.pdf`)
    expect(refusalText(names, { code: 'file_empty' })).toMatch(
      /^Not attached: 0\.pdf, 1\.pdf, 2\.pdf, 3\.pdf and 8 more\./,
    )
  })
})

describe('sending', () => {
  it('takes along the files in their order, and leaves an empty composer', async () => {
    const { user, rehearsal, id } = await withFiles(['b.pdf', 'a.pdf'], { online: false })
    const ids = rehearsal.files.of(id).map((one) => one.id)
    const send = vi.spyOn(rehearsal, 'sendReply')
    await user.type(await reply(), 'Here they are')
    await user.click(await button('Send'))
    await waitFor(() => expect(shown()).toEqual([]))
    expect(send).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ text: 'Here they are', file_ids: ids }))
    expect(await reply()).toHaveValue('')
    expect(await reply()).toHaveFocus()
  })

  it('sends and closes with files alone: they are the reply (R4)', async () => {
    const { user, rehearsal } = await opened()
    expect(await button('Send + Close')).toBeDisabled()
    await user.click(await button('Attach files'))
    await waitFor(async () => expect(await button('Send + Close')).toBeEnabled())
    await user.click(await button('Send + Close'))
    await waitFor(() => expect(rehearsal.entries).toHaveLength(1))
    expect(rehearsal.entries[0]).toMatchObject({ action: 'send_and_close', text: '', files: [{ name: 'invoice.pdf' }] })
  })

  it('keeps text and files after Cancel (R5)', async () => {
    const { user, rehearsal } = await withFiles(['a.pdf'], { confirm: () => false })
    await user.type(await reply(), 'Not yet')
    await user.click(await button('Send + Close'))
    await waitFor(async () => expect(await button('Send + Close')).toBeEnabled())
    expect(shown()).toEqual(['a.pdf'])
    expect(await reply()).toHaveValue('Not yet')
    expect(rehearsal.entries).toHaveLength(0)
  })

  it('shows the files as they are now, if they have changed under the click, and says so', async () => {
    const { user, rehearsal, id } = await withFiles(['a.pdf', 'b.pdf'])
    rehearsal.files.detach(id, rehearsal.files.of(id)[0]!.id)
    await user.click(await button('Send'))
    expect(await screen.findByRole('alert')).toHaveTextContent(/^The files of this draft have changed/)
    await waitFor(() => expect(shown()).toEqual(['b.pdf']))
    expect(rehearsal.entries).toHaveLength(0)
  })

  it('waits while files cannot go as they are, and says which (D16)', async () => {
    const { rehearsal, id } = await withFiles(['a.pdf', 'b.png'])
    const limits = rehearsal.files.limits!
    const says = async (change: Partial<typeof limits> | null, words: string) => {
      rehearsal.files.limits = change && { ...limits, ...change }
      rehearsal.announce({ kind: 'inbox_changed', conversation_ids: [id] })
      await waitFor(async () => expect(await button('Send')).toHaveAccessibleDescription(words))
      expect(await button('Send')).toBeDisabled()
    }
    await says({ max_count: 1 }, 'This channel takes 1 file with one reply. Take the others away to send.')
    await says({ max_bytes: 2000 }, 'a.pdf is larger than the 2 kB this channel takes. Take it away to send.')
    await says({ types: ['application/pdf'] }, 'This channel does not take files like b.png. Take it away to send.')
    await says(null, 'Files cannot be sent in this conversation. Take them away to send.')
  })
})

describe('in the queue', () => {
  it('stand with the waiting reply in the conversation and on the queue page, by name and size', async () => {
    const { user } = await withFiles(['a.pdf', 'b.png'], { online: false })
    await user.click(await button('Send'))
    const act = await screen.findByRole('article', { name: 'Reply: Queued' })
    expect(within(act).getByRole('list', { name: 'Files' })).toHaveTextContent(/a\.pdf\s*2 kB\s*b\.png\s*2 kB/)
    expect(within(act).queryByRole('button', { name: 'Copy text' })).toBeNull()
    await user.click(await button('Queue'))
    const entry = await screen.findByRole('article', { name: /^Reply, / })
    expect(within(entry).getByRole('list', { name: 'Files' })).toHaveTextContent(/a\.pdf\s*2 kB/)
    expect(within(entry).queryByText('Your text')).toBeNull()
    expect(within(entry).queryByRole('button', { name: 'Copy text' })).toBeNull()
  })

  it('come back with the text by Undo, before what was attached since (D15)', async () => {
    const { user } = await withFiles(['a.pdf'], { online: false })
    await user.type(await reply(), 'First')
    await user.click(await button('Send'))
    await paste([file('later.pdf')])
    await waitFor(() => expect(shown()).toEqual(['later.pdf']))
    await user.click(await button('Undo'))
    await waitFor(() => expect(shown()).toEqual(['a.pdf', 'later.pdf']))
    expect(await reply()).toHaveValue('First')
    expect(screen.getByText('Undone. Text and files are back in the reply.', { selector: 'p' })).toBeVisible()
  })

  it.each<Code>(['file_too_large', 'file_kind_refused', 'files_too_many', 'file_damaged', 'files_lost'])(
    'stand with what needs attention because of %s, and come back to be changed',
    async (code) => {
      const { user, rehearsal } = await withFiles(['a.pdf'], { latencyMs: 0 })
      rehearsal.platform.refuses = code
      await user.click(await button('Send'))
      const act = await screen.findByRole('article', { name: 'Reply: Needs attention' })
      expect(within(act).getByRole('list', { name: 'Files' })).toHaveTextContent('a.pdf')
      expect(within(act).queryByRole('button', { name: 'Retry now' }) !== null).toBe(code === 'files_lost')
      await user.click(within(act).getByRole('button', { name: 'Edit' }))
      await waitFor(() => expect(shown()).toEqual(['a.pdf']))
    },
  )

  it('are named where discarding asks once more', async () => {
    const { user, rehearsal } = await withFiles(['a.pdf'], { latencyMs: 0 })
    rehearsal.platform.refuses = 'file_damaged'
    await user.click(await button('Send'))
    await user.click(await button('Discard…'))
    expect(within(await screen.findByRole('alertdialog')).getByText(/files included\.$/)).toBeVisible()
  })

  it('stand in the timeline when they have arrived', async () => {
    const { user } = await withFiles(['a.pdf'], { latencyMs: 0 })
    await user.click(await button('Send'))
    expect(await button('Save a.pdf, 2 kB')).toBeVisible()
  })
})

describe('a conversation that is closed meanwhile (D7, D23)', () => {
  async function closedUnderTheFingers(text: string) {
    const desk = await withFiles(['a.pdf'])
    if (text !== '') await desk.user.type(await reply(), text)
    desk.rehearsal.platform.close(desk.id, { kind: 'advisor', id: 'usr_bob', name: 'Bob' })
    desk.rehearsal.announce({ kind: 'inbox_changed', conversation_ids: [desk.id] })
    await screen.findByText(/what you have prepared is kept/)
    return desk
  }

  it('keeps the files on the screen, takes no more, and lets go of them only when asked twice', async () => {
    const { user, rehearsal, id } = await closedUnderTheFingers('')
    expect(shown()).toEqual(['a.pdf'])
    expect(noButton('Attach files') && noButton('Send') && noButton('Copy text')).toBe(true)
    await user.click(await button('Discard…'))
    await user.click(await button('Discard for good'))
    await waitFor(() => expect(screen.queryByRole('textbox', { name: 'Reply' })).toBeNull())
    expect(rehearsal.files.of(id)).toEqual([])
  })

  it('says that files do not move along with the text', async () => {
    const { rehearsal, id } = await closedUnderTheFingers('Half a sentence')
    rehearsal.customerWrites(id, 'Hello again')
    expect(await screen.findByText(/Files stay here: attach them again there/)).toBeVisible()
    await button('Continue in the newer conversation')
  })
})

describe.each(['en', 'fr'] as const)('by ear, in %s', (language) => {
  it.each(['light', 'dark'] as const)('has nothing that a screen reader stumbles over, %s', async (theme) => {
    const { user, region, rehearsal } = await opened({
      online: false,
      preferences: { theme },
      pick: () => picked('a.pdf', 'b.png'),
    })
    rehearsal.announce({ kind: 'preferences_changed', preferences: { ...rehearsal.preferences, language } })
    const attach = language === 'en' ? 'Attach files' : 'Joindre des fichiers'
    await user.click(await button(attach))
    await button(language === 'en' ? 'Remove b.png' : 'Retirer b.png')
    await user.click(await button(language === 'en' ? 'Send' : 'Envoyer'))
    await waitFor(() => expect(rehearsal.entries).toHaveLength(1))
    await user.click(await button(attach))
    const box = within(region).getByRole('textbox')
    await fireEvent.paste(box, { clipboardData: carrying([file('empty.pdf', 0)]) })
    await screen.findByRole('alert')
    await fireEvent.dragEnter(region, { dataTransfer: carrying([file('one.pdf')]) })
    const result = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } })
    expect(result.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
  })
})
