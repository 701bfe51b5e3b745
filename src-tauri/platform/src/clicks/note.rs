//! Notes: for colleagues only, and the one thing that a closed conversation still takes.

use serde_json::json;
use signoff_wire::contract::{actions::ActionType, receipts::Receipt, requests::NewNote, timeline::EntryKind};

use super::Click;
use crate::{
    conversations::{
        change::{announce_action, announce_changed},
        entries::{self, NewEntry},
    },
    refusal::Refusal,
    store::Write,
};

/// Writes a note into the timeline.
pub(crate) fn apply(write: &mut Write<'_>, click: &Click, note: &NewNote) -> Result<Receipt, Refusal> {
    let record = click.conversation(write)?;
    if note.text.chars().all(char::is_whitespace) {
        return Err(Refusal::NoteEmpty);
    }
    let entry = NewEntry {
        kind: EntryKind::Note,
        author: click.actor().author(),
        text: &note.text,
        at: write.now,
        client_key: Some(&click.key),
        buttons: &[],
        event: None,
        action_id: None,
    };
    let entry = entries::insert(write, record.nr, &entry)?;
    let data = json!({ "note_id": entry.id });
    let record = announce_changed(write, &record, Some(entry))?;
    let action = click.act(write, &record, ActionType::Note, data)?;
    announce_action(write, &record, action.clone())?;
    Ok(click.receipt(&action, &record))
}
