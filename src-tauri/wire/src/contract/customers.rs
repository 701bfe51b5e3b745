//! What is held on customers, for whoever administers it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use super::{actions::Action, channels::ChannelRef, conversations::Conversation, millis, timeline::TimelineEntry};

/// A customer, and how much is held on them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct CustomerSummary {
    /// Opaque id.
    pub id: String,
    /// Where they write.
    pub channel: ChannelRef,
    /// The channel's id of the customer.
    pub external_id: String,
    /// Display name.
    pub name: String,
    /// ISO 639-1 code, if known.
    pub language: Option<String>,
    /// Marked as very important.
    pub vip: bool,
    /// How many conversations they had.
    pub conversations: u32,
    /// How many messages they wrote.
    pub messages: u32,
    /// When they last wrote.
    #[serde(serialize_with = "millis::serialize_option")]
    pub last_message_at: Option<DateTime<Utc>>,
    /// When everything was erased; null if it was not.
    #[serde(serialize_with = "millis::serialize_option")]
    pub erased_at: Option<DateTime<Utc>>,
}

/// Body of `PATCH /v1/admin/customers/{id}`; `If-Match` is mandatory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChangeCustomer {
    /// Whether the customer is very important.
    pub vip: bool,
}

/// Answer of `GET /v1/admin/customers/{id}/data`: everything that is held on a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CustomerData {
    /// Who.
    pub customer: CustomerSummary,
    /// What the scenario has remembered of them.
    pub variables: BTreeMap<String, String>,
    /// What was said and done, oldest conversation first.
    pub conversations: Vec<HeldConversation>,
}

/// One conversation with everything in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeldConversation {
    /// The conversation.
    pub conversation: Conversation,
    /// Its timeline, oldest first.
    pub entries: Vec<TimelineEntry>,
    /// Its surveys.
    pub surveys: Vec<HeldSurvey>,
    /// What advisors and the scenario did in it.
    pub actions: Vec<Action>,
}

/// A survey and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeldSurvey {
    /// Opaque id.
    pub id: String,
    /// `nps` or `csat`.
    pub kind: String,
    /// When it was sent.
    #[serde(serialize_with = "millis::serialize")]
    pub sent_at: DateTime<Utc>,
    /// When it was answered.
    #[serde(serialize_with = "millis::serialize_option")]
    pub answered_at: Option<DateTime<Utc>>,
    /// The rating.
    pub rating: Option<i64>,
    /// In the customer's words.
    pub comment: Option<String>,
}

/// Answer of `DELETE /v1/admin/customers/{id}/data`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct Erased {
    /// Whose data.
    pub customer_id: String,
    /// When.
    #[serde(serialize_with = "millis::serialize")]
    pub erased_at: DateTime<Utc>,
    /// In how many conversations.
    pub conversations: u32,
    /// How many of their messages.
    pub messages: u32,
}
