//! Making a backup.

use std::{
    fs::{self, File, OpenOptions},
    path::Path,
    time::Duration,
};

use chrono::{DateTime, Utc};
use rusqlite::{
    Connection, OpenFlags,
    backup::{Backup, StepResult},
};

use super::{BackupError, MANIFEST_TABLE, Manifest, at, attachments, in_file};
use crate::store;

/// Between two tries while somebody holds the file for a moment.
const BUSY: Duration = Duration::from_millis(50);

/// Copies the workspace of `directory`, which may be served meanwhile, into the new file `to`, with `to.sha256` beside it.
/// Blocks for as long as that takes.
///
/// # Errors
/// See [`BackupError`]; under the name `to` there is nothing then.
pub fn write(directory: &Path, to: &Path, now: DateTime<Utc>) -> Result<Manifest, BackupError> {
    let source = directory.join(store::FILE);
    if !source.is_file() {
        return Err(BackupError::NoWorkspace(directory.to_owned()));
    }
    if to.exists() {
        return Err(BackupError::Exists(to.to_owned()));
    }
    let folder = super::folder_of(to);
    let name = to.file_name().unwrap_or_default().to_string_lossy().into_owned();
    // Hidden, and overwritten by the next one: what a killed process has left.
    let partial = folder.join(format!(".{name}.partial"));
    let made = fill(directory, &source, &partial, now).and_then(|manifest| {
        let checksum = super::checksum_path(to);
        fs::write(&checksum, format!("{}  {name}\n", super::sha256(&partial)?)).map_err(at(&checksum))?;
        File::open(&checksum).and_then(|file| file.sync_all()).map_err(at(&checksum))?;
        fs::rename(&partial, to).map_err(at(to))?;
        super::sync_folder(folder)?;
        Ok(manifest)
    });
    if made.is_err() {
        let _ = fs::remove_file(&partial);
    }
    made
}

fn fill(directory: &Path, source: &Path, partial: &Path, now: DateTime<Utc>) -> Result<Manifest, BackupError> {
    super::remove_if_there(partial)?;
    private_file(partial)?;
    let failed = in_file(partial);
    let mut copy = Connection::open(partial).map_err(&failed)?;
    copy_pages(source, &mut copy)?;
    copy.execute_batch("PRAGMA journal_mode=DELETE; PRAGMA synchronous=OFF;").map_err(&failed)?;
    let schema = copy.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(&failed)?;
    let rows = super::rows(&copy).map_err(&failed)?;
    attachments::put_in(&copy, partial, directory)?;
    let manifest = Manifest {
        made_at: now,
        made_by: env!("CARGO_PKG_VERSION").to_owned(),
        schema,
        rows,
        files: super::count(&copy, super::FILES_TABLE).map_err(&failed)?,
    };
    let json = serde_json::to_string(&manifest).unwrap_or_default();
    copy.execute_batch(&format!("CREATE TABLE {MANIFEST_TABLE} (manifest TEXT NOT NULL) STRICT"))
        .and_then(|()| copy.execute(&format!("INSERT INTO {MANIFEST_TABLE} (manifest) VALUES (?1)"), [json]))
        .map_err(&failed)?;
    super::checked_manifest(&copy, partial)?;
    copy.close().map_err(|(_, error)| failed(error))?;
    File::open(partial).and_then(|file| file.sync_all()).map_err(at(partial))?;
    Ok(manifest)
}

/// One step over all pages is one read transaction: a copy of one moment, and nobody waits for it.
fn copy_pages(source: &Path, copy: &mut Connection) -> Result<(), BackupError> {
    let failed = in_file(source);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = Connection::open_with_flags(source, flags).map_err(&failed)?;
    let backup = Backup::new(&source, copy).map_err(&failed)?;
    while backup.step(-1).map_err(&failed)? != StepResult::Done {
        std::thread::sleep(BUSY);
    }
    Ok(())
}

/// Readable by its owner alone, before anything is in it.
fn private_file(path: &Path) -> Result<(), BackupError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path).map(drop).map_err(at(path))
}
