//! What is read from the books: the events by the app, the truth by the oracle.

use std::collections::BTreeMap;

use serde_json::json;
use signoff_engine::remote::{Brought, Step};
use signoff_wire::contract::events::{Changes, Event, EventType};

use super::books::{Books, receipt};
use super::places;
use crate::view::{Seen, Took, View};

impl Books {
    /// What there is after `after`.
    pub(super) fn changes(&self, after: i64, limit: usize) -> Changes {
        if after < self.forgotten_to || after > self.seq {
            let reset = Event { seq: self.seq, kind: EventType::Reset, data: json!({}) };
            return Changes { items: vec![reset], next: self.seq, more: false };
        }
        let mut items: Vec<Event> = self
            .events
            .iter()
            .map(|(_, event)| event)
            .filter(|event| event.seq > after)
            .take(limit + 1)
            .cloned()
            .collect();
        let more = items.len() > limit;
        items.truncate(limit);
        let next = if more { items.last().map_or(after, |event| event.seq) } else { self.seq };
        Changes { items, next, more }
    }

    /// Whether something was done under an entry's key.
    pub(super) fn has_done(&self, key: &str, step: Step) -> bool {
        self.notes.iter().any(|note| note.key == key && note.step == step)
    }

    /// The vendor's truth, with the keys that it has never shown to anybody.
    pub(super) fn view(&self) -> View {
        let mut view = View { actions: self.actions.clone(), ..View::default() };
        let mut keys = BTreeMap::new();
        for note in &self.notes {
            let (key, version) = (note.key.clone(), note.taken.version);
            let receipt =
                view.receipts.entry(key.clone()).or_insert_with(|| receipt(&key, &note.conversation_id, version));
            receipt.version = receipt.version.max(version);
            match &note.taken.brought {
                Brought::Whole(_) => {}
                Brought::Reply(reply) => {
                    keys.insert(reply.message_id.clone(), key.clone());
                    receipt.reply = Some(reply.clone());
                }
                Brought::Survey(survey) => receipt.survey = survey.clone(),
                Brought::Closed(closed) => receipt.closed = Some(closed.clone()),
            }
            view.steps.entry(key).or_default().push(Took {
                effect: places::effect(note.step),
                conversation_id: note.conversation_id.clone(),
                version,
            });
        }
        for (id, talk) in &self.talks {
            let mut timeline = talk.entries.clone();
            for entry in &mut timeline {
                entry.client_key = keys.get(&entry.id).cloned();
            }
            view.conversations.insert(id.clone(), Seen { conversation: talk.conversation.clone(), timeline });
        }
        view
    }
}
