/** The whole interface on a rehearsed platform: what every test begins with. */
import { render, screen, waitFor, within } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import App from '../src/app/App.svelte'
// The window loads these when they are first opened. Here they are known beforehand: how long a busy machine takes to compile
// a page is no part of any test.
import '../src/features/figures/Figures.svelte'
import '../src/features/queue/Queue.svelte'
import '../src/features/settings/Settings.svelte'
import { Rehearsal, type RehearsalOptions } from '../src/rehearsal/rehearsal'

export async function openDesk(options: RehearsalOptions = {}) {
  const rehearsal = new Rehearsal({ size: 12, ...options })
  const user = userEvent.setup()
  const view = render(App, { props: { backend: rehearsal } })
  return { rehearsal, user, view }
}

/** Opens the first conversation of the inbox and waits for its composer. */
export async function openFirst(user: ReturnType<typeof userEvent.setup>) {
  const list = await screen.findByRole('list', { name: 'Conversations' })
  const row = await waitFor(() => {
    const [first] = within(list).getAllByRole('button')
    if (!first?.dataset.id) throw new Error('no row yet')
    return first
  })
  await user.click(row)
  await screen.findByRole('region', { name: /^Conversation with/ })
  return row.dataset.id ?? ''
}

export const reply = () => screen.findByRole<HTMLTextAreaElement>('textbox', { name: 'Reply' })
export const button = (name: string) => screen.findByRole<HTMLButtonElement>('button', { name })
export const noButton = (name: string) => screen.queryByRole('button', { name }) === null
