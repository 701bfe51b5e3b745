//! Within a conversation effects come in the order of the clicks, and nothing overtakes what still waits (D22).

use std::collections::BTreeMap;

use signoff_wire::interface::{Choice, EntryState};

use super::{Broken, Evidence};
use crate::journal::{Answered, Click, Decided};

const RULE: &str = "within a conversation effects come in the order of the clicks (D22)";

/// What became of a click.
enum Outcome {
    /// It took effect, as the conversation's version tells.
    At(i64),
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
                (Outcome::At(at), Some((later, later_at))) if *at > later_at => {
                    let what = format!("click {} took effect after click {later}", click.number);
                    broken.push(Broken { rule: RULE, what });
                }
                (Outcome::Waits, Some((later, _))) => {
                    broken.push(Broken { rule: RULE, what: format!("click {later} overtook click {}", click.number) });
                }
                (Outcome::At(_) | Outcome::Waits | Outcome::Gone, _) => {}
            }
            if let Outcome::At(at) = outcome {
                newest = Some((click.number, *at));
            }
        }
    }
}

fn outcome(evidence: &Evidence<'_>, key: &str) -> Outcome {
    // Given up while an attempt was under way: it may take effect after what was clicked later.
    let given_up = evidence.pages.decisions_about(key).any(|decision| {
        matches!(decision.choice, Choice::Undo | Choice::Edit | Choice::Discard)
            && !matches!(decision.answer, Decided::Refused(_))
    });
    if given_up {
        return Outcome::Gone;
    }
    if let Some(receipt) = evidence.view.receipts.get(key) {
        return Outcome::At(receipt.version);
    }
    match evidence.screen.entry(key).map(|entry| entry.state) {
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
