//! Putting a backup back.
//!
//! What happened after the backup is lost, but people's apps, chat pages and channels' connectors have seen it. So a restored
//! workspace goes on far beyond every number that it can have given out: whoever resumes after an old number is told to
//! synchronise anew, or gets what is new, instead of missing what now bears the numbers that he has seen; every version is newer
//! than any that somebody may hold; and a file that was half downloaded is another file.
//!
//! Whom the lost time had shut out must not come back with it: nobody is signed in, and no link, token or former key works.
//! Present keys and passwords are those of the backup, for without them nobody gets in to change them; the operator is told.

use std::{
    fs::{self, File, TryLockError},
    path::Path,
};

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

use super::{BackupError, FILES_TABLE, MANIFEST_TABLE, Manifest, at, attachments, in_file};
use crate::{
    audit::{self, Who},
    chance::Chance,
    store::{self, Write},
};

/// More than a workspace gives out between a backup and its restoration.
const SEQUENCES_AHEAD: i64 = 1 << 32;
const VERSIONS_AHEAD: i64 = 1 << 20;

/// Sequences whose numbers leave the platform as cursors and positions. The others are its own; figures keep a bit for each
/// conversation's, so those stay close together.
const SEEN_OUTSIDE: [&str; 6] = ["events", "outbound", "entries", "actions", "exports", "survey_comments"];

/// What an `If-Match` may name.
const VERSIONS: [(&str, &str); 11] = [
    ("conversations", "version"),
    ("documents", "version"),
    ("users", "version"),
    ("teams", "version"),
    ("channels", "version"),
    ("scenarios", "version"),
    ("routing_rules", "version"),
    ("widget_applications", "version"),
    ("export_schedule", "version"),
    ("actions_changed", "changes"),
    ("workspace", "unchanged_version"),
];

/// Checks the backup `from` and puts it into `directory`, which must not hold a workspace. An older schema is brought up to
/// date; the backup stays as it is.
///
/// # Errors
/// See [`BackupError`]; no workspace is there then, and the same call may be repeated.
pub fn restore(
    from: &Path,
    directory: &Path,
    now: DateTime<Utc>,
    chance: &mut Chance,
) -> Result<Manifest, BackupError> {
    check_sum(from)?;
    let manifest = check(from)?;
    fs::create_dir_all(directory).map_err(at(directory))?;
    let lock = File::create(directory.join(store::LOCK)).map_err(at(directory))?;
    lock.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => BackupError::InUse(directory.to_owned()),
        TryLockError::Error(source) => at(directory)(source),
    })?;
    let file = directory.join(store::FILE);
    if file.exists() || directory.join(format!("{}-wal", store::FILE)).exists() {
        return Err(BackupError::Occupied(directory.to_owned()));
    }
    let partial = directory.join(format!(".{}.restoring", store::FILE));
    super::remove_if_there(&partial)?;
    fs::copy(from, &partial).map_err(at(&partial))?;
    let prepared = prepare(&partial, directory, &manifest, now, chance);
    if let Err(error) = prepared {
        let _ = fs::remove_file(&partial);
        return Err(error);
    }
    fs::rename(&partial, &file).map_err(at(&file))?;
    super::sync_folder(directory)?;
    Ok(manifest)
}

/// With `sha256sum`'s line beside it, the backup has to be what it was.
fn check_sum(from: &Path) -> Result<(), BackupError> {
    let Ok(line) = fs::read_to_string(super::checksum_path(from)) else {
        tracing::warn!("no checksum lies beside the backup; its contents are checked all the same");
        return Ok(());
    };
    let expected = line.split_whitespace().next().unwrap_or_default();
    if super::sha256(from)? == expected {
        return Ok(());
    }
    Err(BackupError::Damaged { path: from.to_owned(), what: "its checksum is another".to_owned() })
}

fn check(from: &Path) -> Result<Manifest, BackupError> {
    if !from.is_file() {
        return Err(at(from)(std::io::ErrorKind::NotFound.into()));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let sql = Connection::open_with_flags(from, flags).map_err(in_file(from))?;
    let manifest = super::checked_manifest(&sql, from)?;
    if usize::try_from(manifest.schema).unwrap_or_default() > store::schema_version() {
        return Err(BackupError::Newer(from.to_owned()));
    }
    Ok(manifest)
}

fn prepare(
    partial: &Path,
    directory: &Path,
    manifest: &Manifest,
    now: DateTime<Utc>,
    chance: &mut Chance,
) -> Result<(), BackupError> {
    let failed = in_file(partial);
    let mut sql = Connection::open(partial).map_err(&failed)?;
    attachments::take_out(&sql, partial, directory)?;
    sql.execute_batch(&format!(
        "PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON; DROP TABLE {FILES_TABLE}; DROP TABLE {MANIFEST_TABLE};"
    ))
    .map_err(&failed)?;
    store::bring_up_to_date(&mut sql)
        .map_err(|source| BackupError::Migration { path: partial.to_owned(), source: Box::new(source) })?;
    let transaction = sql.transaction().map_err(&failed)?;
    go_far_ahead(&transaction).and_then(|()| shut_out(&transaction)).map_err(&failed)?;
    let mut write = Write { sql: &transaction, now, silent: true, chance };
    let of = json!({ "made_at": manifest.made_at, "made_by": manifest.made_by });
    audit::append(&mut write, Who::OPERATOR, "workspace.restore", &Value::Null, &of).map_err(BackupError::Noting)?;
    transaction.commit().and_then(|()| sql.execute_batch("VACUUM")).map_err(&failed)?;
    sql.close().map_err(|(_, error)| failed(error))?;
    File::open(partial).and_then(|file| file.sync_all()).map_err(at(partial))
}

fn go_far_ahead(sql: &Connection) -> rusqlite::Result<()> {
    for table in SEEN_OUTSIDE {
        let seen =
            sql.execute("UPDATE sqlite_sequence SET seq = seq + ?2 WHERE name = ?1", (table, SEQUENCES_AHEAD))?;
        if seen == 0 {
            sql.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?1, ?2)", (table, SEQUENCES_AHEAD))?;
        }
    }
    for (table, column) in VERSIONS {
        sql.execute(&format!("UPDATE {table} SET {column} = {column} + ?1"), [VERSIONS_AHEAD])?;
    }
    sql.execute(
        "UPDATE workspace SET settings_version = settings_version + ?1, directory_version = directory_version + ?1,
            sign_in_rules_version = sign_in_rules_version + ?1,
            events_deleted_to = (SELECT seq FROM sqlite_sequence WHERE name = 'events')",
        [VERSIONS_AHEAD],
    )?;
    sql.execute_batch("DELETE FROM events")
}

fn shut_out(sql: &Connection) -> rusqlite::Result<()> {
    sql.execute_batch(
        "DELETE FROM sessions; DELETE FROM links; DELETE FROM widget_tokens;
         UPDATE widget_applications SET former_secret_hash = NULL, former_secret_until = NULL;
         UPDATE channels SET former_key_hash = NULL, former_key_until = NULL, former_secret = NULL, former_secret_until = NULL;",
    )
}
