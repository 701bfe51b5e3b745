//! The *Inbox options* page (R1, D2).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use super::{millis, sessions::UserRef};

/// Answer of `GET` and `PUT /v1/settings/inbox-options`; its version is the `ETag`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct InboxOptions {
    /// R1: advisors may close conversations manually. Off on every new workspace.
    pub allow_manual_close: bool,
    /// When it was last changed; null if never.
    #[serde(serialize_with = "millis::serialize_option")]
    pub changed_at: Option<DateTime<Utc>>,
    /// By whom; null if never.
    pub changed_by: Option<UserRef>,
}

/// Body of `PUT /v1/settings/inbox-options`; `If-Match` is mandatory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct UpdateInboxOptions {
    /// The new state of the switch.
    pub allow_manual_close: bool,
}
