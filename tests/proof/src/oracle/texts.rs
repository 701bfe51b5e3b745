//! Every word and every file that the app said it keeps is in a reply, in a draft or in the queue (D23), and a reply has the files that were
//! clicked with it, each once (D5).

use std::collections::BTreeSet;

use signoff_wire::contract::timeline::{AuthorKind, EntryKind};
use signoff_wire::interface::EntryState;

use super::{Broken, Evidence};
use crate::journal::{Answered, words};

const RULE: &str = "no typed text and no attached file is lost (D23)";
const FILES: &str = "a reply has the files that were clicked with it, once (D5)";

pub(super) fn judge(evidence: &Evidence<'_>, broken: &mut Vec<Broken>) {
    let sent = evidence
        .view
        .timelines()
        .filter(|entry| entry.kind == EntryKind::Reply && entry.author.kind == AuthorKind::Advisor)
        .map(|entry| entry.text.as_str());
    let drafts = evidence.screen.conversations.values().map(|view| view.composer.draft.as_str());
    let open = || {
        evidence.screen.queue.iter().filter(|entry| !matches!(entry.state, EntryState::Done | EntryState::Cancelled))
    };
    let queued = open().filter_map(|entry| entry.text.as_deref());
    let replies = evidence.view.timelines().flat_map(|entry| &entry.attachments).map(|file| file.name.as_str());
    let attached = evidence.screen.conversations.values().flat_map(|view| &view.composer.files);
    let waiting = open().flat_map(|entry| &entry.files);
    let files = replies.chain(attached.chain(waiting).map(|file| file.name.as_str()));
    let found: BTreeSet<&str> = sent.chain(drafts).chain(queued).flat_map(words).chain(files).collect();
    for (word, conversation_id) in &evidence.pages.kept {
        if !found.contains(word.as_str()) && !evidence.pages.dropped.contains(word) {
            broken.push(Broken { rule: RULE, what: format!("{word}, typed in {conversation_id}, is nowhere") });
        }
    }
    for click in &evidence.pages.clicks {
        let Answered::Queued(key) = &click.answer else { continue };
        for reply in evidence.view.replies_under(key) {
            let files: Vec<&str> = reply.attachments.iter().map(|file| file.name.as_str()).collect();
            if files != click.files {
                let what = format!("click {} ({key}) took {:?} along and sent {files:?}", click.number, click.files);
                broken.push(Broken { rule: FILES, what });
            }
        }
    }
}
