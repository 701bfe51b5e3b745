//! What an attempt's outcome does to an entry. The decision is [`machine`]'s; here it is written down with everything that belongs to
//! it, in one transaction (DESIGN, outbox 5).

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::Transaction;
use signoff_wire::contract::problems::ProblemCode;
use signoff_wire::contract::receipts::{ReceiptSurvey, SurveySkip, SurveyStatus};
use signoff_wire::interface::{ActionKind, Code};

use super::claim::Moment;
use super::entry::{Blocked, Entry, State};
use super::machine::{Happening, Move, next};
use super::{LONGEST_WAIT, OutboxError, codes, rows, upkeep};
use crate::backoff::{self, Luck};
use crate::cache;
use crate::files;
use crate::remote::{Brought, RemoteError, Seen, Step, Taken};

/// A request that broke off may still be on its way, in a proxy or in the platform's own queue. Without a key only time excludes that it
/// arrives: what was not there twice, this far apart, does not come any more.
pub(super) const STRAGGLES: TimeDelta = TimeDelta::minutes(2);

/// What came back from the platform.
#[derive(Debug, Clone)]
pub(super) enum Outcome {
    /// An attempt was answered or failed.
    Performed(Result<Taken, RemoteError>),
    /// Looking for it was answered or failed.
    Looked(Result<Seen, RemoteError>),
    /// There is no session, so nothing was sent.
    NotSignedIn,
    /// A file of it is not at the platform, so nothing was sent under its key.
    NotUploaded(NotUploaded),
}

