//! The click: entry, optimistic state, the draft's files and removal of the draft in one transaction (DESIGN, outbox 1).

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Transaction};
use signoff_wire::contract::conversations::ConversationState;
use signoff_wire::contract::requests::Origin;
use signoff_wire::contract::sessions::Me;
use signoff_wire::interface::{ActionKind, Code, QueueEntry};
use uuid::Builder;

use super::entry::{Entry, State, Tries};
use super::{Intent, OutboxError, Progress, check_text, listing, rows};
use crate::cache::{CacheError, facts, overlay, sent_from_draft, standing};
use crate::files;
use crate::ports::Chance;

/// What was clicked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Click {
    /// Where.
    pub conversation_id: String,
    /// What.
    pub wish: Wish,
    /// Not to be sent before this time, for a window in which it can be taken back for certain.
    pub not_before: Option<DateTime<Utc>>,
    /// In which window (R12).
    pub origin: Origin,
}

/// What a click can ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// Send, or Send and trigger survey.
    Reply {
        /// The text, word for word.
        text: String,
        /// Those of the draft's files that go with it, in this order.
        file_ids: Vec<String>,
        /// Ask for a survey as well.
        trigger_survey: bool,
        /// The newest customer message that was on the screen; `None`: unchecked.
        last_seen_message_id: Option<String>,
    },
    /// Send + Close, confirmed (R5).
    SendAndClose {
        /// The text, word for word.
        text: String,
        /// Those of the draft's files that go with it, in this order.
        file_ids: Vec<String>,
        /// The newest customer message that was on the screen (D6).
        last_seen_message_id: Option<String>,
    },
    /// Archive.
    Archive,
    /// Assign to the person who clicked.
    AssignToMe,
    /// Release.
    Release,
}

/// A key for a click: a UUIDv7, so that keys sort like clicks.
#[must_use]
pub fn new_key(now: DateTime<Utc>, chance: &dyn Chance) -> String {
    let mut random = [0; 10];
    chance.fill(&mut random);
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
    Builder::from_unix_timestamp_millis(millis, &random).into_uuid().to_string()
}

/// Queues a click under `key`, in the caller's transaction: once that has committed, the action happens or waits visibly for the advisor.
///
/// # Errors
/// [`OutboxError::Refused`], if the platform would certainly refuse it: nothing is queued and the draft stays as it is.
pub fn enqueue(
    transaction: &Transaction<'_>,
    click: &Click,
    key: &str,
    me: &Me,
    now: DateTime<Utc>,
) -> Result<QueueEntry, OutboxError> {
    let owner = facts::owner(me);
    check_click(transaction, click, me)?;
    let (_, file_ids) = said(&click.wish);
    let files = files::check(transaction, &owner, &click.conversation_id, file_ids)?;
    let intent = Intent { origin: click.origin, files, ..intent(&click.wish, me) };
    let entry = Entry {
        seq: 0,
        key: key.to_owned(),
        owner: owner.clone(),
        conversation_id: click.conversation_id.clone(),
        text: intent.text.clone(),
        intent: None,
        clicked_at: now,
        not_before: click.not_before,
        state: State::Queued,
        head: false,
        undo_requested: false,
        due_at: click.not_before.unwrap_or(now),
        due_set_at: now,
        retry_after_until: None,
        first_attempt_at: None,
        progress: Progress::default(),
        mark: None,
        missed_at: None,
        tries: Tries::default(),
        last_problem: None,
        blocked: None,
        waits_for_switch: false,
        settled: None,
        receipt: None,
    };
    rows::insert(transaction, &entry, &intent)?;
    files::take_along(transaction, key, file_ids)?;
    if let Some(text) = &intent.text {
        sent_from_draft(transaction, &owner, &click.conversation_id, text, now)?;
    }
    overlay::project(transaction, &click.conversation_id)?;
    listing::entry(transaction, &owner, key)
}

fn intent(wish: &Wish, me: &Me) -> Intent {
    let bare = |kind| Intent {
        kind,
        text: None,
        files: Vec::new(),
        last_seen_message_id: None,
        user_id: None,
        origin: Origin::Console,
    };
    match wish {
        Wish::Reply { text, trigger_survey, last_seen_message_id, .. } => Intent {
            text: Some(text.clone()),
            last_seen_message_id: last_seen_message_id.clone(),
            ..bare(if *trigger_survey { ActionKind::ReplyWithSurvey } else { ActionKind::Reply })
        },
        Wish::SendAndClose { text, last_seen_message_id, .. } => Intent {
            text: Some(text.clone()),
            last_seen_message_id: last_seen_message_id.clone(),
            ..bare(ActionKind::SendAndClose)
        },
        Wish::Archive => bare(ActionKind::Archive),
        Wish::AssignToMe => Intent { user_id: Some(me.user.id.clone()), ..bare(ActionKind::Assign) },
        Wish::Release => bare(ActionKind::Release),
    }
}

/// What the customer gets of a click: a text, and the draft's files that go with it.
fn said(wish: &Wish) -> (Option<&str>, &[String]) {
    match wish {
        Wish::Reply { text, file_ids, .. } | Wish::SendAndClose { text, file_ids, .. } => (Some(text), file_ids),
        Wish::Archive | Wish::AssignToMe | Wish::Release => (None, &[]),
    }
}

/// Refuses what the platform would certainly refuse, in the order in which it checks (CONTRACT, "Order in full"). Asked before a
/// confirmation as well: nobody is asked about what cannot be.
///
/// # Errors
/// [`OutboxError::Refused`] with the reason, or [`CacheError::ConversationUnknown`].
pub fn check_click(connection: &Connection, click: &Click, me: &Me) -> Result<(), OutboxError> {
    let standing = standing(connection, &click.conversation_id)?.ok_or(CacheError::ConversationUnknown)?;
    let refuse = |code| Err(OutboxError::Refused { code, limit: None });
    let (last_seen, closes) = match &click.wish {
        Wish::Reply { last_seen_message_id, .. } => (last_seen_message_id, false),
        Wish::SendAndClose { last_seen_message_id, .. } => (last_seen_message_id, true),
        Wish::Archive | Wish::AssignToMe | Wish::Release => (&None, false),
    };
    if closes && !me.features.close_conversation {
        return refuse(Code::CloseDisabled);
    }
    if standing.state == ConversationState::Closed
        || listing::close_is_queued(connection, &facts::owner(me), &click.conversation_id)?
    {
        return refuse(Code::ConversationClosed);
    }
    if (closes || last_seen.is_some()) && *last_seen != standing.last_customer_message_id {
        return refuse(Code::CustomerWroteSince);
    }
    let (text, file_ids) = said(&click.wish);
    if let Some(text) = text {
        check_text(text, standing.reply_limit, !file_ids.is_empty())?;
    }
    files::check(connection, &facts::owner(me), &click.conversation_id, file_ids).map(|_| ())
}
