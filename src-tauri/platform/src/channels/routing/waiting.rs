//! Rules for new conversations wait while the scenario waits: what the customer chooses and answers, and what the scenario makes of that,
//! is what they go by (R9). Of a conversation in which nothing was waited for there is no row.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, params};

use crate::store::{Write, ms, time};

/// Whether rules for new conversations wait.
pub(super) enum Waiting {
    /// They never did.
    Never,
    /// Still.
    Still,
    /// They did, and were tried.
    Over {
        /// The newest entry of the conversation then.
        entry_nr: i64,
        /// The time then.
        at: DateTime<Utc>,
    },
}

/// They wait from now on.
pub(super) fn begin(write: &Write<'_>, conversation_nr: i64) -> rusqlite::Result<()> {
    write
        .sql
        .prepare_cached("INSERT OR IGNORE INTO routing_waits (conversation_nr) VALUES (?1)")?
        .execute([conversation_nr])?;
    Ok(())
}

/// They wait no longer.
pub(super) fn end(write: &Write<'_>, conversation_nr: i64, at: DateTime<Utc>) -> rusqlite::Result<()> {
    write
        .sql
        .prepare_cached(
            "UPDATE routing_waits SET tried_at = ?2,
                tried_nr = (SELECT max(nr) FROM entries WHERE conversation_nr = ?1)
             WHERE conversation_nr = ?1",
        )?
        .execute(params![conversation_nr, ms(at)])?;
    Ok(())
}

/// Whether they wait in this conversation.
pub(super) fn look(sql: &Connection, conversation_nr: i64) -> rusqlite::Result<Waiting> {
    let row = sql
        .prepare_cached("SELECT tried_nr, tried_at FROM routing_waits WHERE conversation_nr = ?1")?
        .query_row([conversation_nr], |row| Ok(row.get::<_, Option<i64>>(0)?.zip(row.get::<_, Option<i64>>(1)?)))
        .optional()?;
    Ok(match row {
        None => Waiting::Never,
        Some(None) => Waiting::Still,
        Some(Some((entry_nr, at))) => Waiting::Over { entry_nr, at: time(at) },
    })
}

/// What the customer has written in the conversation up to an entry, a line for each message.
pub(super) fn said(sql: &Connection, conversation_nr: i64, up_to: i64) -> rusqlite::Result<String> {
    let texts = sql
        .prepare_cached(
            "SELECT text FROM entries WHERE conversation_nr = ?1 AND kind = 'message' AND nr <= ?2
             ORDER BY nr LIMIT 200",
        )?
        .query_map([conversation_nr, up_to], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<String>>>()?;
    Ok(texts.join("\n"))
}
