//! Assign and Release. Nothing is locked: whoever assigns a colleague's conversation takes it over (D41).

use rusqlite::{OptionalExtension, params};
use serde_json::json;
use signoff_wire::contract::{
    actions::ActionType, receipts::Receipt, requests::Assign, sessions::UserRef, timeline::Happening,
};

use super::Click;
use crate::{
    conversations::{
        change::{self, announce_action, announce_changed, tell},
        visibility,
    },
    people,
    refusal::Refusal,
    store::Write,
};

/// Gives the conversation to somebody who sees it; `user_id: null` releases it.
pub(crate) fn apply(write: &mut Write<'_>, click: &Click, assign: &Assign) -> Result<Receipt, Refusal> {
    let Some(user_id) = &assign.user_id else { return release(write, click) };
    let record = click.open_conversation(write)?;
    let (to, role) = write
        .sql
        .prepare_cached("SELECT id, name, role FROM users WHERE id = ?1 AND active")?
        .query_row([user_id], |row| {
            Ok((UserRef { id: row.get(0)?, name: row.get(1)? }, people::role(&row.get::<_, String>(2)?)))
        })
        .optional()?
        .ok_or(Refusal::UserUnknown)?;
    if !visibility::sees(write.sql, &to.id, role, record.nr)? {
        return Err(Refusal::AssigneeWithoutAccess);
    }
    write
        .sql
        .prepare_cached(
            "UPDATE conversations SET assignee_id = ?2, state = 'ongoing', scenario_step = NULL WHERE nr = ?1",
        )?
        .execute(params![record.nr, to.id])?;
    let from = record.view.assignee.clone();
    let data = json!({ "user_id": to.id, "from_user_id": from.as_ref().map(|user| &user.id) });
    let text = format!("Assigned to {}", to.name);
    let entry = tell(write, &record, &click.actor(), &text, &Happening::Assigned { to, from })?;
    let record = announce_changed(write, &record, Some(entry))?;
    let action = click.act(write, &record, ActionType::Assign, data)?;
    announce_action(write, &record, action.clone())?;
    Ok(click.receipt(&action, &record))
}

/// Takes it from whoever has it. What was ongoing is back in *Received*.
pub(crate) fn release(write: &mut Write<'_>, click: &Click) -> Result<Receipt, Refusal> {
    let record = click.open_conversation(write)?;
    let data = json!({ "from_user_id": record.assignee_id() });
    let record = change::release(write, &record, &click.actor())?;
    let action = click.act(write, &record, ActionType::Release, data)?;
    announce_action(write, &record, action.clone())?;
    Ok(click.receipt(&action, &record))
}
