import { createElement } from 'lwc';
import { getRecord } from 'lightning/uiRecordApi';
import forConversation from '@salesforce/apex/SignoffToken.forConversation';
import SignoffConversation from 'c/signoffConversation';

jest.mock('@salesforce/apex/SignoffToken.forConversation', () => ({ default: jest.fn() }), { virtual: true });

const ORIGIN = 'https://signoff.example';
const settle = () => new Promise((done) => setTimeout(done, 0));

async function show(conversationId = 'conv_1') {
  const element = createElement('c-signoff-conversation', { is: SignoffConversation });
  Object.assign(element, { recordId: '500', objectApiName: 'Case', platform: `${ORIGIN}/`, application: 'wapp_1' });
  document.body.appendChild(element);
  getRecord.emit({ fields: { Signoff_Conversation_Id__c: { value: conversationId } } });
  await settle();
  const frame = element.shadowRoot.querySelector('iframe');
  const said = [];
  if (frame) frame.contentWindow.postMessage = (message, origin) => said.push({ message, origin });
  const hears = async (data, { origin = ORIGIN, source = frame.contentWindow } = {}) => {
    window.dispatchEvent(new MessageEvent('message', { data: { signoff: 1, ...data }, origin, source }));
    await settle();
  };
  return { element, frame, said, hears };
}

afterEach(() => {
  document.body.replaceChildren();
  jest.clearAllMocks();
});

it('shows the frame of the application, and nothing for a record without a conversation', async () => {
  const { frame } = await show();
  expect(frame.src).toBe(`${ORIGIN}/widget/wapp_1`);
  document.body.replaceChildren();
  expect((await show(null)).frame).toBeNull();
});

it('gives a token for the record’s conversation to the frame it asked from, and to nobody else', async () => {
  forConversation.mockResolvedValue('wtok_of_alice_and_conversation_1');
  const { said, hears } = await show();
  const wanted = { type: 'token-wanted', conversation_id: null, request: 7 };
  await hears(wanted, { origin: 'https://evil.example' });
  await hears(wanted, { source: window });
  expect(forConversation).not.toHaveBeenCalled();
  await hears(wanted);
  expect(forConversation).toHaveBeenCalledWith({ conversationId: 'conv_1' });
  expect(said).toEqual([
    { origin: ORIGIN, message: expect.objectContaining({ type: 'token', request: 7, token: 'wtok_of_alice_and_conversation_1' }) },
  ]);
});

it('says so if there is no token', async () => {
  forConversation.mockRejectedValue({ body: { message: 'There is no such conversation.' } });
  const { element, said, hears } = await show();
  await hears({ type: 'token-wanted', conversation_id: null, request: 1 });
  expect(said[0].message).toMatchObject({ type: 'token-refused', request: 1 });
  expect(element.shadowRoot.querySelector('[role="alert"] p').textContent).toBe('There is no such conversation.');
});

it('tells the page around of a closing with its receipt', async () => {
  const { element, hears } = await show();
  const closed = jest.fn();
  element.addEventListener('closed', closed);
  await hears({ type: 'closed', conversation_id: 'conv_1', receipt: { closed: { at: 'now' } } });
  expect(closed.mock.calls[0][0].detail).toEqual({ conversationId: 'conv_1', receipt: { closed: { at: 'now' } } });
});
