//! The settings page *Inbox options* and the audit log, for admins (R1, D2).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::contract::audit::AuditEntry;
use crate::contract::settings::InboxOptions;

/// Answer of `inbox_options` and `save_inbox_options`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct InboxOptionsView {
    /// The platform's answer.
    pub options: InboxOptions,
    /// Its version, to be given back when saving.
    pub version: String,
    /// When it was read.
    pub as_of: DateTime<Utc>,
}

/// Arguments of `save_inbox_options`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SaveInboxOptions {
    /// The switch.
    pub allow_manual_close: bool,
    /// The version that was shown; if it is stale, nothing is changed.
    pub version: String,
}

/// Answer of `audit_log`: newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AuditPage {
    /// The entries.
    pub entries: Vec<AuditEntry>,
    /// For the next page; `None` at the end.
    pub next: Option<String>,
}
