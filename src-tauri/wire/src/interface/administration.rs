//! The passage to the platform's administration, for what is asked and changed online only.
//!
//! Settings, people, figures: the platform is their authority, nothing of them is cached or queued, and the interface speaks of them in
//! the contract's own shapes. So they share one command instead of having one each: a call of the contract goes through as it is, and
//! only the token is added on the way. What belongs in the outbox cannot be reached by it.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

/// Beginnings of the contract's paths that the passage leads to. What an advisor's click causes is not among them: that is the
/// outbox's.
pub const OPEN_TO_ADMINISTRATION: &[&str] = &[
    "/v1/admin/",
    "/v1/analytics/",
    "/v1/directory",
    "/v1/settings/",
    "/v1/audit-log",
    "/v1/actions",
    "/v1/me",
    "/v1/sessions",
];

/// How a call is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "UPPERCASE")]
#[ts(export)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates, or asks for something to be done.
    Post,
    /// Replaces.
    Put,
    /// Changes in part.
    Patch,
    /// Removes.
    Delete,
}

/// Arguments of `administer`: one call of the contract.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Administer {
    /// How.
    pub method: Method,
    /// Path and query as the contract has them, beginning with `/v1/`. Only those of [`OPEN_TO_ADMINISTRATION`].
    pub path: String,
    /// The body, if the call takes one.
    #[serde(default)]
    #[ts(type = "unknown")]
    pub body: Option<Value>,
    /// The version that was seen, for `If-Match`.
    #[serde(default)]
    pub version: Option<String>,
}

/// Answer of `administer`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Administered {
    /// The status; always one of success.
    pub status: u16,
    /// The body; null if there is none.
    #[ts(type = "unknown")]
    pub body: Value,
    /// The version, from `ETag`.
    pub version: Option<String>,
}
