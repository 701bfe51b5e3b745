//! Who is nudged after a commit: one look at the new events for all visitors, instead of one for each. Begins with the first
//! visitor; where nobody chats, nothing runs.

use tokio::sync::watch;

use crate::{
    presence::{Nudge, Presence, VisitorKey},
    refusal::Refusal,
    store::Store,
};

const BATCH: i64 = 500;

/// Makes sure that visitors are nudged from now on.
pub(crate) fn begin(store: &Store, presence: &Presence, stopping: &watch::Receiver<bool>) {
    if presence.begin_tailing() {
        let commits = store.commits();
        // Taken here and not in the task: what is committed in between must not be missed.
        let seen = *commits.borrow();
        tokio::spawn(run(store.clone(), presence.clone(), stopping.clone(), commits, seen));
    }
}

async fn run(
    store: Store,
    presence: Presence,
    mut stopping: watch::Receiver<bool>,
    mut commits: watch::Receiver<i64>,
    mut seen: i64,
) {
    loop {
        let newest = *commits.borrow_and_update();
        if !presence.has_visitors() {
            seen = newest;
        }
        while seen < newest {
            match concerned(&store, seen).await {
                Ok((visitors, last)) => {
                    for visitor in visitors {
                        presence.nudge(&visitor, Nudge::Changed);
                    }
                    seen = last.unwrap_or(newest);
                }
                Err(refusal) => {
                    tracing::warn!(code = %refusal.kind().0, "cannot see what changed");
                    break;
                }
            }
        }
        tokio::select! {
            biased;
            _ = stopping.wait_for(|stop| *stop) => return,
            changed = commits.changed() => if changed.is_err() { return },
        }
    }
}

async fn concerned(store: &Store, after: i64) -> Result<(Vec<VisitorKey>, Option<i64>), Refusal> {
    store
        .read(move |sql| {
            let rows = sql
                .prepare_cached(
                    "SELECT seq, data ->> '$.conversation.channel.id', data ->> '$.conversation.customer.external_id'
                     FROM events WHERE seq > ?1 ORDER BY seq LIMIT ?2",
                )?
                .query_map([after, BATCH], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                .collect::<rusqlite::Result<Vec<(i64, Option<String>, Option<String>)>>>()?;
            let last = rows.last().map(|row| row.0);
            let mut visitors: Vec<_> =
                rows.into_iter().filter_map(|(_, channel, visitor)| channel.zip(visitor)).collect();
            visitors.sort_unstable();
            visitors.dedup();
            Ok((visitors, last))
        })
        .await
}
