//! Pages of lists.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// One page of a list. Cursors are sequence-based: a page never shifts because a clock did or a row was added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct Page<T> {
    /// The rows, in the order that the endpoint names.
    pub items: Vec<T>,
    /// The value for `after` (for timelines: `before`) that continues; null at the end.
    pub next: Option<String>,
}
