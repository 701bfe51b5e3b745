/**
 * What the queue says of each entry, read as the promise reads: what, for whom, since when, which state, why, and what can be done. The
 * entries are put there as the engine gives them, so that every state can be looked at.
 */
import { screen, waitFor, within } from '@testing-library/svelte'
import axe from 'axe-core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { ActionKind, Attention, Choice, Code, QueueEntry } from '../src/lib/backend'
import { locale } from '../src/lib/i18n/locale.svelte'
import { actionText, whyText } from '../src/lib/words/queue'
import type { Rehearsal } from '../src/rehearsal/rehearsal'
import { button, openDesk, openFirst } from './desk'

const MINUTE_MS = 60_000
const at = (offsetMs: number) => new Date(Date.now() + offsetMs).toISOString()

afterEach(() => {
  vi.restoreAllMocks()
  locale.follow('en', 'en-GB')
})

/** Puts an action into the queue of the nth open conversation. */
function put(rehearsal: Rehearsal, nth: number, change: Partial<QueueEntry> = {}): QueueEntry {
  const talk = [...rehearsal.platform.talks.values()].filter((one) => one.state !== 'closed')[nth]!
  const entry = {
    id: `entry_${rehearsal.entries.length}`,
    action: 'reply' as ActionKind,
    conversation_id: talk.id,
    customer_name: talk.customer.name,
    text: 'Have a nice day',
    queued_at: at(-5 * MINUTE_MS),
    state: 'queued' as const,
    undo_requested: false,
    waits_for_switch: false,
    held_up_by: null,
    attempts: 0,
    next_attempt_at: null,
    last_problem: null,
    files: [],
    half_done: null,
    attention: null,
    choices: [],
    ...change,
  }
  rehearsal.entries.push({ ...entry, seen: null, survey: false, close: entry.action === 'send_and_close' })
  return entry
}

const because = (code: Code, more: Partial<Attention> = {}): Partial<QueueEntry> => ({
  state: 'needs_attention',
  attempts: 1,
  attention: { code, new_messages: [], newer_conversation_id: null, ...more },
})

async function queueWith(fill: (rehearsal: Rehearsal) => void, options: Parameters<typeof openDesk>[0] = {}) {
  const opened = await openDesk({ latencyMs: 999_999, ...options })
  fill(opened.rehearsal)
  await opened.user.click(await screen.findByRole('button', { name: /^(Queue|File d’attente)$/ }))
  const articles = await screen.findAllByRole('article')
  return { ...opened, articles }
}

async function oneEntry(change: Partial<QueueEntry>, options: Parameters<typeof openDesk>[0] = {}) {
  const opened = await queueWith((rehearsal) => put(rehearsal, 0, change), options)
  return { ...opened, entry: opened.articles[0]! }
}

const namesOf = (entry: HTMLElement) =>
  within(within(entry).getByRole('group', { name: 'What you can do' }))
    .getAllByRole('button')
    .map((choice) => choice.textContent?.trim())

