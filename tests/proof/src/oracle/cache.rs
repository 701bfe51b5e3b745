//! What the screen shows is what the platform has (DESIGN, outbox 8).
//!
//! A conversation in which something waits for the advisor is shown as the platform has it, too, but for its queue; so all are compared.

use std::collections::BTreeSet;

use signoff_wire::contract::timeline::TimelineEntry;
use signoff_wire::interface::{ConversationView, EntryState};

use super::{Broken, Evidence, Screen};
use crate::view::{Seen, TABS, View};

const RULE: &str = "the screen shows what the platform has";

pub(super) fn judge(evidence: &Evidence<'_>, broken: &mut Vec<Broken>) {
    compare(evidence.view, evidence.screen, broken);
}

pub(super) fn compare(view: &View, screen: &Screen, broken: &mut Vec<Broken>) {
    let mut say = |what: String| broken.push(Broken { rule: RULE, what });
    let pending: BTreeSet<&str> = screen
        .queue
        .iter()
        .filter(|entry| !matches!(entry.state, EntryState::Done | EntryState::Cancelled))
        .map(|entry| entry.conversation_id.as_str())
        .collect();
    for (tab, name) in TABS {
        let shown: BTreeSet<&str> = screen.tabs.get(name).into_iter().flatten().map(|row| row.id.as_str()).collect();
        for id in &shown {
            if !view.conversations.contains_key(*id) {
                say(format!("{id} is shown and does not exist"));
            }
        }
        for (id, seen) in &view.conversations {
            let here = seen.conversation.state == tab;
            if !pending.contains(id.as_str()) && here != shown.contains(id.as_str()) {
                say(format!("{id} is {:?} at the platform, and tab {name} says otherwise", seen.conversation.state));
            }
        }
    }
    let counts = screen.counts;
    for (name, count) in [
        ("received", counts.received),
        ("ongoing", counts.ongoing),
        ("answered", counts.answered),
        ("archived", counts.archived),
        ("closed", counts.closed),
    ] {
        let rows = screen.tabs.get(name).map_or(0, Vec::len);
        if usize::try_from(count).unwrap_or(usize::MAX) != rows {
            say(format!("tab {name} counts {count} and has {rows} rows"));
        }
    }
    for (id, seen) in &view.conversations {
        let Some(shown) = screen.conversations.get(id) else {
            say(format!("{id} is missing"));
            continue;
        };
        if let Some(difference) = difference(seen, shown) {
            say(format!("{id}: {difference}"));
        }
    }
}

fn difference(seen: &Seen, shown: &ConversationView) -> Option<String> {
    let conversation = &seen.conversation;
    if shown.closed_at.is_some() != conversation.closed_at.is_some() {
        return Some(format!("closed {:?} there and {:?} here", conversation.closed_at, shown.closed_at));
    }
    if shown.last_customer_message_id != conversation.last_customer_message_id {
        return Some("another newest customer message".to_owned());
    }
    let tail = seen.timeline.len().saturating_sub(shown.timeline.entries.len());
    if shown.timeline.next.is_none() && tail != 0 {
        return Some(format!("{} entries there, {} here", seen.timeline.len(), shown.timeline.entries.len()));
    }
    let there = seen.timeline.get(tail..).unwrap_or_default();
    let differs = |(there, here): (&TimelineEntry, &TimelineEntry)| {
        there.id != here.id || there.text != here.text || there.kind != here.kind || there.delivery != here.delivery
    };
    if there.len() != shown.timeline.entries.len() || there.iter().zip(&shown.timeline.entries).any(differs) {
        let ids = |entries: &[TimelineEntry]| {
            entries.iter().map(|entry| format!("{}:{}", entry.position, entry.id)).collect::<Vec<_>>().join(" ")
        };
        return Some(format!("another timeline: there {}, here {}", ids(there), ids(&shown.timeline.entries)));
    }
    None
}
