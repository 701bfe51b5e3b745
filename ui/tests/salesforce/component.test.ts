/** The Lightning component of docs/salesforce: the conversation of a record in a frame, with a token of whoever looks at it (R12). */
import { createElement } from 'lwc'
import SignoffConversation from 'c/signoffConversation'
import { afterEach, expect, it, vi } from 'vitest'
import { getRecord, notifyRecordUpdateAvailable } from './stubs/record'
import forConversation from './stubs/token'

const ORIGIN = 'https://signoff.example'
const asksFor = vi.mocked(forConversation)
const settle = () => new Promise((done) => setTimeout(done, 0))

type Component = HTMLElement & { recordId: string; platform: string }

async function reads(conversationId: string | null) {
  getRecord.emit({ data: { fields: { Signoff_Conversation_Id__c: { value: conversationId } } } })
  await settle()
}

/** A page with the component on it, whose record belongs to a conversation. */
async function show(conversationId: string | null = 'conv_1', more: object = {}) {
  const element = createElement('c-signoff-conversation', { is: SignoffConversation }) as Component
  const given = { recordId: '500', objectApiName: 'Case', platform: `${ORIGIN}/`, application: 'wapp_1', ...more }
  Object.assign(element, given)
  document.body.appendChild(element)
  await reads(conversationId)
  return element
}

const find = <E extends Element>(element: Component, selector: string) => element.shadowRoot!.querySelector<E>(selector)
const frameOf = (element: Component) => find<HTMLIFrameElement>(element, 'iframe')
const alertOf = (element: Component) => find(element, '[role="alert"] p')?.textContent ?? null
const textOf = (element: Component) => find(element, 'p')?.textContent ?? null

/** What a frame is told, and how it speaks. jsdom loads no frames in a shadow tree. */
function inside(frame: HTMLIFrameElement) {
  const told: { message: Record<string, unknown>; origin: string }[] = []
  const page = { postMessage: (message: Record<string, unknown>, origin: string) => told.push({ message, origin }) }
  Object.defineProperty(frame, 'contentWindow', { value: page, configurable: true })
  const says = async (message: object, { origin = ORIGIN, source = page as object } = {}) => {
    const data = { signoff: 1, ...message }
    window.dispatchEvent(Object.assign(new Event('message'), { data, origin, source }))
    await settle()
  }
  const wants = (request: number, conversation_id: string | null = null) =>
    says({ type: 'token-wanted', conversation_id, request })
  return { told, says, wants }
}

/** Apex answers when the test says so. */
function held() {
  const answers: ((token: string) => void)[] = []
  asksFor.mockImplementation(() => new Promise((resolve) => answers.push(resolve)))
  return async (token: string) => {
    answers.shift()!(token)
    await settle()
  }
}

afterEach(() => {
  document.body.replaceChildren()
  vi.clearAllMocks()
})

it('shows the frame of the application, and nothing for a record without a conversation', async () => {
  expect(frameOf(await show())!.src).toBe(`${ORIGIN}/widget/wapp_1`)
  document.body.replaceChildren()
  const element = await show(null)
  expect(frameOf(element)).toBeNull()
  expect(textOf(element)).toBe('This record belongs to no Signoff conversation.')
})

it.each([{ application: '' }, { platform: 'signoff' }, { conversationField: '' }])(
  'says that %j is not enough',
  async (more) => {
    const element = await show('conv_1', more)
    expect(frameOf(element)).toBeNull()
    expect(textOf(element)).toMatch(/^The component needs the address/)
  },
)

it('gives a token for the record’s conversation to the frame it asked from, and to nobody else', async () => {
  asksFor.mockResolvedValue('wtok_1')
  const { says, wants, told } = inside(frameOf(await show())!)
  const wanted = { type: 'token-wanted', conversation_id: null, request: 7 }
  await says(wanted, { origin: 'https://evil.example' })
  await says(wanted, { source: window })
  expect(asksFor).not.toHaveBeenCalled()
  await wants(7)
  expect(asksFor).toHaveBeenCalledWith({ conversationId: 'conv_1' })
  const message = { signoff: 1, type: 'token', request: 7, token: 'wtok_1', language: 'en' }
  expect(told).toEqual([{ origin: ORIGIN, message }])
})

