//! Figures (R11, D50), computed from the actions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// Answer of `GET /v1/analytics/actions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ActionFigures {
    /// The columns, as types of actions.
    pub columns: Vec<String>,
    /// One row per day, author, channel or team.
    pub rows: Vec<ActionFiguresRow>,
    /// Column → distinct conversations over all rows; may be less than the sum.
    pub totals: BTreeMap<String, u64>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ActionFiguresRow {
    /// The day (YYYY-MM-DD), or the id of author, channel or team; `none` for no team.
    pub key: String,
    /// The name to show.
    pub name: String,
    /// Column → number of actions.
    pub counts: BTreeMap<String, u64>,
}

/// Answer of `GET /v1/analytics/delays`: first human response time (R7: closing changes nothing here).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct Delays {
    /// How many conversations were answered by a person.
    pub count: u64,
    /// The median in seconds; null if there is none.
    pub median_s: Option<f64>,
    /// The 90th percentile in seconds; null if there is none.
    pub p90_s: Option<f64>,
}
