//! Receipts: what one request did, effect by effect (D4).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use super::{millis, open_enum::open_enum};

open_enum! {
    /// What became of the survey.
    SurveyStatus {
        /// It went out.
        Sent = "sent",
        /// The channel has one, but it may not be sent now.
        Skipped = "skipped",
        /// The channel has none, or nobody asked for one.
        None = "none",
    }
}

open_enum! {
    /// Why a survey was skipped (D9, D10).
    SurveySkip {
        /// One was sent in this conversation.
        AlreadySent = "already-sent",
        /// The customer got one within the last quiet days.
        QuietDays = "quiet-days",
        /// Too few replies by advisors.
        MinReplies = "min-replies",
        /// The channel takes only a person's replies now.
        ChannelPersonOnly = "channel-person-only",
    }
}

/// The answer to every request that an advisor's click causes. A replay is byte for byte the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct Receipt {
    /// The action that the call is named after.
    pub action_id: String,
    /// The request's key, without quotes.
    pub idempotency_key: String,
    /// The conversation.
    pub conversation_id: String,
    /// The reply; null where the call sends none.
    pub reply: Option<ReceiptReply>,
    /// The survey.
    pub survey: ReceiptSurvey,
    /// The closing; null where the call closes nothing.
    pub closed: Option<ReceiptClosed>,
    /// The conversation's version afterwards.
    pub version: i64,
}

/// The reply as an effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ReceiptReply {
    /// Its id in the timeline.
    pub message_id: String,
    /// When it was sent.
    #[serde(serialize_with = "millis::serialize")]
    pub at: DateTime<Utc>,
}

/// The survey as an effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ReceiptSurvey {
    /// Sent, skipped or none.
    pub status: SurveyStatus,
    /// Why it was skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<SurveySkip>,
    /// When it was sent.
    #[serde(default, serialize_with = "millis::serialize_option", skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
}

/// The closing as an effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ReceiptClosed {
    /// When it was closed.
    #[serde(serialize_with = "millis::serialize")]
    pub at: DateTime<Utc>,
}
