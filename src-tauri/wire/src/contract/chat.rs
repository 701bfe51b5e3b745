//! The customer's chat page: `/v1/chat/{channel_id}`. A visitor is whoever has the token that the platform gave out, and sees
//! nothing but their own conversations.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    channel_settings::{AttachmentLimits, Greeting},
    channels::SurveyKind,
    millis,
    requests::AttachmentRef,
    timeline::{Attachment, Button, Delivery},
};

/// Answer of `GET /v1/chat/{channel_id}`: what the page has to know before anybody has written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChatPage {
    /// Its heading.
    pub title: String,
    /// What it says at the beginning.
    pub greeting: Greeting,
    /// `#rrggbb`, or empty.
    pub colour: String,
    /// Which files it takes.
    pub attachments: AttachmentLimits,
    /// Longest message, in Unicode scalar values.
    pub message_limit: u32,
}

/// Body of `POST /v1/chat/{channel_id}/sessions`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewVisitor {
    /// Shown to advisors; one is made up if missing.
    #[serde(default)]
    #[schema(max_length = 80)]
    pub name: Option<String>,
    /// ISO 639-1 code of the browser's language.
    #[serde(default)]
    #[schema(max_length = 35)]
    pub language: Option<String>,
}

/// Answer of `POST /v1/chat/{channel_id}/sessions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Visitor {
    /// Who they are from now on. Told this once.
    pub token: String,
    /// Their name.
    pub name: String,
}

/// Body of `POST /v1/chat/{channel_id}/messages`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewChatMessage {
    /// Made up by the page. The same again is the same message.
    #[schema(min_length = 1, max_length = 80)]
    pub client_id: String,
    /// The text, kept exactly.
    #[serde(default)]
    #[schema(max_length = 20_000)]
    pub text: String,
    /// Files uploaded before.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub attachments: Vec<AttachmentRef>,
}

/// Answer of `POST /v1/chat/{channel_id}/messages`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChatMessageAccepted {
    /// The message's id.
    pub id: String,
    /// The client's own.
    pub client_id: String,
    /// Whether it began a conversation (R9).
    pub new_conversation: bool,
}

/// Who said something, as the customer knows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChatSide {
    /// The customer.
    Customer,
    /// A person of the company.
    Advisor,
    /// The scenario.
    Scenario,
    /// The page itself.
    System,
}

/// What a line of the page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChatEntryKind {
    /// Said by somebody.
    Text,
    /// A survey to answer.
    Survey,
    /// R8: closed for good; what is written next begins anew.
    Closed,
}

/// A survey on the page (D11).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChatSurvey {
    /// What `POST /v1/surveys/{token}/answer` takes.
    pub token: String,
    /// NPS or CSAT.
    pub kind: SurveyKind,
    /// What the texts are written in.
    pub language: String,
    /// The question, in the customer's language.
    pub question: String,
    /// What stands at the smallest rating.
    pub low_label: String,
    /// What stands at the largest.
    pub high_label: String,
    /// What is said to whoever has answered.
    pub thanks: String,
    /// Whether the customer is asked to say more.
    pub ask_comment: bool,
    /// The smallest rating.
    pub from: i64,
    /// The largest.
    pub to: i64,
    /// The customer's rating, once given.
    pub rating: Option<i64>,
    /// Whether it still takes an answer: there is none yet, and the seven days are not over.
    pub open: bool,
}

/// One line of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChatEntry {
    /// Grows along the page, across conversations; the `id:` of its event.
    pub position: i64,
    /// The entry's id.
    pub id: String,
    /// The conversation it belongs to.
    pub conversation_id: String,
    /// What it is.
    pub kind: ChatEntryKind,
    /// Who.
    pub side: ChatSide,
    /// The advisor's or the scenario's name.
    pub name: Option<String>,
    /// The text.
    pub text: String,
    /// When.
    #[serde(serialize_with = "millis::serialize")]
    pub at: DateTime<Utc>,
    /// Of a message: what the page called it.
    pub client_id: Option<String>,
    /// Of a reply: how far it got.
    pub delivery: Option<Delivery>,
    /// Of a reply: what the scenario offers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button>,
    /// Files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// Of a survey.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub survey: Option<ChatSurvey>,
}

/// Answer of `GET /v1/chat/{channel_id}/entries`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChatThread {
    /// Newest last.
    pub items: Vec<ChatEntry>,
    /// The value for `before` that continues; null at the beginning.
    pub next: Option<i64>,
    /// The position to follow the events after.
    pub position: i64,
    /// How things stand.
    pub state: ChatState,
}

/// How things stand between visitor and company; event `state`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChatState {
    /// Whether there is an open conversation; else the next message begins one.
    pub open: bool,
    /// The advisor who has it.
    pub advisor: Option<String>,
    /// Up to which position an advisor has read.
    pub read_to: i64,
    /// Up to which position the customer has.
    pub seen_to: i64,
}

/// Body of `POST /v1/chat/{channel_id}/seen`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChatSeen {
    /// Up to which position the page has entries.
    #[schema(minimum = 0)]
    pub delivered_to: i64,
    /// Up to which position the customer has seen them.
    #[schema(minimum = 0)]
    pub read_to: i64,
}

/// Body of the calls that say that somebody types, and event `typing` of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Typing {
    /// Whether they type; to be said again every few seconds while they do.
    #[serde(default = "yes")]
    pub on: bool,
    /// Who; filled in by the platform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

fn yes() -> bool {
    true
}

/// Body of `POST /v1/conversations/{id}/read`: an advisor has opened the conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MarkRead {
    /// Up to which entry; everything if missing.
    #[serde(default)]
    pub entry_id: Option<String>,
}
