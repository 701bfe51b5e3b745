import { LightningElement, api, wire } from 'lwc';
import { getFieldValue, getRecord, notifyRecordUpdateAvailable } from 'lightning/uiRecordApi';
import forConversation from '@salesforce/apex/SignoffToken.forConversation';
import { labels, language } from './labels';

const PROTOCOL = 1;

/**
 * The Signoff conversation of a record, in a frame. The page in the frame asks for tokens; Apex gets them for the user who is signed in here.
 * The protocol is in docs/crm-widget.md of Signoff.
 */
export default class SignoffConversation extends LightningElement {
  @api recordId;
  @api objectApiName;
  /** Base address of the platform, such as https://signoff.example */
  @api platform;
  /** Id of the widget application, wapp_… */
  @api application;
  /** API name of the field that holds the conversation's id. */
  @api conversationField = 'Signoff_Conversation_Id__c';
  /** Least height of the frame in pixels. */
  @api height = 480;
  /** The frame grows up to this height with what is in it. */
  @api heightAtMost = 720;

  labels = labels;
  failure = null;
  conversationId = null;
  wanted = 0;

  connectedCallback() {
    this.hear = this.hear.bind(this);
    window.addEventListener('message', this.hear);
  }

  disconnectedCallback() {
    window.removeEventListener('message', this.hear);
  }

  get field() {
    return this.objectApiName && this.conversationField ? `${this.objectApiName}.${this.conversationField}` : undefined;
  }

  get fields() {
    return this.field ? [this.field] : undefined;
  }

  @wire(getRecord, { recordId: '$recordId', optionalFields: '$fields' })
  record({ data }) {
    if (data) {
      this.conversationId = getFieldValue(data, this.field) || null;
    }
  }

  get origin() {
    try {
      return new URL(this.platform).origin;
    } catch {
      return null;
    }
  }

  get address() {
    if (!this.conversationId) {
      return null;
    }
    if (!this.origin || !/^wapp_\w+$/.test(this.application ?? '')) {
      return null;
    }
    return `${this.platform.replace(/\/+$/, '')}/widget/${this.application}`;
  }

  get frameStyle() {
    const height = Math.min(Math.max(this.wanted, Number(this.height)), Number(this.heightAtMost));
    return `height: ${height}px`;
  }

  get frame() {
    return this.template.querySelector('iframe');
  }

  hear(event) {
    const frame = this.frame;
    if (!frame || event.source !== frame.contentWindow || event.origin !== this.origin || event.data?.signoff !== PROTOCOL) {
      return;
    }
    const message = event.data;
    switch (message.type) {
      case 'token-wanted':
        this.give(message);
        break;
      case 'resized':
        this.wanted = message.height;
        break;
      case 'replied':
      case 'closed':
        // A trigger or a flow of yours may have changed the record by then.
        notifyRecordUpdateAvailable([{ recordId: this.recordId }]);
        this.dispatchEvent(new CustomEvent(message.type, { detail: { conversationId: message.conversation_id, receipt: message.receipt } }));
        break;
      case 'opened':
        this.failure = null;
        break;
      default:
        break;
    }
  }

  /** The frame asks each second until it is answered: one request is under way at a time. */
  async give({ request, conversation_id }) {
    if (this.giving === request) {
      return;
    }
    this.giving = request;
    try {
      const token = await forConversation({ conversationId: conversation_id ?? this.conversationId });
      this.failure = null;
      this.say({ type: 'token', request, token, language });
    } catch (reason) {
      this.failure = reason?.body?.message ?? labels.refused;
      this.say({ type: 'token-refused', request });
    }
  }

  say(message) {
    this.frame?.contentWindow.postMessage({ signoff: PROTOCOL, ...message }, this.origin);
  }

  handleAgain() {
    const frame = this.frame;
    this.failure = null;
    if (frame) {
      frame.src = this.address;
    }
  }
}
