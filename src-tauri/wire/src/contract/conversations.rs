//! Conversations, as lists, details, events and synchronisation show them: one shape everywhere, so that a client keeps
//! one row per conversation and whichever answer came last replaces it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use super::{
    channels::ChannelRef,
    millis,
    open_enum::open_enum,
    receipts::SurveySkip,
    sessions::{TeamRef, UserRef},
    timeline::Author,
};

/// Whether a conversation can still change. Closed is final (R8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ConversationStatus {
    /// Messages, replies and actions still belong to it.
    Open,
    /// Final.
    Closed,
}

/// Where a conversation stands; exactly the inbox tabs (D40).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ConversationState {
    /// The customer waits and nobody has taken it.
    Received,
    /// An advisor has taken it.
    Ongoing,
    /// Answered; nothing to do until the customer writes.
    Answered,
    /// Finished without an answer; a message within the window brings it back.
    Archived,
    /// Closed for good.
    Closed,
}

open_enum! {
    /// What kind of author closed a conversation.
    CloserKind {
        /// A person, by Send + Close.
        Advisor = "advisor",
        /// The scenario's Close Conversation action (R10).
        Scenario = "scenario",
        /// The conversation window ran out (R9).
        Window = "window",
        /// The customer's data were erased.
        Erasure = "erasure",
    }
}

/// Who closed a conversation (D13).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ClosedBy {
    /// Advisor, scenario or window.
    pub kind: CloserKind,
    /// The user's id if an advisor, the scenario's if the scenario.
    pub id: Option<String>,
    /// Its name.
    pub name: Option<String>,
}

/// The customer, as the channel knows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct Customer {
    /// Opaque id; `GET /v1/conversations?customer=ID` lists all their conversations.
    pub id: String,
    /// The channel's id of the customer.
    pub external_id: String,
    /// Display name.
    pub name: String,
    /// ISO 639-1 code, if known.
    pub language: Option<String>,
    /// Marked as very important.
    pub vip: bool,
}

/// The newest message, or reply by a person, for inbox rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct LastMessage {
    /// Id of the timeline entry.
    pub id: String,
    /// Who wrote it.
    pub author: Author,
    /// What; the full text.
    pub text: String,
    /// When.
    #[serde(serialize_with = "millis::serialize")]
    pub at: DateTime<Utc>,
}

/// Whether a Send + Close right now would send a survey (D3, D10).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct SurveyPreview {
    /// Whether one would go out.
    pub will_send: bool,
    /// Why not; null if it would, or if the channel has no survey at all.
    pub reason: Option<SurveySkip>,
}

/// A conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct Conversation {
    /// Opaque id.
    pub id: String,
    /// Open or closed.
    pub status: ConversationStatus,
    /// The inbox tab it stands in.
    pub state: ConversationState,
    /// The channel the customer writes on.
    pub channel: ChannelRef,
    /// Who writes.
    pub customer: Customer,
    /// The team it is routed to; null: not routed yet.
    pub team: Option<TeamRef>,
    /// The advisor who has taken it.
    pub assignee: Option<UserRef>,
    /// Put on hold; only while ongoing.
    pub on_hold: bool,
    /// Help was asked for; only while ongoing.
    pub help_requested: bool,
    /// Names of tags.
    pub tags: Vec<String>,
    /// When its first message came.
    #[serde(serialize_with = "millis::serialize")]
    pub opened_at: DateTime<Utc>,
    /// When it was closed.
    #[serde(serialize_with = "millis::serialize_option")]
    pub closed_at: Option<DateTime<Utc>>,
    /// By whom it was closed.
    pub closed_by: Option<ClosedBy>,
    /// D13: the customer's conversation before this one on the channel.
    pub previous_conversation_id: Option<String>,
    /// D13: who closed that one.
    pub previous_closed_by: Option<ClosedBy>,
    /// D6: what `last_seen_message_id` is compared with.
    pub last_customer_message_id: Option<String>,
    /// When the customer last wrote.
    #[serde(serialize_with = "millis::serialize_option")]
    pub last_customer_message_at: Option<DateTime<Utc>>,
    /// How many messages the customer wrote in it.
    pub message_count: u32,
    /// The newest message, or reply by a person: an automatic greeting would hide what every new customer wants.
    pub last_message: Option<LastMessage>,
    /// R9: when the customer's next message would start a new conversation; null once closed.
    #[serde(serialize_with = "millis::serialize_option")]
    pub conversation_window_ends_at: Option<DateTime<Utc>>,
    /// D9: when the channel stops taking replies; null: never.
    #[serde(serialize_with = "millis::serialize_option")]
    pub reply_window_ends_at: Option<DateTime<Utc>>,
    /// Whether closing now would send a survey.
    pub survey_preview: SurveyPreview,
    /// Grows by at least one with every change. A client ignores a version that it has.
    pub version: i64,
}
