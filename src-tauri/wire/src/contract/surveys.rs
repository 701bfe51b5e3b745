//! Satisfaction surveys: what customers are asked and answer (D11), and what admins say about it (D10).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use super::{
    channels::{ChannelType, SurveyKind},
    conversations::ClosedBy,
    millis,
    open_enum::open_enum,
    receipts::{SurveySkip, SurveyStatus},
    sessions::UserRef,
};

/// Answer of `GET /v1/surveys/{token}`: what the customer is asked, in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SurveyQuestion {
    /// The kind.
    pub kind: SurveyKind,
    /// The lowest rating.
    pub from: i64,
    /// The highest rating.
    pub to: i64,
    /// The language of the texts, an ISO 639-1 code.
    pub language: String,
    /// Every language in which it can be asked.
    pub languages: Vec<String>,
    /// The question.
    pub question: String,
    /// What the lowest rating means.
    pub low_label: String,
    /// What the highest rating means.
    pub high_label: String,
    /// What is said after the rating.
    pub thanks: String,
    /// Whether the customer is asked to say more.
    pub ask_comment: bool,
    /// Who asks: the workspace's name.
    pub company: String,
    /// Where it stands.
    pub state: SurveyState,
    /// The rating, once given.
    pub rating: Option<i64>,
    /// Whether a comment was given.
    pub commented: bool,
    /// Until when it takes an answer.
    #[serde(serialize_with = "millis::serialize")]
    pub expires_at: DateTime<Utc>,
}

/// Where a survey stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SurveyState {
    /// It waits for a rating.
    Open,
    /// It was rated; a comment may still be missing.
    Answered,
    /// It takes nothing any more (D11).
    Expired,
}

/// Body of `POST /v1/surveys/{token}/answer`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SurveyAnswer {
    /// 0 to 10 (NPS) or 1 to 5 (CSAT).
    #[schema(minimum = 0, maximum = 10)]
    pub rating: i64,
    /// In the customer's words.
    #[serde(default)]
    #[schema(max_length = 5000)]
    pub comment: Option<String>,
}

/// Body of `POST /v1/surveys/{token}/comment`: said after the rating, once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SurveyComment {
    /// In the customer's words.
    #[schema(min_length = 1, max_length = 5000, pattern = r"\S")]
    pub comment: String,
}

/// Answer of `POST /v1/surveys/{token}/answer` and of `/comment`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SurveyAnswerAccepted {
    /// The survey's id.
    pub survey_id: String,
    /// The rating as kept.
    pub rating: i64,
    /// The comment as kept.
    pub comment: Option<String>,
    /// When it was taken.
    #[serde(serialize_with = "millis::serialize")]
    pub at: DateTime<Utc>,
}

/// Answer of `GET /v1/admin/surveys`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct SurveyOverview {
    /// What holds for all channels.
    pub rules: SurveyRules,
    /// Every channel's survey, by name of the channel.
    pub items: Vec<SurveyConfiguration>,
}

/// Answer of `GET` and `PUT /v1/admin/surveys/rules`; its version is the `ETag`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct SurveyRules {
    /// D10: for how many days a customer is left alone after a survey.
    pub quiet_days: u32,
    /// D10: how many replies by advisors there have to be, the last one counted.
    pub min_replies: u32,
    /// For `If-Match`, as `"VERSION"`.
    pub version: i64,
    /// When they were last changed; null if never.
    #[serde(serialize_with = "millis::serialize_option")]
    pub changed_at: Option<DateTime<Utc>>,
    /// By whom; null if never.
    pub changed_by: Option<UserRef>,
}

/// Body of `PUT /v1/admin/surveys/rules`; `If-Match` is mandatory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct UpdateSurveyRules {
    /// For how many days a customer is left alone after a survey.
    #[schema(maximum = 3650)]
    pub quiet_days: u32,
    /// How many replies by advisors there have to be.
    #[schema(minimum = 1, maximum = 100)]
    pub min_replies: u32,
}

/// Answer of `GET` and `PUT /v1/admin/surveys/channels/{id}`; its version is the `ETag`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct SurveyConfiguration {
    /// The channel.
    pub channel_id: String,
    /// Its kind.
    pub channel_type: ChannelType,
    /// Its name.
    pub channel_name: String,
    /// What holds.
    pub survey: ChannelSurvey,
    /// For `If-Match`, as `"VERSION"`.
    pub version: i64,
    /// When it was last changed; null if never.
    #[serde(serialize_with = "millis::serialize_option")]
    pub changed_at: Option<DateTime<Utc>>,
    /// By whom; null if never.
    pub changed_by: Option<UserRef>,
}

