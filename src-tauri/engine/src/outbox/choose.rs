//! What the advisor can do with an entry (D6 to D9, D15, D23), and doing it.

use chrono::{DateTime, Utc};
use rusqlite::Transaction;
use signoff_wire::interface::{ActionKind, Choice, Chosen, Code};

use super::entry::{Entry, State};
use super::listing::{carries_text, close_is_queued, newer_conversation};
use super::machine::{Happening, Move, next};
use super::{OutboxError, rows, settle};
use crate::cache::facts;

/// A decision of the advisor about an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The entry.
    pub key: String,
    /// What to do with it.
    pub choice: Choice,
    /// For choices that send although the customer has written since, here or in a newer conversation: the newest customer message that
    /// was on the screen when the advisor decided (D6). `None`: none was shown, so what had been seen at the click still holds.
    pub seen_message_id: Option<String>,
}

/// What an entry offers now, the safest first. `newer_is_known`: the customer has a newer conversation to send into (D7).
#[must_use]
pub fn offered(entry: &Entry, newer_is_known: bool) -> Vec<Choice> {
    let mut choices =
        if entry.progress.begun() { offered_when_begun(entry) } else { offered_before(entry, newer_is_known) };
    if entry.state != State::Blocked && !waits_for_a_time_of_ours(entry) {
        choices.retain(|choice| *choice != Choice::Retry);
    }
    choices
}

/// Whether trying now would come to pass earlier than waiting: nothing goes before its turn, and a wait that the platform asked for stands.
fn waits_for_a_time_of_ours(entry: &Entry) -> bool {
    entry.head && entry.due_at > entry.due_set_at && entry.retry_after_until.is_none_or(|until| until < entry.due_at)
}

fn offered_before(entry: &Entry, newer_is_known: bool) -> Vec<Choice> {
    let mut choices = match entry.state {
        State::Queued => vec![Choice::Undo, Choice::Edit, Choice::Retry],
        State::Sending | State::InDoubt if entry.undo_requested => Vec::new(),
        State::Sending => vec![Choice::Undo],
        State::InDoubt => vec![Choice::Undo, Choice::Retry],
        State::Blocked => offered_when_blocked(entry, newer_is_known),
        State::Done | State::Cancelled => Vec::new(),
    };
    if !carries_text(entry.kind()) || entry.text.is_none() {
        choices.retain(|choice| *choice != Choice::Edit);
    }
    choices
}

fn offered_when_blocked(entry: &Entry, newer_is_known: bool) -> Vec<Choice> {
    if entry.waits_for_switch {
        return vec![Choice::Undo, Choice::Edit, Choice::SendWithoutClosing];
    }
    let closes = entry.kind() == ActionKind::SendAndClose;
    let code = blocked_code(entry);
    if code == Code::ConversationClosed {
        // A draft in a closed conversation could not be sent: the text goes on to the newer one, or is copied from here.
        let carries = carries_text(entry.kind()) && newer_is_known;
        return if carries { vec![Choice::SendInNewer, Choice::Discard] } else { vec![Choice::Discard] };
    }
    if code == Code::CustomerWroteSince && closes {
        // Nothing is as final as a closing (R8).
        return vec![Choice::Edit, Choice::SendWithoutClosing, Choice::ConfirmAgain, Choice::Discard];
    }
    if code == Code::CloseDisabled {
        return vec![Choice::Wait, Choice::Edit, Choice::SendWithoutClosing, Choice::Discard];
    }
    if code == Code::OutcomeUnknown {
        return vec![Choice::WentThrough, Choice::Edit, Choice::Retry, Choice::Discard];
    }
    // A draft there would be one that nobody can open.
    if code == Code::ConversationUnknown {
        return vec![Choice::Retry, Choice::Discard];
    }
    // The same text and files could only be refused the same way, or its key is spent, or nobody can read what it wants.
    if same_again_is_pointless(code) {
        return vec![Choice::Edit, Choice::Discard];
    }
    vec![Choice::Edit, Choice::Retry, Choice::Discard]
}

/// What has begun goes on or stays as it is: its text has been sent, so there is nothing to take back and none to change.
fn offered_when_begun(entry: &Entry) -> Vec<Choice> {
    match entry.state {
        State::Queued => vec![Choice::Retry, Choice::DropRest],
        State::InDoubt => vec![Choice::Retry],
        State::Blocked if entry.waits_for_switch => vec![Choice::DropRest],
        State::Blocked => offered_when_blocked_half_done(entry),
        State::Sending | State::Done | State::Cancelled => Vec::new(),
    }
}

