//! Sweeping away files that nobody used.
//!
//! Everything that touches a file's place happens in the writer's jobs, one after the other: placing it with its row, and here
//! removing it when no row is left. So a content that comes in again while it is swept is either kept or placed anew.

use chrono::TimeDelta;
use rusqlite::{Connection, OptionalExtension};

use crate::{
    refusal::Refusal,
    store::{Store, ms},
};

/// For how long an uploaded file waits to be used: an advisor's click may wait for a network.
const KEPT_UNUSED: TimeDelta = TimeDelta::days(35);
/// A connector's: it sends at once, or when it is up again.
const KEPT_UNUSED_BY_CHANNELS: TimeDelta = TimeDelta::days(1);
/// A visitor's: they send at once or not at all.
const KEPT_UNUSED_BY_VISITORS: TimeDelta = TimeDelta::hours(2);
/// Contents looked at in one job, so that nobody's click waits for long.
const AT_ONCE: usize = 500;

/// Removes rows that were never used, and contents that no row names any more.
pub(crate) async fn unused(store: &Store) -> Result<(), Refusal> {
    let contents: Vec<String> = store
        .write(|write| {
            Ok(write
                .sql
                .prepare_cached(
                    "DELETE FROM attachments WHERE entry_nr IS NULL
                        AND at < CASE owner_kind WHEN 'user' THEN ?1 WHEN 'channel' THEN ?2 ELSE ?3 END RETURNING content",
                )?
                .query_map(
                    [KEPT_UNUSED, KEPT_UNUSED_BY_CHANNELS, KEPT_UNUSED_BY_VISITORS].map(|kept| ms(write.now - kept)),
                    |row| row.get(0),
                )?
                .collect::<rusqlite::Result<_>>()?)
        })
        .await?;
    remove_unnamed(store, contents).await
}

/// Looks at every file there is: what a crash left between a file and its row. Once, after a start.
pub(crate) async fn leftovers(store: &Store) -> Result<(), Refusal> {
    let folder = store.attachments();
    let contents = store.threads().blocking(move || folder.contents()).await;
    remove_unnamed(store, contents.unwrap_or_default()).await
}

/// Removes those of the contents that no row names.
pub(crate) async fn remove_unnamed(store: &Store, contents: Vec<String>) -> Result<(), Refusal> {
    for some in contents.chunks(AT_ONCE) {
        let (some, folder) = (some.to_vec(), store.attachments());
        store
            .write(move |write| {
                for content in &some {
                    if !is_named(write.sql, content)? {
                        folder.remove(content);
                    }
                }
                Ok(())
            })
            .await?;
    }
    Ok(())
}

fn is_named(sql: &Connection, content: &str) -> rusqlite::Result<bool> {
    let row = sql
        .prepare_cached("SELECT 1 FROM attachments WHERE content = ?1 LIMIT 1")?
        .query_row([content], |_| Ok(()))
        .optional()?;
    Ok(row.is_some())
}
