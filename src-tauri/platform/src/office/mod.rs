//! The workspace as a whole: what it is called, where it is, and when somebody is there ([`hours`]) or was ([`past`]).

use std::str::FromStr;

use chrono_tz::Tz;
use rusqlite::{Connection, params};
use serde_json::json;
use signoff_wire::contract::{
    sessions::User,
    workspace::{UpdateWorkspace, WorkspaceSettings},
};

use crate::{
    audit, directory,
    documents::{self, IfMatch, Versioned},
    fields,
    refusal::Refusal,
    store::Write,
};

pub(crate) mod hours;
pub(crate) mod past;
pub(crate) mod schedule;

const DOCUMENT: &str = "workspace";

/// The workspace's settings as they are.
pub(crate) fn settings(sql: &Connection) -> rusqlite::Result<Versioned<WorkspaceSettings>> {
    let standing = documents::standing(sql, DOCUMENT)?;
    let value = sql
        .prepare_cached("SELECT name, time_zone, default_language, team_mandatory FROM workspace")?
        .query_row([], |row| {
            Ok(WorkspaceSettings {
                name: row.get(0)?,
                time_zone: row.get(1)?,
                default_language: row.get(2)?,
                team_mandatory: row.get(3)?,
                address: None,
                changed_at: standing.changed_at,
                changed_by: standing.changed_by,
            })
        })?;
    Ok(Versioned { value, version: standing.version })
}

/// Changes them. What stays as it is leaves no trace.
pub(crate) fn update(
    write: &mut Write<'_>,
    user: &User,
    seen: &IfMatch,
    new: &UpdateWorkspace,
) -> Result<Versioned<WorkspaceSettings>, Refusal> {
    fields::text("name", &new.name, 1..=100)?;
    fields::language("default_language", &new.default_language)?;
    if Tz::from_str(&new.time_zone).is_err() {
        return Err(fields::unfit("time_zone", "has to be an IANA name such as Europe/Paris"));
    }
    documents::require(write.sql, DOCUMENT, seen)?;
    let before = settings(write.sql)?;
    let was = UpdateWorkspace {
        name: before.value.name.clone(),
        time_zone: before.value.time_zone.clone(),
        default_language: before.value.default_language.clone(),
        team_mandatory: before.value.team_mandatory,
    };
    if was == *new {
        return Ok(before);
    }
    if was.time_zone != new.time_zone {
        past::keep(write)?;
    }
    write.sql.execute(
        "UPDATE workspace SET name = ?1, time_zone = ?2, default_language = ?3, team_mandatory = ?4",
        params![new.name, new.time_zone, new.default_language, new.team_mandatory],
    )?;
    documents::changed(write, DOCUMENT, user)?;
    audit::append(write, user, "workspace.change", &json!(was), &json!(new))?;
    directory::announce_changed(write)?;
    Ok(settings(write.sql)?)
}

/// The time zone. One that this build does not know, from a newer list of zones, counts as UTC.
pub(crate) fn time_zone(sql: &Connection) -> rusqlite::Result<Tz> {
    let name: String = sql.prepare_cached("SELECT time_zone FROM workspace")?.query_row([], |row| row.get(0))?;
    Ok(Tz::from_str(&name).unwrap_or(Tz::UTC))
}