fn offered_when_blocked_half_done(entry: &Entry) -> Vec<Choice> {
    let code = blocked_code(entry);
    if code == Code::CustomerWroteSince && entry.kind() == ActionKind::SendAndClose {
        return vec![Choice::DropRest, Choice::ConfirmAgain];
    }
    if code == Code::CloseDisabled {
        return vec![Choice::Wait, Choice::DropRest];
    }
    if code == Code::OutcomeUnknown {
        return vec![Choice::WentThrough, Choice::Retry, Choice::DropRest];
    }
    if same_again_is_pointless(code) {
        return vec![Choice::DropRest];
    }
    vec![Choice::DropRest, Choice::Retry]
}

fn blocked_code(entry: &Entry) -> Code {
    entry.blocked.as_ref().map_or(Code::Internal, |blocked| blocked.code)
}

fn same_again_is_pointless(code: Code) -> bool {
    matches!(
        code,
        Code::ReplyEmpty
            | Code::ReplyTooLong
            | Code::ReplyUnsendable
            | Code::FileTooLarge
            | Code::FileKindRefused
            | Code::FilesTooMany
            | Code::FilesNotTaken
            | Code::FileDamaged
            | Code::EntryUnreadable
            | Code::Internal
    )
}

/// Does what the advisor decided. What is under way is never interrupted: its outcome settles it (DESIGN, outbox 9).
///
/// # Errors
/// [`OutboxError::EntryUnknown`], if it is not there any more; [`OutboxError::NotOffered`], if it does not offer the choice now.
pub fn choose(
    transaction: &Transaction<'_>,
    owner: &str,
    decision: &Decision,
    now: DateTime<Utc>,
) -> Result<Chosen, OutboxError> {
    let mut entry = rows::get(transaction, &decision.key)?
        .filter(|entry| entry.owner == owner && entry.state.is_open())
        .ok_or(OutboxError::EntryUnknown)?;
    let newer = newer_conversation(transaction, &entry)?;
    if !offered(&entry, newer.is_some()).contains(&decision.choice) {
        return Err(OutboxError::NotOffered(decision.choice));
    }
    match decision.choice {
        Choice::Undo | Choice::Edit => return undo(transaction, entry, now),
        Choice::Discard | Choice::DropRest => discard(transaction, &mut entry)?,
        Choice::WentThrough => went_through(transaction, &mut entry, now)?,
        Choice::Wait => wait_for_switch(transaction, &mut entry, now)?,
        Choice::Retry => retry(transaction, &mut entry, decision, now)?,
        Choice::ConfirmAgain => {
            see(transaction, &mut entry, decision)?;
            go_on(transaction, &mut entry, now)?;
        }
        Choice::SendWithoutClosing => send_without_closing(transaction, &mut entry, decision, now)?,
        Choice::SendInNewer => send_in_newer(transaction, &mut entry, newer, decision, now)?,
    }
    Ok(Chosen::Applied)
}

fn undo(transaction: &Transaction<'_>, mut entry: Entry, now: DateTime<Utc>) -> Result<Chosen, OutboxError> {
    let chosen = match next(entry.standing(), Happening::Undo) {
        Move::BackInDraft => {
            settle::take_back(transaction, &mut entry, now)?;
            Chosen::BackInDraft { conversation_id: entry.conversation_id.clone() }
        }
        Move::NoteUndo => {
            entry.undo_requested = true;
            // What is in doubt is asked about now: somebody waits for the answer.
            entry.make_due(now);
            Chosen::WhenSettled
        }
        Move::To(_) | Move::Nothing => return Err(OutboxError::EntryUnknown),
    };
    settle::finish(transaction, &mut entry)?;
    Ok(chosen)
}

fn discard(transaction: &Transaction<'_>, entry: &mut Entry) -> Result<(), OutboxError> {
    if let Move::To(state) = next(entry.standing(), Happening::Discard) {
        entry.state = state;
        if state == State::Done {
            settle::end_as_done(transaction, entry)?;
        }
        settle::finish(transaction, entry)?;
    }
    Ok(())
}

/// The advisor has looked at the conversation and found the step there, whose outcome nobody else could tell.
fn went_through(transaction: &Transaction<'_>, entry: &mut Entry, now: DateTime<Utc>) -> Result<(), OutboxError> {
    let happening = if entry.progress.is_last() { Happening::Receipt } else { Happening::StepDone };
    if let Move::To(state) = next(entry.standing(), happening) {
        entry.take(None);
        entry.state = state;
        make_due(entry, now);
        settle::finish(transaction, entry)?;
    }
    Ok(())
}

