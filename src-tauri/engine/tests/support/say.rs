//! What a platform says, in the contract's shapes.

use chrono::{DateTime, Utc};
use serde_json::json;
use signoff_wire::contract::channel_settings::AttachmentLimits;
use signoff_wire::contract::channels::{Channel, ChannelRef, ChannelType};
use signoff_wire::contract::conversations::{
    Conversation, ConversationState, ConversationStatus, Customer, LastMessage, SurveyPreview,
};
use signoff_wire::contract::directory::Directory;
use signoff_wire::contract::events::{Event, EventType};
use signoff_wire::contract::receipts::{Receipt, ReceiptClosed, ReceiptReply, ReceiptSurvey, SurveyStatus};
use signoff_wire::contract::sessions::{Features, Me, PlatformTraits, Role, User, Workspace};
use signoff_wire::contract::sync::ConversationSnapshot;
use signoff_wire::contract::timeline::{Author, AuthorKind, Delivery, DeliveryStatus, EntryKind, TimelineEntry};

pub(crate) fn time(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).expect("a time").to_utc()
}

/// Alice, with closing switched on.
pub(crate) fn me() -> Me {
    Me {
        user: User {
            id: "u_alice".to_owned(),
            name: "Alice".to_owned(),
            email: "alice@demo.test".to_owned(),
            role: Role::Advisor,
            teams: Vec::new(),
        },
        workspace: Workspace { id: "w_demo".to_owned(), name: "Demo".to_owned() },
        features: Features { close_conversation: true },
        platform: PlatformTraits { atomic_close: true, close_is_final: true, idempotency_days: 30 },
    }
}

/// An open web chat of one message, `m1`.
pub(crate) fn conversation(id: &str) -> Conversation {
    let at = time("2026-11-22T08:00:00.000Z");
    Conversation {
        id: id.to_owned(),
        status: ConversationStatus::Open,
        state: ConversationState::Received,
        channel: ChannelRef {
            id: "ch_webchat".to_owned(),
            kind: ChannelType::WebChat,
            name: "Web chat".to_owned(),
            reply_limit: 20_000,
        },
        customer: Customer {
            id: format!("k_{id}"),
            external_id: format!("x_{id}"),
            name: format!("Customer of {id}"),
            language: Some("en".to_owned()),
            vip: false,
        },
        team: None,
        assignee: None,
        on_hold: false,
        help_requested: false,
        tags: Vec::new(),
        opened_at: at,
        closed_at: None,
        closed_by: None,
        previous_conversation_id: None,
        previous_closed_by: None,
        last_customer_message_id: Some("m1".to_owned()),
        last_customer_message_at: Some(at),
        message_count: 1,
        last_message: Some(LastMessage { id: "m1".to_owned(), author: customer(), text: "Hello".to_owned(), at }),
        conversation_window_ends_at: None,
        reply_window_ends_at: None,
        survey_preview: SurveyPreview { will_send: true, reason: None },
        version: 1,
    }
}

/// Which files a channel usually takes.
pub(crate) fn limits() -> AttachmentLimits {
    let types = ["image/*", "application/pdf", "text/plain"].map(str::to_owned).to_vec();
    AttachmentLimits { max_bytes: 1_000_000, max_count: 3, types }
}

/// A workspace with the web chat, which takes these files.
pub(crate) fn directory(attachments: Option<AttachmentLimits>) -> Directory {
    let web_chat = Channel {
        id: "ch_webchat".to_owned(),
        kind: ChannelType::WebChat,
        name: "Web chat".to_owned(),
        reply_limit: 20_000,
        conversation_window_h: 96,
        reply_window_h: None,
        attachments,
        survey: None,
    };
    Directory {
        channels: vec![web_chat],
        teams: Vec::new(),
        users: Vec::new(),
        tags: Vec::new(),
        canned_replies: Vec::new(),
        team_mandatory: false,
    }
}

pub(crate) fn customer() -> Author {
    Author { kind: AuthorKind::Customer, id: Some("k".to_owned()), name: Some("Customer".to_owned()) }
}

pub(crate) fn advisor() -> Author {
    Author { kind: AuthorKind::Advisor, id: Some("u_alice".to_owned()), name: Some("Alice".to_owned()) }
}