it('asks Apex once, however often the frame asks meanwhile', async () => {
  const answer = held()
  const { wants, told } = inside(frameOf(await show())!)
  await wants(1)
  await wants(1)
  await wants(2, 'conv_2')
  await wants(1)
  await answer('wtok_1')
  await answer('wtok_2')
  expect(asksFor.mock.calls.map(([{ conversationId }]) => conversationId)).toEqual(['conv_1', 'conv_2'])
  expect(told.map(({ message }) => message.token)).toEqual(['wtok_1', 'wtok_2'])
})

it('answers a frame that was loaded again, and counts from one again', async () => {
  asksFor.mockResolvedValue('wtok_1')
  const { wants, told } = inside(frameOf(await show())!)
  await wants(1)
  await wants(1)
  expect(told).toHaveLength(2)
})

it('says so if there is no token, and tries again with another frame when asked to', async () => {
  asksFor.mockRejectedValueOnce({ body: { message: 'There is no such conversation.' } })
  const element = await show()
  const first = frameOf(element)!
  const { wants, told } = inside(first)
  await wants(1)
  expect(told[0]!.message).toMatchObject({ type: 'token-refused', request: 1 })
  expect(alertOf(element)).toBe('There is no such conversation.')

  find<HTMLElement>(element, 'lightning-button')!.click()
  await settle()
  expect(alertOf(element)).toBeNull()
  expect(frameOf(element)).not.toBe(first)
  asksFor.mockResolvedValue('wtok_1')
  const again = inside(frameOf(element)!)
  await again.wants(1)
  expect(again.told).toMatchObject([{ message: { type: 'token', request: 1, token: 'wtok_1' } }])
})

it('shows nothing of the record before, once Lightning gives it another', async () => {
  const answer = held()
  const element = await show('conv_of_zoe')
  const zoes = frameOf(element)!
  const before = inside(zoes)
  await before.wants(1)

  element.recordId = '501'
  await settle()
  expect(frameOf(element)).toBeNull()
  expect(textOf(element)).toBeNull()
  await reads('conv_of_max')
  const maxs = frameOf(element)!
  expect(maxs).not.toBe(zoes)
  const after = inside(maxs)
  await after.wants(1)
  await answer('wtok_of_zoe')
  await answer('wtok_of_max')
  expect(before.told).toEqual([])
  expect(after.told.map(({ message }) => message.token)).toEqual(['wtok_of_max'])
})

it('leaves the frame alone while the record belongs to the same conversation', async () => {
  const element = await show()
  const frame = frameOf(element)
  await reads('conv_1')
  expect(frameOf(element)).toBe(frame)
  await reads('conv_2')
  expect(frameOf(element)).not.toBe(frame)
})

it('shows no conversation if the record cannot be read, and asks for it again', async () => {
  const element = await show()
  getRecord.emit({ error: { status: 403 } })
  await settle()
  expect(frameOf(element)).toBeNull()
  expect(alertOf(element)).toMatch(/^Salesforce did not show the field/)
  find<HTMLElement>(element, 'lightning-button')!.click()
  expect(notifyRecordUpdateAvailable).toHaveBeenCalledWith([{ recordId: '500' }])
  await reads(null)
  expect(alertOf(element)).toBeNull()
})

it('tells the page around of a closing with its receipt', async () => {
  const element = await show()
  const closed = vi.fn()
  element.addEventListener('closed', closed)
  const receipt = { closed: { at: 'now' } }
  await inside(frameOf(element)!).says({ type: 'closed', conversation_id: 'conv_1', receipt })
  expect(closed.mock.calls[0]![0].detail).toEqual({ conversationId: 'conv_1', receipt })
  expect(notifyRecordUpdateAvailable).toHaveBeenCalledWith([{ recordId: '500' }])
})
