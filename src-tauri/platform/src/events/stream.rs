//! `/v1/events`: the log as server-sent events, live.
//!
//! A stream begins by reading the log from its place and then takes what the [fan-out](super::fanout) brings. It holds nothing but its
//! place: one that was too slow reads the log again until it is there, and one that comes back is served from the same log. A comment
//! every 15 s keeps proxies from closing it and finds out whether the client is still there.
//!
//! What a token may see is looked up when the stream begins, and again as soon as anything changed that decides about it, before anything
//! more is sent.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::body::Bytes;
use chrono::{DateTime, Utc};
use futures_util::{Stream, stream};
use signoff_wire::contract::events::CUSTOMER_TYPING;
use tokio::{
    sync::{broadcast, watch},
    time::Instant,
};

use super::{
    Batch, StoredEvent,
    fanout::{self, Fanout, block},
};
use crate::{
    conversations::visibility::{self, Sight},
    metrics::Metrics,
    presence::CustomerTyping,
    refusal::Refusal,
    sessions::{self, Doorkeeper},
    store::{self, Store},
    widget::tokens,
};

const HEARTBEAT: Duration = Duration::from_secs(15);
/// Events read from the log at a time.
const BATCH: i64 = 200;
/// What one chunk holds, about: batches that came meanwhile go out together.
const CHUNK: usize = 256 * 1024;

/// Streams everything after `place` that the token's owner may see, until the client goes, the token dies or the platform
/// stops.
pub(crate) fn open(
    store: Store,
    fanout: &Fanout,
    doorkeeper: Arc<Doorkeeper>,
    token: String,
    place: i64,
    typing: Option<broadcast::Receiver<CustomerTyping>>,
    stopping: watch::Receiver<bool>,
) -> impl Stream<Item = Result<Bytes, Infallible>> + use<> {
    let live = fanout.listen();
    let counted = Counted(store.metrics());
    counted.0.event_streams.inc();
    let heartbeat_at = Instant::now() + HEARTBEAT;
    let feed =
        Feed { store, live, doorkeeper, token, place, typing, owner: None, heartbeat_at, stopping, _counted: counted };
    // Sent at once, so that the client knows that the stream is open before anything happens.
    let opened = stream::once(std::future::ready(Ok(Bytes::from_static(b": open\n\n"))));
    futures_util::StreamExt::chain(opened, stream::unfold(feed, Feed::next))
}

struct Feed {
    store: Store,
    live: broadcast::Receiver<Arc<fanout::Batch>>,
    doorkeeper: Arc<Doorkeeper>,
    token: String,
    place: i64,
    /// For whoever asked to hear of it.
    typing: Option<broadcast::Receiver<CustomerTyping>>,
    /// `None`: the log is read from `place` before anything live is taken.
    owner: Option<Owner>,
    heartbeat_at: Instant,
    stopping: watch::Receiver<bool>,
    _counted: Counted,
}

/// A stream that is counted as long as it is open.
struct Counted(Arc<Metrics>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.event_streams.dec();
    }
}

/// Whoever the token belongs to, and what that was read from.
struct Owner {
    token_hash: Vec<u8>,
    sight: Sight,
    expires_at: DateTime<Utc>,
    access: i64,
    /// A widget's: of all that is new it may have what is about one conversation, which the log is asked for (R12).
    confined: bool,
}

/// The stream is over.
struct Over;

impl Feed {
    async fn next(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        let mut stopping = self.stopping.clone();
        let chunk = tokio::select! {
            biased;
            _ = stopping.wait_for(|stop| *stop) => return None,
            chunk = self.chunk() => chunk.ok()?,
        };
        self.heartbeat_at = Instant::now() + HEARTBEAT;
        Some((Ok(chunk), self))
    }

    /// What is to be sent next, if need be after waiting for it.
    async fn chunk(&mut self) -> Result<Bytes, Over> {
        loop {
            let text = if self.owner.is_some() { self.take_live().await? } else { self.read_log().await? };
            if !text.is_empty() {
                return Ok(Bytes::from(text));
            }
        }
    }

