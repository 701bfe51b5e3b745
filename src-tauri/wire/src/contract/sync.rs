//! The first synchronisation: everything a client needs to work offline, in few requests.
//!
//! `GET /v1/sync/conversations?after=&limit=&entries=&status=` pages through all visible conversations, newest first,
//! each with its newest timeline entries. The client keeps `seq` of its **first** page and, when it has all pages, reads
//! `/v1/changes?after=seq` from there: what changed while it was paging comes again, and versions make that harmless.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{conversations::Conversation, timeline::TimelineEntry};

/// Answer of `GET /v1/sync/conversations`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SyncPage {
    /// Newest conversation first.
    pub items: Vec<ConversationSnapshot>,
    /// The value for the next `after`; null at the end.
    pub next: Option<String>,
    /// The event sequence that this page is valid at.
    pub seq: i64,
    /// How many conversations there are in all, for showing progress.
    pub total: u64,
}

/// A conversation with its newest timeline entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConversationSnapshot {
    /// The conversation.
    pub conversation: Conversation,
    /// Its newest entries, newest last.
    pub entries: Vec<TimelineEntry>,
    /// The value for `before` of `GET /v1/conversations/{id}/messages` that continues; null if these are all.
    pub entries_next: Option<String>,
}
