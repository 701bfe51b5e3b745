//! Backups: the whole workspace in one file, made while it is served, and put back.
//!
//! A backup is an SQLite file: the workspace as it was at one moment, with the files of attachments in a table beside it and a
//! list of what it holds. One file can be checked as a whole, copied, and opened with `sqlite3` when everything else fails.
//!
//! [`write`] copies through a connection of its own, in one read transaction, so that whoever serves goes on meanwhile and
//! every transaction is in the copy as a whole or not at all. Under its final name there is a complete and checked backup, or
//! nothing. [`restore`] checks again before it touches anything, and never overwrites.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub(crate) mod attachments;
mod plan;
mod restore;
mod write;

pub(crate) use attachments::FOLDER as ATTACHMENTS;
pub use plan::Plan;
pub(crate) use plan::{newest, run as keep_making};
pub use restore::restore;
pub use write::write;

use crate::refusal::Refusal;

/// Rows of the table that a backup is known by.
pub(crate) const MANIFEST_TABLE: &str = "backup_manifest";
pub(crate) const FILES_TABLE: &str = "backup_files";

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// The version of the program that made it.
    pub made_by: String,
    /// The schema's version.
    pub schema: i64,
    /// Rows by table.
    pub rows: BTreeMap<String, i64>,
    /// Files of attachments.
    pub files: i64,
}

/// Why a backup could not be made or put back. Each is a sentence for the person at the command line.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is nothing to back up.
    #[error("there is no workspace in {}", .0.display())]
    NoWorkspace(PathBuf),
    /// Never overwrites.
    #[error("{} exists already; nothing was overwritten", .0.display())]
    Exists(PathBuf),
    /// The folder has a workspace.
    #[error("{} holds a workspace already; restore into another folder, or move this one away first", .0.display())]
    Occupied(PathBuf),
    /// Somebody serves from the folder.
    #[error("another signoff-platform uses {}; stop it first", .0.display())]
    InUse(PathBuf),
    /// A file or a folder.
    #[error("{}: {source}", .path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// SQLite.
    #[error("{}: {source}", .path.display())]
    Database {
        /// Which file.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// Not one of ours.
    #[error("{} is no backup of a workspace", .0.display())]
    NoBackup(PathBuf),
    /// Something is wrong with it.
    #[error("{} is damaged: {what}; use another backup", .path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What was found.
        what: String,
    },
    /// An older schema could not be brought up to date.
    #[error("cannot bring {} up to date: {source}", .path.display())]
    Migration {
        /// Which file.
        path: PathBuf,
        /// What went wrong.
        source: Box<rusqlite_migration::Error>,
    },
    /// The audit log has to say that it was restored.
    #[error("cannot note the restoration in the audit log: {0}")]
    Noting(Refusal),
    /// Made by a newer version.
    #[error("{} was made by a newer version of signoff-platform; restore it with that version", .0.display())]
    Newer(PathBuf),
}

pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> BackupError + use<> {
    let path = path.to_owned();
    move |source| BackupError::Io { path, source }
}

pub(crate) fn in_file(path: &Path) -> impl Fn(rusqlite::Error) -> BackupError + use<> {
    let path = path.to_owned();
    move |source| BackupError::Database { path: path.clone(), source }
}

/// Reads what an open backup says it holds, and whether it does.
fn checked_manifest(sql: &Connection, path: &Path) -> Result<Manifest, BackupError> {
    let failed = in_file(path);
    let json: Option<String> = sql
        .query_row(&format!("SELECT manifest FROM {MANIFEST_TABLE}"), [], |row| row.get(0))
        .optional()
        .map_err(|_| BackupError::NoBackup(path.to_owned()))?;
    let manifest: Manifest =
        json.and_then(|json| serde_json::from_str(&json).ok()).ok_or_else(|| BackupError::NoBackup(path.to_owned()))?;
    sound(sql, path)?;
    let rows = rows(sql).map_err(&failed)?;
    let files = count(sql, FILES_TABLE).map_err(&failed)?;
    if rows != manifest.rows || files != manifest.files {
        let what = "it does not hold as many rows and files as it says".to_owned();
        return Err(BackupError::Damaged { path: path.to_owned(), what });
    }
    Ok(manifest)
}

/// SQLite's own check of every page, index and reference.
fn sound(sql: &Connection, path: &Path) -> Result<(), BackupError> {
    let failed = in_file(path);
    let damaged = |what| Err(BackupError::Damaged { path: path.to_owned(), what });
    let verdict: String = sql.query_row("PRAGMA integrity_check", [], |row| row.get(0)).map_err(&failed)?;
    if verdict != "ok" {
        return damaged(verdict);
    }
    let dangling = sql.prepare("PRAGMA foreign_key_check").and_then(|mut check| check.exists([])).map_err(failed)?;
    if dangling { damaged("a row refers to one that is missing".to_owned()) } else { Ok(()) }
}

/// Rows by table of the workspace.
fn rows(sql: &Connection) -> rusqlite::Result<BTreeMap<String, i64>> {
    let tables = sql
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND sql NOT LIKE 'CREATE VIRTUAL%'")?
        .query_map([], |row| row.get::<_, String>(0))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let of_the_workspace = tables.into_iter().filter(|table| table != MANIFEST_TABLE && table != FILES_TABLE);
    of_the_workspace.map(|table| Ok((table.clone(), count(sql, &table)?))).collect()
}

fn count(sql: &Connection, table: &str) -> rusqlite::Result<i64> {
    sql.query_row(&format!("SELECT count(*) FROM \"{table}\""), [], |row| row.get(0))
}

/// Where the checksum of a backup stands, in the form that `sha256sum --check` reads.
pub(crate) fn checksum_path(backup: &Path) -> PathBuf {
    let mut name = backup.as_os_str().to_owned();
    name.push(".sha256");
    name.into()
}

fn sha256(path: &Path) -> Result<String, BackupError> {
    let mut file = File::open(path).map_err(at(path))?;
    let (mut hash, mut part) = (Sha256::new(), vec![0; 1 << 20]);
    loop {
        let read = file.read(&mut part).map_err(at(path))?;
        if read == 0 {
            return Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect());
        }
        hash.update(&part[..read]);
    }
}

/// Makes a name in a folder durable.
fn sync_folder(folder: &Path) -> Result<(), BackupError> {
    if cfg!(unix) {
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(at(folder))?;
    }
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn remove_if_there(path: &Path) -> Result<(), BackupError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(path)(error)),
        _ => Ok(()),
    }
}
