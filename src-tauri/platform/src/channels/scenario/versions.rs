//! Published versions: numbered, with who and when, never changed. Conversations stay in the version in which they are.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::json;
use signoff_wire::contract::{
    scenarios::{ScenarioFlow, ScenarioVersion, ScenarioVersionRef},
    sessions::{User, UserRef},
};

use super::{
    documents::{self, Versioned, require_version, touch},
    reading, secrets, surroundings, validate,
};
use crate::{
    audit,
    refusal::Refusal,
    store::{Write, ms, time},
};

pub(crate) const COLUMNS: &str = "v.version, v.published_at, v.published_by_id, v.published_by_name,
    (SELECT count(*) FROM conversations c INDEXED BY conversations_in_scenario
        CROSS JOIN scenario_positions p ON p.conversation_nr = c.nr
     WHERE p.scenario_id = v.scenario_id AND p.version = v.version AND c.scenario_step IS NOT NULL), v.flow";

fn read(row: &Row<'_>) -> rusqlite::Result<(ScenarioVersionRef, String)> {
    let by = row.get::<_, Option<String>>(2)?.zip(row.get::<_, Option<String>>(3)?);
    let summary = ScenarioVersionRef {
        version: row.get(0)?,
        published_at: time(row.get(1)?),
        published_by: by.map(|(id, name)| UserRef { id, name }),
        waiting: row.get(4)?,
    };
    Ok((summary, row.get(5)?))
}

/// All versions, newest first.
pub(super) fn list(sql: &Connection, id: &str) -> rusqlite::Result<Vec<ScenarioVersionRef>> {
    sql.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM scenario_versions v WHERE v.scenario_id = ?1 ORDER BY v.version DESC"
    ))?
    .query_map([id], |row| Ok(read(row)?.0))?
    .collect()
}

/// The newest version and its number.
pub(super) fn newest(sql: &Connection, id: &str) -> Result<Option<(u32, ScenarioFlow)>, Refusal> {
    let newest: Option<(u32, String)> = sql
        .prepare_cached(
            "SELECT version, flow FROM scenario_versions WHERE scenario_id = ?1 ORDER BY version DESC LIMIT 1",
        )?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    newest.map(|(version, flow)| Ok((version, reading::flow(sql, &flow)?))).transpose()
}

/// One version.
pub(crate) fn one(sql: &Connection, id: &str, version: u32) -> Result<ScenarioVersion, Refusal> {
    let found = sql
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM scenario_versions v WHERE v.scenario_id = ?1 AND v.version = ?2"
        ))?
        .query_row(params![id, version], read)
        .optional()?;
    let (summary, flow) = found.ok_or(Refusal::ScenarioUnknown)?;
    Ok(ScenarioVersion { summary, flow: reading::flow(sql, &flow)? })
}

/// Publishes the draft, if it has no faults. New conversations enter it from now on.
pub(crate) fn publish(
    write: &mut Write<'_>,
    user: &User,
    id: &str,
    matches: impl FnOnce(i64) -> bool,
) -> Result<Versioned, Refusal> {
    let before = require_version(write.sql, id, matches)?;
    let faults = validate::faults(&before.draft, &surroundings::of(write.sql, id)?);
    if !faults.is_empty() {
        return Err(Refusal::ScenarioFaulty { faults });
    }
    if before.summary.published.is_some() && !before.summary.changed {
        return documents::one(write.sql, id);
    }
    let version = before.summary.published.unwrap_or(0) + 1;
    write.sql.execute(
        "INSERT INTO scenario_versions (scenario_id, version, flow, published_at, published_by_id, published_by_name)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![id, version, serde_json::to_string(&before.draft)?, ms(write.now), user.id, user.name],
    )?;
    touch(write, user, id)?;
    let from = json!({ "id": id, "version": before.summary.published });
    audit::append(write, user, "scenario.publish", &from, &json!({ "id": id, "version": version }))?;
    documents::one(write.sql, id)
}

/// Makes an older version the draft. What was in the draft is gone; whoever asks has seen it (`matches`).
pub(crate) fn restore(
    write: &mut Write<'_>,
    user: &User,
    id: &str,
    version: u32,
    matches: impl FnOnce(i64) -> bool,
) -> Result<Versioned, Refusal> {
    let before = require_version(write.sql, id, matches)?;
    let mut draft: ScenarioFlow = one(write.sql, id, version)?.flow;
    secrets::take_out(write, id, &mut draft)?;
    if draft == before.draft {
        return documents::one(write.sql, id);
    }
    write
        .sql
        .prepare_cached("UPDATE scenarios SET draft = ?2 WHERE id = ?1")?
        .execute([id, &serde_json::to_string(&draft)?])?;
    touch(write, user, id)?;
    let to = json!({ "id": id, "version": version });
    audit::append(write, user, "scenario.restore", &json!({ "id": id }), &to)?;
    documents::one(write.sql, id)
}
