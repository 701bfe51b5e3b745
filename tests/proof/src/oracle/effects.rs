//! Each click: once, or visibly waiting, or taken back.

use signoff_wire::contract::actions::ActionType;
use signoff_wire::interface::{ActionKind, Choice, Chosen, Code, EntryState, QueueEntry};

use super::{Broken, Evidence, Screen};
use crate::journal::{Answered, Click, Decided, Decision};

const ONCE: &str = "each click takes effect once or waits visibly (D5, D23)";
const NOT_TWICE: &str = "nothing takes effect twice (D5)";
const TAKEN_BACK: &str = "what was taken back does not happen (D15)";
const CLOSES: &str = "a close closes once, with its reply (R3, D4)";
const RESTS: &str = "everything comes to rest";

pub(super) fn judge(evidence: &Evidence<'_>, broken: &mut Vec<Broken>) {
    for click in &evidence.pages.clicks {
        match &click.answer {
            Answered::Queued(key) => {
                queued(evidence, click, key, broken);
                closed(evidence, click, key, broken);
            }
            Answered::Refused(_) => refused(evidence, click, broken),
            Answered::Unheard => {}
        }
        said_once(evidence, click, broken);
    }
    closings(evidence, broken);
    for key in &evidence.pages.sent_after_all {
        broken.push(Broken { rule: TAKEN_BACK, what: format!("{key} was sent after it was taken back") });
    }
    for what in &evidence.pages.seen_wrong {
        broken.push(Broken {
            rule: "what is queued is shown as if it had happened (DESIGN, outbox 8)",
            what: what.clone(),
        });
    }
}

/// What is still on its way although nothing stands in it.
pub(super) fn unrest(screen: &Screen, unrest: &mut Vec<Broken>) {
    for entry in screen.queue.iter().filter(|entry| !rests(entry)) {
        unrest.push(Broken { rule: RESTS, what: format!("{} is still {:?}", entry.id, entry.state) });
    }
}

fn rests(entry: &QueueEntry) -> bool {
    match entry.state {
        EntryState::Done | EntryState::Cancelled | EntryState::NeedsAttention => true,
        // Behind one that needs the advisor, or told to wait for the switch (D8).
        EntryState::Queued => entry.held_up_by.is_some() || entry.attention.is_some() || waits_for_switch(entry),
        EntryState::Sending | EntryState::Checking => false,
    }
}

/// An entry that the advisor told to wait offers to be sent without closing; one whose reply is sent, that nothing is left to be done.
fn waits_for_switch(entry: &QueueEntry) -> bool {
    entry.choices.contains(&Choice::SendWithoutClosing) || entry.choices == [Choice::DropRest]
}

fn queued(evidence: &Evidence<'_>, click: &Click, key: &str, broken: &mut Vec<Broken>) {
    let effects = effects(evidence, click, key);
    let entry = evidence.screen.entry(key);
    let state = entry.map(|entry| entry.state);
    let mut say =
        |rule, what: String| broken.push(Broken { rule, what: format!("click {} ({key}) {what}", click.number) });
    match state {
        Some(EntryState::Queued | EntryState::Sending | EntryState::Checking | EntryState::NeedsAttention) => {
            let unknown = entry.and_then(|entry| entry.attention.as_ref());
            let unknown = unknown.is_some_and(|attention| attention.code == Code::OutcomeUnknown);
            let half_done = entry.is_some_and(|entry| entry.half_done.is_some());
            if effects == Effects::Some && !unknown && !half_done {
                say(ONCE, "took effect and is shown as waiting".to_owned());
            }
            if state == Some(EntryState::NeedsAttention) && entry.is_some_and(reasonless) {
                say(ONCE, "waits without saying why".to_owned());
            }
        }
        Some(EntryState::Cancelled) => {
            // Nothing on the stream carries the key of what has no reply: a late effect cannot be told from another's.
            let late = click.text.is_none() && attempted(evidence, key);
            if effects == Effects::Some && !late {
                say(TAKEN_BACK, "is shown as cancelled and took effect".to_owned());
            }
            if !was_given_up(evidence, key) {
                say(ONCE, "was cancelled by nobody".to_owned());
            }
        }
        Some(EntryState::Done) => {
            if effects == Effects::None {
                say(ONCE, "is shown as done and did not happen".to_owned());
            }
        }
        None => {
            if effects == Effects::None && !was_given_up(evidence, key) {
                say(ONCE, "is gone and did not happen".to_owned());
            }
        }
    }
    let taken_back = evidence.pages.decisions_about(key).any(|decision| {
        let back = matches!(&decision.answer, Decided::Said(Chosen::BackInDraft { .. }))
            || (decision.choice == Choice::Discard && decision.answer == Decided::Said(Chosen::Applied));
        back && !decision.under_way && !decision.unknowable
    });
    // Whoever lets something be sent again of which nobody knows whether it has happened, has taken that upon himself for good.
    let at_own_risk = evidence.pages.decisions_about(key).any(Decision::sends_again);
    if taken_back && !at_own_risk && effects == Effects::Some {
        say(TAKEN_BACK, "was given back to the advisor and happened".to_owned());
    }
    let too_early = evidence
        .pages
        .decisions_about(key)
        .any(|decision| decision.waited_for && matches!(&decision.answer, Decided::Said(Chosen::BackInDraft { .. })));
    if too_early {
        say(TAKEN_BACK, "was given back while an attempt was under way".to_owned());
    }
}

/// Whether anything happened under a key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effects {
    None,
    Some,
    /// The platform has forgotten the key, and nothing else tells.
    Unknown,
}

