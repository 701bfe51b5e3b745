//! The files of an entry on their way to the platform.
//!
//! Each is uploaded once, before the first attempt, and the id that it was given is on disk before the next step. An attempt names ids, and a
//! key stands for one body (D5): so ids stay, until the platform says that it does not know one any more *and* that nothing was applied under
//! the key. Uploads that nobody used are gone after some weeks, and an outbox waits for longer.

use std::io;

use futures_util::StreamExt as _;
use futures_util::stream;
use rusqlite::{Connection, Transaction, params};
use signoff_wire::interface::AttachedFile;

use super::rows;
use crate::cache::CacheError;
use crate::remote::Upload;
use crate::store::Store;

/// A file of an entry, and what the platform calls it if it has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Waiting {
    pub(crate) file: AttachedFile,
    pub(crate) uploaded_id: Option<String>,
    /// Every byte of it is here.
    pub(crate) whole: bool,
}

/// The files of an entry, in the order of its intent. One that was lost with a damaged cache is not whole.
pub(crate) fn waiting(connection: &Connection, key: &str, files: &[AttachedFile]) -> Result<Vec<Waiting>, CacheError> {
    files
        .iter()
        .map(|file| {
            let mut statement =
                connection.prepare_cached("SELECT uploaded_id FROM files WHERE id = ?1 AND entry_key = ?2")?;
            let mut found = statement.query(params![file.id, key])?;
            let row = found.next()?;
            let is_here = row.is_some();
            let uploaded_id = row.map(|row| row.get("uploaded_id")).transpose()?.flatten();
            let whole = is_here && rows::is_whole(connection, file)?;
            Ok(Waiting { file: file.clone(), uploaded_id, whole })
        })
        .collect()
}

/// A file to be uploaded, read piece by piece while it is sent.
pub(crate) fn open(store: &Store, file: &AttachedFile) -> Upload {
    let (store, id) = (store.clone(), file.id.clone());
    let bytes = stream::unfold(Some(0), move |number| {
        let (store, id) = (store.clone(), id.clone());
        async move {
            let number = number?;
            let read = store.read(move |connection| rows::piece(connection, &id, number)).await;
            match read {
                Ok(Some(piece)) => Some((Ok(piece), Some(number + 1))),
                Ok(None) => None,
                Err(error) => Some((Err(io::Error::other(error)), None)),
            }
        }
    });
    Upload { name: file.name.clone(), size: file.size, bytes: bytes.boxed() }
}

/// Keeps what the platform calls a file.
pub(crate) fn keep_upload(
    transaction: &Transaction<'_>,
    key: &str,
    id: &str,
    uploaded_id: &str,
) -> Result<(), CacheError> {
    transaction
        .prepare_cached("UPDATE files SET uploaded_id = ?3 WHERE id = ?1 AND entry_key = ?2")?
        .execute(params![id, key, uploaded_id])?;
    Ok(())
}

/// Notes that the platform did not know the files of an entry. Says whether that was so already after they were uploaded once more: then it
/// is not the time that has passed, and the advisor is told.
pub(crate) fn lost_again(transaction: &Transaction<'_>, key: &str) -> Result<bool, CacheError> {
    let again =
        transaction.prepare_cached("SELECT 1 FROM files WHERE entry_key = ?1 AND lost = 2")?.exists(params![key])?;
    transaction
        .prepare_cached("UPDATE files SET lost = ?2 WHERE entry_key = ?1")?
        .execute(params![key, if again { 0 } else { 1 }])?;
    Ok(again)
}

/// Nothing was applied under the entry's key: what the platform does not know any more is uploaded once more.
pub(crate) fn upload_again(transaction: &Transaction<'_>, key: &str) -> Result<(), CacheError> {
    transaction
        .prepare_cached("UPDATE files SET uploaded_id = NULL, lost = 2 WHERE entry_key = ?1 AND lost = 1")?
        .execute(params![key])?;
    Ok(())
}
