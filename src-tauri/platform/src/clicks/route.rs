//! Route to a team. Whoever had the conversation has it no longer: the new team takes it from *Received*.

use rusqlite::{OptionalExtension, params};
use serde_json::json;
use signoff_wire::contract::{
    actions::ActionType, receipts::Receipt, requests::Route, sessions::TeamRef, timeline::Happening,
};

use super::Click;
use crate::{
    conversations::change::{announce_action, announce_changed, tell},
    refusal::Refusal,
    store::Write,
};

/// Routes the conversation.
pub(crate) fn apply(write: &mut Write<'_>, click: &Click, route: &Route) -> Result<Receipt, Refusal> {
    let record = click.open_conversation(write)?;
    let to: TeamRef = write
        .sql
        .prepare_cached("SELECT id, name FROM teams WHERE id = ?1 AND active")?
        .query_row([&route.team_id], |row| Ok(TeamRef { id: row.get(0)?, name: row.get(1)? }))
        .optional()?
        .ok_or(Refusal::TeamUnknown)?;
    write
        .sql
        .prepare_cached(
            "UPDATE conversations SET team_id = ?2, assignee_id = NULL, on_hold = 0, help_requested = 0,
                state = CASE state WHEN 'ongoing' THEN 'received' ELSE state END
             WHERE nr = ?1",
        )?
        .execute(params![record.nr, to.id])?;
    let data = json!({ "team_id": to.id, "from_team_id": record.team_id() });
    let text = format!("Routed to {}", to.name);
    let entry = tell(write, &record, &click.actor(), &text, &Happening::Routed { to })?;
    let record = announce_changed(write, &record, Some(entry))?;
    let action = click.act(write, &record, ActionType::Route, data)?;
    announce_action(write, &record, action.clone())?;
    Ok(click.receipt(&action, &record))
}