describe('what, for whom, since when', () => {
  it.each([
    ['reply', 'Reply'],
    ['reply_with_survey', 'Reply with survey'],
    ['send_and_close', 'Send + Close'],
    ['archive', 'Archive'],
    ['assign', 'Take'],
    ['release', 'Release'],
    ['unknown', 'Action of another version'],
  ] as const)('%s is called by its name, with the customer’s', async (action, name) => {
    const { entry } = await oneEntry({ action, customer_name: 'Zoe Lake' })
    expect(entry).toHaveAccessibleName(`${name}, Zoe Lake`)
  })

  it('leads to the conversation', async () => {
    const { user, entry } = await oneEntry({ customer_name: 'Zoe Lake' })
    const link = within(entry).getByRole('button', { name: 'Zoe Lake' })
    expect(link).toHaveAccessibleDescription('Open the conversation with Zoe Lake')
    await user.click(link)
    expect(await screen.findByRole('region', { name: /^Conversation with/ })).toBeVisible()
  })

  it('calls somebody whose conversation is no longer here something', async () => {
    const { entry } = await oneEntry({ customer_name: '' })
    expect(entry).toHaveAccessibleName('Reply, Unknown customer')
    expect(within(entry).getByRole('button', { name: 'Unknown customer' })).toBeVisible()
  })

  it('says since when as an age and to the minute, with the day where it is another one', async () => {
    const queued_at = at(-3 * 24 * 60 * MINUTE_MS)
    const { entry } = await oneEntry({ queued_at })
    const time = within(entry).getByText(/^3 d · /)
    const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' }).format(new Date(queued_at))
    expect(time.textContent).toContain(day)
    expect(time.textContent).toMatch(/\d{2}:\d{2}/)
  })

  it('says it as precisely in the conversation, where a reply may have waited for days', async () => {
    const { user, entry } = await oneEntry({ queued_at: at(-3 * 24 * 60 * MINUTE_MS) })
    await user.click(within(entry).getAllByRole('button')[0]!)
    await waitFor(() => expect(screen.getByRole('article', { name: 'Reply: Queued' })).toBeVisible())
    expect(within(screen.getByRole('article', { name: 'Reply: Queued' })).getByText(/^3 d · /)).toBeVisible()
  })

  it('shows a long text in full when asked to', async () => {
    const text = `${'One line of many.\n'.repeat(12)}The end.`
    const { user, entry } = await oneEntry({ text })
    const more = within(entry).getByRole('button', { name: 'Show all of it' })
    expect(more).toHaveAttribute('aria-expanded', 'false')
    await user.click(more)
    expect(within(entry).getByRole('button', { name: 'Show less' })).toHaveAttribute('aria-expanded', 'true')
    expect(entry.querySelector('.text')?.textContent).toBe(text)
  })

  it('keeps the text of what is done readable too', async () => {
    const { user, entry } = await oneEntry({ state: 'done', text: 'All of it,\nin two lines' })
    const line = within(entry).getByRole('button', { name: /^All of it/ })
    await user.click(line)
    expect(line).toHaveAttribute('aria-expanded', 'true')
  })
})

describe('why it waits', () => {
  it.each<[string, Partial<QueueEntry>, RegExp]>([
    ['its turn', {}, /^Goes out in a moment\.$/],
    ['the end of an attempt', { state: 'sending' }, /^On its way to the platform now\.$/],
    ['the outcome of an attempt', { state: 'checking' }, /^The answer got lost on the way\. The platform is asked/],
    ['the switch', { action: 'send_and_close', waits_for_switch: true }, /^Waits until closing by advisors is allowed/],
    ['what was undone', { state: 'sending', undo_requested: true }, /^Undo noted: if it has not arrived/],
    [
      'its time',
      { last_problem: 'platform_unavailable', next_attempt_at: at(4 * MINUTE_MS), attempts: 3 },
      /^Next attempt in \d min, at \d{2}:\d{2}$/,
    ],
    ['its time, after no answer', { last_problem: 'offline', attempts: 1 }, /^The last attempt did not reach/],
  ])('says that it waits for %s', async (_, change, words) => {
    const { entry } = await oneEntry(change)
    expect(within(entry).getByText(words)).toBeVisible()
  })

  it('says that it waits for the network', async () => {
    const { entry } = await oneEntry({ last_problem: 'platform_unavailable' }, { online: false })
    expect(within(entry).getByText('Waits for the network, then goes out by itself.')).toBeVisible()
    expect(within(entry).queryByText(/platform cannot work/)).toBeNull()
  })

  it('D25: says that it waits for the sign-in', async () => {
    const { entry } = await oneEntry({}, { stage: { kind: 'signed_in', session_expired: true } })
    expect(within(entry).getByText('Waits until you sign in again.')).toBeVisible()
  })

  it('does not repeat what the advisor has decided about already', async () => {
    const { entry } = await oneEntry({
      action: 'send_and_close',
      waits_for_switch: true,
      last_problem: 'close_disabled',
    })
    expect(within(entry).queryByText(/Send it without closing, wait until/)).toBeNull()
  })

  it('D22: names what it waits behind, and leads there', async () => {
    const { user, articles } = await queueWith((rehearsal) => {
      put(rehearsal, 1, { text: 'Elsewhere' })
      put(rehearsal, 0, { action: 'send_and_close', ...because('close_disabled') })
      put(rehearsal, 0, { action: 'archive', text: null })
    })
    const behind = articles.find((article) => article.getAttribute('aria-label')?.startsWith('Archive'))!
    expect(within(behind).getByText('Waits behind “Send + Close”, which needs your attention.')).toBeVisible()
    await user.click(within(behind).getByRole('button', { name: 'Show “Send + Close”' }))
    expect(screen.getByRole('article', { name: /^Send \+ Close/ })).toHaveFocus()
  })

  it('D22: tells a head that waits for the switch from one that needs somebody, and from one that is merely earlier', async () => {
    const { articles } = await queueWith((rehearsal) => {
      put(rehearsal, 0, { action: 'send_and_close', waits_for_switch: true })
      put(rehearsal, 0, { action: 'release', text: null })
      put(rehearsal, 1)
      put(rehearsal, 1, { action: 'archive', text: null })
    })
    const says = (name: RegExp, words: string) => {
      const article = articles.find((one) => name.test(one.getAttribute('aria-label') ?? ''))!
      expect(within(article).getByText(words)).toBeVisible()
    }
    says(/^Release/, 'Waits behind “Send + Close”, which waits until closing is allowed again.')
    says(/^Archive/, 'Waits for its turn, behind “Reply”.')
  })

  it('D22: says so in the conversation as well', async () => {
    const { user, rehearsal } = await openDesk({ latencyMs: 999_999 })
    const id = await openFirst(user)
    const nth = [...rehearsal.platform.talks.values()]
      .filter((one) => one.state !== 'closed')
      .findIndex((one) => one.id === id)
    put(rehearsal, nth, because('tags_missing'))
    put(rehearsal, nth, { action: 'archive', text: null })
    rehearsal.announce({ kind: 'queue_changed' })
    const behind = await screen.findByRole('article', { name: 'Archive: Queued' })
    await user.click(within(behind).getByRole('button', { name: 'Show “Reply”' }))
    expect(screen.getByRole('article', { name: 'Reply: Needs attention' })).toHaveFocus()
  })
})

