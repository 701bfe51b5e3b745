//! What the platform announces: the same items on `/v1/events` (SSE) and `/v1/changes` (JSON).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;
use utoipa::ToSchema;

use super::{
    actions::Action,
    conversations::{ClosedBy, Conversation},
    millis,
    open_enum::open_enum,
    timeline::{Delivery, TimelineEntry},
};

/// The `event:` of a [`CustomerTyping`].
pub const CUSTOMER_TYPING: &str = "customer.typing";

open_enum! {
    /// What an event announces.
    EventType {
        /// A customer opened a conversation.
        ConversationStarted = "conversation.started",
        /// State, assignee, team, tags, … changed, or a note was written.
        ConversationChanged = "conversation.changed",
        /// Closed for good.
        ConversationClosed = "conversation.closed",
        /// The customer wrote.
        MessageReceived = "message.received",
        /// An advisor or the scenario answered.
        ReplySent = "reply.sent",
        /// What became of a reply.
        ReplyDelivery = "reply.delivery",
        /// A survey went out.
        SurveySent = "survey.sent",
        /// What was said in it was erased: with age, or because the customer asked.
        ConversationErased = "conversation.erased",
        /// The customer rated.
        SurveyAnswered = "survey.answered",
        /// An action was recorded.
        ActionRecorded = "action.recorded",
        /// *Inbox options* changed.
        SettingsChanged = "settings.changed",
        /// Channels, teams, people, tags or prepared answers changed: `/v1/directory` has something new to tell.
        DirectoryChanged = "directory.changed",
        /// The asked sequence is too old, or what one may see has changed: synchronise anew.
        Reset = "reset",
    }
}

/// One event. `data` is one of the types below, by `type`; [`Event::decode`] tells them apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Event {
    /// Strictly increasing, with gaps; from the transaction of the change. The `id:` of SSE.
    pub seq: i64,
    /// What it announces. The `event:` of SSE.
    #[serde(rename = "type")]
    pub kind: EventType,
    /// The details. The `data:` of SSE.
    pub data: Value,
}

/// Answer of `GET /v1/changes`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Changes {
    /// Oldest first.
    pub items: Vec<Event>,
    /// The value for the next `after`.
    pub next: i64,
    /// Whether there is more right now.
    pub more: bool,
}

/// The decoded details of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventData {
    /// `conversation.started`
    ConversationStarted(Box<ConversationStarted>),
    /// `conversation.changed`
    ConversationChanged(Box<ConversationChanged>),
    /// `conversation.closed`
    ConversationClosed(Box<ConversationClosed>),
    /// `conversation.erased`
    ConversationErased(Box<ConversationErased>),
    /// `message.received`
    MessageReceived(Box<MessageReceived>),
    /// `reply.sent`
    ReplySent(Box<ReplySent>),
    /// `reply.delivery`
    ReplyDelivery(Box<ReplyDelivery>),
    /// `survey.sent`
    SurveySent(Box<SurveySent>),
    /// `survey.answered`
    SurveyAnswered(Box<SurveyAnswered>),
    /// `action.recorded`
    ActionRecorded(Box<ActionRecorded>),
    /// `settings.changed`
    SettingsChanged(SettingsChanged),
    /// `directory.changed`
    DirectoryChanged(DirectoryChanged),
    /// `reset`
    Reset,
    /// Of a newer platform; to be ignored.
    Unknown,
}

impl Event {
    /// Reads `data` as what `type` says.
    ///
    /// # Errors
    /// Data that does not have the shape of its type.
    pub fn decode(&self) -> Result<EventData, serde_json::Error> {
        fn read<T: serde::de::DeserializeOwned>(data: &Value) -> Result<Box<T>, serde_json::Error> {
            Ok(Box::new(T::deserialize(data)?))
        }
        Ok(match self.kind {
            EventType::ConversationStarted => EventData::ConversationStarted(read(&self.data)?),
            EventType::ConversationChanged => EventData::ConversationChanged(read(&self.data)?),
            EventType::ConversationClosed => EventData::ConversationClosed(read(&self.data)?),
            EventType::ConversationErased => EventData::ConversationErased(read(&self.data)?),
            EventType::MessageReceived => EventData::MessageReceived(read(&self.data)?),
            EventType::ReplySent => EventData::ReplySent(read(&self.data)?),
            EventType::ReplyDelivery => EventData::ReplyDelivery(read(&self.data)?),
            EventType::SurveySent => EventData::SurveySent(read(&self.data)?),
            EventType::SurveyAnswered => EventData::SurveyAnswered(read(&self.data)?),
            EventType::ActionRecorded => EventData::ActionRecorded(read(&self.data)?),
            EventType::SettingsChanged => EventData::SettingsChanged(SettingsChanged::deserialize(&self.data)?),
            EventType::DirectoryChanged => EventData::DirectoryChanged(DirectoryChanged::deserialize(&self.data)?),
            EventType::Reset => EventData::Reset,
            EventType::Other(_) => EventData::Unknown,
        })
    }
}