/// Lets an entry go on now, as it is. A reply that was refused because the customer wrote since has been looked at again.
fn retry(
    transaction: &Transaction<'_>,
    entry: &mut Entry,
    decision: &Decision,
    now: DateTime<Utc>,
) -> Result<(), OutboxError> {
    match entry.blocked.as_ref().map(|blocked| blocked.code) {
        Some(Code::CustomerWroteSince) => see(transaction, entry, decision)?,
        // The advisor has looked at the conversation and decided that it is not there: from here on it is as if never attempted.
        Some(Code::OutcomeUnknown) => entry.forget_attempts(),
        Some(_) | None => {}
    }
    go_on(transaction, entry, now)
}

/// Waits until closing is switched on again (D8). It may have been, between the refusal and this choice: then nothing more would be
/// heard of it, and the entry goes on now.
fn wait_for_switch(transaction: &Transaction<'_>, entry: &mut Entry, now: DateTime<Utc>) -> Result<(), OutboxError> {
    if facts::close_enabled(transaction)? {
        return go_on(transaction, entry, now);
    }
    entry.waits_for_switch = true;
    rows::save(transaction, entry)
}

fn send_without_closing(
    transaction: &Transaction<'_>,
    entry: &mut Entry,
    decision: &Decision,
    now: DateTime<Utc>,
) -> Result<(), OutboxError> {
    if entry.blocked.as_ref().is_some_and(|blocked| blocked.code == Code::CustomerWroteSince) {
        see(transaction, entry, decision)?;
    }
    change_intent(transaction, entry, |intent| intent.kind = ActionKind::Reply)?;
    go_on(transaction, entry, now)
}

/// The reply goes into the customer's newer conversation, behind what is queued there. It closes nothing: that was not confirmed for it.
fn send_in_newer(
    transaction: &Transaction<'_>,
    entry: &mut Entry,
    newer: Option<String>,
    decision: &Decision,
    now: DateTime<Utc>,
) -> Result<(), OutboxError> {
    let newer = newer.ok_or(OutboxError::NotOffered(Choice::SendInNewer))?;
    if close_is_queued(transaction, &entry.owner, &newer)? {
        return Err(OutboxError::Refused { code: Code::ConversationClosed, limit: None });
    }
    rows::move_to(transaction, entry, &newer)?;
    // What was seen there says nothing about the other conversation.
    entry.mark = None;
    entry.missed_at = None;
    // Whoever was shown nothing of the newer conversation has seen what he saw in the old one: the platform refuses, and it is shown.
    see(transaction, entry, decision)?;
    change_intent(transaction, entry, |intent| {
        if intent.kind == ActionKind::SendAndClose {
            intent.kind = ActionKind::Reply;
        }
    })?;
    go_on(transaction, entry, now)
}

/// Takes over what the advisor has seen by now. Not what the cache has by now: that may have arrived behind the open dialog.
fn see(transaction: &Transaction<'_>, entry: &mut Entry, decision: &Decision) -> Result<(), OutboxError> {
    let Some(seen) = decision.seen_message_id.clone() else { return Ok(()) };
    change_intent(transaction, entry, |intent| intent.last_seen_message_id = Some(seen))
}

fn change_intent(
    transaction: &Transaction<'_>,
    entry: &mut Entry,
    change: impl FnOnce(&mut super::Intent),
) -> Result<(), OutboxError> {
    let Some(mut intent) = entry.intent.take() else { return Err(OutboxError::EntryUnknown) };
    change(&mut intent);
    rows::save_intent(transaction, entry, &intent)?;
    entry.intent = Some(intent);
    Ok(())
}

fn go_on(transaction: &Transaction<'_>, entry: &mut Entry, now: DateTime<Utc>) -> Result<(), OutboxError> {
    if let Move::To(state) = next(entry.standing(), Happening::GoOn) {
        // What stood against it has been answered.
        if entry.state == State::Blocked {
            entry.last_problem = None;
        }
        entry.state = state;
        make_due(entry, now);
        settle::finish(transaction, entry)?;
    }
    Ok(())
}

fn make_due(entry: &mut Entry, now: DateTime<Utc>) {
    entry.tries.in_row = 0;
    entry.make_due(now);
    entry.not_before = None;
}
