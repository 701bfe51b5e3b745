//! Reading what scenarios do.

use rusqlite::{Connection, OptionalExtension, params};
use signoff_wire::contract::scenarios::ScenarioFlow;

use super::reading;
use crate::refusal::Refusal;

/// A published version with whose it is.
#[derive(Clone, Debug)]
pub(super) struct Published {
    /// The scenario.
    pub(super) scenario_id: String,
    /// Its name.
    pub(super) name: String,
    /// The version.
    pub(super) version: u32,
    /// What it does.
    pub(super) flow: ScenarioFlow,
}

type Row = (String, String, u32, String);

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
}

fn published(sql: &Connection, row: Row) -> Result<Published, Refusal> {
    let (scenario_id, name, version, flow) = row;
    Ok(Published { scenario_id, name, version, flow: reading::flow(sql, &flow)? })
}

/// The newest version of the channel's scenario.
pub(super) fn of_channel(sql: &Connection, channel_id: &str) -> Result<Option<Published>, Refusal> {
    sql.prepare_cached(
        "SELECT s.id, s.name, v.version, v.flow FROM channel_scenarios c
            JOIN scenarios s ON s.id = c.scenario_id JOIN scenario_versions v ON v.scenario_id = s.id
         WHERE c.channel_id = ?1 ORDER BY v.version DESC LIMIT 1",
    )?
    .query_row([channel_id], read)
    .optional()?
    .map(|row| published(sql, row))
    .transpose()
}

/// One version.
pub(super) fn of_version(sql: &Connection, scenario_id: &str, version: u32) -> Result<Option<Published>, Refusal> {
    sql.prepare_cached(
        "SELECT s.id, s.name, v.version, v.flow FROM scenarios s JOIN scenario_versions v ON v.scenario_id = s.id
         WHERE s.id = ?1 AND v.version = ?2",
    )?
    .query_row(params![scenario_id, version], read)
    .optional()?
    .map(|row| published(sql, row))
    .transpose()
}
