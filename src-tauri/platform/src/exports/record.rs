//! Which exports there are, and what became of them.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Value, json};
use signoff_wire::contract::{
    exports::{Export, ExportKind, ExportStatus, NewExport},
    pages::Page,
    sessions::{User, UserRef},
};

use super::archive::Made;
use crate::{
    audit,
    refusal::Refusal,
    store::{Write, ms, time},
};

/// Days in one export, at most.
const MOST_DAYS: i64 = 31;
/// Exports that wait at the same time, at most.
const MOST_WAITING: i64 = 10;

const COLUMNS: &str = "nr, id, kind, from_at, to_at, status, asked_at, asked_by_id, asked_by_name, ended_at, bytes, \
     sha256, files, reason";

fn read(row: &Row<'_>) -> rusqlite::Result<(i64, Export)> {
    let (from, to) = (time(row.get(3)?), time(row.get(4)?));
    let id: Option<String> = row.get(7)?;
    let name: Option<String> = row.get(8)?;
    let export = Export {
        id: row.get(1)?,
        kind: ExportKind::from(row.get::<_, String>(2)?.as_str()),
        from,
        to,
        status: ExportStatus::from(row.get::<_, String>(5)?.as_str()),
        file_name: file_name(from, to),
        asked_at: time(row.get(6)?),
        asked_by: id.zip(name).map(|(id, name)| UserRef { id, name }),
        ended_at: row.get::<_, Option<i64>>(9)?.map(time),
        bytes: row.get::<_, Option<i64>>(10)?.and_then(|bytes| bytes.try_into().ok()),
        sha256: row.get(11)?,
        files: serde_json::from_str(&row.get::<_, String>(12)?).unwrap_or_default(),
        reason: row.get(13)?,
    };
    Ok((row.get(0)?, export))
}

fn file_name(from: DateTime<Utc>, to: DateTime<Utc>) -> String {
    let (first, last) = (from.date_naive(), (to - TimeDelta::milliseconds(1)).date_naive());
    if first == last { format!("signoff-{first}.zip") } else { format!("signoff-{first}-to-{last}.zip") }
}

/// A page, newest first.
pub(crate) fn page(sql: &Connection, after: Option<i64>, limit: i64) -> Result<Page<Export>, Refusal> {
    let mut rows = sql
        .prepare_cached(&format!("SELECT {COLUMNS} FROM exports WHERE nr < ?1 ORDER BY nr DESC LIMIT ?2"))?
        .query_map(params![after.unwrap_or(i64::MAX), limit + 1], read)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(crate::paging::page(&mut rows, limit))
}

/// One export.
pub(crate) fn by_id(sql: &Connection, id: &str) -> Result<Export, Refusal> {
    let found = sql
        .prepare_cached(&format!("SELECT {COLUMNS} FROM exports WHERE id = ?1"))?
        .query_row([id], read)
        .optional()?;
    found.map(|(_, export)| export).ok_or(Refusal::ExportUnknown)
}

/// Asks for an export of some days. Whoever asks for the same while it waits gets that one.
pub(crate) fn ask(write: &mut Write<'_>, user: &User, new: &NewExport) -> Result<Export, Refusal> {
    let days = (new.to - new.from).num_days();
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(Refusal::InvalidValue(format!("an export has 1 to {MOST_DAYS} days")));
    }
    let (from, to) = (beginning(new.from), beginning(new.to));
    if from > write.now || from < DateTime::UNIX_EPOCH {
        return Err(Refusal::InvalidValue("an export begins in the past, and not before 1970".to_owned()));
    }
    let waiting: Option<String> = write
        .sql
        .prepare_cached(
            "SELECT id FROM exports WHERE status = 'waiting' AND kind = 'requested' AND from_at = ?1 AND to_at = ?2",
        )?
        .query_row([ms(from), ms(to)], |row| row.get(0))
        .optional()?;
    if let Some(id) = waiting {
        return by_id(write.sql, &id);
    }
    let others: i64 =
        write.sql.query_row("SELECT count(*) FROM exports WHERE status = 'waiting'", [], |row| row.get(0))?;
    if others >= MOST_WAITING {
        return Err(Refusal::ExportsWaiting);
    }
    let id = insert(write, &ExportKind::Requested, from, to, Some(user))?;
    let range = json!({ "from": new.from, "to": new.to });
    audit::append(write, user, "export.request", &Value::Null, &range)?;
    by_id(write.sql, &id)
}

fn beginning(date: NaiveDate) -> DateTime<Utc> {
    date.and_time(NaiveTime::MIN).and_utc()
}

