//! Within a conversation effects come in the order of the clicks, and nothing overtakes what still waits (D22).

use std::collections::BTreeMap;

use signoff_wire::interface::{Choice, EntryState};

use super::{Broken, Evidence};
use crate::journal::{Answered, Click, Decided, Decision};

const RULE: &str = "within a conversation effects come in the order of the clicks (D22)";

/// What became of a click.
enum Outcome {
    /// It took effect, as the conversation's versions tell: the first of its steps, and the last.
    At { first: i64, last: i64 },
    /// It still holds its place.
    Waits,
    /// It gave its place up, or nobody can tell.
    Gone,
}

pub(super) fn judge(evidence: &Evidence<'_>, broken: &mut Vec<Broken>) {
    let mut conversations: BTreeMap<&str, Vec<(&Click, Outcome)>> = BTreeMap::new();
    for click in &evidence.pages.clicks {
        if let Answered::Queued(key) = &click.answer
            && !moved(evidence, key)
        {
            let outcome = outcome(evidence, key);
            conversations.entry(click.conversation_id.as_str()).or_default().push((click, outcome));
        }
    }
    for clicks in conversations.values() {
        let mut newest = None;
        for (click, outcome) in clicks.iter().rev() {
            match (outcome, newest) {
                (Outcome::At { last, .. }, Some((later, later_at))) if *last > later_at => {
                    let what = format!("click {} took effect after click {later}", click.number);
                    broken.push(Broken { rule: RULE, what });
                }
                (Outcome::Waits, Some((later, _))) => {
                    broken.push(Broken { rule: RULE, what: format!("click {later} overtook click {}", click.number) });
                }
                (Outcome::At { .. } | Outcome::Waits | Outcome::Gone, _) => {}
            }
            if let Outcome::At { first, .. } = outcome {
                newest = Some((click.number, *first));
            }
        }
    }
}

fn outcome(evidence: &Evidence<'_>, key: &str) -> Outcome {
    // Given up while an attempt was under way: it may take effect after what was clicked later.
    let given_up = evidence.pages.decisions_about(key).any(|decision| {
        let all = matches!(decision.choice, Choice::Undo | Choice::Edit | Choice::Discard);
        // Of what is half done, the step of which nobody knew.
        let rest = decision.choice == Choice::DropRest && (decision.under_way || decision.unknowable);
        (all || rest) && !matches!(decision.answer, Decided::Refused(_))
    });
    if given_up {
        return Outcome::Gone;
    }
    // Said to be sent again while the first one was still on its way: which of the two came last, nobody had in hand.
    if evidence.in_steps && evidence.pages.decisions_about(key).any(Decision::sends_again) {
        return Outcome::Gone;
    }
    let state = evidence.screen.entry(key).map(|entry| entry.state);
    let is_open = state.is_some_and(|state| !matches!(state, EntryState::Done | EntryState::Cancelled));
    // Of what is half done the rest keeps its place.
    if let Some(receipt) = evidence.view.receipts.get(key).filter(|_| !(evidence.in_steps && is_open)) {
        let first = evidence.view.steps_under(key).first().map_or(receipt.version, |took| took.version);
        return Outcome::At { first, last: receipt.version };
    }
    match state {
        Some(EntryState::Queued | EntryState::Sending | EntryState::Checking | EntryState::NeedsAttention) => {
            Outcome::Waits
        }
        Some(EntryState::Done | EntryState::Cancelled) | None => Outcome::Gone,
    }
}

/// What went into a newer conversation has left its place here (D7).
fn moved(evidence: &Evidence<'_>, key: &str) -> bool {
    evidence
        .pages
        .decisions_about(key)
        .any(|decision| decision.choice == Choice::SendInNewer && !matches!(decision.answer, Decided::Refused(_)))
}
