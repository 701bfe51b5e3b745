//! At a platform that takes an action in steps: each step once, in the order of R3, and none of them silently left out (DESIGN, outbox 10; D23).

use signoff_wire::interface::{ActionKind, Choice, Code, Effect, EntryState, QueueEntry};

use super::effects::{decided, was_given_up};
use super::{Broken, Evidence};
use crate::journal::{Answered, Click, Met, words};
use crate::view::Took;

const ONCE: &str = "each step takes effect once (D5)";
const ORDER: &str = "reply, survey and closing follow each other (R3)";
const WHOLE: &str = "nothing is silently half done (R3, D23)";
const BLINDLY: &str = "nothing is sent again by itself that may have happened (D5)";
const UNKNOWN: &str = "whoever cannot know what has happened says so (D23)";
const TAKEN_BACK: &str = "what was taken back does not happen (D15)";

/// So many actions that have ended the queue lists at least.
const ENDED_TOLD: usize = 50;

const ALL: [Effect; 3] = [Effect::Reply, Effect::Survey, Effect::Close];

pub(super) fn judge(evidence: &Evidence<'_>, broken: &mut Vec<Broken>) {
    if !evidence.in_steps {
        return;
    }
    for step in &evidence.pages.sent_blindly {
        broken.push(Broken { rule: BLINDLY, what: format!("{step} was sent again") });
    }
    for click in &evidence.pages.clicks {
        let Answered::Queued(key) = &click.answer else { continue };
        let mut say = |rule, what: String| {
            broken.push(Broken { rule, what: format!("click {} ({key}) {what}", click.number) });
        };
        let took = evidence.view.steps_under(key);
        let again = evidence.pages.decisions_about(key).filter(|decision| decision.sends_again()).count();
        for effect in [None].into_iter().chain(ALL.map(Some)) {
            let times = took.iter().filter(|took| took.effect == effect).count();
            if times > 1 + again {
                say(ONCE, format!("had its {effect:?} {times} times"));
            }
        }
        if !ALL.iter().filter_map(|effect| first(took, *effect)).is_sorted() {
            say(ORDER, format!("took its steps in another order: {took:?}"));
        }
        if let Some(entry) = evidence.screen.entry(key).filter(|entry| is_open(entry)) {
            if let Some(wrong) = told_wrongly(evidence, entry, took) {
                say(WHOLE, wrong);
            }
            if entry.state == EntryState::NeedsAttention && !is_unknown(entry) && is_in_doubt(evidence, entry) {
                say(UNKNOWN, format!("waits for another reason: {:?}", entry.attention));
            }
        } else if !was_given_up(evidence, key)
            && let Some(missing) = missing(evidence, click, key, took)
        {
            say(WHOLE, format!("has ended without its {missing:?}"));
        }
        let is_told = evidence.screen.entry(key).is_some() || evidence.pages.clicks.len() > ENDED_TOLD;
        if !is_told && !took.is_empty() && !was_given_up(evidence, key) {
            say(WHOLE, "took effect, and the queue does not tell of it".to_owned());
        }
        if is_back_in_draft(evidence, click) && !took.is_empty() && !was_unknowable(evidence, key) {
            say(TAKEN_BACK, "has been sent and is a draft again".to_owned());
        }
    }
}

fn is_open(entry: &QueueEntry) -> bool {
    !matches!(entry.state, EntryState::Done | EntryState::Cancelled)
}

fn first(took: &[Took], effect: Effect) -> Option<i64> {
    took.iter().find(|took| took.effect == Some(effect)).map(|took| took.version)
}

/// What the queue says that has been done of an open entry, and was not, or the other way round.
fn told_wrongly(evidence: &Evidence<'_>, entry: &QueueEntry, took: &[Took]) -> Option<String> {
    let half = entry.half_done.as_ref();
    let doubt = half.and_then(|half| half.in_doubt);
    for effect in ALL {
        let told = half.is_some_and(|half| half.done.contains(&effect));
        let done = first(took, effect).is_some();
        // A reply of which nobody knows is told by the reason alone; what was there already for another reason is as good as done.
        let unknown = doubt == Some(effect) || (half.is_none() && is_unknown(entry));
        let by_another = effect == Effect::Close
            && evidence
                .view
                .conversations
                .get(&entry.conversation_id)
                .is_some_and(|seen| seen.conversation.closed_at.is_some());
        if done && !told && !unknown && !is_skipped(evidence, entry, effect) {
            return Some(format!("had its {effect:?}, and the queue does not say so"));
        }
        if told && !done && !by_another {
            return Some(format!("is said to have had its {effect:?}"));
        }
    }
    None
}

fn is_unknown(entry: &QueueEntry) -> bool {
    entry.attention.as_ref().is_some_and(|attention| attention.code == Code::OutcomeUnknown)
}

/// Whether nobody knows what became of the last attempt at the step that an entry is at, and nobody has looked.
fn is_in_doubt(evidence: &Evidence<'_>, entry: &QueueEntry) -> bool {
    let step = match entry.half_done.as_ref().map(|half| half.in_doubt.or(half.left.first().copied())) {
        Some(Some(Effect::Survey)) => "/survey",
        Some(Some(Effect::Close)) => "/close",
        Some(Some(Effect::Reply) | None) => "/reply",
        None if entry.text.is_some() => "/reply",
        None => "",
    };
    evidence.pages.met(&format!("{}{step}", entry.id)) == Some(Met::Doubt)
}

/// A survey that was not due is neither done nor left.
fn is_skipped(evidence: &Evidence<'_>, entry: &QueueEntry, effect: Effect) -> bool {
    effect == Effect::Survey && !surveys(evidence, &entry.conversation_id)
}

/// Whether surveys are sent in a conversation.
fn surveys(evidence: &Evidence<'_>, conversation_id: &str) -> bool {
    let seen = evidence.view.conversations.get(conversation_id);
    seen.is_some_and(|seen| seen.conversation.survey_preview.will_send)
}

/// What an action that has ended should have done and has not.
fn missing(evidence: &Evidence<'_>, click: &Click, key: &str, took: &[Took]) -> Option<Effect> {
    if decided(evidence, key, Choice::DropRest) {
        return None;
    }
    let last = took.last()?;
    let without = decided(evidence, key, Choice::SendWithoutClosing) || decided(evidence, key, Choice::SendInNewer);
    let closes = click.kind == ActionKind::SendAndClose && !without;
    let seen = evidence.view.conversations.get(&last.conversation_id);
    let is_closed = seen.is_some_and(|seen| seen.conversation.closed_at.is_some());
    // That somebody else had closed it is as good, and no survey is due there any more.
    let by_another = is_closed && first(took, Effect::Close).is_none();
    let asks = (closes || click.kind == ActionKind::ReplyWithSurvey) && surveys(evidence, &last.conversation_id);
    if asks && !by_another && first(took, Effect::Survey).is_none() {
        return Some(Effect::Survey);
    }
    (closes && !is_closed).then_some(Effect::Close)
}

/// Whether all that was typed for a click stands in the composer of its conversation.
fn is_back_in_draft(evidence: &Evidence<'_>, click: &Click) -> bool {
    let Some(view) = evidence.screen.conversations.get(&click.conversation_id) else { return false };
    let drafted: Vec<&str> = words(&view.composer.draft).collect();
    click.text.as_ref().is_some_and(|text| words(text).all(|word| drafted.contains(&word)))
}

/// Whether the advisor decided about it when nobody could know what had become of it.
fn was_unknowable(evidence: &Evidence<'_>, key: &str) -> bool {
    evidence.pages.decisions_about(key).any(|decision| decision.unknowable)
}
