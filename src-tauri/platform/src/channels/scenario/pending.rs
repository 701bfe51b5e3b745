//! Delays that are not over and calls that are not answered: rows, so that a restart forgets none.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, params};

use super::calls::Request;
use crate::{
    refusal::Refusal,
    store::{Write, ms, time},
};

/// A call to come back to.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    /// The conversation.
    pub(super) conversation_nr: i64,
    /// The visit of the step that it belongs to.
    pub(super) visit: i64,
    /// The call.
    pub(super) request: Request,
    /// Its Idempotency-Key.
    pub(super) key: String,
    /// Whether it was begun, by this process or by one that is gone.
    pub(super) started: bool,
}

/// Adds a delay or a call. A conversation waits for one thing at a time.
pub(super) fn add(
    write: &mut Write<'_>,
    conversation_nr: i64,
    visit: i64,
    due: DateTime<Utc>,
    request: Option<&Request>,
) -> Result<(), Refusal> {
    let key = write.chance.uuid(write.now).to_string();
    write
        .sql
        .prepare_cached(
            "INSERT INTO scenario_pending (conversation_nr, visit, due_at, request, key) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (conversation_nr) DO UPDATE SET visit = excluded.visit, due_at = excluded.due_at,
                request = excluded.request, key = excluded.key, started_at = NULL",
        )?
        .execute(params![conversation_nr, visit, ms(due), request.map(serde_json::to_string).transpose()?, key])?;
    Ok(())
}

/// Nothing is waited for in this conversation any more.
pub(super) fn forget(sql: &Connection, conversation_nr: i64) -> rusqlite::Result<()> {
    sql.prepare_cached("DELETE FROM scenario_pending WHERE conversation_nr = ?1")?.execute([conversation_nr])?;
    Ok(())
}

/// The same, if it is still this visit.
pub(super) fn forget_visit(sql: &Connection, conversation_nr: i64, visit: i64) -> rusqlite::Result<()> {
    sql.prepare_cached("DELETE FROM scenario_pending WHERE conversation_nr = ?1 AND visit = ?2")?
        .execute([conversation_nr, visit])?;
    Ok(())
}

/// Marks a call as begun; false if somebody else did or it is not waited for any more.
pub(super) fn start(write: &Write<'_>, pending: &Pending) -> rusqlite::Result<bool> {
    let changed = write
        .sql
        .prepare_cached(
            "UPDATE scenario_pending SET started_at = ?3
             WHERE conversation_nr = ?1 AND visit = ?2 AND EXISTS (SELECT 1 FROM conversations c
                WHERE c.nr = ?1 AND c.scenario_step IS NOT NULL AND c.state <> 'closed')",
        )?
        .execute(params![pending.conversation_nr, pending.visit, ms(write.now)])?;
    Ok(changed > 0)
}

/// Delays that are over, oldest first: the conversation and the visit.
pub(super) fn delays(sql: &Connection, now: DateTime<Utc>, limit: usize) -> rusqlite::Result<Vec<(i64, i64)>> {
    sql.prepare_cached(
        "SELECT conversation_nr, visit FROM scenario_pending
         WHERE due_at <= ?1 AND request IS NULL ORDER BY due_at LIMIT ?2",
    )?
    .query_map(params![ms(now), i64::try_from(limit).unwrap_or(i64::MAX)], |row| Ok((row.get(0)?, row.get(1)?)))?
    .collect()
}

/// Calls that are due, oldest first, besides those under way.
pub(super) fn calls(
    sql: &Connection,
    now: DateTime<Utc>,
    besides: &[(i64, i64)],
    limit: usize,
) -> Result<Vec<Pending>, Refusal> {
    let rows = sql
        .prepare_cached(
            "SELECT conversation_nr, visit, request, key, started_at IS NOT NULL FROM scenario_pending
             WHERE due_at <= ?1 AND request IS NOT NULL ORDER BY due_at LIMIT ?2",
        )?
        .query_map(params![ms(now), i64::try_from(limit + besides.len()).unwrap_or(i64::MAX)], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?, row.get(3)?, row.get(4)?))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    rows.into_iter()
        .filter(|(nr, visit, ..)| !besides.contains(&(*nr, *visit)))
        .take(limit)
        .map(|(conversation_nr, visit, request, key, started)| {
            let request = serde_json::from_str(&request)?;
            Ok(Pending { conversation_nr, visit, request, key, started })
        })
        .collect()
}

/// When the next of those that are not due becomes so.
pub(super) fn next_due(sql: &Connection, now: DateTime<Utc>) -> rusqlite::Result<Option<DateTime<Utc>>> {
    let due: Option<i64> = sql
        .prepare_cached("SELECT due_at FROM scenario_pending WHERE due_at > ?1 ORDER BY due_at LIMIT 1")?
        .query_row([ms(now)], |row| row.get(0))
        .optional()?;
    Ok(due.map(time))
}

/// Looks at it again later.
pub(super) fn postpone(sql: &Connection, conversation_nr: i64, visit: i64, to: DateTime<Utc>) -> rusqlite::Result<()> {
    sql.prepare_cached("UPDATE scenario_pending SET due_at = ?3 WHERE conversation_nr = ?1 AND visit = ?2")?
        .execute(params![conversation_nr, visit, ms(to)])?;
    Ok(())
}
