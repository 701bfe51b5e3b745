//! Forgetting what is old: dead sessions, idempotency records past their time, events that nobody resumes from any more.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::Connection;
use tokio::sync::watch;

use crate::{
    figures::sealed,
    idempotency,
    store::{Store, ms},
};

const EVERY: Duration = Duration::from_secs(60 * 60);
/// Whoever was away for longer synchronises anew, which is quicker than reading a month of events.
const EVENTS_KEPT: TimeDelta = TimeDelta::days(30);

/// At the start and every hour, until the platform stops.
pub(crate) async fn run(store: Store, mut stopping: watch::Receiver<bool>) {
    loop {
        let done = store.write(|write| Ok(forget(write.sql, write.now)?)).await;
        if let Err(refusal) = done {
            tracing::warn!(code = %refusal.kind().0, "cannot forget what is old");
        }
        if let Err(refusal) = sealed::keep_up(&store).await {
            tracing::warn!(code = %refusal.kind().0, "cannot add up the days that are over");
        }
        tokio::select! {
            biased;
            () = tokio::time::sleep(EVERY) => {}
            _ = stopping.wait_for(|stop| *stop) => return,
        }
    }
}

fn forget(sql: &Connection, now: DateTime<Utc>) -> rusqlite::Result<()> {
    sql.execute("DELETE FROM sessions WHERE expires_at < ?1", [ms(now)])?;
    idempotency::forget_old(sql, now)?;
    let old: Option<i64> =
        sql.query_row("SELECT max(seq) FROM events WHERE at < ?1", [ms(now - EVENTS_KEPT)], |row| row.get(0))?;
    if let Some(seq) = old {
        sql.execute("DELETE FROM events WHERE seq <= ?1", [seq])?;
        sql.execute("UPDATE workspace SET events_deleted_to = ?1", [seq])?;
    }
    Ok(())
}
