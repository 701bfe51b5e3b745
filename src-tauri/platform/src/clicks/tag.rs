//! Tags: the whole set at once, by name.

use rusqlite::params;
use serde_json::json;
use signoff_wire::contract::{actions::ActionType, receipts::Receipt, requests::SetTags, timeline::Happening};

use super::Click;
use crate::{
    conversations::change::{announce_action, announce_changed, tell},
    refusal::Refusal,
    store::Write,
};

/// Replaces the conversation's tags. All have to be tags of the workspace; one named twice counts once.
pub(crate) fn apply(write: &mut Write<'_>, click: &Click, set: &SetTags) -> Result<Receipt, Refusal> {
    let record = click.open_conversation(write)?;
    let mut tags: Vec<String> = Vec::new();
    for name in &set.tags {
        let known: bool = write
            .sql
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM tags WHERE name = ?1)")?
            .query_row([name], |row| row.get(0))?;
        if !known {
            return Err(Refusal::TagUnknown);
        }
        if !tags.contains(name) {
            tags.push(name.clone());
        }
    }
    write
        .sql
        .prepare_cached("UPDATE conversations SET tags = ?2 WHERE nr = ?1")?
        .execute(params![record.nr, serde_json::to_string(&tags)?])?;
    let data = json!({ "tags": tags });
    let text = format!("Tags: {}", tags.join(", "));
    let entry = tell(write, &record, &click.actor(), &text, &Happening::Tagged { tags })?;
    let record = announce_changed(write, &record, Some(entry))?;
    let action = click.act(write, &record, ActionType::Tag, data)?;
    announce_action(write, &record, action.clone())?;
    Ok(click.receipt(&action, &record))
}
