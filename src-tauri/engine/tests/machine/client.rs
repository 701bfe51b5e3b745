//! The client's side of the world: an entry on disk, and the attempt in memory. Each move is the machine's; what stands around the
//! moves is the outbox's bookkeeping in small.

use signoff_engine::outbox::State;
use signoff_engine::outbox::machine::{Happening, Move, Standing};

use super::world::Answer;

/// The machine: the real one, or one that was broken on purpose.
pub(crate) type Next = fn(Standing, Happening) -> Move;

/// An entry, and what the platform knows of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Entry {
    pub(crate) clicked: bool,
    pub(crate) text: Text,
    pub(crate) state: State,
    pub(crate) undo: bool,
    pub(crate) why: Why,
    pub(crate) key: Key,
    /// What is sent: 0 as clicked, 1 as changed by the advisor.
    pub(crate) body: u8,
    /// Which uploads of its files are named: 0 the first ones, 1 those that were brought once more.
    pub(crate) ids: u8,
    /// Uploads before this one are gone from the platform for good.
    pub(crate) gone: u8,
    /// The platform did not know the files, and is asked about the key.
    pub(crate) lost: bool,
    /// The advisor has looked, was told that nobody knows, and sent it all the same.
    pub(crate) on_the_advisors_word: bool,
    pub(crate) attempt: Attempt,
    /// The platform's record of the key, with the body and the files that it came with.
    pub(crate) record: Option<(u8, u8)>,
    pub(crate) effects: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Text {
    InComposer,
    InEntry,
    InDraft,
    Discarded,
}

/// Why an entry is blocked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Why {
    Nothing,
    Refused,
    KeyReused,
    Forgotten,
    Unreadable,
}

/// What the platform can know of the key: `first_attempt_at` on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    Unused,
    Fresh,
    Old,
}

/// What is under way, in memory only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Attempt {
    None,
    /// `first`: nothing was ever sent under this key.
    Unsent {
        asks: bool,
        first: bool,
    },
    Sent {
        asks: bool,
    },
}

impl Default for Entry {
    fn default() -> Self {
        Self {
            clicked: false,
            text: Text::InComposer,
            state: State::Queued,
            undo: false,
            why: Why::Nothing,
            key: Key::Unused,
            body: 0,
            ids: 0,
            gone: 0,
            lost: false,
            on_the_advisors_word: false,
            attempt: Attempt::None,
            record: None,
            effects: 0,
        }
    }
}

impl Entry {
    /// One transaction: the text is in the draft or in the entry, never in neither.
    pub(crate) fn click(&mut self) {
        self.clicked = true;
        self.text = Text::InEntry;
    }

    pub(crate) fn happens(&mut self, next: Next, happening: Happening) {
        // Its platform takes every act whole.
        let standing = Standing { state: self.state, undo_requested: self.undo, begun: false };
        match next(standing, happening) {
            Move::To(state) => {
                self.state = state;
                self.why = match (state, happening) {
                    (State::Blocked, Happening::KeyReused) => Why::KeyReused,
                    (State::Blocked, Happening::ReceiptForgotten) => Why::Forgotten,
                    (State::Blocked, Happening::Unreadable) => Why::Unreadable,
                    (State::Blocked, _) => Why::Refused,
                    _ => Why::Nothing,
                };
                if state == State::Blocked && self.why != Why::Unreadable {
                    self.undo = false;
                }
                if state == State::Sending {
                    self.attempt = Attempt::Unsent { asks: false, first: self.key == Key::Unused };
                    if self.key == Key::Unused {
                        self.key = Key::Fresh;
                    }
                }
            }
            Move::BackInDraft => {
                self.state = State::Cancelled;
                self.text = Text::InDraft;
            }
            Move::NoteUndo => self.undo = true,
            Move::Nothing => {}
        }
    }

    pub(crate) fn turn(&mut self, next: Next, downgraded: bool) {
        if downgraded {
            return self.happens(next, Happening::Unreadable);
        }
        self.happens(next, if self.key == Key::Old { Happening::TurnWithOldKey } else { Happening::Turn });
        if self.state == State::InDoubt {
            self.attempt = Attempt::Unsent { asks: true, first: false };
        }
    }

    pub(crate) fn not_reached(&mut self, next: Next) {
        let attempt = std::mem::replace(&mut self.attempt, Attempt::None);
        if let Attempt::Unsent { asks: true, .. } = attempt {
            return self.happens(next, Happening::NotAnswered);
        }
        if let Attempt::Unsent { first: true, .. } = attempt {
            self.key = Key::Unused;
        }
        self.happens(next, Happening::NotApplied);
    }

    /// No answer in time, or one that says nothing.
    pub(crate) fn given_up(&mut self, next: Next) {
        let attempt = std::mem::replace(&mut self.attempt, Attempt::None);
        let asks = matches!(attempt, Attempt::Sent { asks: true });
        self.happens(next, if asks { Happening::NotAnswered } else { Happening::Unknown });
    }

    pub(crate) fn answered(&mut self, next: Next, answer: Answer) {
        self.attempt = Attempt::None;
        let uploads_again = answer == Answer::NoReceipt && self.key != Key::Old && self.lost;
        if uploads_again && !self.undo {
            (self.ids, self.lost) = (1, false);
        }
        let happening = match answer {
            Answer::Receipt => Happening::Receipt,
            Answer::NoReceipt if self.key == Key::Old => Happening::ReceiptForgotten,
            Answer::NoReceipt => Happening::NoReceipt,
            Answer::Refused => Happening::Refused,
            Answer::NotApplied => Happening::NotApplied,
            Answer::Unknown => Happening::Unknown,
            Answer::KeyReused => Happening::KeyReused,
            Answer::FilesUnknown if self.ids == 0 => {
                self.lost = true;
                Happening::Unknown
            }
            Answer::FilesUnknown => Happening::Refused,
        };
        self.happens(next, happening);
    }

    /// The memory is gone; the next process puts its disk in order.
    pub(crate) fn process_died(&mut self, next: Next) {
        self.attempt = Attempt::None;
        if self.clicked && self.state == State::Sending {
            self.happens(next, Happening::Died);
        }
    }

    pub(crate) fn discard(&mut self, next: Next) {
        self.happens(next, Happening::Discard);
        if self.state == State::Cancelled {
            self.text = Text::Discarded;
        }
    }

    pub(crate) fn go_on(&mut self, next: Next) {
        if self.why == Why::Forgotten {
            self.on_the_advisors_word = true;
            self.key = Key::Unused;
        }
        self.happens(next, Happening::GoOn);
    }

    /// A version that can read the payload again.
    pub(crate) fn reread(&mut self, next: Next) {
        if self.why == Why::Unreadable {
            let attempted = self.key != Key::Unused;
            self.happens(next, if attempted { Happening::RereadAfterAttempt } else { Happening::Reread });
        }
    }
}
