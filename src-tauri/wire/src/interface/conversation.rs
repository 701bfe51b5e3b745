//! One conversation: timeline, customer, and what the composer may do (D41).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{AttachedFile, QueueEntry};
use crate::contract::channel_settings::AttachmentLimits;
use crate::contract::channels::ChannelRef;
use crate::contract::conversations::{ClosedBy, ConversationState, SurveyPreview};
use crate::contract::timeline::TimelineEntry;

/// Answer of `conversation`: everything that its view shows at once, from the cache.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ConversationView {
    /// The conversation.
    pub id: String,
    /// Where the inbox shows it.
    pub tab: ConversationState,
    /// The customer.
    pub customer: CustomerCard,
    /// Where it is held.
    pub channel: ChannelRef,
    /// Which team it is routed to.
    pub team_name: Option<String>,
    /// Who works on it.
    pub assignee_name: Option<String>,
    /// It is this person.
    pub mine: bool,
    /// Tags.
    pub tags: Vec<String>,
    /// When it began.
    pub opened_at: DateTime<Utc>,
    /// When it was closed (R8).
    pub closed_at: Option<DateTime<Utc>>,
    /// By whom.
    pub closed_by: Option<ClosedBy>,
    /// The conversation before it, if it began after a closing (D13).
    pub previous: Option<PreviousConversation>,
    /// The customer's newer conversation, once this one is closed.
    pub newer_conversation_id: Option<String>,
    /// The newest customer message in the cache: what `last_seen_message_id` will be (D6).
    pub last_customer_message_id: Option<String>,
    /// What would become of a survey now (D10).
    pub survey: SurveyPreview,
    /// The composer.
    pub composer: Composer,
    /// The newest entries, oldest first.
    pub timeline: TimelinePage,
    /// Queued actions of this conversation, in their order (D22).
    pub queue: Vec<QueueEntry>,
}

/// The conversation before this one (D13).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PreviousConversation {
    /// Which.
    pub id: String,
    /// Who or what closed it.
    pub closed_by: Option<ClosedBy>,
}

/// What the composer starts with and may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Composer {
    /// The draft kept for this conversation, word for word.
    pub draft: String,
    /// The files of the draft, in the order in which they were attached.
    pub files: Vec<AttachedFile>,
    /// Which files can be sent; `None`: none at all. The channel takes none, its platform takes none from here, or nothing is known of it yet.
    pub takes_files: Option<AttachmentLimits>,
    /// When the channel's reply window ends (D9); `None`: it has none.
    pub window_ends_at: Option<DateTime<Utc>>,
    /// Send + Close is offered (R2); if not, Send and trigger survey is.
    pub close_enabled: bool,
    /// Why nothing can be sent at all, said in place of the buttons' effect.
    pub blocked: Option<ComposerBlock>,
}

/// Why nothing can be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ComposerBlock {
    /// Closed is final (R8).
    Closed,
    /// A closing is queued; what comes after it could only be refused.
    CloseQueued,
    /// The channel's reply window is over (D9).
    WindowExpired,
    /// A mandatory tag or team is missing (D16).
    TagsMissing,
}

/// The customer beside the conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CustomerCard {
    /// The platform's id.
    pub id: String,
    /// Shown name.
    pub name: String,
    /// How the channel knows the customer.
    pub external_id: Option<String>,
    /// BCP 47 tag.
    pub language: Option<String>,
    /// VIP.
    pub vip: bool,
    /// Other conversations of the same customer, newest first.
    pub others: Vec<OtherConversation>,
}

/// Another conversation of the same customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct OtherConversation {
    /// Which.
    pub id: String,
    /// When it began.
    pub opened_at: DateTime<Utc>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// Where the inbox shows it.
    pub tab: ConversationState,
    /// The beginning of its last text.
    pub last_text: String,
}

/// Arguments of `timeline`: older entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TimelineQuery {
    /// The conversation.
    pub conversation_id: String,
    /// `next` of the page before; `None` for the newest.
    pub before: Option<String>,
    /// Entries wanted, at most 200.
    pub limit: u32,
}

/// Entries, oldest first within the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TimelinePage {
    /// The entries.
    pub entries: Vec<TimelineEntry>,
    /// For the page before; `None` when the beginning is shown.
    pub next: Option<String>,
}

/// Arguments of `save_draft`. An empty text removes the draft.
///
/// The text of an action that is taken back returns to the draft at any time, also while somebody types (D15). It is never overwritten by
/// somebody who has not seen it: `instead_of` says what was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Draft {
    /// The conversation.
    pub conversation_id: String,
    /// The text, word for word.
    pub text: String,
    /// What whoever typed it took for the draft until now. What has returned to the draft since then stays in it, before the text.
    pub instead_of: String,
}

/// Arguments of `send_reply`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SendReply {
    /// The conversation.
    pub conversation_id: String,
    /// The reply. It may be empty if files go with it.
    pub text: String,
    /// Those of the draft's files that go with it, in this order: all that were on the screen.
    #[serde(default)]
    pub file_ids: Vec<String>,
    /// Send and trigger survey (R2).
    pub trigger_survey: bool,
    /// The newest customer message that was on the screen (D6).
    pub last_seen_message_id: Option<String>,
}

/// Arguments of `send_and_close`. The shell asks for confirmation first (R5, D3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SendAndClose {
    /// The conversation.
    pub conversation_id: String,
    /// The reply. There is no closing without one (R4); it may be empty if files go with it.
    pub text: String,
    /// Those of the draft's files that go with it, in this order: all that were on the screen.
    #[serde(default)]
    pub file_ids: Vec<String>,
    /// The newest customer message that was on the screen (D6).
    pub last_seen_message_id: Option<String>,
}

/// Answer of `send_and_close`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum CloseOutcome {
    /// The advisor said no: everything is as it was (R5).
    Cancelled,
    /// Durable: it will happen exactly once.
    Queued {
        /// The entry.
        entry: Box<QueueEntry>,
    },
}

/// What the confirmation has to say (D3). The engine knows the facts, the shell words them in the person's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloseQuestion {
    /// The customer.
    pub customer_name: String,
    /// Whether a survey will go out, as far as is known here.
    pub survey: SurveyPreview,
    /// The platform cannot be reached: the action will be queued.
    pub offline: bool,
}
