//! The files of attachments, in and out of a backup.
//!
//! They are named after what they hold and never change, so copying them after the snapshot finds everything that it refers
//! to, except what was erased meanwhile.

use std::{
    fs,
    path::{Component, Path, PathBuf},
};

use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};

use super::{BackupError, FILES_TABLE, at, in_file};

/// Below the data directory.
pub(crate) const FOLDER: &str = "files";

/// Copies every file into the backup.
pub(super) fn put_in(sql: &Connection, path: &Path, directory: &Path) -> Result<(), BackupError> {
    let failed = in_file(path);
    sql.execute_batch(&format!(
        "CREATE TABLE {FILES_TABLE} (path TEXT PRIMARY KEY, sha256 BLOB NOT NULL, content BLOB NOT NULL) STRICT; BEGIN;"
    ))
    .map_err(&failed)?;
    let root = directory.join(FOLDER);
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries {
            let entry = entry.map_err(at(&folder))?;
            let (file, kind) = (entry.path(), entry.file_type().map_err(at(&folder))?);
            let Some(name) = name_below(&root, &file) else { continue };
            if kind.is_dir() {
                folders.push(file);
            } else if kind.is_file() {
                let Some(content) = read_if_there(&file)? else { continue };
                sql.prepare_cached(&format!("INSERT INTO {FILES_TABLE} (path, sha256, content) VALUES (?1, ?2, ?3)"))
                    .and_then(|mut insert| insert.execute(params![name, Sha256::digest(&content).to_vec(), content]))
                    .map_err(&failed)?;
            }
        }
    }
    sql.execute_batch("COMMIT").map_err(failed)
}

/// Erased since the folder was read: it is not to be in the backup either.
fn read_if_there(file: &Path) -> Result<Option<Vec<u8>>, BackupError> {
    match fs::read(file) {
        Ok(content) => Ok(Some(content)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(at(file)(error)),
    }
}

/// Hidden files are somebody's work in progress.
fn name_below(root: &Path, file: &Path) -> Option<String> {
    let below = file.strip_prefix(root).ok()?;
    let parts = below.components().map(|part| part.as_os_str().to_str()).collect::<Option<Vec<_>>>()?;
    let hidden = parts.iter().any(|part| part.starts_with('.'));
    (!hidden).then(|| parts.join("/"))
}

/// Writes every file of the backup below the folder.
pub(super) fn take_out(sql: &Connection, path: &Path, directory: &Path) -> Result<(), BackupError> {
    let failed = in_file(path);
    let damaged = |what: &str| BackupError::Damaged { path: path.to_owned(), what: what.to_owned() };
    let root = directory.join(FOLDER);
    let mut statement = sql.prepare(&format!("SELECT path, sha256, content FROM {FILES_TABLE}")).map_err(&failed)?;
    let mut rows = statement.query([]).map_err(&failed)?;
    while let Some(row) = rows.next().map_err(&failed)? {
        let read = || Ok((row.get::<_, String>(0)?, row.get::<_, Vec<u8>>(1)?, row.get::<_, Vec<u8>>(2)?));
        let (name, sum, content) = read().map_err(&failed)?;
        let below = PathBuf::from(&name);
        if !below.components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(damaged("a file would lie outside its folder"));
        }
        if Sha256::digest(&content).as_slice() != sum {
            return Err(damaged("a file is not what it was"));
        }
        let file = root.join(below);
        let folder = super::folder_of(&file).to_owned();
        fs::create_dir_all(&folder).map_err(at(&folder))?;
        fs::write(&file, content).map_err(at(&file))?;
        fs::File::open(&file).and_then(|file| file.sync_all()).map_err(at(&file))?;
    }
    Ok(())
}
