//! Pictures of timelines, as they were drawn for the screen. They are kept within a bound, and gone with what they came with.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use signoff_wire::contract::timeline::Attachment;

use super::CacheError;
use super::columns::millis;

/// Bytes of all of them together.
const MOST_BYTES: i64 = 64 * 1024 * 1024;

/// A picture as it was drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) media_type: String,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) bytes: Vec<u8>,
}

/// What is known of a file of a conversation.
pub(crate) struct Known {
    /// What the platform says of it.
    pub(crate) attachment: Attachment,
    /// As it was drawn before.
    pub(crate) kept: Option<Kept>,
}

/// The file with this id, if it came or went with an entry of this conversation.
pub(crate) fn find(
    connection: &Connection,
    conversation_id: &str,
    attachment_id: &str,
    side: u32,
) -> Result<Option<Known>, CacheError> {
    let attachment: Option<String> = connection
        .prepare_cached(
            "SELECT file.value FROM conversations c JOIN entries n ON n.conversation_num = c.num, json_each(n.attachments) file
             WHERE c.id = ?1 AND n.attachments IS NOT NULL AND json_extract(file.value, '$.id') = ?2",
        )?
        .query_row(params![conversation_id, attachment_id], |row| row.get("value"))
        .optional()?;
    let Some(attachment) = attachment else { return Ok(None) };
    let kept = connection
        .prepare_cached("SELECT media_type, width, height, bytes FROM pictures WHERE attachment_id = ?1 AND side = ?2")?
        .query_row(params![attachment_id, side], |row| {
            Ok(Kept {
                media_type: row.get("media_type")?,
                width: row.get("width")?,
                height: row.get("height")?,
                bytes: row.get("bytes")?,
            })
        })
        .optional()?;
    Ok(Some(Known { attachment: serde_json::from_str(&attachment)?, kept }))
}

/// Keeps a picture, and lets go of those that were not shown for the longest if it is too much together.
pub(crate) fn put(
    transaction: &Transaction<'_>,
    conversation_id: &str,
    attachment_id: &str,
    side: u32,
    kept: &Kept,
    now: DateTime<Utc>,
) -> Result<(), CacheError> {
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO pictures (attachment_id, side, conversation_id, media_type, width, height, used_at, bytes)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8
             FROM conversations c JOIN entries n ON n.conversation_num = c.num, json_each(n.attachments) file
             WHERE c.id = ?3 AND n.attachments IS NOT NULL AND json_extract(file.value, '$.id') = ?1",
        )?
        .execute(params![
            attachment_id,
            side,
            conversation_id,
            kept.media_type,
            kept.width,
            kept.height,
            day(now),
            kept.bytes
        ])?;
    bound(transaction, MOST_BYTES)
}

/// Notes that it was shown, to the day: looking at something is not worth a write each time.
pub(crate) fn used(
    transaction: &Transaction<'_>,
    attachment_id: &str,
    side: u32,
    now: DateTime<Utc>,
) -> Result<(), CacheError> {
    transaction
        .prepare_cached("UPDATE pictures SET used_at = ?3 WHERE attachment_id = ?1 AND side = ?2 AND used_at < ?3")?
        .execute(params![attachment_id, side, day(now)])?;
    Ok(())
}

/// Forgets those of a conversation that was erased, or is not visible to this person any more.
pub(super) fn forget(transaction: &Transaction<'_>, conversation_id: &str) -> Result<(), CacheError> {
    transaction.prepare_cached("DELETE FROM pictures WHERE conversation_id = ?1")?.execute(params![conversation_id])?;
    Ok(())
}

fn bound(transaction: &Transaction<'_>, most: i64) -> Result<(), CacheError> {
    transaction
        .prepare_cached(
            "DELETE FROM pictures WHERE rowid IN (
                 SELECT rowid FROM (
                     SELECT rowid, sum(length(bytes)) OVER (ORDER BY used_at DESC, rowid DESC) AS together FROM pictures
                 ) WHERE together > ?1)",
        )?
        .execute(params![most])?;
    Ok(())
}

fn day(now: DateTime<Utc>) -> i64 {
    millis(now.duration_trunc(TimeDelta::days(1)).unwrap_or(now))
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;

    use super::*;

    fn opened() -> Connection {
        let connection = Connection::open_in_memory().expect("opens");
        connection.execute_batch(include_str!("migrations/1_cache.sql")).expect("the cache");
        connection.execute_batch(include_str!("migrations/2_attachments.sql")).expect("attachments");
        connection.execute_batch(include_str!("migrations/3_pictures.sql")).expect("pictures");
        connection
    }

    #[test]
    fn those_not_shown_for_the_longest_go_first() {
        let mut connection = opened();
        let transaction = connection.transaction().expect("begins");
        for (id, day) in [("old", 1), ("new", 3), ("middle", 2)] {
            let at = Utc.with_ymd_and_hms(2026, 3, day, 12, 0, 0).single().expect("a time");
            transaction
                .execute(
                    "INSERT INTO pictures VALUES (?1, 640, 'c_1', 'image/png', 1, 1, ?2, zeroblob(100))",
                    params![id, millis(at)],
                )
                .expect("is put");
        }
        bound(&transaction, 250).expect("is bounded");
        let left = |transaction: &Transaction<'_>| -> Vec<String> {
            let mut ids = transaction.prepare("SELECT attachment_id FROM pictures ORDER BY 1").expect("asks");
            ids.query_map([], |row| row.get(0)).expect("reads").collect::<Result<_, _>>().expect("reads")
        };
        assert_eq!(left(&transaction), ["middle", "new"]);
        forget(&transaction, "c_1").expect("forgets");
        assert_eq!(left(&transaction), Vec::<String>::new());
    }
}