fn effects(evidence: &Evidence<'_>, click: &Click, key: &str) -> Effects {
    let told = evidence.view.receipts.contains_key(key);
    if told || evidence.view.replies_under(key).next().is_some() {
        return Effects::Some;
    }
    if click.text.is_none() && (evidence.keys_forgotten || may_be_anothers(evidence, click, key)) {
        return Effects::Unknown;
    }
    Effects::None
}

/// Without keys and without a text, the late effect of what was given up looks like that of what was clicked afterwards.
fn may_be_anothers(evidence: &Evidence<'_>, click: &Click, key: &str) -> bool {
    evidence.in_steps
        && evidence.pages.clicks.iter().any(|other| match &other.answer {
            Answered::Queued(own) => {
                let alike = other.kind == click.kind && other.conversation_id == click.conversation_id;
                alike && own != key && was_given_up(evidence, own)
            }
            Answered::Refused(_) | Answered::Unheard => false,
        })
}

fn reasonless(entry: &QueueEntry) -> bool {
    entry.attention.is_none() || entry.choices.is_empty()
}

/// Whether an attempt may have been on its way when the advisor gave it up.
fn attempted(evidence: &Evidence<'_>, key: &str) -> bool {
    evidence
        .pages
        .decisions_about(key)
        .any(|decision| decision.under_way || decision.answer == Decided::Said(Chosen::WhenSettled))
}

/// Whether the advisor has given it up, or may have: an answer that never came may have been yes.
pub(super) fn was_given_up(evidence: &Evidence<'_>, key: &str) -> bool {
    evidence.pages.decisions_about(key).any(|decision| {
        matches!(decision.choice, Choice::Undo | Choice::Edit | Choice::Discard)
            && !matches!(decision.answer, Decided::Refused(_))
    })
}

fn refused(evidence: &Evidence<'_>, click: &Click, broken: &mut Vec<Broken>) {
    if let Some(text) = &click.text
        && evidence.view.timelines().any(|entry| entry.text == *text)
    {
        broken
            .push(Broken { rule: ONCE, what: format!("click {} was refused at the desk and happened", click.number) });
    }
}

/// No two clicks have the same text, so a text that stands twice at the platform was sent twice.
fn said_once(evidence: &Evidence<'_>, click: &Click, broken: &mut Vec<Broken>) {
    let Some(text) = &click.text else { return };
    let said: Vec<_> = evidence.view.timelines().filter(|entry| entry.text == *text).collect();
    let again = match &click.answer {
        Answered::Queued(key) => evidence.pages.decisions_about(key).filter(|decision| decision.sends_again()).count(),
        Answered::Refused(_) | Answered::Unheard => 0,
    };
    if said.len() > 1 + again {
        broken.push(Broken { rule: NOT_TWICE, what: format!("click {} was said {} times", click.number, said.len()) });
    }
    if let (Answered::Queued(key), Some(entry)) = (&click.answer, said.first())
        && entry.client_key.as_deref() != Some(key)
    {
        let what = format!("click {} ({key}) was said under the key {:?}", click.number, entry.client_key);
        broken.push(Broken { rule: NOT_TWICE, what });
    }
    let moved = matches!(&click.answer, Answered::Queued(key) if decided(evidence, key, Choice::SendInNewer));
    if let Some(entry) = said.first()
        && entry.conversation_id != click.conversation_id
        && !moved
    {
        broken.push(Broken { rule: ONCE, what: format!("click {} was said in another conversation", click.number) });
    }
}

pub(super) fn decided(evidence: &Evidence<'_>, key: &str, choice: Choice) -> bool {
    evidence
        .pages
        .decisions_about(key)
        .any(|decision| decision.choice == choice && !matches!(decision.answer, Decided::Refused(_)))
}

fn closed(evidence: &Evidence<'_>, click: &Click, key: &str, broken: &mut Vec<Broken>) {
    let without = decided(evidence, key, Choice::SendWithoutClosing) || decided(evidence, key, Choice::SendInNewer);
    let Some(reply) = evidence.view.replies_under(key).next() else { return };
    let closings = advisors_closings(evidence, &reply.conversation_id).count();
    // In steps the reply comes before the closing, which may still wait, or have been left out; that is judged for itself.
    if click.kind == ActionKind::SendAndClose && !without && !evidence.in_steps && closings != 1 {
        let what = format!("click {} ({key}) has replied, and its conversation has {closings} closings", click.number);
        broken.push(Broken { rule: CLOSES, what });
    }
    if let Some(receipt) = evidence.view.receipts.get(key)
        && receipt.closed.is_some()
        && click.kind != ActionKind::SendAndClose
    {
        broken.push(Broken { rule: CLOSES, what: format!("click {} ({key}) closed, and was no close", click.number) });
    }
}

fn advisors_closings<'a>(evidence: &'a Evidence<'_>, conversation_id: &'a str) -> impl Iterator<Item = &'a str> {
    let closings = evidence.view.actions.iter().filter(move |action| {
        action.kind == ActionType::CloseConversation && action.conversation_id == conversation_id
    });
    closings.map(|action| action.id.as_str())
}

/// No conversation is closed twice, and none by this advisor without a close of his.
fn closings(evidence: &Evidence<'_>, broken: &mut Vec<Broken>) {
    for conversation_id in evidence.view.conversations.keys() {
        let closings = advisors_closings(evidence, conversation_id).count();
        if closings > 1 {
            broken.push(Broken { rule: CLOSES, what: format!("{conversation_id} was closed {closings} times") });
        }
    }
    if let Some(rows) = evidence.view.csv_rows
        && rows != evidence.view.actions.len()
    {
        let what = format!("actions.csv has {rows} rows for {} actions", evidence.view.actions.len());
        broken.push(Broken { rule: "actions.csv has every action (R6, D51)", what });
    }
}
