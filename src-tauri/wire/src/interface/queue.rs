//! The outbox as the advisor sees it (D15, D22 to D24).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{AttachedFile, Code};
use crate::contract::timeline::TimelineEntry;

/// The queue in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct QueueCounts {
    /// Queued, sending or checking.
    pub pending: u32,
    /// Waiting for the advisor.
    pub needs_attention: u32,
}

/// A queued action.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct QueueEntry {
    /// Its id, which is also its idempotency key (D5).
    pub id: String,
    /// What it does.
    pub action: ActionKind,
    /// Where.
    pub conversation_id: String,
    /// For whom.
    pub customer_name: String,
    /// The text that the advisor typed, word for word. `None` for actions without one.
    pub text: Option<String>,
    /// The files that go with it.
    pub files: Vec<AttachedFile>,
    /// When the advisor clicked.
    pub queued_at: DateTime<Utc>,
    /// Where it stands.
    pub state: EntryState,
    /// Undo was asked for while it was on its way: the outcome decides (DESIGN, outbox 9).
    pub undo_requested: bool,
    /// It waits until closing by advisors is allowed again, as the advisor told it to (D8).
    pub waits_for_switch: bool,
    /// An earlier entry of the same conversation that it waits for (D22), if that one waits for the advisor or for the switch.
    pub held_up_by: Option<String>,
    /// Attempts that reached the network.
    pub attempts: u32,
    /// When the next attempt is due, if one is waiting for its time.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// What the last attempt met.
    pub last_problem: Option<Code>,
    /// Part of it has taken effect and the rest has not yet: only on a platform that takes it in steps (DESIGN, outbox 10).
    pub half_done: Option<HalfDone>,
    /// What needs the advisor.
    pub attention: Option<Attention>,
    /// What the advisor can do now, the safest first.
    pub choices: Vec<Choice>,
}

/// What an entry does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ActionKind {
    /// Send.
    Reply,
    /// Send and trigger survey.
    ReplyWithSurvey,
    /// Send + Close.
    SendAndClose,
    /// Archive.
    Archive,
    /// Assign to the signed-in person.
    Assign,
    /// Release.
    Release,
    /// Written by another version; only the text can be read.
    Unknown,
}

/// Where an entry stands (D24).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum EntryState {
    /// Durable, waiting for its turn or for the network.
    Queued,
    /// An attempt is under way.
    Sending,
    /// The outcome of an attempt is unknown; the platform is asked before anything is sent again.
    Checking,
    /// Waits for the advisor.
    NeedsAttention,
    /// It took effect, once.
    Done,
    /// Undone or discarded by the advisor.
    Cancelled,
}

/// How far an action is of which part has taken effect. That part is never undone, and the text is no draft any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct HalfDone {
    /// What has taken effect, in its order.
    pub done: Vec<Effect>,
    /// What may have taken effect: nobody knows yet.
    pub in_doubt: Option<Effect>,
    /// What has not, in its order.
    pub left: Vec<Effect>,
}

/// An effect of an action (R3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Effect {
    /// The reply is sent.
    Reply,
    /// The survey is sent.
    Survey,
    /// The conversation is closed.
    Close,
}

/// Why an entry waits for the advisor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Attention {
    /// The reason (D6 to D9, and anything refused).
    pub code: Code,
    /// The customer's messages that came since (D6), oldest first; in the newer conversation, if there is one (D7).
    pub new_messages: Vec<TimelineEntry>,
    /// The customer's newer conversation (D7).
    pub newer_conversation_id: Option<String>,
}

/// What the advisor can do with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Choice {
    /// Take it back: the draft is there again, word for word and file for file (D15).
    Undo,
    /// Take it back and go to the conversation, to change the text.
    Edit,
    /// Try now instead of at the next due time.
    Retry,
    /// Close all the same, having seen the new message: asks for confirmation again (D6).
    ConfirmAgain,
    /// Send the reply, leave the conversation open (D6, D8).
    SendWithoutClosing,
    /// Send the reply into the customer's newer conversation (D7).
    SendInNewer,
    /// Leave it where it is until the feature is on again (D8).
    Wait,
    /// Of something whose outcome nobody knows: the advisor has looked, and it took effect.
    WentThrough,
    /// Of something half done: what has taken effect stays, the rest is not done. No text is lost by it.
    DropRest,
    /// Remove it, with its files; the interface asks twice. The text can be copied before.
    Discard,
}

/// Arguments of `choose`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Choose {
    /// The entry.
    pub entry_id: String,
    /// What to do with it.
    pub choice: Choice,
    /// The newest of the entry's `new_messages` that was on the screen, if there were any: what is sent is checked against it (D6).
    pub seen_message_id: Option<String>,
}

/// Answer of `choose`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum Chosen {
    /// Done as asked.
    Applied,
    /// The advisor said no in the confirmation: everything is as it was.
    Cancelled,
    /// The text is in the composer of this conversation again.
    BackInDraft {
        /// Which.
        conversation_id: String,
    },
    /// It is on its way just now: the outcome decides, and the entry says so.
    WhenSettled,
}
