//! The audit log (D52): who did what, when, from which value to which.
//!
//! Append-only, which the file itself enforces; and chained ([`chain`]), so that a change behind the platform's back shows. An entry is
//! written in the transaction of what it tells, never for itself: what happened is in the log, what is in the log happened.

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value;
use signoff_wire::contract::sessions::User;

use crate::{
    refusal::Refusal,
    store::{Write, ms},
};

pub(crate) mod chain;
pub(crate) mod export;
pub(crate) mod list;
pub mod verify;

use chain::{Entry, Hash};

/// Who did it, as the log keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Who<'a> {
    id: &'a str,
    name: &'a str,
}

impl Who<'static> {
    /// Whoever works at the command line of the platform's machine.
    pub(crate) const OPERATOR: Self = Self { id: "operator", name: "Operator" };
    /// Somebody who has not shown who they are.
    pub(crate) const STRANGER: Self = Self { id: "stranger", name: "Stranger" };
}

impl<'a> Who<'a> {
    /// A person.
    pub(crate) fn person(id: &'a str, name: &'a str) -> Self {
        Self { id, name }
    }
}

impl<'a> From<&'a User> for Who<'a> {
    fn from(user: &'a User) -> Self {
        Self { id: &user.id, name: &user.name }
    }
}

/// Whom or what it was done to: id and name.
pub(crate) type Subject<'a> = (&'a str, &'a str);

/// Appends an entry about the workspace as a whole. `what` is `subject.verb`; no secret ever stands in the values.
pub(crate) fn append<'a>(
    write: &mut Write<'_>,
    who: impl Into<Who<'a>>,
    what: &str,
    from: &Value,
    to: &Value,
) -> Result<(), Refusal> {
    record(write, who.into(), what, None, from, to)
}

/// The same about a person, a team, a channel, …
pub(crate) fn append_about<'a>(
    write: &mut Write<'_>,
    who: impl Into<Who<'a>>,
    what: &str,
    subject: Subject<'_>,
    from: &Value,
    to: &Value,
) -> Result<(), Refusal> {
    record(write, who.into(), what, Some(subject), from, to)
}

fn record(
    write: &mut Write<'_>,
    who: Who<'_>,
    what: &str,
    subject: Option<Subject<'_>>,
    from: &Value,
    to: &Value,
) -> Result<(), Refusal> {
    let (last, previous) = newest(write.sql)?;
    let (id, before, after) = (write.id("audit"), from.to_string(), to.to_string());
    let entry = Entry {
        nr: last + 1,
        id: &id,
        at: ms(write.now),
        who_id: who.id,
        who_name: who.name,
        what,
        subject_id: subject.map(|(id, _)| id),
        subject_name: subject.map(|(_, name)| name),
        before: &before,
        after: &after,
    };
    Ok(insert(write.sql, &entry, &entry.hash(&previous))?)
}

/// Number and hash of the newest entry; before the first, 0 and nothing but zeros.
pub(crate) fn newest(sql: &Connection) -> rusqlite::Result<(i64, Hash)> {
    let newest = sql
        .prepare_cached("SELECT nr, hash FROM audit_log ORDER BY nr DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(newest.unwrap_or((0, chain::BEGINNING)))
}

fn insert(sql: &Connection, entry: &Entry<'_>, hash: &Hash) -> rusqlite::Result<()> {
    sql.prepare_cached(
        "INSERT INTO audit_log (nr, id, at, who_id, who_name, what, subject_id, subject_name, before, after, hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute(params![
        entry.nr,
        entry.id,
        entry.at,
        entry.who_id,
        entry.who_name,
        entry.what,
        entry.subject_id,
        entry.subject_name,
        entry.before,
        entry.after,
        hash
    ])?;
    Ok(())
}