/// A conversation began. Order within the transaction: this, then the `message.received` of its first message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ConversationStarted {
    /// The conversation's id.
    pub conversation_id: String,
    /// Its version after this event.
    pub version: i64,
    /// The conversation after this event.
    pub conversation: Conversation,
    /// D13: the conversation before.
    pub previous_conversation_id: Option<String>,
    /// D13: who closed that one; R14 turns on it.
    pub previous_closed_by: Option<ClosedBy>,
    /// The timeline entry that tells it.
    pub entry: Option<TimelineEntry>,
}

/// A conversation changed without a message: assigned, released, routed, tagged, put on hold, archived, noted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ConversationChanged {
    /// The conversation's id.
    pub conversation_id: String,
    /// Its version after this event.
    pub version: i64,
    /// The conversation after this event.
    pub conversation: Conversation,
    /// The timeline entry that tells it: an event or a note.
    pub entry: Option<TimelineEntry>,
}

/// A conversation was closed for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ConversationClosed {
    /// The conversation's id.
    pub conversation_id: String,
    /// Its version after this event.
    pub version: i64,
    /// The conversation after this event.
    pub conversation: Conversation,
    /// By whom.
    pub closed_by: ClosedBy,
    /// When.
    #[serde(serialize_with = "millis::serialize")]
    pub closed_at: DateTime<Utc>,
    /// The timeline entry that tells it.
    pub entry: Option<TimelineEntry>,
}

/// What was said in a conversation was erased. Whoever keeps a copy of its texts erases them, too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ConversationErased {
    /// The conversation's id.
    pub conversation_id: String,
    /// Its version after this event.
    pub version: i64,
    /// The conversation after this event.
    pub conversation: Conversation,
    /// When.
    #[serde(serialize_with = "millis::serialize")]
    pub at: DateTime<Utc>,
    /// The timeline entry that tells it; null if the texts went with age.
    pub entry: Option<TimelineEntry>,
}

/// The customer wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct MessageReceived {
    /// The conversation's id.
    pub conversation_id: String,
    /// Its version after this event.
    pub version: i64,
    /// The conversation after this event.
    pub conversation: Conversation,
    /// The message's id in the timeline.
    pub message_id: String,
    /// The message.
    pub entry: TimelineEntry,
}

/// An advisor or the scenario answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ReplySent {
    /// The conversation's id.
    pub conversation_id: String,
    /// Its version after this event.
    pub version: i64,
    /// The conversation after this event.
    pub conversation: Conversation,
    /// The reply's id in the timeline.
    pub message_id: String,
    /// The key of the request that sent it (D5); null for the scenario's.
    pub client_key: Option<String>,
    /// The reply.
    pub entry: TimelineEntry,
}

/// What became of a reply (D12).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ReplyDelivery {
    /// The conversation's id.
    pub conversation_id: String,
    /// Its version after this event.
    pub version: i64,
    /// The conversation after this event.
    pub conversation: Conversation,
    /// The reply's id in the timeline.
    pub message_id: String,
    /// What became of it.
    pub delivery: Delivery,
    /// The user who sent it, who is to be told of a failure; null for the scenario's.
    pub author_id: Option<String>,
    /// The reply.
    pub entry: TimelineEntry,
}

/// A survey went out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct SurveySent {
    /// The conversation's id.
    pub conversation_id: String,
    /// Its version after this event.
    pub version: i64,
    /// The conversation after this event.
    pub conversation: Conversation,
    /// The survey's id.
    pub survey_id: String,
    /// When.
    #[serde(serialize_with = "millis::serialize")]
    pub at: DateTime<Utc>,
    /// The timeline entry that tells it.
    pub entry: TimelineEntry,
}

/// The customer rated (D11). No message, and no new conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct SurveyAnswered {
    /// The conversation's id.
    pub conversation_id: String,
    /// Its version after this event.
    pub version: i64,
    /// The conversation after this event.
    pub conversation: Conversation,
    /// The survey's id.
    pub survey_id: String,
    /// The rating.
    pub rating: i64,
    /// In the customer's words.
    pub comment: Option<String>,
    /// The timeline entry that tells it.
    pub entry: TimelineEntry,
}

/// An action was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ActionRecorded {
    /// The conversation's id.
    pub conversation_id: String,
    /// Its version at the time.
    pub version: i64,
    /// The action.
    pub action: Action,
}

/// *Inbox options* changed (D1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct SettingsChanged {
    /// R1, the new state; also `features.close_conversation` of `/v1/me`.
    pub allow_manual_close: bool,
    /// The settings' version, as in their `ETag`.
    pub version: i64,
}

/// A customer types, or has stopped: `customer.typing` on `/v1/events?typing=true`. It has no sequence and is never stored; what is not
/// said again within seconds is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CustomerTyping {
    /// The conversation's id.
    pub conversation_id: String,
    /// The customer's id.
    pub customer_id: String,
    /// Whether they still do.
    pub on: bool,
}

/// What `/v1/directory` tells, or what decides about surveys, has changed: ask again. Previews of surveys may be others now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct DirectoryChanged {
    /// Grows with every change.
    pub version: i64,
}
