//! What is wrong with a draft, and what went wrong while a version ran.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use super::flow::ScenarioFlow;
use crate::contract::{millis, open_enum::open_enum};

open_enum! {
    /// What is wrong with a scenario.
    ScenarioFaultCode {
        /// Nothing follows.
        DeadEnd = "dead-end",
        /// The next step does not exist.
        UnknownTarget = "unknown-target",
        /// No way leads here.
        Unreachable = "unreachable",
        /// Two steps have the same id.
        DuplicateStep = "duplicate-step",
        /// An id, a language or a variable's name that cannot be one.
        BadName = "bad-name",
        /// A text is missing in a language.
        TextMissing = "text-missing",
        /// A circle in which nobody waits.
        Circle = "circle",
        /// A text is longer than a channel takes.
        TooLong = "too-long",
        /// A button is longer than a channel takes.
        ButtonTooLong = "button-too-long",
        /// More buttons than a channel takes.
        TooManyButtons = "too-many-buttons",
        /// No button at all.
        NoButtons = "no-buttons",
        /// Two buttons or words that read the same.
        SameLabel = "same-label",
        /// The address is none, or has a variable where none may be.
        BadUrl = "bad-url",
        /// A header that is none.
        BadHeader = "bad-header",
        /// The body is no JSON.
        BadBody = "bad-body",
        /// The pointer is none.
        BadPointer = "bad-pointer",
        /// The regular expression is none.
        BadPattern = "bad-pattern",
        /// A number out of bounds.
        BadNumber = "bad-number",
        /// Times of day, weekdays or a zone that are none.
        BadTimes = "bad-times",
        /// No test to go by.
        NoTests = "no-tests",
        /// Nothing sets this variable.
        UnknownVariable = "unknown-variable",
        /// No such team.
        UnknownTeam = "unknown-team",
        /// The team was given up.
        ArchivedTeam = "archived-team",
        /// No such tag.
        UnknownTag = "unknown-tag",
        /// The tag is archived.
        ArchivedTag = "archived-tag",
        /// No such channel.
        UnknownChannel = "unknown-channel",
        /// The channel is archived.
        ArchivedChannel = "archived-channel",
        /// No such secret.
        UnknownSecret = "unknown-secret",
        /// R8, R10: it would close every conversation before the customer could say anything more.
        ClosesAtOnce = "closes-at-once",
    }
}

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ScenarioFault {
    /// The step's id; null: the scenario itself.
    pub step: Option<String>,
    /// The field: `then`, `text.fr`, `buttons.0.label.en`, `listens.1.then`, …
    pub field: String,
    /// What clients act on.
    pub code: ScenarioFaultCode,
    /// Of a team, a tag or a channel: its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub name: Option<String>,
    /// An English sentence.
    pub text: String,
}

/// Body of `POST /v1/admin/scenarios/{id}/validate`: a draft that need not be saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ValidateScenario {
    /// The draft.
    pub draft: ScenarioFlow,
}

/// Answer to that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ScenarioFaults {
    /// In the order of the steps.
    pub faults: Vec<ScenarioFault>,
}

/// Something that went wrong while a version ran.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ScenarioTrouble {
    /// The version.
    pub version: u32,
    /// The step.
    pub step: String,
    /// What.
    pub code: TroubleCode,
    /// How often.
    pub times: u32,
    /// When last.
    #[serde(serialize_with = "millis::serialize")]
    pub last_at: DateTime<Utc>,
}

open_enum! {
    /// What goes wrong while a scenario runs.
    TroubleCode {
        /// It went in a circle and was cut off.
        Circle = "circle",
        /// A step that leads nowhere.
        UnknownTarget = "unknown-target",
        /// The text was longer than the channel takes, and was cut.
        TooLong = "too-long",
        /// The text was empty, and was not sent.
        Empty = "empty",
        /// D9: the channel took no reply any more.
        ReplyWindow = "reply-window",
        /// The team is gone.
        UnknownTeam = "unknown-team",
        /// A tag is gone, or archived.
        UnknownTag = "unknown-tag",
        /// A call failed.
        CallFailed = "call-failed",
        /// A call took too long.
        CallTimedOut = "call-timed-out",
        /// The address leads into a private network, and the operator does not allow that.
        CallForbidden = "call-forbidden",
    }
}
