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
    /// Keys under which a request left after the advisor had been told that the action is taken back, or will be.
    pub sent_after_all: Vec<String>,
    /// Keys of steps that were asked for again at a platform without keys, although it was known that they had taken effect, or not known that
    /// they had not.
    pub sent_blindly: Vec<String>,
    /// What the advisor saw on the screen and should not have.
    pub seen_wrong: Vec<String>,
    given_up: BTreeSet<String>,
    /// What is known of the last attempt at each step.
    steps: BTreeMap<String, Met>,
    /// Nobody can look what became of a step.
    is_blind: bool,
}

/// What an attempt at a step met, as far as its client can know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Met {
    /// It took effect.
    Effect,
    /// It certainly did nothing.
    Nothing,
    /// Nobody knows: no answer came, or none that says.
    Doubt,
    /// Nobody knew, and whoever looked later has not found it.
    DoubtAndNothingFound,
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
    /// The names of the files that were clicked with it. No two files ever have the same.
    pub files: Vec<String>,
    /// The newest customer message that was on the screen.
    pub seen: Option<String>,
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
    /// The app was waiting for the answer to an attempt when it was decided, so it could not know the outcome.
    pub waited_for: bool,
    /// The app had said that nobody can know whether it has happened: the platform has forgotten its key, or has none, and nobody can look
    /// (D23).
    pub unknowable: bool,
}

impl Decision {
    /// The advisor lets something be sent again of which nobody knows whether it has happened, and takes it upon himself.
    #[must_use]
    pub fn sends_again(&self) -> bool {
        self.choice == Choice::Retry && self.unknowable && !matches!(self.answer, Decided::Refused(_))
    }
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
    /// Writes a click down, gives it its number and answers that.
    pub fn clicked(&self, click: Click) -> usize {
        let mut pages = self.pages();
        let number = pages.clicks.len();
        if let (Answered::Queued(_), Some(text)) = (&click.answer, &click.text) {
            pages.keep(&click.conversation_id, text);
        }
        pages.clicks.push(Click { number, ..click });
        number
    }

    /// Whether everything that a queued action was told is what the newest customer message in sight says: nothing was decided about it, and
    /// that message was on the screen when it was clicked.
    #[must_use]
    pub fn saw_all(&self, key: &str, newest: Option<&str>) -> bool {
        let pages = self.pages();
        pages.decisions_about(key).next().is_none()
            && pages.click_of(key).is_some_and(|click| click.seen.as_deref() == newest)
    }

    /// Writes down that a click whose answer nobody heard was found queued after the next start: the promise holds for it, too.
    pub fn found_queued(&self, number: usize, key: &str) {
        let mut pages = self.pages();
        if let Some(click) = pages.clicks.get_mut(number) {
            click.answer = Answered::Queued(key.to_owned());
        }
    }

    /// Writes down that the app keeps a draft.
    pub fn drafted(&self, conversation_id: &str, text: &str) {
        self.pages().keep(conversation_id, text);
    }

    /// Writes down that the app keeps a file.
    pub fn attached(&self, conversation_id: &str, name: &str) {
        self.pages().keep(conversation_id, name);
    }

    /// Writes down that the advisor has thrown files away, or may have.
    pub fn dropped<'a>(&self, names: impl Iterator<Item = &'a str>) {
        self.pages().dropped.extend(names.map(str::to_owned));
    }

    /// Writes a decision about an action with this text down. What is discarded, or may be, need not be found anywhere. What could be decided
    /// about stood in the queue, so the promise holds for it even if the click was never answered.
    pub fn decided(&self, decision: Decision, text: Option<&str>) {
        let mut pages = self.pages();
        if let Some(click) = pages
            .clicks
            .iter_mut()
            .find(|click| click.answer == Answered::Unheard && click.text.is_some() && click.text.as_deref() == text)
        {
            click.answer = Answered::Queued(decision.key.clone());
        }
        let discards = decision.choice == Choice::Discard && !matches!(decision.answer, Decided::Refused(_));
        if let (true, Some(text)) = (discards, text) {
            pages.dropped.extend(words(text).map(str::to_owned));
        }
        if decision.sends_again() {
            // From here on it is as if never attempted.
            pages.steps.retain(|step_key, _| !step_key.starts_with(&decision.key));
        }
        let gives_up = discards || decision.choice == Choice::DropRest;
        match &decision.answer {
            Decided::Said(Chosen::BackInDraft { .. } | Chosen::WhenSettled) => {
                pages.given_up.insert(decision.key.clone());
            }
            Decided::Said(Chosen::Applied) if gives_up => {
                pages.given_up.insert(decision.key.clone());
            }
            // It goes on, or may.
            Decided::Said(Chosen::Applied) | Decided::Unheard => {
                pages.given_up.remove(&decision.key);
            }
            Decided::Said(Chosen::Cancelled) | Decided::Refused(_) => {}
        }
        pages.decisions.push(decision);
    }

    /// A request that performs the action under this key leaves the app.
    pub fn leaves(&self, key: &str) {
        let mut pages = self.pages();
        if pages.given_up.contains(key) {
            pages.sent_after_all.push(key.to_owned());
        }
    }

    /// A request for a step of the action under `key` leaves the app, to a platform that knows no keys.
    pub fn step_leaves(&self, key: &str, step_key: &str) {
        self.leaves(key);
        let mut pages = self.pages();
        let is_blind = pages.is_blind;
        let may_leave = match pages.steps.insert(step_key.to_owned(), Met::Doubt) {
            None | Some(Met::Nothing) => true,
            Some(Met::DoubtAndNothingFound) => !is_blind,
            Some(Met::Effect | Met::Doubt) => false,
        };
        if !may_leave {
            pages.sent_blindly.push(step_key.to_owned());
        }
    }

    /// The app is answered about a step, or gives it up.
    pub fn step_meets(&self, step_key: &str, met: Met) {
        self.pages().steps.insert(step_key.to_owned(), met);
    }

    /// Somebody has looked for a step and not found it.
    pub fn step_looked_for(&self, step_key: &str) {
        if let Some(met) = self.pages().steps.get_mut(step_key)
            && *met == Met::Doubt
        {
            *met = Met::DoubtAndNothingFound;
        }
    }

    /// Nobody can look what became of a step in this world, or everybody can.
    pub fn goes_blind(&self, is_blind: bool) {
        self.pages().is_blind = is_blind;
    }

    /// The advisor sees something that must not be.
    pub fn saw_wrong(&self, what: String) {
        self.pages().seen_wrong.push(what);
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

    /// What the last attempt at a step met, if there was one.
    #[must_use]
    pub fn met(&self, step_key: &str) -> Option<Met> {
        self.steps.get(step_key).copied()
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
