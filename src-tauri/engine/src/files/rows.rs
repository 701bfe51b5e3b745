//! The rows of files and their pieces, and whose they are: a draft's or an entry's.

use rusqlite::{Connection, Row, Transaction, params};
use signoff_wire::interface::AttachedFile;

use crate::cache::CacheError;

/// Bytes of a piece.
pub(super) const PIECE: usize = 128 * 1024;

/// Reads `id, name, media_type, size`.
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<AttachedFile> {
    Ok(AttachedFile {
        id: row.get("id")?,
        name: row.get("name")?,
        media_type: row.get("media_type")?,
        size: u64::try_from(row.get::<_, i64>("size")?).unwrap_or_default(),
    })
}

/// The files of a draft, in the order in which they were attached.
pub(crate) fn of_draft(
    connection: &Connection,
    owner: &str,
    conversation_id: &str,
) -> Result<Vec<AttachedFile>, CacheError> {
    let files = connection
        .prepare_cached(
            "SELECT id, name, media_type, size FROM files
             WHERE owner = ?1 AND conversation_id = ?2 AND entry_key IS NULL ORDER BY position",
        )?
        .query_map(params![owner, conversation_id], read)?
        .collect::<Result<_, _>>()?;
    Ok(files)
}

/// Whether drafts of a person have files.
pub(crate) fn any_of_drafts(connection: &Connection, owner: &str) -> Result<bool, CacheError> {
    let any = connection
        .prepare_cached("SELECT 1 FROM files WHERE owner = ?1 AND entry_key IS NULL")?
        .exists(params![owner])?;
    Ok(any)
}

/// What all files of the profile take up.
pub(super) fn bytes_together(connection: &Connection) -> Result<u64, CacheError> {
    let bytes: i64 = connection
        .prepare_cached("SELECT coalesce(sum(size), 0) AS together FROM files")?
        .query_row([], |row| row.get("together"))?;
    Ok(u64::try_from(bytes).unwrap_or_default())
}

/// Writes a file with all its bytes.
pub(super) fn insert(
    transaction: &Transaction<'_>,
    owner: &str,
    conversation_id: &str,
    file: &AttachedFile,
    bytes: &[u8],
) -> Result<(), CacheError> {
    transaction
        .prepare_cached(
            "INSERT INTO files (id, owner, conversation_id, position, name, media_type, size)
             VALUES (?1, ?2, ?3, (SELECT coalesce(max(position), 0) + 1 FROM files), ?4, ?5, ?6)",
        )?
        .execute(params![
            file.id,
            owner,
            conversation_id,
            file.name,
            file.media_type,
            i64::try_from(file.size).unwrap_or(i64::MAX)
        ])?;
    let mut insert =
        transaction.prepare_cached("INSERT INTO file_pieces (file_id, number, bytes) VALUES (?1, ?2, ?3)")?;
    for (number, piece) in (0_i64..).zip(bytes.chunks(PIECE)) {
        insert.execute(params![file.id, number, piece])?;
    }
    Ok(())
}

/// Removes a file with its bytes.
pub(super) fn remove(transaction: &Transaction<'_>, id: &str) -> Result<(), CacheError> {
    transaction.prepare_cached("DELETE FROM file_pieces WHERE file_id = ?1")?.execute(params![id])?;
    transaction.prepare_cached("DELETE FROM files WHERE id = ?1")?.execute(params![id])?;
    Ok(())
}

/// Gives files of a draft to the entry that a click has made.
pub(crate) fn take_along(transaction: &Transaction<'_>, key: &str, ids: &[String]) -> Result<(), CacheError> {
    for id in ids {
        transaction
            .prepare_cached("UPDATE files SET entry_key = ?2 WHERE id = ?1 AND entry_key IS NULL")?
            .execute(params![id, key])?;
    }
    Ok(())
}

/// Gives the files of an entry to the draft of a conversation (D15). What was uploaded of them may have been used up after all, by a request that was
/// delayed: a new click uploads them anew.
pub(crate) fn give_back(transaction: &Transaction<'_>, key: &str, conversation_id: &str) -> Result<(), CacheError> {
    transaction
        .prepare_cached(
            "UPDATE files SET entry_key = NULL, conversation_id = ?2, uploaded_id = NULL, lost = 0 WHERE entry_key = ?1",
        )?
        .execute(params![key, conversation_id])?;
    Ok(())
}

/// Removes the files of an entry that has ended.
pub(crate) fn remove_of_entry(transaction: &Transaction<'_>, key: &str) -> Result<(), CacheError> {
    transaction
        .prepare_cached("DELETE FROM file_pieces WHERE file_id IN (SELECT id FROM files WHERE entry_key = ?1)")?
        .execute(params![key])?;
    transaction.prepare_cached("DELETE FROM files WHERE entry_key = ?1")?.execute(params![key])?;
    Ok(())
}

/// Gives files whose entry was lost with a damaged file to the drafts of their conversations (D23), and removes pieces of files that are not there.
pub(crate) fn adopt_orphans(transaction: &Transaction<'_>, owner: &str) -> Result<(), CacheError> {
    transaction
        .prepare_cached(
            "UPDATE files SET entry_key = NULL, uploaded_id = NULL, lost = 0
             WHERE owner = ?1 AND entry_key IS NOT NULL AND entry_key NOT IN (SELECT key FROM outbox)",
        )?
        .execute(params![owner])?;
    transaction.prepare_cached("DELETE FROM file_pieces WHERE file_id NOT IN (SELECT id FROM files)")?.execute([])?;
    Ok(())
}

/// Whether every byte of a file is here: of a file that was damaged a part may be missing.
pub(super) fn is_whole(connection: &Connection, file: &AttachedFile) -> Result<bool, CacheError> {
    // The length of a BLOB is known without reading it.
    let bytes: i64 = connection
        .prepare_cached("SELECT coalesce(sum(length(bytes)), 0) AS bytes FROM file_pieces WHERE file_id = ?1")?
        .query_row(params![file.id], |row| row.get("bytes"))?;
    Ok(u64::try_from(bytes).ok() == Some(file.size))
}

/// A piece of a file; `None` after the last one.
pub(super) fn piece(connection: &Connection, id: &str, number: i64) -> Result<Option<Vec<u8>>, CacheError> {
    let mut statement =
        connection.prepare_cached("SELECT bytes FROM file_pieces WHERE file_id = ?1 AND number = ?2")?;
    let mut found = statement.query(params![id, number])?;
    Ok(found.next()?.map(|row| row.get("bytes")).transpose()?)
}
