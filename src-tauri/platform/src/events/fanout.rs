//! Handing new events to everybody who listens, reading each only once.
//!
//! A commit wakes one task, which reads what is new and puts it where all streams look. Five hundred listeners cost one query and not five
//! hundred. What is kept for them is bounded: whoever is too slow for it finds a gap and reads the log from its own place, as whoever
//! has just come does, and holds up nobody.

use std::{fmt::Write as _, sync::Arc};

use rusqlite::{Connection, named_params};
use tokio::sync::{broadcast, watch};

use super::newest_seq;
use crate::{conversations::visibility::Sight, refusal::Refusal, store::Store};

/// Batches kept for streams that are a little behind. One is what a commit brought, so this is about a second of a busy day.
const KEPT: usize = 64;
/// Events of a batch, at most: what one commit brings is nearly always less.
const BATCH: i64 = 500;

/// The new events of a commit, or of a part of it.
#[derive(Debug)]
pub(super) struct Batch {
    /// The place that they follow on.
    pub(super) after: i64,
    /// The place of whoever has them.
    pub(super) next: i64,
    /// What decided about access when they were read; see [`crate::store::Store::access`].
    pub(super) access: i64,
    events: Vec<Announced>,
}

/// An event, ready to be sent.
#[derive(Debug)]
struct Announced {
    seq: i64,
    channel_id: Option<String>,
    team_id: Option<String>,
    team_before_id: Option<String>,
    user_id: Option<String>,
    text: String,
}

impl Batch {
    /// What somebody at this place sees of it.
    pub(super) fn text_for(&self, sight: &Sight, place: i64, text: &mut String) {
        for event in self.events.iter().filter(|event| event.seq > place) {
            let (channel, team, before) = (&event.channel_id, &event.team_id, &event.team_before_id);
            if sight.is_for(event.user_id.as_deref())
                && sight.event(channel.as_deref(), team.as_deref(), before.as_deref())
            {
                text.push_str(&event.text);
            }
        }
    }
}

/// Where streams look for what is new.
#[derive(Clone)]
pub(crate) struct Fanout {
    batches: broadcast::Sender<Arc<Batch>>,
}

impl Fanout {
    pub(crate) fn new() -> Self {
        Self { batches: broadcast::channel(KEPT).0 }
    }

    /// From now on.
    pub(super) fn listen(&self) -> broadcast::Receiver<Arc<Batch>> {
        self.batches.subscribe()
    }

    /// Reads after every commit, until the platform stops.
    pub(crate) async fn run(self, store: Store, mut stopping: watch::Receiver<bool>) {
        tokio::select! {
            biased;
            () = self.read_on(&store) => {}
            _ = stopping.wait_for(|stop| *stop) => {}
        }
    }

    async fn read_on(&self, store: &Store) {
        let (mut commits, mut access) = (store.commits(), store.access());
        let mut place = *commits.borrow_and_update();
        loop {
            let changed = tokio::select! {
                changed = commits.changed() => changed,
                changed = access.changed() => changed,
            };
            if changed.is_err() {
                return;
            }
            let newest = *commits.borrow_and_update();
            access.mark_unchanged();
            if self.batches.receiver_count() == 0 {
                // Whoever comes later reads the log first.
                place = newest;
                continue;
            }
            loop {
                let batch = store.read(move |sql| read(sql, place)).await.unwrap_or_else(|_: Refusal| {
                    // A gap: everybody reads for himself, and finds out for himself if that fails, too.
                    Batch { after: newest, next: newest, access: *access.borrow(), events: Vec::new() }
                });
                place = batch.next;
                // Without listeners there is nobody to miss it.
                let _ = self.batches.send(Arc::new(batch));
                if place >= newest {
                    break;
                }
            }
        }
    }
}

fn read(sql: &Connection, after: i64) -> Result<Batch, Refusal> {
    let newest = newest_seq(sql)?;
    let mut statement = sql.prepare_cached(
        "SELECT seq, kind, data, channel_id, team_id, team_before_id, user_id FROM events
         WHERE seq > :after ORDER BY seq LIMIT :limit",
    )?;
    let events = statement
        .query_map(named_params! { ":after": after, ":limit": BATCH }, |row| {
            let (seq, kind, data) = (row.get(0)?, row.get_ref(1)?.as_str()?, row.get_ref(2)?.as_str()?);
            let mut text = String::with_capacity(data.len() + 64);
            block(&mut text, seq, kind, data);
            Ok(Announced {
                seq,
                channel_id: row.get(3)?,
                team_id: row.get(4)?,
                team_before_id: row.get(5)?,
                user_id: row.get(6)?,
                text,
            })
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let is_full = i64::try_from(events.len()).is_ok_and(|count| count == BATCH);
    let next = if is_full { events.last().map_or(newest, |event| event.seq) } else { newest };
    Ok(Batch { after, next, access: crate::store::access(sql)?, events })
}

/// An event as server-sent events have it. JSON has no line breaks outside its escapes, so one `data:` line holds it.
pub(super) fn block(text: &mut String, seq: i64, kind: &str, data: &str) {
    let _ = write!(text, "id: {seq}\nevent: {kind}\ndata: {data}\n\n");
}
