//! The outbox's state machine: the table of [`outbox`](super) as code. Pure; everything that changes a state asks here.

use super::State;

/// Something that happens to an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Happening {
    /// Its turn has come, and its next step can be taken at once.
    Turn,
    /// Its turn has come at a platform that knows no keys: somebody looks before anything is sent.
    TurnToLook,
    /// Its turn has come, but it was attempted before, so long ago that the platform may have forgotten the key.
    TurnWithOldKey,
    /// It took effect: the only step of the act, or the last of several.
    Receipt,
    /// A step took effect, and others are left.
    StepDone,
    /// The attempt certainly did nothing.
    NotApplied,
    /// Nobody knows what the attempt did.
    Unknown,
    /// The platform understood and refused, or what was seen there speaks against it. Nothing was applied.
    Refused,
    /// The platform has seen the key with another act.
    KeyReused,
    /// Asked: it was not applied, and sending it is safe.
    NoReceipt,
    /// Asked: nothing is found, and that proves nothing.
    ReceiptForgotten,
    /// The question could not be asked, not be answered, or not be answered yet.
    NotAnswered,
    /// The process that attempted it is gone.
    Died,
    /// The own key was seen on the event stream.
    SeenOnStream,
    /// The advisor takes it back.
    Undo,
    /// The advisor throws it away, or what is left of it.
    Discard,
    /// The advisor, or the switch that it waits for, lets it go on, as it is or changed.
    GoOn,
    /// This version cannot read the payload.
    Unreadable,
    /// This version can read what another one could not, and it was never attempted.
    Reread,
    /// The same, after an attempt.
    RereadAfterAttempt,
}

impl Happening {
    /// Everything that can happen.
    pub const ALL: [Self; 20] = [
        Self::Turn,
        Self::TurnToLook,
        Self::TurnWithOldKey,
        Self::Receipt,
        Self::StepDone,
        Self::NotApplied,
        Self::Unknown,
        Self::Refused,
        Self::KeyReused,
        Self::NoReceipt,
        Self::ReceiptForgotten,
        Self::NotAnswered,
        Self::Died,
        Self::SeenOnStream,
        Self::Undo,
        Self::Discard,
        Self::GoOn,
        Self::Unreadable,
        Self::Reread,
        Self::RereadAfterAttempt,
    ];
}

/// Where an entry stands, as far as its moves depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Standing {
    /// Its state.
    pub state: State,
    /// Undo was asked for, and the outcome of an attempt settles that.
    pub undo_requested: bool,
    /// A step of it has taken effect: from here on it only goes forward.
    pub begun: bool,
}

/// What follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Move {
    /// The state changes, or is confirmed.
    To(State),
    /// The entry is cancelled and its text goes back into the draft (D15).
    BackInDraft,
    /// The wish to undo is noted; the outcome settles it (DESIGN, outbox 9).
    NoteUndo,
    /// It cannot happen here, or comes too late to mean anything: nothing changes.
    Nothing,
}

/// What follows when something happens to an entry.
#[must_use]
pub fn next(standing: Standing, happening: Happening) -> Move {
    // Nothing that has begun can be taken back, whatever was noted before.
    let takes_back = standing.undo_requested && !standing.begun;
    match standing.state {
        State::Queued => from_queued(standing.begun, happening),
        State::Sending => from_sending(standing, takes_back, happening),
        State::InDoubt => from_in_doubt(standing, takes_back, happening),
        State::Blocked => from_blocked(standing.begun, happening),
        State::Done => Move::Nothing,
        State::Cancelled => from_cancelled(happening),
    }
}

fn from_queued(begun: bool, happening: Happening) -> Move {
    match happening {
        Happening::Turn | Happening::NoReceipt => Move::To(State::Sending),
        Happening::TurnToLook | Happening::NotAnswered | Happening::StepDone | Happening::GoOn => {
            Move::To(State::Queued)
        }
        // Sent blindly, it could take effect a second time.
        Happening::TurnWithOldKey => Move::To(State::InDoubt),
        Happening::SeenOnStream | Happening::Receipt => Move::To(State::Done),
        Happening::Refused | Happening::Unreadable => Move::To(State::Blocked),
        Happening::Undo if begun => Move::Nothing,
        Happening::Undo => Move::BackInDraft,
        Happening::Discard => ended(begun),
        Happening::NotApplied
        | Happening::Unknown
        | Happening::KeyReused
        | Happening::ReceiptForgotten
        | Happening::Died
        | Happening::Reread
        | Happening::RereadAfterAttempt => Move::Nothing,
    }
}

