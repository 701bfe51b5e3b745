//! What scenarios and rules do to a conversation besides answering: tag, route, archive. Each is told in the timeline, announced,
//! and recorded as an action of its author (R11).

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Value, json};
use signoff_wire::contract::{
    actions::{ActionOrigin, ActionType},
    conversations::ConversationState,
    sessions::TeamRef,
    timeline::Happening,
};

use crate::{
    actions::record::{self, NewAction},
    actor::Actor,
    conversations::{
        Record,
        change::{announce_action, announce_changed, tell},
    },
    refusal::Refusal,
    store::Write,
    tags,
};

/// The team of this id, unless it was given up.
pub(super) fn team(sql: &Connection, id: &str) -> rusqlite::Result<Option<TeamRef>> {
    sql.prepare_cached("SELECT id, name FROM teams WHERE id = ?1 AND active")?
        .query_row([id], |row| Ok(TeamRef { id: row.get(0)?, name: row.get(1)? }))
        .optional()
}

/// Those of the tags that can be set, and whether any cannot. An archived one stays where it is, and is set nowhere else.
pub(super) fn known_tags(sql: &Connection, had: &[String], tags: &[String]) -> rusqlite::Result<(Vec<String>, bool)> {
    let mut known = Vec::with_capacity(tags.len());
    for tag in tags {
        if had.contains(tag) || tags::resolve(sql, tag)?.is_some_and(|(_, offered)| offered) {
            known.push(tag.clone());
        }
    }
    let missing = known.len() < tags.len();
    Ok((known, missing))
}

/// Sets the tags; the same tags are no change.
pub(super) fn tag(write: &mut Write<'_>, record: Record, actor: &Actor, tags: Vec<String>) -> Result<Record, Refusal> {
    if tags == record.view.tags {
        return Ok(record);
    }
    write
        .sql
        .prepare_cached("UPDATE conversations SET tags = ?2 WHERE nr = ?1")?
        .execute(params![record.nr, serde_json::to_string(&tags)?])?;
    let data = json!({ "tags": tags });
    let text = format!("Tags: {}", tags.join(", "));
    act(write, &record, actor, ActionType::Tag, data, &text, &Happening::Tagged { tags })
}

/// Routes; the same team is no change. Whoever had the conversation has it no longer when its team changes.
pub(super) fn route(write: &mut Write<'_>, record: Record, actor: &Actor, to: TeamRef) -> Result<Record, Refusal> {
    if record.team_id() == Some(to.id.as_str()) {
        return Ok(record);
    }
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
    act(write, &record, actor, ActionType::Route, data, &text, &Happening::Routed { to })
}

/// Archives, unless an advisor has the conversation.
pub(super) fn archive(write: &mut Write<'_>, record: Record, actor: &Actor) -> Result<Record, Refusal> {
    if matches!(record.view.state, ConversationState::Ongoing | ConversationState::Archived | ConversationState::Closed)
    {
        return Ok(record);
    }
    write
        .sql
        .prepare_cached("UPDATE conversations SET state = 'archived', on_hold = 0, help_requested = 0 WHERE nr = ?1")?
        .execute([record.nr])?;
    act(write, &record, actor, ActionType::Archive, json!({}), "Archived", &Happening::Archived)
}

fn act(
    write: &mut Write<'_>,
    record: &Record,
    actor: &Actor,
    kind: ActionType,
    data: Value,
    text: &str,
    happening: &Happening,
) -> Result<Record, Refusal> {
    let entry = tell(write, record, actor, text, happening)?;
    let record = announce_changed(write, record, Some(entry))?;
    let action = NewAction { origin: origin(actor), data, ..NewAction::new(kind, actor) };
    let action = record::insert(write, &record, action)?;
    announce_action(write, &record, action)?;
    Ok(record)
}

/// Where an author that is no person acts.
pub(super) fn origin(actor: &Actor) -> ActionOrigin {
    match actor {
        Actor::Rule { .. } => ActionOrigin::RoutingRule,
        Actor::Scenario { .. } | Actor::Advisor { .. } | Actor::System => ActionOrigin::Scenario,
    }
}