/// Puts an export down to be made.
pub(super) fn insert(
    write: &mut Write<'_>,
    kind: &ExportKind,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    user: Option<&User>,
) -> Result<String, Refusal> {
    let id = write.id("exp");
    write
        .sql
        .prepare_cached(
            "INSERT OR IGNORE INTO exports (id, kind, from_at, to_at, status, asked_at, asked_by_id, asked_by_name)
             VALUES (?1, ?2, ?3, ?4, 'waiting', ?5, ?6, ?7)",
        )?
        .execute(params![
            id,
            kind.as_str(),
            ms(from),
            ms(to),
            ms(write.now),
            user.map(|user| &user.id),
            user.map(|user| &user.name)
        ])?;
    Ok(id)
}

/// The next one to be made.
pub(super) fn waiting(sql: &Connection) -> Result<Option<Export>, Refusal> {
    let found = sql
        .prepare_cached(&format!("SELECT {COLUMNS} FROM exports WHERE status = 'waiting' ORDER BY nr LIMIT 1"))?
        .query_row([], read)
        .optional()?;
    Ok(found.map(|(_, export)| export))
}

/// The ids of all of them.
pub(super) fn ids(sql: &Connection) -> Result<HashSet<String>, Refusal> {
    Ok(sql.prepare("SELECT id FROM exports")?.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// How often recorded data was changed, which nothing but the erasure of a customer does.
pub(super) fn changes(sql: &Connection) -> Result<i64, Refusal> {
    Ok(sql.prepare_cached("SELECT changes FROM actions_changed")?.query_row([], |row| row.get(0))?)
}

/// The export, if it can be downloaded: it is there, and nobody was erased since it was begun.
pub(crate) fn downloadable(sql: &Connection, id: &str) -> Result<Export, Refusal> {
    let export = by_id(sql, id)?;
    let begun: i64 =
        sql.prepare_cached("SELECT changes FROM exports WHERE id = ?1")?.query_row([id], |row| row.get(0))?;
    let current = export.status == ExportStatus::Ready && begun == changes(sql)?;
    if current { Ok(export) } else { Err(Refusal::ExportNotReady) }
}

/// It is there. `false`: nobody wants it any more.
pub(super) fn ready(write: &Write<'_>, id: &str, made: &Made) -> Result<bool, Refusal> {
    let files = serde_json::to_string(&made.files)?;
    let changed = write
        .sql
        .prepare_cached(
            "UPDATE exports SET status = 'ready', ended_at = ?2, bytes = ?3, sha256 = ?4, files = ?5, reason = NULL
             WHERE id = ?1",
        )?
        .execute(params![id, ms(write.now), i64::try_from(made.bytes).unwrap_or(i64::MAX), made.sha256, files])?;
    Ok(changed == 1)
}

/// It could not be made.
pub(super) fn failed(write: &Write<'_>, id: &str, reason: &str) -> Result<(), Refusal> {
    write
        .sql
        .prepare_cached("UPDATE exports SET status = 'failed', ended_at = ?2, reason = ?3 WHERE id = ?1")?
        .execute(params![id, ms(write.now), reason])?;
    Ok(())
}

/// An export begins to be made: whatever is erased from now on may be in it already.
pub(super) fn begun(write: &Write<'_>, id: &str) -> Result<(), Refusal> {
    let sql = "UPDATE exports SET changes = (SELECT changes FROM actions_changed) WHERE id = ?1";
    write.sql.prepare_cached(sql)?.execute([id])?;
    Ok(())
}

/// What was said in a conversation is erased: the exports of its days, made and being made, have it still and are outdated. Those of other
/// days are not, which is why [`changes`] stays.
pub(crate) fn outdate(sql: &Connection, conversation_nr: i64) -> rusqlite::Result<()> {
    sql.prepare_cached(
        "UPDATE exports SET changes = -1
         WHERE from_at <= (SELECT max(at) FROM entries WHERE conversation_nr = ?1)
            AND to_at > (SELECT min(at) FROM entries WHERE conversation_nr = ?1)",
    )?
    .execute([conversation_nr])?;
    Ok(())
}

/// Takes an export away; its file is the caller's. A daily one is not made up for again.
pub(crate) fn delete(write: &mut Write<'_>, user: &User, id: &str) -> Result<(), Refusal> {
    let export = by_id(write.sql, id)?;
    write.sql.prepare_cached("DELETE FROM exports WHERE id = ?1")?.execute([id])?;
    if export.kind == ExportKind::Daily {
        let sql = "INSERT OR IGNORE INTO exports_deleted (from_at) VALUES (?1)";
        write.sql.prepare_cached(sql)?.execute([ms(export.from)])?;
    }
    audit::append(write, user, "export.delete", &json!({ "file": export.file_name }), &Value::Null)
}
