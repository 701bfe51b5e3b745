//! Every word that the app said it keeps is in a reply, in a draft or in the queue (D23).

use std::collections::BTreeSet;

use signoff_wire::contract::timeline::{AuthorKind, EntryKind};
use signoff_wire::interface::EntryState;

use super::{Broken, Evidence};
use crate::journal::words;

const RULE: &str = "no typed text is lost (D23)";

pub(super) fn judge(evidence: &Evidence<'_>, broken: &mut Vec<Broken>) {
    let sent = evidence
        .view
        .timelines()
        .filter(|entry| entry.kind == EntryKind::Reply && entry.author.kind == AuthorKind::Advisor)
        .map(|entry| entry.text.as_str());
    let drafts = evidence.screen.conversations.values().map(|view| view.composer.draft.as_str());
    let queued = evidence
        .screen
        .queue
        .iter()
        .filter(|entry| !matches!(entry.state, EntryState::Done | EntryState::Cancelled))
        .filter_map(|entry| entry.text.as_deref());
    let found: BTreeSet<&str> = sent.chain(drafts).chain(queued).flat_map(words).collect();
    for (word, conversation_id) in &evidence.pages.kept {
        if !found.contains(word.as_str()) && !evidence.pages.dropped.contains(word) {
            broken.push(Broken { rule: RULE, what: format!("{word}, typed in {conversation_id}, is nowhere") });
        }
    }
}
