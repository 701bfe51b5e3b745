//! Everything from the start: the first synchronisation, and those after the platform has forgotten where this cache stopped.
//!
//! Pages come newest conversation first and are usable as they arrive. Where the paging stands is kept in the transaction of each page, so
//! that a restart goes on instead of beginning again. The next page is fetched while this one is written.
//!
//! The first synchronisation notifies of nothing. A later one notifies of the conversations that began since this machine last heard: their
//! events are gone, the customers are not.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Transaction};
use serde::{Deserialize, Serialize};
use signoff_wire::contract::sync::{ConversationSnapshot, SyncPage};
use signoff_wire::interface::SyncProgress;

use super::{Ended, Synchronisation};
use crate::cache::{self, Applied, CacheError, facts};
use crate::notify;
use crate::remote::{Platform, RemoteError, Token};
use crate::store::meta;

/// Conversations per page. The first one is what the person waits for, so it is small.
const FIRST_PAGE: u32 = 60;
const PAGE: u32 = 250;

const PAGING: &str = "sync.paging";

/// Where a synchronisation from the start stands. There is none once it is complete.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Paging {
    /// The next page; `None` before the first.
    after: Option<String>,
    /// The first page's sequence, from which events are asked for in the end.
    sequence: Option<i64>,
    /// Conversations so far.
    done: u32,
    /// When the newest conversation began that was known before, by the platform's clock. What began later has not been heard of.
    heard_until: Option<DateTime<Utc>>,
}

/// Sees to it that the next round begins from the start. What is in the cache stays usable until then and is compared, not thrown away.
pub(super) fn begin_anew(transaction: &Transaction<'_>) -> Result<(), CacheError> {
    keep(transaction, &Paging { heard_until: newest_beginning(transaction)?, ..Paging::default() })
}

impl Synchronisation {
    /// Pages through everything, if that is due.
    pub(super) async fn everything(&self, platform: &dyn Platform, token: &Token) -> Result<(), Ended> {
        let Some(mut paging) = self.store.read(due).await? else { return Ok(()) };
        tracing::info!(done = paging.done, "synchronising from the start");
        if paging.after.is_none() {
            paging.done = 0;
            self.store.write_in_background(cache::begin_snapshot).await?;
        }
        let limit = if paging.after.is_none() { FIRST_PAGE } else { PAGE };
        let mut page = match platform.snapshot(token, paging.after.as_deref(), limit).await {
            Ok(page) => page,
            Err(error) => return Err(self.without_page(error, &paging).await),
        };
        loop {
            paging.sequence.get_or_insert(page.seq);
            paging.done = paging.done.saturating_add(u32::try_from(page.items.len()).unwrap_or(u32::MAX));
            paging.after.clone_from(&page.next);
            let progress = SyncProgress { done: paging.done, total: u32::try_from(page.total).ok() };
            let last = paging.after.is_none();
            let after = paging.after.clone();
            let write = self.write_page(page, paging.clone());
            let next = async {
                match &after {
                    Some(after) => platform.snapshot(token, Some(after), PAGE).await.map(Some),
                    None => Ok(None),
                }
            };
            let (written, fetched) = tokio::join!(write, next);
            self.say(&written?).await?;
            self.frame.update(|state| state.sync.first = (!last).then_some(progress));
            match fetched {
                Ok(Some(next)) => page = next,
                Ok(None) => break,
                Err(error) => return Err(self.without_page(error, &paging).await),
            }
        }
        self.frame.everything_changed();
        tracing::info!(conversations = paging.done, "synchronised from the start");
        Ok(())
    }

    /// What follows when a page does not come. A cursor that is refused once would be for ever: the next round begins from the start.
    async fn without_page(&self, error: RemoteError, paging: &Paging) -> Ended {
        let cursor_is_refused = paging.after.is_some() && matches!(error, RemoteError::Refused(_));
        if !cursor_is_refused {
            return error.into();
        }
        tracing::warn!(%error, done = paging.done, "the platform does not take its cursor any more");
        // What was heard before is as it was at the beginning: the pages since then are no news yet.
        let anew = Paging { heard_until: paging.heard_until, ..Paging::default() };
        match self.store.write_in_background(move |transaction| keep(transaction, &anew)).await {
            Ok(()) => error.into(),
            Err(failed) => failed.into(),
        }
    }

    async fn write_page(&self, page: SyncPage, paging: Paging) -> Result<Applied, Ended> {
        let (me, now) = (self.me(), self.clock.now());
        let write = move |transaction: &Transaction<'_>| {
            let mut applied = cache::apply_snapshot_page(transaction, &page)?;
            let unheard = |snapshot: &&ConversationSnapshot| {
                paging.heard_until.is_some_and(|heard| snapshot.conversation.opened_at > heard)
            };
            for occasion in page.items.iter().filter(unheard).filter_map(|snapshot| notify::of_snapshot(snapshot, &me))
            {
                notify::record(transaction, &occasion, now)?;
            }
            if let (None, Some(sequence)) = (&paging.after, paging.sequence) {
                applied.extend(cache::finish_snapshot(transaction, sequence)?);
                meta::remove(transaction, PAGING)?;
                return Ok::<_, CacheError>(applied);
            }
            keep(transaction, &paging)?;
            Ok(applied)
        };
        Ok(self.store.write_in_background(write).await?)
    }
}

/// Where the paging stands, if anything has to be paged.
fn due(connection: &Connection) -> Result<Option<Paging>, CacheError> {
    let kept = meta::get(connection, PAGING)?.and_then(|text| serde_json::from_str(&text).ok());
    match (kept, facts::event_sequence(connection)?) {
        (Some(paging), _) => Ok(Some(paging)),
        (None, None) => Ok(Some(Paging::default())),
        (None, Some(_)) => Ok(None),
    }
}

fn keep(transaction: &Transaction<'_>, paging: &Paging) -> Result<(), CacheError> {
    Ok(meta::set(transaction, PAGING, &serde_json::to_string(paging)?)?)
}

fn newest_beginning(connection: &Connection) -> Result<Option<DateTime<Utc>>, CacheError> {
    let newest: Option<i64> =
        connection.query_row("SELECT max(opened_at) AS newest FROM conversations", [], |row| row.get("newest"))?;
    Ok(newest.and_then(DateTime::from_timestamp_millis))
}
