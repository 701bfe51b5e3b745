//! Tags: the whole set at once, by name.

use rusqlite::params;
use serde_json::json;
use signoff_wire::contract::{actions::ActionType, receipts::Receipt, requests::SetTags, timeline::Happening};

use super::Click;
use crate::{
    conversations::change::{announce_action, announce_changed, tell},
    refusal::Refusal,
    store::Write,
    tags,
};

/// Replaces the conversation's tags. All have to be tags of the workspace; one named twice, also by a former name, counts
/// once. One that is not offered any more may stay where it is.
pub(crate) fn apply(write: &mut Write<'_>, click: &Click, set: &SetTags) -> Result<Receipt, Refusal> {
    let record = click.open_conversation(write)?;
    let mut set_to: Vec<String> = Vec::new();
    for name in &set.tags {
        let (name, offered) = tags::resolve(write.sql, name)?.ok_or(Refusal::TagUnknown)?;
        if !offered && !record.view.tags.contains(&name) {
            return Err(Refusal::TagUnknown);
        }
        if !set_to.contains(&name) {
            set_to.push(name);
        }
    }
    write
        .sql
        .prepare_cached("UPDATE conversations SET tags = ?2 WHERE nr = ?1")?
        .execute(params![record.nr, serde_json::to_string(&set_to)?])?;
    let data = json!({ "tags": set_to });
    let text = format!("Tags: {}", set_to.join(", "));
    let entry = tell(write, &record, &click.actor(), &text, &Happening::Tagged { tags: set_to })?;
    let record = announce_changed(write, &record, Some(entry))?;
    let action = click.act(write, &record, ActionType::Tag, data)?;
    announce_action(write, &record, action.clone())?;
    Ok(click.receipt(&action, &record))
}
