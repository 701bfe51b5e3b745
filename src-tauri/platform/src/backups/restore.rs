//! Putting a backup back.
//!
//! What happened after the backup is lost, but people's apps and channels' connectors have seen it. So a restored workspace
//! goes on far beyond every number that it can have given out: whoever resumes after an old number is told to synchronise anew
//! instead of missing what now bears the numbers that he has seen, and every conversation's version is newer than any that an app
//! may hold.

use std::{
    fs::{self, File, TryLockError},
    path::Path,
};

use rusqlite::{Connection, OpenFlags};

use super::{BackupError, FILES_TABLE, MANIFEST_TABLE, Manifest, at, attachments, in_file};
use crate::store;

/// More than a workspace gives out between a backup and its restoration.
const SEQUENCES_AHEAD: i64 = 1 << 32;
const VERSIONS_AHEAD: i64 = 1 << 20;

/// Checks the backup `from` and puts it into `directory`, which must not hold a workspace.
///
/// # Errors
/// See [`BackupError`]; no workspace is there then, and the same call may be repeated.
pub fn restore(from: &Path, directory: &Path) -> Result<Manifest, BackupError> {
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
    let prepared = prepare(&partial, directory);
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

fn prepare(partial: &Path, directory: &Path) -> Result<(), BackupError> {
    let failed = in_file(partial);
    let sql = Connection::open(partial).map_err(&failed)?;
    attachments::take_out(&sql, partial, directory)?;
    sql.execute_batch(&format!("PRAGMA synchronous=OFF; DROP TABLE {FILES_TABLE}; DROP TABLE {MANIFEST_TABLE};"))
        .and_then(|()| begin_anew(&sql))
        .and_then(|()| sql.execute_batch("VACUUM"))
        .map_err(&failed)?;
    sql.close().map_err(|(_, error)| failed(error))?;
    File::open(partial).and_then(|file| file.sync_all()).map_err(at(partial))
}

fn begin_anew(sql: &Connection) -> rusqlite::Result<()> {
    sql.execute_batch("BEGIN")?;
    for table in ["events", "outbound"] {
        let seen =
            sql.execute("UPDATE sqlite_sequence SET seq = seq + ?2 WHERE name = ?1", (table, SEQUENCES_AHEAD))?;
        if seen == 0 {
            sql.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?1, ?2)", (table, SEQUENCES_AHEAD))?;
        }
    }
    sql.execute_batch("DELETE FROM events")?;
    sql.execute(
        "UPDATE workspace SET settings_version = settings_version + ?1,
            events_deleted_to = (SELECT seq FROM sqlite_sequence WHERE name = 'events')",
        [VERSIONS_AHEAD],
    )?;
    sql.execute("UPDATE conversations SET version = version + ?1", [VERSIONS_AHEAD])?;
    sql.execute_batch("COMMIT")
}
