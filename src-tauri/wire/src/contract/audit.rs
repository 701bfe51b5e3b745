//! The audit log (R1, D52).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;
use utoipa::ToSchema;

use super::{millis, sessions::UserRef};

/// One entry: who did what, when, from which value to which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct AuditEntry {
    /// Its place in the log, from 1 on without gaps.
    #[serde(default)]
    pub nr: i64,
    /// Opaque id.
    pub id: String,
    /// When.
    #[serde(serialize_with = "millis::serialize")]
    pub at: DateTime<Utc>,
    /// Who; `operator` for whoever works at the platform's command line.
    pub who: UserRef,
    /// What: `settings.allow_manual_close`, `sign-in`, `export.actions`, …
    pub what: String,
    /// Whom or what it was done to, where that is not the workspace itself.
    #[serde(default)]
    pub subject: Option<Subject>,
    /// The value before; null where there is none.
    #[schema(value_type = Value)]
    #[ts(type = "unknown")]
    pub from: Value,
    /// The value after; null where there is none.
    #[schema(value_type = Value)]
    #[ts(type = "unknown")]
    pub to: Value,
    /// SHA-256 over the entry and the hash of the one before, in hexadecimal: whoever keeps it can tell later that nothing was changed.
    #[serde(default)]
    pub hash: String,
}

/// What an entry is about, as it was called then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct Subject {
    /// Its id.
    pub id: String,
    /// Its name at the time.
    pub name: String,
}
