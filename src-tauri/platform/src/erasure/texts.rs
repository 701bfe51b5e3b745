//! The texts of one conversation, and their copies.

use rusqlite::{Connection, params};

use crate::{conversations::Record, refusal::Refusal, store::Write};

/// Each event says which conversation it is of.
pub(crate) const EVENTS: &str = "SELECT seq FROM events WHERE data ->> '$.conversation_id' = ?1";
pub(crate) const ANSWERS: &str = "SELECT user_id, key FROM idempotency WHERE conversation_id = ?1";

/// Rows that hold copies of a conversation: looked up beforehand, so that the writer does not stand still meanwhile.
#[derive(Debug, Default)]
pub(super) struct Copies {
    events: Vec<i64>,
    answers: Vec<(String, String)>,
    /// Events up to here were looked at.
    seen_to: i64,
}

/// Finds the copies of conversations.
pub(super) fn copies(sql: &Connection, conversation_ids: &[String]) -> rusqlite::Result<Copies> {
    let mut copies = Copies { seen_to: crate::events::newest_seq(sql)?, ..Copies::default() };
    let mut events = sql.prepare_cached(EVENTS)?;
    let mut answers = sql.prepare_cached(ANSWERS)?;
    for id in conversation_ids {
        let found = events.query_map([id], |row| row.get::<_, i64>(0))?;
        copies.events.extend(found.collect::<rusqlite::Result<Vec<_>>>()?);
        let found = answers.query_map([id], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
        copies.answers.extend(found.collect::<rusqlite::Result<Vec<_>>>()?);
    }
    Ok(copies)
}

/// Erases the copies. An answer stays under its key, since a request that comes again must not take effect again; the
/// fingerprint of what was asked goes.
pub(super) fn erase_copies(write: &Write<'_>, copies: &Copies, conversation_ids: &[String]) -> Result<(), Refusal> {
    let mut delete = write.sql.prepare_cached("DELETE FROM events WHERE seq = ?1")?;
    for seq in &copies.events {
        delete.execute([seq])?;
    }
    let mut since =
        write.sql.prepare_cached("DELETE FROM events WHERE seq > ?1 AND data ->> '$.conversation_id' = ?2")?;
    for id in conversation_ids {
        since.execute(params![copies.seen_to, id])?;
    }
    for (user_id, key) in &copies.answers {
        crate::idempotency::forget_request(write.sql, user_id, key)?;
    }
    Ok(())
}

/// Erases what was said in a conversation, and names the contents of its files, which are removed after the commit where nobody else
/// uses them. Announcing it is the caller's.
pub(super) fn erase(write: &Write<'_>, record: &Record) -> Result<Vec<String>, Refusal> {
    let sql = write.sql;
    let contents = sql
        .prepare_cached(
            "DELETE FROM attachments WHERE entry_nr IN (SELECT nr FROM entries WHERE conversation_nr = ?1) RETURNING content",
        )?
        .query_map([record.nr], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<String>>>()?;
    sql.prepare_cached(
        "UPDATE entries SET text = CASE kind WHEN 'event' THEN text ELSE '' END, delivery_reason = NULL, buttons = NULL,
            attachments = NULL, external_id = NULL,
            event = json_remove(event, iif(event ->> 'type' = 'survey-failed', '$.reason', '$.comment'))
         WHERE conversation_nr = ?1",
    )?
    .execute([record.nr])?;
    sql.prepare_cached(
        "DELETE FROM survey_comments WHERE survey_id IN (SELECT id FROM surveys WHERE conversation_nr = ?1)",
    )?
    .execute([record.nr])?;
    sql.prepare_cached("DELETE FROM scenario_pending WHERE conversation_nr = ?1")?.execute([record.nr])?;
    sql.prepare_cached("DELETE FROM deliveries WHERE conversation_id = ?1")?.execute([&record.view.id])?;
    sql.prepare_cached("DELETE FROM outbound WHERE conversation_id = ?1")?.execute([&record.view.id])?;
    sql.prepare_cached(
        "UPDATE actions SET data = json_remove(data, '$.reason')
         WHERE conversation_nr = ?1 AND json_extract(data, '$.reason') IS NOT NULL",
    )?
    .execute([record.nr])?;
    crate::exports::record::outdate(sql, record.nr)?;
    sql.prepare_cached("UPDATE conversations SET texts_erased_at = ?2 WHERE nr = ?1")?
        .execute(params![record.nr, crate::store::ms(write.now)])?;
    Ok(contents)
}
