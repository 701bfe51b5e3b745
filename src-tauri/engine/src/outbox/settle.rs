//! What an attempt's outcome does to an entry. The decision is [`machine`]'s; here it is written down with everything that belongs to
//! it, in one transaction (DESIGN, outbox 5).

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::Transaction;
use signoff_wire::contract::receipts::Receipt;
use signoff_wire::interface::Code;

use super::claim::Moment;
use super::entry::{Blocked, Entry, State};
use super::machine::{Happening, Move, next};
use super::{LONGEST_WAIT, OutboxError, codes, listing, rows, upkeep};
use crate::backoff::{self, Luck};
use crate::cache;
use crate::notify;
use crate::remote::RemoteError;

/// What came back from the platform.
#[derive(Debug, Clone)]
pub(super) enum Outcome {
    /// An attempt was answered or failed.
    Performed(Result<Receipt, RemoteError>),
    /// The question after a receipt was answered or failed.
    Asked(Result<Option<Receipt>, RemoteError>),
    /// There is no session, so nothing was sent.
    NotSignedIn,
}

/// The circumstances under which an outcome is judged.
#[derive(Debug, Clone, Copy)]
pub(super) struct Circumstances {
    pub(super) now: Moment,
    /// Decides the wait if it has to be tried again.
    pub(super) luck: Luck,
    /// Nothing has left this machine under the entry's key before the attempt.
    pub(super) first: bool,
}

/// Writes an outcome down. Answers the entry as it is now, or `None` if it has gone meanwhile.
pub(super) fn settle(
    transaction: &Transaction<'_>,
    key: &str,
    outcome: &Outcome,
    at: Circumstances,
) -> Result<Option<Entry>, OutboxError> {
    // Read anew: the event stream or the advisor may have been faster.
    let Some(mut entry) = rows::get(transaction, key)? else { return Ok(None) };
    let before = entry.state;
    let happening = judge(&entry, outcome, at);
    note_attempt(&mut entry, outcome, at);
    if at.first && never_left(outcome) {
        entry.first_attempt_at = None;
    }
    if let Outcome::Performed(Ok(receipt)) | Outcome::Asked(Ok(Some(receipt))) = outcome {
        entry.receipt = Some(receipt.clone());
    }
    match next(entry.state, entry.undo_requested, happening) {
        Move::To(state) => {
            entry.state = state;
            if state == State::Blocked {
                entry.blocked = Some(reason(outcome));
                entry.undo_requested = false;
            }
            if state == State::Sending {
                entry.first_attempt_at = entry.first_attempt_at.or(Some(at.now.there));
            }
        }
        Move::BackInDraft => take_back(transaction, &mut entry, at.now.here)?,
        Move::NoteUndo => entry.undo_requested = true,
        Move::Nothing => {}
    }
    finish(transaction, &mut entry)?;
    if entry.state == State::Blocked && before != State::Blocked {
        notify::needs_attention(transaction, &listing::entry(transaction, &entry.owner, key)?, at.now.here)?;
    }
    Ok(Some(entry))
}

/// Cancels an entry; its text is in the draft again (D15).
pub(super) fn take_back(
    transaction: &Transaction<'_>,
    entry: &mut Entry,
    now: DateTime<Utc>,
) -> Result<(), OutboxError> {
    entry.state = State::Cancelled;
    if let Some(text) = &entry.text {
        cache::put_back(transaction, &entry.owner, &entry.conversation_id, text, now)?;
    }
    Ok(())
}

/// Writes an entry whose state was decided.
pub(super) fn finish(transaction: &Transaction<'_>, entry: &mut Entry) -> Result<(), OutboxError> {
    if entry.state != State::Blocked {
        entry.blocked = None;
        entry.waits_for_switch = false;
    }
    if entry.state.is_open() {
        return rows::save(transaction, entry);
    }
    if entry.settled.is_none() {
        entry.settled = Some(rows::next_settled(transaction)?);
    }
    rows::save(transaction, entry)?;
    upkeep::prune(transaction, &entry.owner)
}