    /// Nothing if the log has nothing more; from then on it is live.
    async fn read_log(&mut self) -> Result<String, Over> {
        let (token, place, now) = (self.token.clone(), self.place, self.store.now());
        let read = self.store.read(move |sql| {
            let session = sessions::session(sql, &token, now).or_else(|_| tokens::live(sql, &token, now))?;
            let owner = Owner {
                token_hash: session.caller.token_hash.clone(),
                sight: visibility::sight(sql, &session.caller)?,
                expires_at: session.expires_at,
                access: store::access(sql)?,
                confined: session.caller.confined_to.is_some(),
            };
            Ok((owner, super::after(sql, &session.caller, place, BATCH)?))
        });
        let (owner, batch) = read.await.map_err(|_: Refusal| Over)?;
        self.doorkeeper.seen().note(&owner.token_hash, now);
        match batch {
            Batch::Reset(newest) => {
                self.place = newest;
                Ok(format!("id: {newest}\nevent: reset\ndata: {{}}\n\n"))
            }
            Batch::Events { events, next, more } => {
                self.place = next;
                self.owner = (!more).then_some(owner);
                Ok(text(&events))
            }
        }
    }

    /// Nothing if what came is for others, or the log has to be read again.
    async fn take_live(&mut self) -> Result<String, Over> {
        let mut text = String::new();
        let live = tokio::select! {
            biased;
            live = tokio::time::timeout_at(self.heartbeat_at, self.live.recv()) => live,
            typing = next_typing(&mut self.typing) => return self.tell_typing(typing).await,
        };
        match live {
            Ok(Ok(batch)) => self.take(&batch, &mut text)?,
            Ok(Err(broadcast::error::RecvError::Lagged(_))) => self.owner = None,
            Ok(Err(broadcast::error::RecvError::Closed)) => return Err(Over),
            Err(_) => {
                self.require_alive()?;
                text.push_str(": heartbeat\n\n");
            }
        }
        while self.owner.is_some() && text.len() < CHUNK {
            match self.live.try_recv() {
                Ok(batch) => self.take(&batch, &mut text)?,
                Err(broadcast::error::TryRecvError::Empty) => break,
                Err(broadcast::error::TryRecvError::Lagged(_)) => self.owner = None,
                Err(broadcast::error::TryRecvError::Closed) => return Err(Over),
            }
        }
        Ok(text)
    }

    /// A customer types, in a conversation that the token's owner sees. Without an id: it is no part of the log.
    async fn tell_typing(&self, typing: CustomerTyping) -> Result<String, Over> {
        let (token, now, nr) = (self.token.clone(), self.store.now(), typing.conversation_nr);
        let sees = self.store.read(move |sql| {
            let session = sessions::session(sql, &token, now).or_else(|_| tokens::live(sql, &token, now))?;
            Ok(visibility::is_visible(sql, &session.caller, nr)?)
        });
        if !sees.await.map_err(|_: Refusal| Over)? {
            return Ok(String::new());
        }
        let data = serde_json::to_string(&typing.said).map_err(|_| Over)?;
        Ok(format!("event: {CUSTOMER_TYPING}\ndata: {data}\n\n"))
    }

    fn take(&mut self, batch: &fanout::Batch, text: &mut String) -> Result<(), Over> {
        self.require_alive()?;
        let Some(owner) = &self.owner else { return Ok(()) };
        if owner.confined || batch.access > owner.access || batch.after > self.place {
            // It is not for everybody's eyes, access has changed, or something is missing in between.
            self.owner = None;
            return Ok(());
        }
        batch.text_for(&owner.sight, self.place, text);
        self.place = self.place.max(batch.next);
        Ok(())
    }

    fn require_alive(&self) -> Result<(), Over> {
        let Some(owner) = &self.owner else { return Ok(()) };
        let now = self.store.now();
        if now >= owner.expires_at {
            return Err(Over);
        }
        self.doorkeeper.seen().note(&owner.token_hash, now);
        Ok(())
    }
}

/// The next customer who types; never, for whoever did not ask. What was missed is over.
async fn next_typing(typing: &mut Option<broadcast::Receiver<CustomerTyping>>) -> CustomerTyping {
    loop {
        match typing {
            Some(customers) => match customers.recv().await {
                Ok(typing) => return typing,
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => *typing = None,
            },
            None => return std::future::pending().await,
        }
    }
}

fn text(events: &[StoredEvent]) -> String {
    let mut text = String::new();
    for event in events {
        block(&mut text, event.seq, &event.kind, &event.data);
    }
    text
}
