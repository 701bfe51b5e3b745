/**
 * The shortcuts: what is pressed, what it asks for. The list that people see and the keys that work are this one table.
 *
 * Plain letters work only while nobody is writing, so no keyboard layout loses a character (D43). Send + Close needs three keys
 * and asks all the same (D3). What acts on a conversation works only where the conversation can be seen: it stays open behind
 * the other views, and nobody archives or closes what is not on the screen.
 */
import type { Command } from '$lib/commands'
import type { View } from '$lib/route.svelte'
import { m } from '$lib/paraglide/messages'

export interface Shortcut {
  command: Command
  /** `Mod` is Cmd on a Mac, Ctrl elsewhere. */
  keys: string[][]
  text: () => string
  /** The only view in which it works. */
  only?: View
}

export interface ShortcutGroup {
  title: () => string
  shortcuts: Shortcut[]
}

export const shortcutGroups: ShortcutGroup[] = [
  {
    title: m.shortcuts_group_list,
    shortcuts: [
      { command: 'next', keys: [['J']], text: m.shortcut_next, only: 'inbox' },
      { command: 'previous', keys: [['K']], text: m.shortcut_previous, only: 'inbox' },
      { command: 'search', keys: [['/'], ['Mod', 'K']], text: m.shortcut_search },
    ],
  },
  {
    title: m.shortcuts_group_conversation,
    shortcuts: [
      { command: 'reply', keys: [['R']], text: m.shortcut_reply, only: 'inbox' },
      { command: 'send', keys: [['Mod', 'Enter']], text: m.shortcut_send, only: 'inbox' },
      { command: 'send_and_close', keys: [['Mod', 'Shift', 'Enter']], text: m.shortcut_send_close, only: 'inbox' },
      { command: 'attach', keys: [['Mod', 'Shift', 'A']], text: m.shortcut_attach, only: 'inbox' },
      { command: 'leave', keys: [['Escape']], text: m.shortcut_leave, only: 'inbox' },
      { command: 'archive', keys: [['E']], text: m.shortcut_archive, only: 'inbox' },
      { command: 'take', keys: [['T']], text: m.shortcut_take, only: 'inbox' },
      { command: 'customer', keys: [['I']], text: m.shortcut_customer, only: 'inbox' },
    ],
  },
  {
    title: m.shortcuts_group_everywhere,
    shortcuts: [
      { command: 'undo', keys: [['Z']], text: m.shortcut_undo },
      { command: 'inbox', keys: [['Mod', '1']], text: m.shortcut_inbox },
      { command: 'queue', keys: [['Mod', '2']], text: m.shortcut_queue },
      { command: 'figures', keys: [['Mod', '3']], text: m.shortcut_figures },
      { command: 'settings', keys: [['Mod', ',']], text: m.shortcut_settings },
      { command: 'refresh', keys: [['F5'], ['Mod', 'R']], text: m.shortcut_refresh },
      { command: 'shortcuts', keys: [['?']], text: m.shortcut_list },
    ],
  },
]

const mac = /Mac|iPhone|iPad/.test(navigator.platform)

/** The name of a key as it stands on it. */
export function keyName(key: string): string {
  switch (key) {
    case 'Mod':
      return mac ? '⌘' : m.key_ctrl()
    case 'Shift':
      return mac ? '⇧' : m.key_shift()
    case 'Enter':
      return mac ? '↩' : m.key_enter()
    case 'Escape':
      return m.key_esc()
    default:
      return key
  }
}

/** The keys of a command in one piece, for hints: "Ctrl+Enter". */
export function keysOf(command: Command): string {
  const shortcut = shortcutGroups.flatMap((group) => group.shortcuts).find((one) => one.command === command)
  return (shortcut?.keys[0] ?? []).map(keyName).join('+')
}

/** What a key press asks for in a view, if anything. */
export function commandOf(event: KeyboardEvent, view: View): Command | null {
  const writing = isWriting(event.target)
  for (const { shortcuts } of shortcutGroups) {
    for (const { command, keys, only } of shortcuts) {
      if (only !== undefined && only !== view) continue
      if (keys.some((combination) => matches(event, combination, writing))) return command
    }
  }
  return null
}

function matches(event: KeyboardEvent, combination: string[], writing: boolean): boolean {
  const key = combination.at(-1) ?? ''
  const mod = combination.includes('Mod')
  if (event.key.toLowerCase() !== key.toLowerCase()) return false
  if ((mac ? event.metaKey : event.ctrlKey) !== mod || event.altKey) return false
  // A question mark needs Shift on most layouts and none on others; only combinations care about it.
  if (mod && event.shiftKey !== combination.includes('Shift')) return false
  const types = key.length === 1 && !mod
  return !(types && writing)
}

function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
  )
}
