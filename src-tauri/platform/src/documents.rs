//! What admins keep in versions: each document counts its changes and says who made the last one.
//!
//! A document goes by a name (`workspace`, `office-hours`, `tag:ID`). Nobody overwrites what he has not seen: a change
//! names the version that it was made from.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, params};
use signoff_wire::contract::sessions::{User, UserRef};

use crate::{
    refusal::Refusal,
    store::{Write, ms, time},
};

/// The versions that a change may be made from, as the caller's `If-Match` names them.
#[derive(Clone, Debug)]
pub(crate) struct IfMatch(String);

impl IfMatch {
    /// From the header's text.
    pub(crate) fn new(header: &str) -> Self {
        Self(header.to_owned())
    }

    /// Whether this version is among them.
    pub(crate) fn accepts(&self, version: i64) -> bool {
        let tag = format!("\"{version}\"");
        self.0.trim() == "*" || self.0.split(',').any(|wanted| wanted.trim() == tag)
    }
}

/// Where a document stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// The `ETag`, without quotes.
    pub(crate) version: i64,
    /// When it was last changed.
    pub(crate) changed_at: Option<DateTime<Utc>>,
    /// By whom.
    pub(crate) changed_by: Option<UserRef>,
}

/// A document with where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Versioned<T> {
    /// The document.
    pub(crate) value: T,
    /// The `ETag`, without quotes.
    pub(crate) version: i64,
}

/// Where the document of this name stands. One that was never changed has the version 1, or the one that restoring a backup left.
pub(crate) fn standing(sql: &Connection, name: &str) -> rusqlite::Result<Standing> {
    let found = sql
        .prepare_cached("SELECT version, changed_at, changed_by_id, changed_by_name FROM documents WHERE name = ?1")?
        .query_row([name], |row| {
            Ok(Standing {
                version: row.get(0)?,
                changed_at: Some(time(row.get(1)?)),
                changed_by: Some(UserRef { id: row.get(2)?, name: row.get(3)? }),
            })
        })
        .optional()?;
    match found {
        Some(standing) => Ok(standing),
        None => Ok(Standing { version: unchanged(sql)?, changed_at: None, changed_by: None }),
    }
}

fn unchanged(sql: &Connection) -> rusqlite::Result<i64> {
    let version =
        sql.prepare_cached("SELECT unchanged_version FROM workspace")?.query_row([], |row| row.get(0)).optional()?;
    Ok(version.unwrap_or(1))
}

/// Refuses a change that was made from another version.
pub(crate) fn require(sql: &Connection, name: &str, seen: &IfMatch) -> Result<(), Refusal> {
    if seen.accepts(standing(sql, name)?.version) { Ok(()) } else { Err(Refusal::Stale) }
}

/// Counts a change.
pub(crate) fn changed(write: &Write<'_>, name: &str, by: &User) -> Result<(), Refusal> {
    write
        .sql
        .prepare_cached(
            "INSERT INTO documents (name, version, changed_at, changed_by_id, changed_by_name) VALUES (?1, ?5, ?2, ?3, ?4)
             ON CONFLICT (name) DO UPDATE SET version = version + 1, changed_at = excluded.changed_at,
                changed_by_id = excluded.changed_by_id, changed_by_name = excluded.changed_by_name",
        )?
        .execute(params![name, ms(write.now), by.id, by.name, unchanged(write.sql)? + 1])?;
    Ok(())
}