fn from_sending(standing: Standing, takes_back: bool, happening: Happening) -> Move {
    match happening {
        Happening::Receipt | Happening::SeenOnStream => Move::To(State::Done),
        Happening::StepDone => forward(standing),
        Happening::NotApplied | Happening::Refused if takes_back => Move::BackInDraft,
        Happening::NotApplied => Move::To(State::Queued),
        Happening::Refused | Happening::KeyReused => Move::To(State::Blocked),
        Happening::Unknown | Happening::Died => Move::To(State::InDoubt),
        Happening::Undo if standing.begun => Move::Nothing,
        Happening::Undo => Move::NoteUndo,
        Happening::Turn
        | Happening::TurnToLook
        | Happening::TurnWithOldKey
        | Happening::NoReceipt
        | Happening::ReceiptForgotten
        | Happening::NotAnswered
        | Happening::Discard
        | Happening::GoOn
        | Happening::Unreadable
        | Happening::Reread
        | Happening::RereadAfterAttempt => Move::Nothing,
    }
}

fn from_in_doubt(standing: Standing, takes_back: bool, happening: Happening) -> Move {
    match happening {
        Happening::Receipt | Happening::SeenOnStream => Move::To(State::Done),
        Happening::StepDone => forward(standing),
        Happening::NoReceipt | Happening::Refused if takes_back => Move::BackInDraft,
        Happening::NoReceipt => Move::To(State::Sending),
        Happening::Refused | Happening::ReceiptForgotten | Happening::Unreadable => Move::To(State::Blocked),
        Happening::NotAnswered
        | Happening::Turn
        | Happening::TurnToLook
        | Happening::TurnWithOldKey
        | Happening::GoOn => Move::To(State::InDoubt),
        Happening::Undo if standing.begun => Move::Nothing,
        Happening::Undo => Move::NoteUndo,
        Happening::NotApplied
        | Happening::Unknown
        | Happening::KeyReused
        | Happening::Died
        | Happening::Discard
        | Happening::Reread
        | Happening::RereadAfterAttempt => Move::Nothing,
    }
}

fn from_blocked(begun: bool, happening: Happening) -> Move {
    match happening {
        Happening::SeenOnStream | Happening::Receipt => Move::To(State::Done),
        Happening::StepDone | Happening::GoOn | Happening::Reread => Move::To(State::Queued),
        Happening::RereadAfterAttempt => Move::To(State::InDoubt),
        Happening::Undo if begun => Move::Nothing,
        Happening::Undo => Move::BackInDraft,
        Happening::Discard => ended(begun),
        Happening::Turn
        | Happening::TurnToLook
        | Happening::TurnWithOldKey
        | Happening::NotApplied
        | Happening::Unknown
        | Happening::Refused
        | Happening::KeyReused
        | Happening::NoReceipt
        | Happening::ReceiptForgotten
        | Happening::NotAnswered
        | Happening::Died
        | Happening::Unreadable => Move::Nothing,
    }
}

/// A request that was delayed on its way can take effect after everybody has given up on it. That has to be told.
fn from_cancelled(happening: Happening) -> Move {
    match happening {
        Happening::SeenOnStream | Happening::Receipt | Happening::StepDone => Move::To(State::Done),
        Happening::Turn
        | Happening::TurnToLook
        | Happening::TurnWithOldKey
        | Happening::NotApplied
        | Happening::Unknown
        | Happening::Refused
        | Happening::KeyReused
        | Happening::NoReceipt
        | Happening::ReceiptForgotten
        | Happening::NotAnswered
        | Happening::Died
        | Happening::Undo
        | Happening::Discard
        | Happening::GoOn
        | Happening::Unreadable
        | Happening::Reread
        | Happening::RereadAfterAttempt => Move::Nothing,
    }
}

/// After a step that took effect comes the next one. Who wanted it undone meanwhile is asked: what is left may be final (R8).
fn forward(standing: Standing) -> Move {
    if standing.undo_requested { Move::To(State::Blocked) } else { Move::To(State::Queued) }
}

/// How an entry ends that the advisor throws away. What has taken effect of it stays, and is told as done.
fn ended(begun: bool) -> Move {
    if begun { Move::To(State::Done) } else { Move::To(State::Cancelled) }
}