/// A channel's survey; the body of `PUT /v1/admin/surveys/channels/{id}`, where `If-Match` is mandatory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ChannelSurvey {
    /// The kind; null: the channel has none.
    pub kind: Option<SurveyKind>,
    /// Sends nothing for the time being.
    pub paused: bool,
    /// Other quiet days than the workspace's; null: the same.
    #[schema(maximum = 3650)]
    pub quiet_days: Option<u32>,
    /// Whether the customer is asked to say more.
    pub ask_comment: bool,
    /// What is spoken to customers whose language is unknown, or not among the texts.
    #[schema(pattern = "^[a-z]{2}$")]
    pub fallback_language: String,
    /// What is asked, once per language; the fallback among them.
    #[schema(min_items = 1, max_items = 20)]
    pub texts: Vec<SurveyTexts>,
}

/// What is asked, in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct SurveyTexts {
    /// ISO 639-1 code.
    #[schema(pattern = "^[a-z]{2}$")]
    pub language: String,
    /// The question.
    #[schema(min_length = 1, max_length = 500, pattern = r"\S")]
    pub question: String,
    /// What the lowest rating means.
    #[schema(min_length = 1, max_length = 60, pattern = r"\S")]
    pub low_label: String,
    /// What the highest rating means.
    #[schema(min_length = 1, max_length = 60, pattern = r"\S")]
    pub high_label: String,
    /// What is said after the rating.
    #[schema(min_length = 1, max_length = 500, pattern = r"\S")]
    pub thanks: String,
}

/// Answer of `GET /v1/admin/surveys/conversations/{id}`: why a customer got a survey, or none (D9, D10).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct SurveyExplanation {
    /// The conversation.
    pub conversation_id: String,
    /// The customer's name.
    pub customer_name: String,
    /// The channel's name.
    pub channel_name: String,
    /// Who closed it; a scenario or a window sends no survey.
    pub closed_by: Option<ClosedBy>,
    /// What was decided when a survey was due, newest first.
    pub decisions: Vec<SurveyDecision>,
    /// Of an open conversation: what would be decided now.
    pub now: Option<SurveyDecision>,
}

/// A decision, with what it was made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct SurveyDecision {
    /// When.
    #[serde(serialize_with = "millis::serialize")]
    pub at: DateTime<Utc>,
    /// What came of it.
    pub status: SurveyStatus,
    /// Why it was skipped.
    pub reason: Option<SurveySkip>,
    /// What was known then.
    pub facts: SurveyFacts,
    /// Every condition, in the order in which they are looked at; the first that is not met decides.
    pub conditions: Vec<SurveyCondition>,
}

/// What a decision is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct SurveyFacts {
    /// The channel's survey; null: none.
    pub kind: Option<SurveyKind>,
    /// It was paused.
    pub paused: bool,
    /// One had been sent in this conversation.
    pub sent_in_conversation: bool,
    /// When the customer last got one.
    #[serde(serialize_with = "millis::serialize_option")]
    pub last_sent_at: Option<DateTime<Utc>>,
    /// For how many days a customer is left alone.
    pub quiet_days: u32,
    /// Replies by advisors, this one counted.
    pub replies: u32,
    /// How many there have to be.
    pub min_replies: u32,
    /// Until when the channel takes what no person wrote; null: always.
    #[serde(serialize_with = "millis::serialize_option")]
    pub automatic_until: Option<DateTime<Utc>>,
}

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct SurveyCondition {
    /// Which.
    pub condition: SurveyConditionKind,
    /// Whether it was met.
    pub met: bool,
}

open_enum! {
    /// What has to hold for a survey to be sent.
    SurveyConditionKind {
        /// The channel has a survey.
        Configured = "configured",
        /// It is not paused.
        Active = "active",
        /// None was sent in this conversation.
        FirstInConversation = "first-in-conversation",
        /// The customer got none within the quiet days.
        QuietDays = "quiet-days",
        /// There are enough replies by advisors.
        MinReplies = "min-replies",
        /// The channel takes what no person wrote.
        AutomaticAllowed = "automatic-allowed",
    }
}
