//! The outbox's state machine: the table of [`outbox`](super) as code. Pure; everything that changes a state asks here.

use super::State;

/// Something that happens to an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Happening {
    /// Its turn has come.
    Turn,
    /// Its turn has come, but it was attempted before, so long ago that the platform may have forgotten the key.
    TurnWithOldKey,
    /// A receipt: it took effect.
    Receipt,
    /// The attempt certainly did nothing.
    NotApplied,
    /// Nobody knows what the attempt did.
    Unknown,
    /// The platform understood and refused.
    Refused,
    /// The platform has seen the key with another act.
    KeyReused,
    /// Asked: no receipt, and the platform would still have it.
    NoReceipt,
    /// Asked: no receipt, and the platform may have forgotten it.
    ReceiptForgotten,
    /// The question could not be asked or not be answered.
    NotAnswered,
    /// The process that attempted it is gone.
    Died,
    /// The own key was seen on the event stream.
    SeenOnStream,
    /// The advisor takes it back.
    Undo,
    /// The advisor throws it away.
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
    pub const ALL: [Self; 18] = [
        Self::Turn,
        Self::TurnWithOldKey,
        Self::Receipt,
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

/// What follows when something happens to an entry in `state`, with undo asked for earlier or not.
#[must_use]
pub fn next(state: State, undo_requested: bool, happening: Happening) -> Move {
    match state {
        State::Queued => from_queued(happening),
        State::Sending => from_sending(undo_requested, happening),
        State::InDoubt => from_in_doubt(undo_requested, happening),
        State::Blocked => from_blocked(happening),
        State::Done => Move::Nothing,
        State::Cancelled => from_cancelled(happening),
    }
}

fn from_queued(happening: Happening) -> Move {
    match happening {
        Happening::Turn => Move::To(State::Sending),
        // Sent blindly, it could take effect a second time.
        Happening::TurnWithOldKey => Move::To(State::InDoubt),
        Happening::SeenOnStream | Happening::Receipt => Move::To(State::Done),
        Happening::Undo => Move::BackInDraft,
        Happening::Discard => Move::To(State::Cancelled),
        Happening::GoOn => Move::To(State::Queued),
        Happening::Unreadable => Move::To(State::Blocked),
        Happening::NotApplied
        | Happening::Unknown
        | Happening::Refused
        | Happening::KeyReused
        | Happening::NoReceipt
        | Happening::ReceiptForgotten
        | Happening::NotAnswered
        | Happening::Died
        | Happening::Reread
        | Happening::RereadAfterAttempt => Move::Nothing,
    }
}

fn from_sending(undo_requested: bool, happening: Happening) -> Move {
    match happening {
        Happening::Receipt | Happening::SeenOnStream => Move::To(State::Done),
        Happening::NotApplied | Happening::Refused if undo_requested => Move::BackInDraft,
        Happening::NotApplied => Move::To(State::Queued),
        Happening::Refused | Happening::KeyReused => Move::To(State::Blocked),
        Happening::Unknown | Happening::Died => Move::To(State::InDoubt),
        Happening::Undo => Move::NoteUndo,
        Happening::Turn
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

fn from_in_doubt(undo_requested: bool, happening: Happening) -> Move {
    match happening {
        Happening::Receipt | Happening::SeenOnStream => Move::To(State::Done),
        Happening::NoReceipt if undo_requested => Move::BackInDraft,
        Happening::NoReceipt => Move::To(State::Sending),
        Happening::ReceiptForgotten | Happening::Unreadable => Move::To(State::Blocked),
        Happening::NotAnswered | Happening::Turn | Happening::TurnWithOldKey | Happening::GoOn => {
            Move::To(State::InDoubt)
        }
        Happening::Undo => Move::NoteUndo,
        Happening::NotApplied
        | Happening::Unknown
        | Happening::Refused
        | Happening::KeyReused
        | Happening::Died
        | Happening::Discard
        | Happening::Reread
        | Happening::RereadAfterAttempt => Move::Nothing,
    }
}

fn from_blocked(happening: Happening) -> Move {
    match happening {
        Happening::SeenOnStream | Happening::Receipt => Move::To(State::Done),
        Happening::Undo => Move::BackInDraft,
        Happening::Discard => Move::To(State::Cancelled),
        Happening::GoOn | Happening::Reread => Move::To(State::Queued),
        Happening::RereadAfterAttempt => Move::To(State::InDoubt),
        Happening::Turn
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
        Happening::SeenOnStream | Happening::Receipt => Move::To(State::Done),
        Happening::Turn
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
