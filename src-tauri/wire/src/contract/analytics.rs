//! Figures (R7, R11, D50), computed from the actions.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use super::millis;

/// Answer of `GET /v1/analytics/actions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ActionFigures {
    /// The columns, as types of actions.
    pub columns: Vec<String>,
    /// One row per day, week, month, author, channel or team.
    pub rows: Vec<ActionFiguresRow>,
    /// Column → number. A column that is about conversations (closing, archiving, assigning, releasing, holding, asking for
    /// help, tagging, routing) counts each conversation once over all rows, and so may be less than the sum; the others
    /// (answers, notes, deliveries) count actions.
    pub totals: BTreeMap<String, u64>,
    /// If asked for: the same for the period before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub previous: Option<ActionFiguresBefore>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ActionFiguresRow {
    /// The day (YYYY-MM-DD), the Monday of the week, the month (YYYY-MM), or the id of author, channel or team; `none` for
    /// no team.
    pub key: String,
    /// The name to show.
    pub name: String,
    /// Column → number of actions.
    pub counts: BTreeMap<String, u64>,
}

/// The period before: as many days, or else as long, directly before the one asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ActionFiguresBefore {
    /// From then on.
    #[serde(serialize_with = "millis::serialize")]
    pub from: DateTime<Utc>,
    /// Before then.
    #[serde(serialize_with = "millis::serialize")]
    pub to: DateTime<Utc>,
    /// Its rows.
    pub rows: Vec<ActionFiguresRow>,
    /// Its totals.
    pub totals: BTreeMap<String, u64>,
}

/// Which time counts in delays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum DelayTime {
    /// All that passes.
    #[default]
    Elapsed,
    /// What passes within the workspace's office hours, as they were at that time.
    OfficeHours,
}

/// Answer of `GET /v1/analytics/delays`: first human response time (R7: closing changes nothing here).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct Delays {
    /// How many conversations were answered by a person.
    pub count: u64,
    /// The median in seconds; null if there is none.
    pub median_s: Option<f64>,
    /// The 90th percentile in seconds; null if there is none.
    pub p90_s: Option<f64>,
    /// With `group_by`: how many answers came within how long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub distribution: Option<Vec<DelayBucket>>,
    /// With `group_by`: the same per day, week, month, author, channel or team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub rows: Option<Vec<DelaysRow>>,
    /// If asked for: the period before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub previous: Option<DelaysBefore>,
}

/// Answers that took no longer than this, and longer than the bucket before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct DelayBucket {
    /// The upper end in seconds, itself included; null: anything longer.
    pub up_to_s: Option<u32>,
    /// How many.
    pub count: u64,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct DelaysRow {
    /// As in the figures of actions. A day is the one of the answer.
    pub key: String,
    /// The name to show.
    pub name: String,
    /// How many conversations.
    pub count: u64,
    /// The median in seconds.
    pub median_s: Option<f64>,
    /// The 90th percentile in seconds.
    pub p90_s: Option<f64>,
}

/// The delays of the period before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct DelaysBefore {
    /// From then on.
    #[serde(serialize_with = "millis::serialize")]
    pub from: DateTime<Utc>,
    /// Before then.
    #[serde(serialize_with = "millis::serialize")]
    pub to: DateTime<Utc>,
    /// How many conversations.
    pub count: u64,
    /// The median in seconds.
    pub median_s: Option<f64>,
    /// The 90th percentile in seconds.
    pub p90_s: Option<f64>,
}