/// Why a file is not at the platform.
#[derive(Debug, Clone)]
pub(super) enum NotUploaded {
    /// Bringing it failed.
    Failed(RemoteError),
    /// The entry is not wanted any more.
    TakenBack,
    /// Not every byte of it is here.
    Damaged,
    /// The platform takes no files from here.
    NotTaken,
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

/// Writes the outcome of an attempt at `step` down. Answers the entry as it is now, or `None` if it has gone meanwhile.
pub(super) fn settle(
    transaction: &Transaction<'_>,
    key: &str,
    step: Step,
    outcome: Outcome,
    at: Circumstances,
) -> Result<Option<Entry>, OutboxError> {
    // Read anew: the event stream or the advisor may have been faster.
    let Some(mut entry) = rows::get(transaction, key)? else { return Ok(None) };
    if entry.progress.current() != step {
        return Ok(Some(entry));
    }
    let before = entry.state;
    let outcome = without_refused_survey(step, outcome);
    let mut happening = judge(&entry, &outcome, at);
    if may_be_forgotten(&entry, &outcome) && !files::lost_again(transaction, key)? {
        happening = Happening::Unknown;
    }
    note_attempt(&mut entry, &outcome, at);
    if at.first && never_left(&outcome) {
        entry.first_attempt_at = None;
    }
    note_look(&mut entry, &outcome, happening, at);
    let followed = next(entry.standing(), happening);
    if happening == Happening::NoReceipt && followed == Move::To(State::Sending) {
        files::upload_again(transaction, key)?;
    }
    take(&mut entry, &outcome, followed);
    match followed {
        Move::To(state) => {
            entry.state = state;
            if state == State::Blocked {
                entry.blocked = Some(reason(happening, &outcome));
                entry.undo_requested = false;
            }
            if state == State::Sending {
                entry.first_attempt_at = entry.first_attempt_at.or(Some(at.now.there));
            }
            if state == State::Queued && happening == Happening::StepDone {
                entry.make_due(at.now.here);
            }
            if state == State::Done {
                end_as_done(transaction, &mut entry)?;
            }
        }
        Move::BackInDraft => take_back(transaction, &mut entry, at.now.here)?,
        Move::NoteUndo => entry.undo_requested = true,
        Move::Nothing => {}
    }
    finish(transaction, &mut entry)?;
    if entry.state == State::Blocked && before != State::Blocked {
        upkeep::have_told(transaction, &entry, at.now.here)?;
    }
    Ok(Some(entry))
}

/// Whether the platform did not know the files that the attempt named: after weeks it has forgotten what nobody named before. What became of
/// the key is asked then, and decides.
fn may_be_forgotten(entry: &Entry, outcome: &Outcome) -> bool {
    let unknown = matches!(outcome, Outcome::Performed(Err(RemoteError::Refused(refusal)))
        if refusal.code == ProblemCode::AttachmentUnknown);
    unknown && entry.state == State::Sending
}

/// A survey that the platform refuses is one that is not due (D10): that is no reason not to close.
fn without_refused_survey(step: Step, outcome: Outcome) -> Outcome {
    match outcome {
        Outcome::Performed(Err(RemoteError::Refused(refusal))) if step == Step::Survey => {
            let reason = Some(SurveySkip::from(refusal.code.as_str()));
            let skipped = ReceiptSurvey { status: SurveyStatus::Skipped, reason, at: None };
            Outcome::Performed(Ok(Taken { brought: Brought::Survey(skipped), version: 0 }))
        }
        Outcome::Performed(_) | Outcome::Looked(_) | Outcome::NotSignedIn | Outcome::NotUploaded(_) => outcome,
    }
}

/// Takes over what the platform has done. Of a whole act also when the event stream has said it before: only the receipt has its times.
fn take(entry: &mut Entry, outcome: &Outcome, followed: Move) {
    if let Outcome::Performed(Ok(taken)) | Outcome::Looked(Ok(Seen::Applied(taken))) = outcome
        && (followed != Move::Nothing || entry.progress.current() == Step::Whole)
    {
        entry.take(Some(taken.clone()));
    }
}

/// Lets an entry end as what was done of it. A closing of which only the reply took effect is a reply: nothing shows a conversation as
/// closed that is not.
pub(super) fn end_as_done(transaction: &Transaction<'_>, entry: &mut Entry) -> Result<(), OutboxError> {
    if entry.progress.left().is_empty() || !entry.progress.begun() {
        return Ok(());
    }
    entry.progress.drop_rest();
    entry.receipt = Some(entry.progress.receipt(&entry.key, &entry.conversation_id));
    if let Some(mut intent) = entry.intent.take() {
        intent.kind = ActionKind::Reply;
        rows::save_intent(transaction, entry, &intent)?;
        entry.intent = Some(intent);
    }
    Ok(())
}

/// Cancels an entry; its text and its files are in the draft again (D15).
pub(super) fn take_back(
    transaction: &Transaction<'_>,
    entry: &mut Entry,
    now: DateTime<Utc>,
) -> Result<(), OutboxError> {
    entry.state = State::Cancelled;
    if let Some(text) = &entry.text {
        cache::put_back(transaction, &entry.owner, &entry.conversation_id, text, now)?;
    }
    files::give_back(transaction, &entry.key, &entry.conversation_id)?;
    Ok(())
}

/// Writes an entry whose state was decided. Files that have not gone back to a draft by now are gone with its end.
pub(super) fn finish(transaction: &Transaction<'_>, entry: &mut Entry) -> Result<(), OutboxError> {
    if entry.state != State::Blocked {
        entry.blocked = None;
        entry.waits_for_switch = false;
    }
    if entry.state.is_open() {
        return rows::save(transaction, entry);
    }
    let settled = match entry.settled {
        Some(settled) => settled,
        None => rows::next_settled(transaction)?,
    };
    entry.settled = Some(settled);
    if entry.state == State::Done {
        name_what_was_sent(transaction, entry)?;
    }
    files::remove_of_entry(transaction, &entry.key)?;
    rows::save(transaction, entry)?;
    upkeep::prune(transaction, &entry.owner, settled)
}

/// From here on the files are the platform's, and are shown and saved under its ids.
fn name_what_was_sent(transaction: &Transaction<'_>, entry: &mut Entry) -> Result<(), OutboxError> {
    let Some(mut intent) = entry.intent.take() else { return Ok(()) };
    if !intent.files.is_empty() {
        let waiting = files::waiting(transaction, &entry.key, &intent.files)?;
        for (file, sent) in intent.files.iter_mut().zip(waiting) {
            file.id = sent.uploaded_id.unwrap_or(sent.file.id);
        }
        rows::save_intent(transaction, entry, &intent)?;
    }
    entry.intent = Some(intent);
    Ok(())
}

/// The class of an outcome (DESIGN, outbox 7).
fn judge(entry: &Entry, outcome: &Outcome, at: Circumstances) -> Happening {
    match outcome {
        Outcome::Performed(Ok(_)) | Outcome::Looked(Ok(Seen::Applied(_))) if entry.progress.is_last() => {
            Happening::Receipt
        }
        Outcome::Performed(Ok(_)) => Happening::StepDone,
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
        Outcome::Looked(Ok(seen)) => judge_look(entry, seen, at),
        // Somebody answered that this may not be asked: before an attempt the step may not be taken either, after one nobody can tell.
        Outcome::Looked(Err(RemoteError::Refused(_) | RemoteError::KeyReused)) if entry.state == State::Queued => {
            Happening::Refused
        }
        Outcome::Looked(Err(RemoteError::Refused(_) | RemoteError::KeyReused)) if step_of_several(entry) => {
            Happening::ReceiptForgotten
        }
        Outcome::Looked(Err(_)) => Happening::NotAnswered,
        Outcome::NotSignedIn if entry.state == State::InDoubt => Happening::NotAnswered,
        Outcome::NotSignedIn => Happening::NotApplied,
        Outcome::NotUploaded(why) => match why {
            NotUploaded::Failed(RemoteError::Refused(_)) | NotUploaded::Damaged | NotUploaded::NotTaken => {
                Happening::Refused
            }
            NotUploaded::Failed(_) | NotUploaded::TakenBack => Happening::NotApplied,
        },
    }
}

/// Whether the platform takes the act in steps, where nobody but it can say what became of one.
fn step_of_several(entry: &Entry) -> bool {
    entry.progress.current() != Step::Whole
}

fn judge_look(entry: &Entry, seen: &Seen, at: Circumstances) -> Happening {
    let in_doubt = entry.state == State::InDoubt;
    match seen {
        Seen::Applied(_) => Happening::StepDone,
        Seen::NoReceipt => {
            let forgotten = entry.first_attempt_at.is_some_and(|first| at.now.may_have_forgotten(first));
            if forgotten { Happening::ReceiptForgotten } else { Happening::NoReceipt }
        }
        // Nobody had looked before the attempt, so nothing can be compared.
        Seen::NotApplied { .. } if in_doubt && entry.mark.is_none() => Happening::ReceiptForgotten,
        Seen::NotApplied { .. } if in_doubt && !is_missed(entry, at) => Happening::NotAnswered,
        Seen::NotApplied { objection: Some(_), .. } => Happening::Refused,
        Seen::NotApplied { objection: None, .. } => Happening::NoReceipt,
        Seen::CannotTell if in_doubt => Happening::ReceiptForgotten,
        // Nothing was attempted, or what was is the advisor's responsibility.
        Seen::CannotTell => Happening::NoReceipt,
    }
}

/// Whether an attempt was looked for in vain for long enough.
fn is_missed(entry: &Entry, at: Circumstances) -> bool {
    entry.missed_at.is_some_and(|missed| at.now.there - missed >= STRAGGLES)
}

/// Keeps what a look brings: the mark of the first one, which every later one of this step compares with, and since when an attempt is
/// missed.
fn note_look(entry: &mut Entry, outcome: &Outcome, happening: Happening, at: Circumstances) {
    if let Outcome::Looked(Ok(Seen::NotApplied { mark, .. })) = outcome {
        match entry.state {
            State::Queued => entry.mark = entry.mark.take().or_else(|| Some(mark.clone())),
            State::InDoubt if happening == Happening::NotAnswered => {
                // A clock that was set back begins anew.
                let since = entry.missed_at.filter(|missed| *missed <= at.now.there).unwrap_or(at.now.there);
                entry.missed_at = Some(since);
                entry.decided_at(at.now.here);
                entry.due_at = at.now.here + (since + STRAGGLES - at.now.there);
                return;
            }
            State::InDoubt | State::Sending | State::Blocked | State::Done | State::Cancelled => {}
        }
    }
    if happening != Happening::NotAnswered {
        entry.missed_at = None;
    }
}

/// Whether the request cannot have reached the network; those that bring files are not under its key. Of one that was answered, a second
/// copy may still be on its way.
fn never_left(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::NotSignedIn
        | Outcome::NotUploaded(_)
        | Outcome::Performed(Err(RemoteError::Unreachable(_) | RemoteError::Certificate(_))) => true,
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
        | Outcome::Looked(_) => false,
    }
}

