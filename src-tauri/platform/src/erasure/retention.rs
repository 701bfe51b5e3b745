//! Texts of conversations that have been closed for long enough.
//!
//! A few conversations at a time, each batch a transaction of its own, so that whoever works meanwhile waits for one batch
//! at most. Copies are looked for only where something happened lately: the event log and the idempotency records go back a
//! month.

use std::time::Duration;

use chrono::{DateTime, Months, TimeDelta, Utc};
use rusqlite::params;
use signoff_wire::contract::events::{ConversationErased, EventType};
use tokio::sync::watch;

use super::texts;
use crate::{
    attachments::sweep,
    conversations::{Record, change::announce},
    refusal::Refusal,
    store::{Store, Write, ms},
};

/// Conversations in a transaction.
const BATCH: i64 = 20;
/// Longer than events and idempotency records are kept.
const COPIES_KEPT: TimeDelta = TimeDelta::days(40);
const EVERY: Duration = Duration::from_secs(60 * 60);
/// After a batch others are let in.
const PAUSE: Duration = Duration::from_millis(50);

/// At the start and every hour, until the platform stops.
pub(crate) async fn run(store: Store, months: u32, mut stopping: watch::Receiver<bool>) {
    loop {
        let wait = match erase_batch(&store, months).await {
            Ok(0) => EVERY,
            Ok(_) => PAUSE,
            Err(refusal) => {
                tracing::warn!(code = %refusal.kind().0, "cannot erase old texts");
                EVERY
            }
        };
        tokio::select! {
            biased;
            () = tokio::time::sleep(wait) => {}
            _ = stopping.wait_for(|stop| *stop) => return,
        }
    }
}

/// Erases a batch; says how many conversations that were.
async fn erase_batch(store: &Store, months: u32) -> Result<usize, Refusal> {
    let Some(before) = store.now().checked_sub_months(Months::new(months)) else { return Ok(0) };
    let due = store.read(move |sql| due(sql, before)).await?;
    if due.is_empty() {
        return Ok(0);
    }
    let copied_since = store.now() - COPIES_KEPT;
    let lately = |due: &&Due| due.newest_entry_at.is_some_and(|at| at >= ms(copied_since));
    let ids: Vec<String> = due.iter().filter(lately).map(|due| due.id.clone()).collect();
    let copies = {
        let ids = ids.clone();
        store.read(move |sql| Ok(texts::copies(sql, &ids)?)).await?
    };
    let (erased, contents) = store
        .write(move |write| {
            texts::erase_copies(write, &copies, &ids)?;
            let mut contents = Vec::new();
            for conversation in &due {
                contents.extend(erase(write, conversation.nr)?);
            }
            Ok((due.len(), contents))
        })
        .await?;
    sweep::remove_unnamed(store, contents).await?;
    store.fold().await;
    tracing::info!(conversations = erased, "texts past their time were erased");
    Ok(erased)
}

struct Due {
    nr: i64,
    id: String,
    newest_entry_at: Option<i64>,
}

fn due(sql: &rusqlite::Connection, before: DateTime<Utc>) -> Result<Vec<Due>, Refusal> {
    let mut statement = sql.prepare_cached(
        "SELECT nr, id, (SELECT max(n.at) FROM entries n WHERE n.conversation_nr = conversations.nr) FROM conversations
         WHERE state = 'closed' AND texts_erased_at IS NULL AND closed_at < ?1 ORDER BY closed_at LIMIT ?2",
    )?;
    let rows = statement.query_map(params![ms(before), BATCH], |row| {
        Ok(Due { nr: row.get(0)?, id: row.get(1)?, newest_entry_at: row.get(2)? })
    })?;
    Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?)
}

fn erase(write: &Write<'_>, nr: i64) -> Result<Vec<String>, Refusal> {
    let record = Record::by_nr(write.sql, nr, write.now)?;
    let contents = texts::erase(write, &record)?;
    let at = write.now;
    announce(write, &record, &EventType::ConversationErased, |conversation| ConversationErased {
        conversation_id: conversation.id.clone(),
        version: conversation.version,
        conversation,
        at,
        entry: None,
    })?;
    Ok(contents)
}
