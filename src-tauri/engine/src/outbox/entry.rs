//! A queued action, as it is kept.

use chrono::{DateTime, Utc};
use signoff_wire::contract::receipts::Receipt;
use signoff_wire::interface::{ActionKind, Code};

use super::machine::Standing;
use super::{Intent, Progress};
use crate::remote::{Step, Taken};

/// Where an entry stands on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Waits for its turn.
    Queued,
    /// An attempt is under way, or was when the process died.
    Sending,
    /// The outcome of an attempt is unknown.
    InDoubt,
    /// Waits for the advisor.
    Blocked,
    /// Took effect.
    Done,
    /// Taken back or discarded.
    Cancelled,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 6] = [Self::Queued, Self::Sending, Self::InDoubt, Self::Blocked, Self::Done, Self::Cancelled];

    /// Whether the entry still holds its place in its conversation.
    #[must_use]
    pub fn is_open(self) -> bool {
        match self {
            Self::Queued | Self::Sending | Self::InDoubt | Self::Blocked => true,
            Self::Done | Self::Cancelled => false,
        }
    }

    /// The word on disk.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::InDoubt => "in_doubt",
            Self::Blocked => "blocked",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state behind a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// A queued action.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its place among all clicks.
    pub seq: i64,
    /// Its id and idempotency key (D5).
    pub key: String,
    /// Whose click it was: workspace and person.
    pub owner: String,
    /// Where.
    pub conversation_id: String,
    /// What it wants; `None` if this version cannot read it.
    pub intent: Option<Intent>,
    /// The text, readable whatever the version.
    pub text: Option<String>,
    /// When the advisor clicked.
    pub clicked_at: DateTime<Utc>,
    /// Not sent before.
    pub not_before: Option<DateTime<Utc>>,
    /// Where it stands.
    pub state: State,
    /// The oldest open entry of its conversation.
    pub head: bool,
    /// Undo was asked for while it was on its way.
    pub undo_requested: bool,
    /// When the next step is due.
    pub due_at: DateTime<Utc>,
    /// When that was decided.
    pub due_set_at: DateTime<Utc>,
    /// The longest wait that the platform asked for.
    pub retry_after_until: Option<DateTime<Utc>>,
    /// When the first attempt of the current step began, by the platform's clock: its key's retention counts from here.
    pub first_attempt_at: Option<DateTime<Utc>>,
    /// How far it is, on a platform that takes it in steps.
    pub progress: Progress,
    /// What was newest at a platform without keys before the first attempt of the current step.
    pub mark: Option<String>,
    /// When an attempt in doubt was first looked for in vain, by the platform's clock.
    pub missed_at: Option<DateTime<Utc>>,
    /// Attempts by class.
    pub tries: Tries,
    /// What the last attempt met.
    pub last_problem: Option<Code>,
    /// Why it waits for the advisor.
    pub blocked: Option<Blocked>,
    /// It waits for closing to be switched on again (D8).
    pub waits_for_switch: bool,
    /// The how manieth entry to end it was.
    pub settled: Option<i64>,
    /// The platform's receipt, if it came by an answer.
    pub receipt: Option<Receipt>,
}

/// Attempts by class.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tries {
    /// No connection came about, or a file did not get through.
    pub unreachable: u32,
    /// The outcome stayed unknown.
    pub in_doubt: u32,
    /// The platform asked to wait.
    pub unavailable: u32,
    /// The platform refused.
    pub refused: u32,
    /// Failures since something last helped: the exponent of the next wait.
    pub in_row: u32,
}

/// Why an entry waits for the advisor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocked {
    /// The reason.
    pub code: Code,
    /// With `CustomerWroteSince`: the newest customer message, as the platform said.
    pub newest_message_id: Option<String>,
    /// With `ConversationClosed`: the customer's newer conversation, as the platform said.
    pub newer_conversation_id: Option<String>,
}

impl Blocked {
    /// A reason that says everything.
    #[must_use]
    pub fn because(code: Code) -> Self {
        Self { code, newest_message_id: None, newer_conversation_id: None }
    }
}

impl Entry {
    /// What its next move depends on.
    #[must_use]
    pub fn standing(&self) -> Standing {
        Standing { state: self.state, undo_requested: self.undo_requested, begun: self.progress.begun() }
    }

    /// The current step took effect; `None`: the advisor has seen that it did. After the last one there is a receipt.
    pub(super) fn take(&mut self, taken: Option<Taken>) {
        let whole = self.progress.current() == Step::Whole;
        self.progress.take(taken);
        self.forget_attempts();
        if self.progress.left().is_empty() {
            self.receipt = Some(self.progress.receipt(&self.key, &self.conversation_id));
        }
        if whole {
            // The receipt says it all.
            self.progress = Progress::default();
        }
    }

    /// Notes that its next due time is decided now. What the platform asked to wait for was reckoned by a clock that has been set back since:
    /// its end may be a year away.
    pub(super) fn decided_at(&mut self, now: DateTime<Utc>) {
        if self.due_set_at > now {
            self.retry_after_until = None;
        }
        self.due_set_at = now;
    }

    /// Lets it be due as soon as the platform allows: nobody here can shorten its waits.
    pub(super) fn make_due(&mut self, now: DateTime<Utc>) {
        self.decided_at(now);
        self.due_at = self.retry_after_until.map_or(now, |until| until.max(now));
    }

    /// Forgets what is known about the current step: it is as if it had never been attempted.
    pub(super) fn forget_attempts(&mut self) {
        self.first_attempt_at = None;
        self.mark = None;
        self.missed_at = None;
    }

    /// What it does.
    #[must_use]
    pub fn kind(&self) -> ActionKind {
        self.intent.as_ref().map_or(ActionKind::Unknown, |intent| intent.kind)
    }

    /// Attempts that reached the network.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        let settled = u32::from(self.receipt.is_some());
        self.tries.in_doubt + self.tries.unavailable + self.tries.refused + settled
    }
}
