/** Words: both languages have every text, every code has its sentence, and a change of language re-words in place. */
import { screen, waitFor } from '@testing-library/svelte'
import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import en from '../messages/en.json'
import fr from '../messages/fr.json'
import type { Code } from '../src/lib/backend'
import { locale } from '../src/lib/i18n/locale.svelte'
import { codes, sentence } from '../src/lib/words/codes'
import { button, openDesk, openFirst, reply } from './desk'

afterEach(() => locale.follow('en', 'en-GB'))

const texts = (messages: object) => Object.entries(messages).filter(([key]) => key !== '$schema')
const inputs = (message: unknown) => [...new Set(JSON.stringify(message).match(/\{\w+\}/g))].sort()

describe('the two languages', () => {
  it('have the same texts with the same gaps', () => {
    expect(Object.keys(fr).sort()).toEqual(Object.keys(en).sort())
    for (const [key, message] of texts(en)) {
      expect(inputs(fr[key as keyof typeof fr]), key).toEqual(inputs(message))
    }
  })

  it('leave nothing empty', () => {
    for (const [key, message] of [...texts(en), ...texts(fr)]) {
      expect(JSON.stringify(message).replace(/["[\]{}]/g, ''), key).not.toBe('')
    }
  })

  it('call the buttons what the rest of the world calls them', () => {
    expect(en.composer_send_close).toBe('Send + Close')
    expect(fr.composer_send_close).toBe('Envoyer + Clore')
    expect(fr.composer_send_survey).toBe('Envoyer et déclencher l’enquête')
  })
})

/** Every code of the wire crate, read from its generated type. */
const generated = readFileSync('src/lib/wire/Code.ts', 'utf8')
const wireCodes = [...generated.slice(generated.indexOf('export type')).matchAll(/"(\w+)"/g)].map((match) => match[1])

describe.each(['en', 'fr'] as const)('codes in %s', (language) => {
  it('each have a sentence of their own', () => {
    locale.follow(language, language)
    expect([...codes].sort()).toEqual([...wireCodes].sort())
    const said = codes.map((code) => sentence({ code }))
    expect(new Set(said).size).toBe(said.length)
    for (const text of said) expect(text.length).toBeGreaterThan(30)
  })

  it('never come out blank, even if unknown', () => {
    locale.follow(language, language)
    expect(sentence({ code: 'of_the_future' as Code })).toBe(sentence({ code: 'internal' }))
  })
})

it('names the limit and the time where the failure has them', () => {
  expect(sentence({ code: 'reply_too_long', limit: 4096 })).toMatch(/4,096 characters/)
  expect(sentence({ code: 'passphrase_too_short', limit: 12 })).toMatch(/at least 12 characters/)
  const inAMinute = new Date(Date.now() + 60_000).toISOString()
  expect(sentence({ code: 'too_many_attempts', retry_at: inAMinute })).toMatch(/in 1 min|in 2 min/)
})

it('changes the language in place and keeps what is being typed', async () => {
  const { user, rehearsal } = await openDesk()
  await openFirst(user)
  await user.type(await reply(), 'Half a sent')
  rehearsal.announce({ kind: 'preferences_changed', preferences: { ...rehearsal.preferences, language: 'fr' } })
  expect(await button('Envoyer + Clore')).toBeVisible()
  const box = await screen.findByRole('textbox', { name: 'Répondre' })
  expect(box).toHaveValue('Half a sent')
  expect(box).toHaveFocus()
  expect(document.documentElement.lang).toBe('fr')
})

it.each([
  ['fr-CA', 'fr'],
  ['fr_FR', 'fr'],
  ['de-DE', 'en'],
  ['C', 'en'],
])('follows a system that speaks %s with %s', async (system, expected) => {
  await openDesk({ systemLanguage: system })
  await waitFor(() => expect(document.documentElement.lang).toBe(expected))
})
