//! What is shown: the platform's truth with the pending intents replayed over it (DESIGN, outbox 8).
//!
//! An intent is replayed from the click until the truth contains its effect: while it is queued, on its way or in doubt, and after its
//! acknowledgement until the cache has reached the version that the receipt names. So nothing flips back when an older event
//! arrives between receipt and stream.
//!
//! Three things stop the replay: an entry that needs the advisor (it and what is behind it will not take effect as they are), a customer
//! message that the intent has not seen (the platform is going to refuse it, D6), and a closed conversation (R8).

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Transaction, named_params, params};
use signoff_wire::contract::conversations::{ClosedBy, CloserKind, ConversationState};
use signoff_wire::contract::sessions::UserRef;
use signoff_wire::interface::ActionKind;

use super::columns::{from_json_option, get_state, get_time_option, json_option, millis, state_word};
use super::{CacheError, facts};
use crate::outbox;

/// What the inbox and the conversation show of a conversation's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The tab.
    pub state: ConversationState,
    /// Who works on it.
    pub assignee: Option<UserRef>,
    /// When and by whom it was closed; only once that has happened.
    pub closed: Option<(DateTime<Utc>, Option<ClosedBy>)>,
}

/// An intent, as far as the overlay is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// What it does.
    pub kind: ActionKind,
    /// The newest customer message that it has seen, if it is only good for that.
    pub last_seen_message_id: Option<String>,
    /// How far it is.
    pub stage: Stage,
}

/// How far an intent is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// It will take effect.
    Pending,
    /// It waits for the advisor.
    Blocked,
    /// It has taken effect, and the truth in the cache may not say so yet.
    Applied {
        /// When it closed the conversation, if it did.
        closed_at: Option<DateTime<Utc>>,
        /// The version with the effect in it, if a receipt named one.
        version: Option<i64>,
    },
}

/// The truth that intents are replayed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truth {
    /// What the platform said.
    pub shown: Shown,
    /// The version of it.
    pub version: i64,
    /// The newest customer message in it.
    pub last_customer_message_id: Option<String>,
}

/// Replays `intents`, in their order, over the truth. `me` is whose intents they are.
#[must_use]
pub fn replay(truth: &Truth, intents: &[Intent], me: &UserRef) -> Shown {
    let mut shown = truth.shown.clone();
    for intent in intents {
        if shown.state == ConversationState::Closed {
            break;
        }
        let closed_at = match &intent.stage {
            Stage::Blocked => break,
            Stage::Applied { version: Some(version), .. } if *version <= truth.version => continue,
            // Seen on the event stream: what the event said is the truth already. Of a closing, its own event may still be to come.
            Stage::Applied { version: None, .. } if intent.kind != ActionKind::SendAndClose => continue,
            Stage::Applied { closed_at, .. } => *closed_at,
            Stage::Pending => {
                let unseen = intent.last_seen_message_id.is_some()
                    && intent.last_seen_message_id != truth.last_customer_message_id;
                if unseen {
                    break;
                }
                None
            }
        };
        apply(&mut shown, intent.kind, closed_at, me);
    }
    shown
}

fn apply(shown: &mut Shown, kind: ActionKind, closed_at: Option<DateTime<Utc>>, me: &UserRef) {
    match kind {
        ActionKind::Reply | ActionKind::ReplyWithSurvey => shown.state = ConversationState::Answered,
        ActionKind::SendAndClose => {
            shown.state = ConversationState::Closed;
            let by = ClosedBy { kind: CloserKind::Advisor, id: Some(me.id.clone()), name: Some(me.name.clone()) };
            shown.closed = closed_at.map(|at| (at, Some(by)));
        }
        ActionKind::Archive => shown.state = ConversationState::Archived,
        ActionKind::Assign => {
            shown.state = ConversationState::Ongoing;
            shown.assignee = Some(me.clone());
        }
        ActionKind::Release => {
            shown.assignee = None;
            if shown.state == ConversationState::Ongoing {
                shown.state = ConversationState::Received;
            }
        }
        ActionKind::Unknown => {}
    }
}

/// Derives what is shown of a conversation anew. Called by whatever changed its truth or its intents, in the same transaction.
///
/// # Errors
/// SQLite's.
pub fn project(transaction: &Transaction<'_>, conversation_id: &str) -> Result<(), CacheError> {
    let Some(truth) = truth(transaction, conversation_id)? else { return Ok(()) };
    let Some(me) = facts::me(transaction)? else { return Ok(()) };
    let intents = outbox::intents(transaction, &facts::owner(&me), conversation_id)?;
    let shown = replay(&truth, &intents, &UserRef { id: me.user.id, name: me.user.name });
    write(transaction, conversation_id, &shown)
}

fn truth(transaction: &Transaction<'_>, conversation_id: &str) -> Result<Option<Truth>, CacheError> {
    let truth = transaction
        .prepare_cached(
            "SELECT state, version, assignee_id, assignee_name, closed_at, closed_by, last_customer_message_id
             FROM conversations WHERE id = ?1",
        )?
        .query_row(params![conversation_id], |row| {
            let assignee_id: Option<String> = row.get("assignee_id")?;
            let assignee_name: Option<String> = row.get("assignee_name")?;
            let closed_by = from_json_option(row, "closed_by")?;
            Ok(Truth {
                shown: Shown {
                    state: get_state(row, "state")?,
                    assignee: assignee_id.map(|id| UserRef { id, name: assignee_name.unwrap_or_default() }),
                    closed: get_time_option(row, "closed_at")?.map(|at| (at, closed_by)),
                },
                version: row.get("version")?,
                last_customer_message_id: row.get("last_customer_message_id")?,
            })
        })
        .optional()?;
    Ok(truth)
}

fn write(transaction: &Transaction<'_>, conversation_id: &str, shown: &Shown) -> Result<(), CacheError> {
    let closed_by = shown.closed.as_ref().and_then(|(_, by)| by.as_ref());
    transaction
        .prepare_cached(
            "UPDATE conversations SET
                 shown_state = :state, shown_assignee_id = :assignee_id, shown_assignee_name = :assignee_name,
                 shown_closed_at = :closed_at, shown_closed_by = :closed_by
             WHERE id = :id AND (shown_state, shown_assignee_id, shown_assignee_name, shown_closed_at, shown_closed_by)
                 IS NOT (:state, :assignee_id, :assignee_name, :closed_at, :closed_by)",
        )?
        .execute(named_params! {
            ":id": conversation_id,
            ":state": state_word(shown.state),
            ":assignee_id": shown.assignee.as_ref().map(|user| &user.id),
            ":assignee_name": shown.assignee.as_ref().map(|user| &user.name),
            ":closed_at": shown.closed.as_ref().map(|(at, _)| millis(*at)),
            ":closed_by": json_option(closed_by)?,
        })?;
    Ok(())
}
