//! The click that was cut short: the app was killed between the click and its answer. The advisor looks after the next start. Either it is
//! queued, whole, and the composer is empty; or it is not, and the text is in the composer, word for word (D21, D23; DESIGN, outbox 1).

use signoff_wire::interface::{ActionKind, QueueEntry};

use crate::desk::{Ask, Desk, Told};
use crate::journal::{Answered, Click, Journal};
use crate::oracle::Broken;

const RULE: &str = "a click cut short is queued, or its text is in the draft (D21)";

/// What the advisor finds.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// It is queued under this key.
    Queued(String),
    /// It never happened.
    Not,
    /// Something else.
    Broken(Broken),
}

/// Clicks that nobody heard the answer of, from `first` on.
#[must_use]
pub fn unheard(journal: &Journal, first: usize) -> Vec<Click> {
    let clicks = journal.read().clicks;
    clicks.into_iter().skip(first).filter(|click| click.answer == Answered::Unheard).collect()
}

/// Looks what became of a click. `None`: the app is gone again, or not ready to be looked at.
pub async fn look(desk: &dyn Desk, journal: &Journal, click: &Click) -> Option<Found> {
    let Told::Queue(queue) = desk.ask(Ask::Queue).await? else { return None };
    let Told::Conversation(view) = desk.ask(Ask::Conversation(click.conversation_id.clone())).await? else {
        return None;
    };
    let known = journal.read();
    let entry = queue.iter().find(|entry| is_of(entry, click) && known.click_of(&entry.id).is_none());
    let broken = |what: &str| {
        let what = format!("click {} in {} {what}", click.number, click.conversation_id);
        Found::Broken(Broken { rule: RULE, what })
    };
    let drafted = click.text.as_deref().map(|text| view.composer.draft == text);
    Some(match (entry, drafted) {
        (Some(_), Some(true)) => broken("is queued, and its text is still in the draft"),
        (None, Some(false)) => broken("is not queued, and its text is not in the draft"),
        (Some(entry), Some(false) | None) => Found::Queued(entry.id.clone()),
        (None, Some(true) | None) => Found::Not,
    })
}

fn is_of(entry: &QueueEntry, click: &Click) -> bool {
    let same_kind = entry.action == click.kind
        // A reply that goes with another kind is still this click: nobody types a text twice.
        || (click.text.is_some() && entry.action != ActionKind::Unknown);
    same_kind && entry.conversation_id == click.conversation_id && entry.text == click.text
}
