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
  attempt = 0;
  shownRecord = null;
  /** Salesforce has said what stands in the field. */
  known = false;
  /** Requests for a token that Apex has not answered yet. */
  underWay = new Set();
  listener = (event) => this.hear(event);

  /** Lightning keeps the component and gives it another record: until that is read, nothing is known. */
  @api
  get recordId() {
    return this.shownRecord;
  }

  set recordId(recordId) {
    if (recordId !== this.shownRecord) {
      this.shownRecord = recordId;
      this.known = false;
      this.belongsTo(null);
    }
  }

  connectedCallback() {
    window.addEventListener('message', this.listener);
  }

  disconnectedCallback() {
    window.removeEventListener('message', this.listener);
  }

  get field() {
    return this.objectApiName && this.conversationField ? `${this.objectApiName}.${this.conversationField}` : undefined;
  }

  get fields() {
    return this.field ? [this.field] : undefined;
  }

  @wire(getRecord, { recordId: '$recordId', optionalFields: '$fields' })
  record({ data, error }) {
    if (!this.field) {
      return;
    }
    if (error) {
      this.belongsTo(null);
      this.failure = labels.unreadable;
    } else if (data) {
      this.failure = this.conversationId ? this.failure : null;
      this.belongsTo(getFieldValue(data, this.field) || null);
    }
    this.known = Boolean(data || error);
  }

  belongsTo(conversationId) {
    if (conversationId !== this.conversationId) {
      this.conversationId = conversationId;
      this.anew();
    }
  }

  /** Another frame: nothing of the one before is answered or shown any more. */
  anew() {
    this.attempt += 1;
    this.failure = null;
    this.wanted = 0;
    this.underWay = new Set();
  }

  get origin() {
    try {
      return new URL(this.platform).origin;
    } catch {
      return null;
    }
  }

  get address() {
    if (!this.conversationId || !this.configured) {
      return null;
    }
    return `${this.platform.replace(/\/+$/, '')}/widget/${this.application}`;
  }

  get configured() {
    return Boolean(this.origin && this.field && /^wapp_\w+$/.test(this.application ?? ''));
  }

  /** One at most. A frame is never taken over from another conversation: its page would go on with that one. */
  get frames() {
    return this.address ? [{ key: this.attempt, address: this.address }] : [];
  }

  get instead() {
    if (!this.configured) {
      return labels.misconfigured;
    }
    return this.known && !this.address && !this.failure ? labels.none : null;
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

  /** The frame asks each second until it is answered: a request is under way once at a time. */
  async give({ request, conversation_id }) {
    const { frame, underWay } = this;
    if (underWay.has(request)) {
      return;
    }
    underWay.add(request);
    let answer;
    let failure = null;
    try {
      const token = await forConversation({ conversationId: conversation_id ?? this.conversationId });
      answer = { type: 'token', request, token, language };
    } catch (reason) {
      failure = reason?.body?.message ?? labels.refused;
      answer = { type: 'token-refused', request };
    } finally {
      underWay.delete(request);
    }
    // The record may be another one by now, whose frame must not open this conversation.
    if (frame === this.frame) {
      this.failure = failure;
      frame.contentWindow.postMessage({ signoff: PROTOCOL, ...answer }, this.origin);
    }
  }

  handleAgain() {
    if (this.conversationId) {
      this.anew();
    } else {
      notifyRecordUpdateAvailable([{ recordId: this.recordId }]);
    }
  }
}
