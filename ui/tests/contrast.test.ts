/** Every pair of text and ground that occurs has at least 4.5:1, in every theme, computed from the tokens themselves (LOOK). */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const css = readFileSync('src/styles/tokens.css', 'utf8')

function tokens(theme: string): Map<string, string> {
  const from = css.indexOf(`:root[data-theme='${theme}']`)
  const block = css.slice(from, css.indexOf('}', from))
  return new Map([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map(([, name, value]) => [name!, value!]))
}

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
}

function ratio(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light! + 0.05) / (dark! + 0.05)
}

const grounds = ['ground', 'surface', 'sunken', 'hover', 'accent-soft', 'customer', 'company', 'note']
const pairs: [string, string][] = [
  ...grounds.flatMap((ground): [string, string][] => [
    ['text', ground],
    ['text-2', ground],
  ]),
  ...['ground', 'surface', 'sunken', 'hover', 'accent-soft'].map((ground): [string, string] => ['text-3', ground]),
  ['customer', 'text-3'],
  ['on-accent', 'accent'],
  ['on-accent', 'accent-hover'],
  ['accent-text', 'surface'],
  ['accent-text', 'ground'],
  ['accent-text', 'sunken'],
  ['accent-text', 'accent-soft'],
  ['wait', 'wait-soft'],
  ['wait', 'surface'],
  ['wait', 'ground'],
  ['bad', 'bad-soft'],
  ['bad', 'surface'],
  ['on-bad', 'bad'],
  ['surface', 'wait'],
  ['good', 'good-soft'],
  ['good', 'ground'],
]

describe.each(['light', 'dark', 'contrast'])('the %s theme', (theme) => {
  const values = tokens(theme)

  it.each(pairs)('%s on %s', (text, ground) => {
    expect(ratio(values.get(text)!, values.get(ground)!)).toBeGreaterThanOrEqual(4.5)
  })

  it('marks the focus visibly', () => {
    for (const ground of ['ground', 'surface']) {
      expect(ratio(values.get('focus')!, values.get(ground)!)).toBeGreaterThanOrEqual(3)
    }
  })
})
