//! Archive: finished without an answer (R4). Closes nothing: a message within the window brings the conversation back.

use serde_json::json;
use signoff_wire::contract::{actions::ActionType, receipts::Receipt, timeline::Happening};

use super::Click;
use crate::{
    conversations::change::{announce_action, announce_changed, tell},
    refusal::Refusal,
    store::Write,
};

/// Moves the conversation to *Archived*.
pub(crate) fn apply(write: &mut Write<'_>, click: &Click) -> Result<Receipt, Refusal> {
    let record = click.open_conversation(write)?;
    write
        .sql
        .prepare_cached("UPDATE conversations SET state = 'archived', on_hold = 0, help_requested = 0, scenario_step = NULL WHERE nr = ?1")?
        .execute([record.nr])?;
    let entry = tell(write, &record, &click.actor(), "Archived", &Happening::Archived)?;
    let record = announce_changed(write, &record, Some(entry))?;
    let action = click.act(write, &record, ActionType::Archive, json!({}))?;
    announce_action(write, &record, action.clone())?;
    Ok(click.receipt(&action, &record))
}
