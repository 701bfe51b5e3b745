//! Whether a platform can do its work.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use super::millis;

/// Answer of `GET /readyz`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Readiness {
    /// Whether requests should be sent here.
    pub ready: bool,
    /// Why, or why not.
    pub checks: Vec<HealthCheck>,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct HealthCheck {
    /// What.
    pub name: String,
    /// Whether it is as it should be.
    pub ok: bool,
    /// What was found.
    pub detail: String,
}

/// Answer of `GET /v1/admin/workspace-health`: how the workspace is, for its admins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct WorkspaceHealth {
    /// The platform's version.
    pub version: String,
    /// What requests need, one by one.
    pub checks: Vec<HealthCheck>,
    /// Size of the workspace's file.
    #[ts(type = "number")]
    pub file_bytes: u64,
    /// Size of the files of attachments.
    #[ts(type = "number")]
    pub attachments_bytes: u64,
    /// Free space on the disk, where the system tells.
    #[ts(type = "number | null")]
    pub disk_free_bytes: Option<u64>,
    /// Whether backups are made by themselves.
    pub backups_planned: bool,
    /// When the newest of them was made.
    #[serde(serialize_with = "millis::serialize_option")]
    pub last_backup_at: Option<DateTime<Utc>>,
    /// Months after its closing for which a conversation's texts are kept; null is for ever.
    pub closed_texts_months: Option<u32>,
    /// Replies whose channel has not reported on them yet.
    pub waiting_deliveries: Vec<WaitingDeliveries>,
}

/// What waits for one channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct WaitingDeliveries {
    /// The channel's name.
    pub channel: String,
    /// How many replies.
    #[ts(type = "number")]
    pub replies: i64,
}
