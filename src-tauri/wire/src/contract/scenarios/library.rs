//! The scenarios of a workspace, their drafts and versions.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use super::faults::{ScenarioFault, ScenarioTrouble};
use super::flow::ScenarioFlow;
use crate::contract::{
    channels::ChannelType,
    millis,
    sessions::{TeamRef, UserRef},
};

/// A scenario in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ScenarioSummary {
    /// Opaque id.
    pub id: String,
    /// Its name, as the timeline shows it.
    pub name: String,
    /// Ids of the channels that use it.
    pub channels: Vec<String>,
    /// How many steps the draft has.
    pub steps: u32,
    /// The newest published version; null: none yet.
    pub published: Option<u32>,
    /// Whether the draft says something else than that.
    pub changed: bool,
    /// When the draft was last changed.
    #[serde(serialize_with = "millis::serialize_option")]
    pub changed_at: Option<DateTime<Utc>>,
    /// By whom.
    pub changed_by: Option<UserRef>,
    /// What went wrong while it ran.
    pub troubles: Vec<ScenarioTrouble>,
    /// What the newest published version names and the workspace has no longer. It goes on without: a tag is not set, a team
    /// not routed to.
    pub gone: Vec<ScenarioFault>,
}

/// Answer of `GET /v1/admin/scenarios`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct Scenarios {
    /// By name.
    pub items: Vec<ScenarioSummary>,
    /// The channels, and what they take.
    pub channels: Vec<ScenarioChannel>,
    /// The teams.
    pub teams: Vec<TeamRef>,
    /// Names of the tags.
    pub tags: Vec<String>,
    /// Names of variables that a published scenario sets.
    pub variables: Vec<String>,
}

/// A channel as far as scenarios are concerned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ScenarioChannel {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its kind.
    #[serde(rename = "type")]
    pub kind: ChannelType,
    /// Its scenario; null: none.
    pub scenario_id: Option<String>,
    /// Longest text.
    pub reply_limit: u32,
    /// Longest label of a button.
    pub label_limit: u32,
    /// Most buttons with one text.
    pub button_limit: u32,
}

/// Body of `POST /v1/admin/scenarios`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct NewScenario {
    /// Its name.
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    /// The scenario to copy the draft of; null: an empty one.
    #[serde(default)]
    pub copy_of: Option<String>,
}

/// A scenario with its draft. Its version is the `ETag`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ScenarioDocument {
    /// What the list says of it.
    pub summary: ScenarioSummary,
    /// The draft.
    pub draft: ScenarioFlow,
    /// What keeps the draft from being published.
    pub faults: Vec<ScenarioFault>,
    /// Published versions, newest first.
    pub versions: Vec<ScenarioVersionRef>,
}

/// Body of `PUT /v1/admin/scenarios/{id}`; `If-Match` is mandatory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct UpdateScenario {
    /// Its name.
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    /// The draft. It may have faults.
    pub draft: ScenarioFlow,
}

/// Body of `PUT /v1/admin/scenarios/{id}/channels`; `If-Match` is mandatory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct UpdateScenarioChannels {
    /// Ids of the channels that use it from now on. They leave the scenario that they used before.
    #[schema(max_items = 100)]
    pub channels: Vec<String>,
}

/// A published version in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ScenarioVersionRef {
    /// Its number.
    pub version: u32,
    /// When it was published.
    #[serde(serialize_with = "millis::serialize")]
    pub published_at: DateTime<Utc>,
    /// By whom; null: it came with the workspace.
    pub published_by: Option<UserRef>,
    /// How many open conversations wait in it.
    pub waiting: u32,
}

/// Answer of `GET /v1/admin/scenarios/{id}/versions/{version}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ScenarioVersion {
    /// What the list says of it.
    pub summary: ScenarioVersionRef,
    /// What it does.
    pub flow: ScenarioFlow,
}
