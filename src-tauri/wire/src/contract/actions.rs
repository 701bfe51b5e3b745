//! Actions: recorded, time-stamped acts of advisors and scenario (R6). One row here is one row of `actions.csv` (D51).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;
use utoipa::ToSchema;

use super::{channels::ChannelType, millis, open_enum::open_enum, receipts::SurveyStatus};

open_enum! {
    /// What was done.
    ActionType {
        /// A reply was sent.
        Answer = "answer",
        /// A conversation was closed for good (R6).
        CloseConversation = "close-conversation",
        /// Finished without an answer.
        Archive = "archive",
        /// What the channel made of a reply (D12).
        ExecuteAnswer = "execute-answer",
        /// Given to somebody.
        Assign = "assign",
        /// Given back.
        Release = "release",
        /// Put on hold, or taken off.
        Hold = "hold",
        /// Help asked for, or no longer needed.
        HelpRequest = "help-request",
        /// A note was written.
        Note = "note",
        /// Tags were set.
        Tag = "tag",
        /// Routed to a team.
        Route = "route",
        /// A customer's data were erased.
        AnonymizeGdpr = "anonymize-gdpr",
    }
}

/// Whether an action worked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ActionStatus {
    /// It did.
    Ok,
    /// It did not.
    Fail,
}

open_enum! {
    /// Where an action was taken.
    ActionOrigin {
        /// The console, that is, the app.
        Console = "console",
        /// The widget inside a CRM.
        CrmWidget = "crm_widget",
        /// The scenario.
        Scenario = "scenario",
        /// A routing rule.
        RoutingRule = "routing_rule",
        /// The channel, reporting on a delivery.
        Channel = "channel",
    }
}

/// A recorded act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct Action {
    /// Opaque id.
    pub id: String,
    /// What was done.
    #[serde(rename = "type")]
    pub kind: ActionType,
    /// When.
    #[serde(serialize_with = "millis::serialize")]
    pub at: DateTime<Utc>,
    /// The date of `at`, YYYY-MM-DD.
    pub date: String,
    /// The time of `at`, HH:MM:SS.mmm.
    pub time: String,
    /// Whether it worked.
    pub status: ActionStatus,
    /// The user's or scenario's id.
    pub author_id: String,
    /// Its name.
    pub author_name: String,
    /// True for the scenario (R11).
    pub author_is_bot: bool,
    /// Where it was taken.
    pub origin: ActionOrigin,
    /// The conversation.
    pub conversation_id: String,
    /// The conversation before it (D13).
    pub previous_conversation_id: Option<String>,
    /// The channel.
    pub channel_id: String,
    /// The channel's kind.
    pub channel_type: ChannelType,
    /// The customer.
    pub customer_id: String,
    /// The team the conversation was routed to.
    pub team_id: Option<String>,
    /// Of a close: the action of its reply. Of an execute-answer: the action it reports on.
    pub answer_action_id: Option<String>,
    /// Of a close, or a reply with survey: what became of the survey.
    pub survey_status: Option<SurveyStatus>,
    /// What else belongs to it; an object.
    #[schema(value_type = Object)]
    #[ts(type = "Record<string, unknown>")]
    pub data: Value,
}
