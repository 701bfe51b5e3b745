//! Trying a draft, outside the workspace.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use super::faults::TroubleCode;
use super::flow::{CallMethod, ScenarioFlow};
use crate::contract::{millis, workspace::OfficeMoment};

/// Body of `POST /v1/admin/scenarios/{id}/try`: one thing that happens to a draft, outside the workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct TryScenario {
    /// The draft; it need not be saved.
    pub draft: ScenarioFlow,
    /// Who writes, and where.
    pub customer: TrialCustomer,
    /// Where the answer before left things; null: nothing has happened yet.
    #[serde(default)]
    pub state: Option<ScenarioState>,
    /// What happens.
    pub event: ScenarioEvent,
}

/// Who writes in a trial.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct TrialCustomer {
    /// The channel's id.
    pub channel_id: String,
    /// The customer's name.
    pub name: String,
    /// ISO 639-1 code; null: unknown.
    #[serde(default)]
    pub language: Option<String>,
    /// Whether a VIP.
    #[serde(default)]
    pub vip: bool,
    /// When; null: now.
    #[serde(default, serialize_with = "millis::serialize_option")]
    pub at: Option<DateTime<Utc>>,
}

/// Something that a scenario reacts to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export)]
pub enum ScenarioEvent {
    /// The customer writes, or clicks: then the text is the label. Begins a conversation where none is open.
    Writes {
        /// The text.
        text: String,
    },
    /// The other system answers.
    Answers {
        /// The HTTP status.
        #[schema(minimum = 100, maximum = 599)]
        status: u16,
        /// The body.
        body: String,
    },
    /// The other system cannot be asked.
    Fails {},
    /// The other system takes too long.
    TimesOut {},
    /// The delay is over.
    TimePasses {},
    /// An advisor answers and so takes the conversation over.
    AdvisorAnswers {},
}

/// Where a scenario stands with a customer. Goes back with the next event of a trial, as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ScenarioState {
    /// Whether a conversation is open.
    pub open: bool,
    /// How many conversations there were before this one.
    pub conversations_before: u32,
    /// The step that waits; null: the scenario is not at work.
    pub step: Option<String>,
    /// What it waits for.
    pub waits_for: Option<WaitsFor>,
    /// Unexpected texts at this step.
    #[schema(maximum = 255)]
    pub tries: u8,
    /// Steps since the customer last wrote.
    pub hops: u32,
    /// The customer's variables.
    #[ts(type = "Record<string, string>")]
    pub variables: BTreeMap<String, String>,
    /// Labels of buttons that were shown, and the step that showed each.
    #[ts(type = "Record<string, string>")]
    pub offered: BTreeMap<String, String>,
    /// The conversation's tags.
    pub tags: Vec<String>,
    /// The conversation's team.
    pub team_id: Option<String>,
    /// What the customer wrote last.
    #[serde(default)]
    pub message: String,
    /// The language that their messages told of; null: none yet.
    #[serde(default)]
    pub language: Option<String>,
}

/// What a step waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum WaitsFor {
    /// The customer.
    Customer,
    /// The other system's answer.
    Answer,
    /// Time to pass.
    Time,
}

/// Answer to `POST /v1/admin/scenarios/{id}/try`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct Trial {
    /// What would happen, in order.
    pub happened: Vec<TrialHappening>,
    /// Where things stand now.
    pub state: ScenarioState,
}

/// Something that a scenario does, and the step that does it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct TrialHappening {
    /// The step.
    pub step: String,
    /// What.
    pub what: ScenarioEffect,
}

/// What a scenario does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export)]
pub enum ScenarioEffect {
    /// A reply.
    Says {
        /// The text.
        text: String,
        /// Labels.
        buttons: Vec<String>,
    },
    /// The whole new set of tags.
    Tags {
        /// Names.
        tags: Vec<String>,
    },
    /// A team.
    Routes {
        /// Its id.
        team_id: String,
    },
    /// Archived.
    Archives {},
    /// Left to the advisors.
    HandsOver {},
    /// Done.
    Ends {},
    /// Closed for good.
    Closes {},
    /// A variable has a new value; null: none any more.
    Sets {
        /// Its name.
        variable: String,
        /// Its value.
        value: Option<String>,
    },
    /// Another system would be asked.
    Calls {
        /// The method.
        method: CallMethod,
        /// The address.
        url: String,
        /// The body.
        body: Option<String>,
    },
    /// It would wait.
    Delays {
        /// How long.
        seconds: u32,
    },
    /// A condition held, or did not.
    Decides {
        /// Which.
        held: bool,
        /// What it found if it asks for office hours.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        office: Option<OfficeMoment>,
    },
    /// What would be reported.
    Troubles {
        /// What.
        code: TroubleCode,
    },
}
