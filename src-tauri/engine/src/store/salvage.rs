//! A damaged file: set aside whole, and what only this machine has carried over into a new one.
//!
//! Rows are copied table by table and column by column as both schemas have them. A table is read from its beginning up to the first
//! broken page, then from its end down to the last one: a single bad page costs the rows on it and no others.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use secrecy::SecretSlice;

use super::{OpenError, StoreError, connection, open};

/// What exists nowhere else: clicks, drafts, files that were not sent yet, what has been announced (D30), and who is signed in where.
const ONLY_HERE: &[Kept] = &[
    Kept { table: "outbox", order: "seq", condition: "1" },
    Kept { table: "drafts", order: "rowid", condition: "1" },
    Kept { table: "files", order: "position", condition: "1" },
    Kept { table: "file_pieces", order: "rowid", condition: "1" },
    Kept { table: "notifications", order: "event", condition: "1" },
    Kept { table: "meta", order: "name", condition: "name LIKE 'account.%'" },
];

/// Rows to carry over, and the order in which they lie in the file.
struct Kept {
    table: &'static str,
    order: &'static str,
    condition: &'static str,
}

/// What became of a damaged file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rescue {
    /// Where the damaged file is now.
    pub set_aside: PathBuf,
    /// Queued actions carried over.
    pub entries: usize,
    /// Drafts carried over.
    pub drafts: usize,
    /// Whether every row of the outbox, of the drafts and of their files could be read.
    pub complete: bool,
}

/// Sets the damaged file at `path` aside and makes a new one in its place.
pub(super) fn replace(
    path: &Path,
    key: &SecretSlice<u8>,
    now: DateTime<Utc>,
) -> Result<(Connection, Rescue), OpenError> {
    let set_aside = free_name(path, now);
    for suffix in ["", "-wal", "-shm"] {
        let from = with_suffix(path, suffix);
        if from.exists() {
            std::fs::rename(&from, with_suffix(&set_aside, suffix))?;
        }
    }
    open::clear_suspicion(path);
    let mut fresh = open::prepare(path, key)?;
    let mut rescue = Rescue { set_aside, entries: 0, drafts: 0, complete: true };
    match connection::open_damaged(&rescue.set_aside, key) {
        Ok(damaged) => carry_over(&damaged, &mut fresh, &mut rescue)?,
        Err(error) => {
            tracing::warn!(%error, "nothing could be read from the damaged file");
            rescue.complete = false;
        }
    }
    tracing::warn!(
        entries = rescue.entries,
        drafts = rescue.drafts,
        complete = rescue.complete,
        "a damaged file was set aside"
    );
    Ok((fresh, rescue))
}

fn carry_over(damaged: &Connection, fresh: &mut Connection, rescue: &mut Rescue) -> Result<(), StoreError> {
    let transaction = fresh.transaction()?;
    for kept in ONLY_HERE {
        let (rows, complete) = copy_rows(damaged, &transaction, kept)?;
        rescue.complete &= complete;
        match kept.table {
            "outbox" => rescue.entries = rows,
            "drafts" => rescue.drafts = rows,
            _ => {}
        }
    }
    transaction.commit()?;
    Ok(())
}

/// Copies what can be read; says how many rows, and whether that was all.
fn copy_rows(damaged: &Connection, fresh: &Connection, kept: &Kept) -> Result<(usize, bool), StoreError> {
    let Kept { table, order: key, condition } = kept;
    let columns = match columns_of(damaged, table) {
        Ok(found) => {
            let wanted = columns_of(fresh, table)?;
            found.into_iter().filter(|column| wanted.contains(column)).collect::<Vec<_>>()
        }
        Err(_) => return Ok((0, false)),
    };
    if columns.is_empty() {
        return Ok((0, false));
    }
    let names = columns.join(", ");
    let places = vec!["?"; columns.len()].join(", ");
    let mut insert = fresh.prepare(&format!("INSERT OR IGNORE INTO {table} ({names}) VALUES ({places})"))?;
    let mut copied = 0;
    for order in ["ASC", "DESC"] {
        let read_all = (|| -> rusqlite::Result<()> {
            let mut select =
                damaged.prepare(&format!("SELECT {names} FROM {table} WHERE {condition} ORDER BY {key} {order}"))?;
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                let values = (0..columns.len()).map(|at| row.get::<_, Value>(at)).collect::<Result<Vec<_>, _>>()?;
                copied += insert.execute(params_from_iter(values))?;
            }
            Ok(())
        })();
        match read_all {
            Ok(()) => return Ok((copied, true)),
            Err(error) => tracing::warn!(%error, table, order, "a broken page ends the copy"),
        }
    }
    Ok((copied, false))
}

fn columns_of(connection: &Connection, table: &str) -> rusqlite::Result<Vec<String>> {
    connection.prepare("SELECT name FROM pragma_table_info(?1)")?.query_map([table], |row| row.get("name"))?.collect()
}

/// A name that says what the file is and when that was noticed.
fn free_name(path: &Path, now: DateTime<Utc>) -> PathBuf {
    let stamp = now.format("%Y%m%dT%H%M%SZ");
    let mut candidate = with_suffix(path, &format!(".damaged-{stamp}"));
    let mut number = 2;
    while candidate.exists() {
        candidate = with_suffix(path, &format!(".damaged-{stamp}-{number}"));
        number += 1;
    }
    candidate
}

/// The name of a file that SQLite keeps beside another.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