/** Everything for which the engine asks the advisor. */
const reasons: Code[] = [
  'customer_wrote_since',
  'conversation_closed',
  'close_disabled',
  'reply_window_expired',
  'tags_missing',
  'reply_empty',
  'reply_too_long',
  'conversation_unknown',
  'refused_otherwise',
  'outcome_unknown',
  'entry_unreadable',
  'internal',
]

describe.each(['en', 'fr'] as const)('needs attention, in %s', (language) => {
  const asking = (code: Code, text: string | null, choices: Choice[] = ['discard']) =>
    ({ ...because(code), action: 'archive', text, choices, half_done: null }) as QueueEntry

  it.each(reasons)('%s: says what happened and what to do', (code) => {
    locale.follow(language, language)
    expect(whyText(asking(code, 'Goodbye.')).split('. ').length).toBeGreaterThan(1)
  })

  it.each(reasons)('%s: speaks of no text where there is none', (code) => {
    locale.follow(language, language)
    const said = whyText(asking(code, null))
    expect(said.length).toBeGreaterThan(30)
    expect(said).not.toMatch(/your text|votre texte|copy|copiez|sent,|envoyé/i)
  })
})

describe('needs attention', () => {
  it('D7: sends where there is a newer conversation, says that there is none where there is not, and can open it', async () => {
    const { user, rehearsal, articles } = await queueWith((desk) => {
      const newer = [...desk.platform.talks.values()].at(-1)!.id
      put(desk, 0, { action: 'send_and_close', ...because('conversation_closed', { newer_conversation_id: newer }) })
      put(desk, 1, because('conversation_closed'))
    })
    const [withNewer, without] = articles as [HTMLElement, HTMLElement]
    expect(within(withNewer).getByText(/send it there; or copy or discard it/)).toBeVisible()
    expect(within(without).getByText(/There is no newer conversation to send it in now/)).toBeVisible()
    expect(namesOf(without)).toEqual(['Copy text', 'Discard…'])
    await user.click(within(withNewer).getByRole('button', { name: 'Open the newer conversation' }))
    const name = [...rehearsal.platform.talks.values()].at(-1)!.customer.name
    expect(await screen.findByRole('region', { name: `Conversation with ${name}` })).toBeVisible()
  })

  it('D6: says so when the new message is not here yet, and lets a reply go all the same', async () => {
    const { entry } = await oneEntry(because('customer_wrote_since'))
    expect(within(entry).getByText('The new message has not reached this computer yet.')).toBeVisible()
    expect(namesOf(entry)).toEqual(['Edit', 'Send all the same', 'Discard…', 'Copy text'])
  })

  it('D23: takes no text back into a conversation that nobody can open', async () => {
    const { entry } = await oneEntry(because('conversation_unknown'))
    expect(namesOf(entry)).toEqual(['Retry now', 'Discard…', 'Copy text'])
  })

  it('suggests nothing where only somebody who has looked can know', async () => {
    const { entry } = await oneEntry(because('outcome_unknown'))
    expect(namesOf(entry)).toEqual(['It went through', 'Edit', 'Retry now', 'Discard…', 'Copy text'])
    expect(entry.querySelector('.button.primary')).toBeNull()
  })

  it('does not call open what somebody else has closed, of something half done', async () => {
    const half_done = { done: ['reply' as const], in_doubt: null, left: ['close' as const] }
    const { entry } = await oneEntry({ action: 'send_and_close', ...because('conversation_closed'), half_done })
    expect(within(entry).getByText('Your reply was sent.')).toBeVisible()
    expect(within(entry).getByText(/^Somebody else has closed the conversation/)).toBeVisible()
  })
})

