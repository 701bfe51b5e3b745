//! What the advisor did and was answered. All that the oracle knows of one side of the promise.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use signoff_wire::interface::{ActionKind, Choice, Chosen, Code};

/// A journal. Clones share it.
#[derive(Clone, Default)]
pub struct Journal {
    pages: Arc<Mutex<Pages>>,
}

/// Everything in it.
#[derive(Debug, Clone, Default)]
pub struct Pages {
    /// Clicks, in their order.
    pub clicks: Vec<Click>,
    /// Decisions about queued actions, in their order.
    pub decisions: Vec<Decision>,
    /// The words of which the app has said that they are kept, and the conversation in which each was typed.
    pub kept: BTreeMap<String, String>,
    /// Words that the advisor has thrown away, or may have.
    pub dropped: BTreeSet<String>,
}

/// A click.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Click {
    /// Its place among all clicks.
    pub number: usize,
    /// Where.
    pub conversation_id: String,
    /// What.
    pub kind: ActionKind,
    /// The text. No two clicks ever have the same.
    pub text: Option<String>,
    /// What the app said.
    pub answer: Answered,
}

/// What the app said to a click.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered {
    /// It is queued under this key: the promise holds from here on.
    Queued(String),
    /// It is not, and says so.
    Refused(Code),
    /// Nothing: the app was gone. It may be queued or not.
    Unheard,
}

/// A decision about a queued action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The action's key.
    pub key: String,
    /// What was decided.
    pub choice: Choice,
    /// What the app said.
    pub answer: Decided,
    /// An attempt may have been on its way when it was decided, so that the action can take effect all the same.
    pub under_way: bool,
    /// How many clicks had been made by then.
    pub clicks_before: usize,
}

/// What the app said to a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decided {
    /// This.
    Said(Chosen),
    /// It did not do it.
    Refused(Code),
    /// Nothing: the app was gone.
    Unheard,
}

impl Journal {
    /// Writes a click down and answers its number.
    pub fn clicked(&self, conversation_id: &str, kind: ActionKind, text: Option<&str>, answer: Answered) -> usize {
        let mut pages = self.pages();
        let number = pages.clicks.len();
        if let (Answered::Queued(_), Some(text)) = (&answer, text) {
            pages.keep(conversation_id, text);
        }
        let (conversation_id, text) = (conversation_id.to_owned(), text.map(str::to_owned));
        pages.clicks.push(Click { number, conversation_id, kind, text, answer });
        number
    }

    /// Writes down that the app keeps a draft.
    pub fn drafted(&self, conversation_id: &str, text: &str) {
        self.pages().keep(conversation_id, text);
    }

    /// Writes a decision down. What is discarded, or may be, need not be found anywhere.
    pub fn decided(&self, key: &str, text: Option<&str>, choice: Choice, answer: Decided, under_way: bool) {
        let mut pages = self.pages();
        let discarded = choice == Choice::Discard && !matches!(answer, Decided::Refused(_));
        if let (true, Some(text)) = (discarded, text) {
            pages.dropped.extend(words(text).map(str::to_owned));
        }
        let clicks_before = pages.clicks.len();
        pages.decisions.push(Decision { key: key.to_owned(), choice, answer, under_way, clicks_before });
    }

    /// Everything so far.
    #[must_use]
    pub fn read(&self) -> Pages {
        self.pages().clone()
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pages {
    /// The click that was answered with a key.
    #[must_use]
    pub fn click_of(&self, key: &str) -> Option<&Click> {
        self.clicks.iter().find(|click| matches!(&click.answer, Answered::Queued(own) if own == key))
    }

    /// What was decided about a key.
    pub fn decisions_about<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a Decision> {
        self.decisions.iter().filter(move |decision| decision.key == key)
    }

    fn keep(&mut self, conversation_id: &str, text: &str) {
        for word in words(text) {
            self.kept.insert(word.to_owned(), conversation_id.to_owned());
        }
    }
}

/// The words of a text that the advisor typed. Each was typed once.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace()
}
