//! What went wrong while a version ran: counted, for the person who can mend it.

use rusqlite::{Connection, params};
use signoff_wire::contract::scenarios::{ScenarioTrouble, TroubleCode};

use super::flows::Published;
use crate::store::{Write, ms, time};

/// Counts one more.
pub(super) fn count(write: &Write<'_>, at: &Published, step: &str, code: &TroubleCode) -> rusqlite::Result<()> {
    tracing::warn!(
        scenario = at.scenario_id,
        version = at.version,
        step,
        code = code.as_str(),
        "a scenario is in trouble"
    );
    write
        .sql
        .prepare_cached(
            "INSERT INTO scenario_troubles (scenario_id, version, step, code, times, last_at)
             VALUES (?1, ?2, ?3, ?4, 1, ?5)
             ON CONFLICT (scenario_id, version, step, code) DO UPDATE SET times = times + 1, last_at = excluded.last_at",
        )?
        .execute(params![at.scenario_id, at.version, step, code.as_str(), ms(write.now)])?;
    Ok(())
}

/// Those of the newest version, the latest first.
pub(super) fn of_newest(sql: &Connection, scenario_id: &str) -> rusqlite::Result<Vec<ScenarioTrouble>> {
    sql.prepare_cached(
        "SELECT version, step, code, times, last_at FROM scenario_troubles
         WHERE scenario_id = ?1 AND version = (SELECT max(version) FROM scenario_versions WHERE scenario_id = ?1)
         ORDER BY last_at DESC, step LIMIT 50",
    )?
    .query_map([scenario_id], |row| {
        Ok(ScenarioTrouble {
            version: row.get(0)?,
            step: row.get(1)?,
            code: TroubleCode::from(row.get::<_, String>(2)?.as_str()),
            times: row.get(3)?,
            last_at: time(row.get(4)?),
        })
    })?
    .collect()
}
