//! Hold and Ask for help: flags of an ongoing conversation. Who raises one takes the conversation, if nobody has it.

use rusqlite::params;
use serde_json::json;
use signoff_wire::contract::{actions::ActionType, receipts::Receipt, requests::Switch, timeline::Happening};

use super::Click;
use crate::{
    conversations::{
        Record,
        change::{announce_action, announce_changed, tell},
    },
    refusal::Refusal,
    store::Write,
};

/// Puts the conversation on hold, or takes it off.
pub(crate) fn hold(write: &mut Write<'_>, click: &Click, switch: Switch) -> Result<Receipt, Refusal> {
    let record = click.open_conversation(write)?;
    write.sql.prepare_cached("UPDATE conversations SET on_hold = ?2 WHERE nr = ?1")?.execute((record.nr, switch.on))?;
    let text = if switch.on { "Put on hold" } else { "Taken off hold" };
    finish(write, click, &record, switch, ActionType::Hold, text, &Happening::Hold { on: switch.on })
}

/// Asks colleagues for help, or says that none is needed any more.
pub(crate) fn help_request(write: &mut Write<'_>, click: &Click, switch: Switch) -> Result<Receipt, Refusal> {
    let record = click.open_conversation(write)?;
    write
        .sql
        .prepare_cached("UPDATE conversations SET help_requested = ?2 WHERE nr = ?1")?
        .execute((record.nr, switch.on))?;
    let text = if switch.on { "Asked for help" } else { "No longer asks for help" };
    finish(write, click, &record, switch, ActionType::HelpRequest, text, &Happening::HelpRequest { on: switch.on })
}

fn finish(
    write: &mut Write<'_>,
    click: &Click,
    record: &Record,
    switch: Switch,
    kind: ActionType,
    text: &str,
    happening: &Happening,
) -> Result<Receipt, Refusal> {
    if switch.on {
        write
            .sql
            .prepare_cached(
                "UPDATE conversations SET state = 'ongoing', assignee_id = coalesce(assignee_id, ?2) WHERE nr = ?1",
            )?
            .execute(params![record.nr, click.caller.user.id])?;
    }
    let entry = tell(write, record, &click.actor(), text, happening)?;
    let record = announce_changed(write, record, Some(entry))?;
    let action = click.act(write, &record, kind, json!({ "on": switch.on }))?;
    announce_action(write, &record, action.clone())?;
    Ok(click.receipt(&action, &record))
}