/// The class of an outcome (DESIGN, outbox 7).
fn judge(entry: &Entry, outcome: &Outcome, at: Circumstances) -> Happening {
    match outcome {
        Outcome::Performed(Ok(_)) | Outcome::Asked(Ok(Some(_))) => Happening::Receipt,
        Outcome::Performed(Err(error)) => match error {
            RemoteError::Unreachable(_)
            | RemoteError::Certificate(_)
            | RemoteError::Unavailable { .. }
            | RemoteError::SignedOut => Happening::NotApplied,
            RemoteError::Interrupted(_)
            | RemoteError::Fault(_)
            | RemoteError::Nonsense(_)
            | RemoteError::InProgress => Happening::Unknown,
            RemoteError::Refused(_) => Happening::Refused,
            RemoteError::KeyReused => Happening::KeyReused,
        },
        Outcome::Asked(Ok(None)) => {
            let forgotten = entry.first_attempt_at.is_some_and(|first| at.now.may_have_forgotten(first));
            if forgotten { Happening::ReceiptForgotten } else { Happening::NoReceipt }
        }
        Outcome::Asked(Err(_)) => Happening::NotAnswered,
        Outcome::NotSignedIn if entry.state == State::InDoubt => Happening::NotAnswered,
        Outcome::NotSignedIn => Happening::NotApplied,
    }
}

/// Whether the request cannot have reached the network. Of one that was answered, a second copy may still be on its way.
fn never_left(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::NotSignedIn | Outcome::Performed(Err(RemoteError::Unreachable(_) | RemoteError::Certificate(_))) => {
            true
        }
        Outcome::Performed(
            Ok(_)
            | Err(
                RemoteError::Unavailable { .. }
                | RemoteError::SignedOut
                | RemoteError::Interrupted(_)
                | RemoteError::Fault(_)
                | RemoteError::Nonsense(_)
                | RemoteError::InProgress
                | RemoteError::Refused(_)
                | RemoteError::KeyReused,
            ),
        )
        | Outcome::Asked(_) => false,
    }
}

/// Counts the attempt and decides when the next is due. A session that is over counts for nothing (D25).
fn note_attempt(entry: &mut Entry, outcome: &Outcome, at: Circumstances) {
    let error = match outcome {
        Outcome::Performed(Ok(_)) | Outcome::Asked(Ok(Some(_))) => {
            entry.last_problem = None;
            entry.tries.in_row = 0;
            return;
        }
        // To know that nothing was applied helps nobody yet: what the attempt met, the next one may meet too, after a longer wait.
        Outcome::Asked(Ok(None)) => {
            entry.last_problem = None;
            return;
        }
        Outcome::NotSignedIn => {
            entry.last_problem = Some(Code::SessionExpired);
            return;
        }
        Outcome::Performed(Err(error)) | Outcome::Asked(Err(error)) => error,
    };
    entry.last_problem = Some(codes::problem(error));
    entry.due_set_at = at.now.here;
    entry.due_at = at.now.here;
    match error {
        RemoteError::SignedOut => return,
        RemoteError::Unreachable(_) | RemoteError::Certificate(_) => entry.tries.unreachable += 1,
        RemoteError::Interrupted(_) | RemoteError::Fault(_) | RemoteError::Nonsense(_) | RemoteError::InProgress => {
            entry.tries.in_doubt += 1;
        }
        RemoteError::Unavailable { retry_after, .. } => {
            entry.tries.unavailable += 1;
            let until = retry_after.and_then(|wait| TimeDelta::from_std(wait).ok()).map(|wait| at.now.here + wait);
            entry.retry_after_until = entry.retry_after_until.max(until);
        }
        RemoteError::Refused(_) | RemoteError::KeyReused => {
            entry.tries.refused += 1;
            // A refused act waits for the advisor. A refused question stays open, and is not asked again at once.
            if matches!(outcome, Outcome::Performed(_)) {
                return;
            }
        }
    }
    entry.tries.in_row = entry.tries.in_row.saturating_add(1);
    let wait =
        TimeDelta::from_std(backoff::after(entry.tries.in_row, LONGEST_WAIT, at.luck)).unwrap_or(TimeDelta::zero());
    entry.due_at = (at.now.here + wait).max(entry.retry_after_until.unwrap_or(at.now.here));
}

/// What the advisor is told about an outcome that blocks.
fn reason(outcome: &Outcome) -> Blocked {
    match outcome {
        Outcome::Performed(Err(error @ RemoteError::Refused(refusal))) => Blocked {
            code: codes::problem(error),
            newest_message_id: refusal.last_customer_message_id.clone(),
            newer_conversation_id: refusal.newer_conversation_id.clone(),
        },
        Outcome::Performed(Err(error)) => Blocked::because(codes::problem(error)),
        Outcome::Performed(Ok(_)) | Outcome::Asked(_) | Outcome::NotSignedIn => Blocked::because(Code::OutcomeUnknown),
    }
}