describe('what can be done', () => {
  it('offers Retry now where it waits for its time, and not where it could change nothing', async () => {
    const { rehearsal, entry } = await oneEntry({ next_attempt_at: at(4 * MINUTE_MS), attempts: 1 })
    expect(namesOf(entry)).toContain('Retry now')
    rehearsal.goOffline()
    await waitFor(() => expect(namesOf(screen.getByRole('article'))).toEqual(['Undo', 'Edit', 'Copy text']))
  })

  it('D25: offers no attempt before somebody has signed in again', async () => {
    const change = { next_attempt_at: at(4 * MINUTE_MS), attempts: 1 }
    const { entry } = await oneEntry(change, { stage: { kind: 'signed_in', session_expired: true } })
    expect(namesOf(entry)).toEqual(['Undo', 'Edit', 'Copy text'])
  })

  it('promises no attempt offline', async () => {
    const { user, entry } = await oneEntry(because('tags_missing'), { online: false })
    await user.click(within(entry).getByRole('button', { name: 'Retry now' }))
    expect(await screen.findByText('Queued. It goes out by itself as soon as it can.', { selector: 'p' })).toBeVisible()
  })

  it.each(['archive', 'assign', 'release'] as const)('offers no editing and no copying of %s', async (action) => {
    const { entry } = await oneEntry({ action, text: null })
    expect(namesOf(entry)).toEqual(['Undo'])
  })

  it('copies the text as it was typed, to the last space, and says so where it was asked', async () => {
    const text = '  Two spaces before,\n\ttwo lines, “quotes” and one after \n'
    const { user, entry } = await oneEntry({ text, state: 'sending', undo_requested: true })
    const write = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue()
    await user.click(within(entry).getByRole('button', { name: 'Copy text' }))
    expect(write).toHaveBeenCalledExactlyOnceWith(text)
    expect(await within(entry).findByRole('button', { name: 'Text copied.' })).toBeVisible()
  })

  it('says so when copying did not work', async () => {
    const { user, entry } = await oneEntry({})
    vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new Error('not allowed'))
    await user.click(within(entry).getByRole('button', { name: 'Copy text' }))
    expect(await within(entry).findByRole('alert')).toBeVisible()
    expect(within(entry).getByRole('button', { name: 'Copy text' })).toBeVisible()
  })
})

