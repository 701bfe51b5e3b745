//! Where a scenario is in a conversation, as the file keeps it.

use rusqlite::{Connection, OptionalExtension, params};
use signoff_wire::contract::{
    conversations::ConversationStatus,
    scenarios::{ScenarioState, WaitsFor},
};

use crate::{conversations::Record, refusal::Refusal, store::Write};

/// The version that a conversation is in, and how often the scenario has moved in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Position {
    /// The scenario.
    pub(super) scenario_id: String,
    /// The version.
    pub(super) version: u32,
    /// Counts the moves.
    pub(super) visit: i64,
}

/// The position and the state, with the customer's variables and the buttons that they were shown.
pub(super) fn load(sql: &Connection, record: &Record) -> Result<(Option<Position>, ScenarioState), Refusal> {
    let customer_id = &record.view.customer.id;
    let mut state = ScenarioState {
        open: record.view.status == ConversationStatus::Open,
        conversations_before: u32::from(record.view.previous_conversation_id.is_some()),
        tags: record.view.tags.clone(),
        team_id: record.team_id().map(str::to_owned),
        variables: sql
            .prepare_cached("SELECT name, value FROM customer_variables WHERE customer_id = ?1")?
            .query_map([customer_id], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?,
        ..ScenarioState::default()
    };
    let offered: Option<String> = sql
        .prepare_cached("SELECT offered FROM customer_buttons WHERE customer_id = ?1")?
        .query_row([customer_id], |row| row.get(0))
        .optional()?;
    if let Some(offered) = offered {
        state.offered = serde_json::from_str(&offered)?;
    }
    let position = sql
        .prepare_cached(
            "SELECT p.scenario_id, p.version, p.visit, c.scenario_step, p.waits_for, p.tries, p.hops
             FROM scenario_positions p JOIN conversations c ON c.nr = p.conversation_nr WHERE p.conversation_nr = ?1",
        )?
        .query_row([record.nr], |row| {
            state.step = row.get(3)?;
            let waits_for = row.get::<_, Option<String>>(4)?;
            state.waits_for = waits_for.as_deref().filter(|_| state.step.is_some()).and_then(waits);
            state.tries = row.get(5)?;
            state.hops = row.get(6)?;
            Ok(Position { scenario_id: row.get(0)?, version: row.get(1)?, visit: row.get(2)? })
        })
        .optional()?;
    Ok((position, state))
}

/// Keeps where the scenario is now. Variables and tags are not its business.
pub(super) fn store(
    write: &Write<'_>,
    record: &Record,
    position: &Position,
    state: &ScenarioState,
    offered_before: &std::collections::BTreeMap<String, String>,
) -> Result<(), Refusal> {
    write
        .sql
        .prepare_cached(
            "INSERT INTO scenario_positions (conversation_nr, scenario_id, version, waits_for, tries, hops, visit)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (conversation_nr) DO UPDATE SET scenario_id = excluded.scenario_id,
                version = excluded.version, waits_for = excluded.waits_for, tries = excluded.tries,
                hops = excluded.hops, visit = excluded.visit",
        )?
        .execute(params![
            record.nr,
            position.scenario_id,
            position.version,
            state.waits_for.map(word),
            state.tries,
            state.hops,
            position.visit
        ])?;
    write
        .sql
        .prepare_cached("UPDATE conversations SET scenario_step = ?2 WHERE nr = ?1 AND state <> 'closed'")?
        .execute(params![record.nr, state.step])?;
    if *offered_before != state.offered {
        write
            .sql
            .prepare_cached(
                "INSERT INTO customer_buttons (customer_id, offered) VALUES (?1, ?2)
                 ON CONFLICT (customer_id) DO UPDATE SET offered = excluded.offered",
            )?
            .execute(params![record.view.customer.id, serde_json::to_string(&state.offered)?])?;
    }
    Ok(())
}

/// A variable has a new value, or none any more.
pub(super) fn set(write: &Write<'_>, customer_id: &str, name: &str, value: Option<&str>) -> rusqlite::Result<()> {
    match value {
        Some(value) => write
            .sql
            .prepare_cached(
                "INSERT INTO customer_variables (customer_id, name, value) VALUES (?1, ?2, ?3)
                 ON CONFLICT (customer_id, name) DO UPDATE SET value = excluded.value",
            )?
            .execute([customer_id, name, value])?,
        None => write
            .sql
            .prepare_cached("DELETE FROM customer_variables WHERE customer_id = ?1 AND name = ?2")?
            .execute([customer_id, name])?,
    };
    Ok(())
}

fn waits(word: &str) -> Option<WaitsFor> {
    [WaitsFor::Customer, WaitsFor::Answer, WaitsFor::Time].into_iter().find(|waits| self::word(*waits) == word)
}

fn word(waits_for: WaitsFor) -> &'static str {
    match waits_for {
        WaitsFor::Customer => "customer",
        WaitsFor::Answer => "answer",
        WaitsFor::Time => "time",
    }
}
