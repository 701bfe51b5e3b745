//! The list of conversations (D40).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::EntryState;
use crate::contract::channels::ChannelRef;
use crate::contract::conversations::ConversationState;
use crate::contract::timeline::Author;

/// Arguments of `inbox`: which rows, and from where on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct InboxQuery {
    /// The tab.
    pub tab: ConversationState,
    /// Within *Ongoing*: whose.
    pub scope: Scope,
    /// Only this channel.
    pub channel_id: Option<String>,
    /// Words that the customer's name or any text of the conversation contains. Searches all tabs, whatever `tab` says.
    pub search: Option<String>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// Rows wanted, at most 500.
    pub limit: u32,
}

/// Within *Ongoing*: whose conversations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Scope {
    /// All, mine first.
    #[default]
    All,
    /// Assigned to this person.
    Mine,
    /// Assigned to others.
    Others,
}

/// Answer of `inbox`: oldest conversation first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct InboxPage {
    /// The rows.
    pub rows: Vec<InboxRow>,
    /// For the next page; `None` at the end.
    pub next: Option<String>,
    /// How many conversations each tab has, whatever the filter.
    pub counts: TabCounts,
    /// The channels that there are, for the filter.
    pub channels: Vec<ChannelRef>,
}

/// How many conversations each tab has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TabCounts {
    /// *Received*.
    pub received: u32,
    /// *Ongoing*.
    pub ongoing: u32,
    /// Of *Ongoing*, this person's.
    pub mine: u32,
    /// *Answered*.
    pub answered: u32,
    /// *Archived*.
    pub archived: u32,
    /// *Closed*.
    pub closed: u32,
}

/// One row, with the optimistic state of queued actions already in it (DESIGN, outbox 8).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct InboxRow {
    /// The conversation.
    pub id: String,
    /// Where it is shown.
    pub tab: ConversationState,
    /// The customer's name.
    pub customer_name: String,
    /// Where it is held.
    pub channel: ChannelRef,
    /// When it began: its age, and its place in the list.
    pub opened_at: DateTime<Utc>,
    /// When something last happened in it.
    pub last_at: DateTime<Utc>,
    /// Customer messages in it.
    pub message_count: u32,
    /// Who wrote the last text.
    pub last_author: Option<Author>,
    /// The beginning of the last text, on one line.
    pub last_text: String,
    /// Tags.
    pub tags: Vec<String>,
    /// The customer is a VIP.
    pub vip: bool,
    /// Language of the conversation, as a BCP 47 tag.
    pub language: Option<String>,
    /// Who works on it.
    pub assignee_name: Option<String>,
    /// It is this person.
    pub mine: bool,
    /// Something in it has not been seen on this machine.
    pub unread: bool,
    /// The queued action that says most about it.
    pub queue: Option<EntryState>,
}