describe('discarding asks twice', () => {
  it('answers nothing by a key that is held down, and keeps by the first answer', async () => {
    const { user, rehearsal, entry } = await oneEntry(because('tags_missing'))
    within(entry).getByRole('button', { name: 'Discard…' }).focus()
    await user.keyboard('{Enter}')
    const question = await screen.findByRole('alertdialog', { name: 'Discard for good?' })
    await waitFor(() => expect(question).toHaveFocus())
    await user.keyboard('{Enter} ')
    expect(question).toBeVisible()
    await user.keyboard('{Tab}{Enter}')
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull())
    expect(rehearsal.entries[0]?.state).toBe('needs_attention')
  })

  it('takes the second half of a double click for no answer', async () => {
    const { user, rehearsal, entry } = await oneEntry(because('tags_missing'))
    await user.click(within(entry).getByRole('button', { name: 'Discard…' }))
    const confirm = await button('Discard for good')
    confirm.dispatchEvent(new MouseEvent('click', { bubbles: true, detail: 2 }))
    expect(screen.getByRole('alertdialog')).toBeVisible()
    expect(rehearsal.entries[0]?.state).toBe('needs_attention')
    await user.click(confirm)
    await waitFor(() => expect(rehearsal.entries[0]?.state).toBe('cancelled'))
  })

  it.each<[string, Partial<QueueEntry>, RegExp]>([
    ['a text', because('tags_missing'), /^Nothing was sent to .*The text cannot be brought back\.$/],
    ['a text that may have arrived', because('outcome_unknown'), /^Whether it reached .* is not known/],
    [
      'an act',
      { ...because('refused_otherwise'), action: 'archive', text: null },
      /^“Archive” for .* will not happen\.$/,
    ],
    [
      'an act that may have been done',
      { ...because('outcome_unknown'), action: 'archive', text: null },
      /took effect is not known/,
    ],
  ])('says what that means for %s', async (_, change, words) => {
    const { user, entry } = await oneEntry(change)
    await user.click(within(entry).getByRole('button', { name: 'Discard…' }))
    expect(within(await screen.findByRole('alertdialog')).getByText(words)).toBeVisible()
  })
})

describe('by keyboard and by ear', () => {
  it('keeps the focus in the queue when an entry goes', async () => {
    const { user, rehearsal } = await queueWith((desk) => {
      put(desk, 0, { text: 'first' })
      put(desk, 1, { text: 'second' })
    })
    const [first] = screen.getAllByRole('article')
    within(first!).getByRole('button', { name: 'Undo' }).focus()
    await user.keyboard('{Enter}')
    await waitFor(() => expect(rehearsal.entries[0]?.state).toBe('cancelled'))
    rehearsal.entries.shift()
    rehearsal.announce({ kind: 'queue_changed' })
    await waitFor(() => expect(screen.getAllByRole('article')).toHaveLength(1))
    await waitFor(() => expect(screen.getByRole('article')).toHaveFocus())
  })

  it('counts in the frame both what waits and what needs somebody', async () => {
    await queueWith((rehearsal) => {
      put(rehearsal, 0, because('tags_missing'))
      rehearsal.set({ queue: { pending: 3, needs_attention: 1 } })
    })
    expect(await button('Queue')).toHaveAccessibleDescription('Queue: 1 needs attention, 3 queued')
  })

  it.each(['en', 'fr'] as const)('has nothing that a screen reader stumbles over, in %s', async (language) => {
    const half_done = { done: ['reply' as const], in_doubt: 'survey' as const, left: ['close' as const] }
    await queueWith(
      (rehearsal) => {
        const newer = [...rehearsal.platform.talks.values()].at(-1)!.id
        put(rehearsal, 0, {
          action: 'send_and_close',
          ...because('conversation_closed', { newer_conversation_id: newer }),
        })
        put(rehearsal, 0, { action: 'archive', text: null })
        put(rehearsal, 1, { ...because('outcome_unknown'), half_done })
        put(rehearsal, 2, { action: 'unknown', customer_name: '', ...because('entry_unreadable') })
        put(rehearsal, 3, { state: 'sending' })
        put(rehearsal, 4, { state: 'checking', next_attempt_at: at(MINUTE_MS) })
        put(rehearsal, 5, { text: 'A long one. '.repeat(60) })
        put(rehearsal, 6, { state: 'done' })
      },
      { preferences: { language } },
    )
    const result = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false } } })
    expect(result.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
  })

  it('has every word in French', async () => {
    const { articles } = await queueWith(
      (rehearsal) => {
        put(rehearsal, 0, { action: 'send_and_close', ...because('close_disabled') })
        put(rehearsal, 0, { action: 'release', text: null })
      },
      { preferences: { language: 'fr' } },
    )
    const behind = articles.at(-1)!
    expect(within(behind).getByText(/^Attend derrière/)).toBeVisible()
    expect(within(behind).getByRole('button', { name: /^Montrer/ })).toBeVisible()
    expect(actionText('release')).toBe('Libérer')
  })
})