/// A customer's message as entry `id` at `position`.
pub(crate) fn message(conversation_id: &str, id: &str, position: i64, text: &str) -> TimelineEntry {
    TimelineEntry {
        id: id.to_owned(),
        conversation_id: conversation_id.to_owned(),
        position,
        kind: EntryKind::Message,
        author: customer(),
        text: text.to_owned(),
        at: time("2026-11-22T08:00:00.000Z") + chrono::TimeDelta::minutes(position),
        delivery: None,
        client_key: None,
        buttons: Vec::new(),
        attachments: Vec::new(),
        event: None,
    }
}

/// An advisor's reply that was sent under `key`.
pub(crate) fn reply(conversation_id: &str, id: &str, position: i64, text: &str, key: &str) -> TimelineEntry {
    TimelineEntry {
        kind: EntryKind::Reply,
        author: advisor(),
        delivery: Some(Delivery { status: DeliveryStatus::Pending, reason: None }),
        client_key: Some(key.to_owned()),
        ..message(conversation_id, id, position, text)
    }
}

/// A conversation with its first message, as the first synchronisation brings it.
pub(crate) fn snapshot(conversation: &Conversation) -> ConversationSnapshot {
    ConversationSnapshot {
        entries: vec![message(&conversation.id, "m1", 1, "Hello")],
        conversation: conversation.clone(),
        entries_next: None,
    }
}

/// `conversation.changed`.
pub(crate) fn changed(conversation: &Conversation) -> Event {
    event(
        EventType::ConversationChanged,
        json!({
            "conversation_id": conversation.id, "version": conversation.version, "conversation": conversation, "entry": null,
        }),
    )
}

/// `conversation.started`.
pub(crate) fn started(conversation: &Conversation) -> Event {
    event(
        EventType::ConversationStarted,
        json!({
            "conversation_id": conversation.id, "version": conversation.version, "conversation": conversation,
            "previous_conversation_id": conversation.previous_conversation_id, "previous_closed_by": null, "entry": null,
        }),
    )
}

/// `message.received`: the customer has written `entry`, which makes the conversation what it is now.
pub(crate) fn received(conversation: &Conversation, entry: &TimelineEntry) -> Event {
    event(
        EventType::MessageReceived,
        json!({
            "conversation_id": conversation.id, "version": conversation.version, "conversation": conversation,
            "message_id": entry.id, "entry": entry,
        }),
    )
}

/// `reply.sent`.
pub(crate) fn reply_sent(conversation: &Conversation, entry: &TimelineEntry) -> Event {
    event(
        EventType::ReplySent,
        json!({
            "conversation_id": conversation.id, "version": conversation.version, "conversation": conversation,
            "message_id": entry.id, "client_key": entry.client_key, "entry": entry,
        }),
    )
}

/// `conversation.erased`, with age.
pub(crate) fn erased(conversation: &Conversation) -> Event {
    event(
        EventType::ConversationErased,
        json!({
            "conversation_id": conversation.id, "version": conversation.version, "conversation": conversation,
            "at": "2026-11-22T09:00:00.000Z", "entry": null,
        }),
    )
}

/// `settings.changed`.
pub(crate) fn switched(on: bool, version: i64) -> Event {
    event(EventType::SettingsChanged, json!({ "allow_manual_close": on, "version": version }))
}

pub(crate) fn event(kind: EventType, data: serde_json::Value) -> Event {
    Event { seq: 100, kind, data }
}

/// The conversation after the customer has written `id`.
pub(crate) fn after_message(conversation: &Conversation, id: &str) -> Conversation {
    Conversation {
        state: ConversationState::Received,
        last_customer_message_id: Some(id.to_owned()),
        message_count: conversation.message_count + 1,
        version: conversation.version + 1,
        ..conversation.clone()
    }
}

/// The receipt of a reply, of a closing if `closes`.
pub(crate) fn receipt(key: &str, conversation_id: &str, message_id: &str, closes: bool, version: i64) -> Receipt {
    let at = time("2026-11-22T10:00:00.000Z");
    Receipt {
        action_id: format!("a_{key}"),
        idempotency_key: key.to_owned(),
        conversation_id: conversation_id.to_owned(),
        reply: Some(ReceiptReply { message_id: message_id.to_owned(), at }),
        survey: ReceiptSurvey { status: SurveyStatus::None, reason: None, at: None },
        closed: if closes { Some(ReceiptClosed { at }) } else { None },
        version,
    }
}
