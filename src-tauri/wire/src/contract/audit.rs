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
    /// Opaque id.
    pub id: String,
    /// When.
    #[serde(serialize_with = "millis::serialize")]
    pub at: DateTime<Utc>,
    /// Who.
    pub who: UserRef,
    /// What: `settings.allow_manual_close`, `sign-in`, `export.actions`, …
    pub what: String,
    /// The value before; null where there is none.
    #[schema(value_type = Value)]
    #[ts(type = "unknown")]
    pub from: Value,
    /// The value after; null where there is none.
    #[schema(value_type = Value)]
    #[ts(type = "unknown")]
    pub to: Value,
}