/// Counts the attempt and decides when the next is due. A session that is over counts for nothing (D25).
fn note_attempt(entry: &mut Entry, outcome: &Outcome, at: Circumstances) {
    let error = match outcome {
        Outcome::Performed(Ok(_)) | Outcome::Looked(Ok(Seen::Applied(_))) => {
            entry.last_problem = None;
            entry.tries.in_row = 0;
            return;
        }
        // To know that nothing was applied helps nobody yet: what the attempt met, the next one may meet too, after a longer wait.
        Outcome::Looked(Ok(Seen::NoReceipt | Seen::NotApplied { .. } | Seen::CannotTell)) => {
            entry.last_problem = None;
            return;
        }
        Outcome::NotSignedIn => {
            entry.last_problem = Some(Code::SessionExpired);
            return;
        }
        Outcome::NotUploaded(NotUploaded::TakenBack) => {
            entry.last_problem = None;
            return;
        }
        Outcome::NotUploaded(NotUploaded::Damaged | NotUploaded::NotTaken) => {
            entry.tries.refused += 1;
            return;
        }
        Outcome::Performed(Err(error))
        | Outcome::Looked(Err(error))
        | Outcome::NotUploaded(NotUploaded::Failed(error)) => error,
    };
    let uploads = matches!(outcome, Outcome::NotUploaded(_));
    entry.last_problem = Some(codes::problem(error));
    entry.decided_at(at.now.here);
    entry.due_at = at.now.here;
    match error {
        RemoteError::SignedOut => return,
        RemoteError::Unreachable(_) | RemoteError::Certificate(_) => entry.tries.unreachable += 1,
        // Of an upload that broke off nothing is in doubt.
        RemoteError::Interrupted(_) | RemoteError::Fault(_) | RemoteError::Nonsense(_) | RemoteError::InProgress
            if uploads =>
        {
            entry.tries.unreachable += 1;
        }
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
            if uploads || matches!(outcome, Outcome::Performed(_)) {
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
fn reason(happening: Happening, outcome: &Outcome) -> Blocked {
    match outcome {
        Outcome::Performed(Err(RemoteError::Refused(refusal)))
        | Outcome::Looked(Err(RemoteError::Refused(refusal)) | Ok(Seen::NotApplied { objection: Some(refusal), .. }))
            if happening == Happening::Refused =>
        {
            Blocked {
                code: codes::refusal_code(&refusal.code),
                newest_message_id: refusal.last_customer_message_id.clone(),
                newer_conversation_id: refusal.newer_conversation_id.clone(),
            }
        }
        Outcome::NotUploaded(why) => Blocked::because(match why {
            NotUploaded::Failed(error) => codes::problem_of_file(error),
            NotUploaded::Damaged => Code::FileDamaged,
            NotUploaded::NotTaken => Code::FilesNotTaken,
            NotUploaded::TakenBack => Code::Internal,
        }),
        Outcome::Performed(Err(error)) => Blocked::because(codes::problem(error)),
        // A step is done, and undo was asked for meanwhile.
        Outcome::Performed(Ok(_)) | Outcome::Looked(Ok(Seen::Applied(_))) => Blocked::because(Code::UndoneInPart),
        Outcome::Looked(_) | Outcome::NotSignedIn => Blocked::because(Code::OutcomeUnknown),
    }
}
