//! Forgetting what is old: dead sessions, idempotency records past their time, events that nobody resumes from any more.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::Connection;
use tokio::sync::watch;

use crate::{
    attachments::sweep,
    channels::provider::signature,
    events,
    figures::sealed,
    idempotency,
    sessions::Doorkeeper,
    store::{self, Store, ms},
    widget::tokens,
};

const EVERY: Duration = Duration::from_secs(60 * 60);
const NOTICE_EVERY: Duration = Duration::from_secs(1);
/// Whoever was away for longer synchronises anew, which is quicker than reading a month of events.
const EVENTS_KEPT: TimeDelta = TimeDelta::days(30);
/// For how long a visitor who never wrote may come back as the same.
const VISITORS_KEPT: TimeDelta = TimeDelta::days(30);

/// Rows of each kind that are deleted in one transaction.
const SLICE: u32 = 1_000;

/// At the start and every hour, until the platform stops.
pub(crate) async fn run(store: Store, doorkeeper: Arc<Doorkeeper>, mut stopping: watch::Receiver<bool>) {
    if let Err(refusal) = sweep::leftovers(&store).await {
        tracing::warn!(code = %refusal.kind().0, "cannot look through the files");
    }
    loop {
        keep_seen(&store, &doorkeeper).await;
        // In slices, so that nobody's click waits for what is old.
        loop {
            match store.write(|write| Ok(forget(write.sql, write.now)?)).await {
                Ok(true) => {}
                Ok(false) => break,
                Err(refusal) => {
                    tracing::warn!(code = %refusal.kind().0, "cannot forget what is old");
                    break;
                }
            }
        }
        if let Err(refusal) = sealed::keep_up(&store).await {
            tracing::warn!(code = %refusal.kind().0, "cannot add up the days that are over");
        }
        if let Err(refusal) = sweep::unused(&store).await {
            tracing::warn!(code = %refusal.kind().0, "cannot sweep files away");
        }
        tokio::select! {
            biased;
            () = tokio::time::sleep(EVERY) => {}
            _ = stopping.wait_for(|stop| *stop) => return,
        }
    }
}

/// Takes note of what an operator's command wrote beside the platform: sessions that it ended, events that it announced. Only the file
/// tells of it, so the file is asked now and then; a write of nothing makes everybody look.
pub(crate) async fn notice_others(store: Store, mut stopping: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            biased;
            () = tokio::time::sleep(NOTICE_EVERY) => {}
            _ = stopping.wait_for(|stop| *stop) => return,
        }
        let known = (*store.commits().borrow(), *store.access().borrow());
        let found = store.read(|sql| Ok((events::newest_seq(sql)?, store::access(sql)?))).await;
        if found.is_ok_and(|found| found != known) {
            // What failed is tried again in a moment.
            let _ = store.write(|_| Ok(())).await;
        }
    }
}

/// Writes down which sessions were heard of.
pub(crate) async fn keep_seen(store: &Store, doorkeeper: &Doorkeeper) {
    if let Err(refusal) = doorkeeper.seen().keep(store).await {
        tracing::warn!(code = %refusal.kind().0, "cannot write down which sessions were heard of");
    }
}

/// Whether there may be more.
fn forget(sql: &Connection, now: DateTime<Utc>) -> rusqlite::Result<bool> {
    let sessions = sql.execute(
        "DELETE FROM sessions WHERE token_hash IN (SELECT token_hash FROM sessions WHERE expires_at < ?1 LIMIT ?2)",
        (ms(now), SLICE),
    )?;
    sql.execute("DELETE FROM links WHERE expires_at < ?1", [ms(now)])?;
    signature::forget_old(sql, now)?;
    // Who opened the chat and never wrote is nobody's customer.
    sql.execute(
        "DELETE FROM visitors WHERE created_at < ?1 AND NOT EXISTS (
            SELECT 1 FROM customers cu WHERE cu.channel_id = visitors.channel_id AND cu.external_id = visitors.external_id)",
        [ms(now - VISITORS_KEPT)],
    )?;
    tokens::forget_old(sql, now)?;
    let records = idempotency::forget_old(sql, now, SLICE)?;
    // The oldest come first, so that the first that is young ends it.
    let old: Option<i64> = sql.query_row(
        "SELECT max(seq) FROM (SELECT seq, at FROM events ORDER BY seq LIMIT ?2) WHERE at < ?1",
        (ms(now - EVENTS_KEPT), SLICE),
        |row| row.get(0),
    )?;
    let mut events = 0;
    if let Some(seq) = old {
        events = sql.execute("DELETE FROM events WHERE seq <= ?1", [seq])?;
        sql.execute("UPDATE workspace SET events_deleted_to = ?1", [seq])?;
    }
    Ok([sessions, records, events].iter().any(|&count| count >= SLICE as usize))
}
