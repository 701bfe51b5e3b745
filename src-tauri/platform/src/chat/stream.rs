//! A visitor's event stream.
//!
//! `entry` events carry the entry's place as their id: whoever comes back says the last one, and gets what followed, no hole and
//! nothing twice. `state` and `typing` have no id: they say how things are, and are said again when a stream begins.

use std::{convert::Infallible, time::Duration};

use futures_util::Stream;
use serde::Serialize;
use signoff_wire::contract::chat::{ChatState, Typing};
use tokio::sync::{broadcast, mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;

use super::{
    thread,
    visitors::{self, Known},
};
use crate::{presence::Nudge, refusal::Refusal, store::Store};

const HEARTBEAT: Duration = Duration::from_secs(15);
const BATCH: i64 = 100;

/// Streams what a visitor sees after `place`, until they go or the platform stops.
pub(crate) fn open(
    store: Store,
    visitor: Known,
    token: String,
    place: i64,
    nudges: broadcast::Receiver<Nudge>,
    mut stopping: watch::Receiver<bool>,
) -> impl Stream<Item = Result<String, Infallible>> {
    let (chunks, stream) = mpsc::channel(4);
    let feed = Feed { store, visitor, token, place, state: None, nudges, chunks };
    tokio::spawn(async move {
        tokio::select! {
            biased;
            _ = feed.run() => {}
            _ = stopping.wait_for(|stop| *stop) => {}
        }
    });
    ReceiverStream::new(stream)
}

struct Feed {
    store: Store,
    visitor: Known,
    token: String,
    place: i64,
    state: Option<ChatState>,
    nudges: broadcast::Receiver<Nudge>,
    chunks: mpsc::Sender<Result<String, Infallible>>,
}

/// The stream is over.
struct Over;

impl Feed {
    async fn run(mut self) -> Result<(), Over> {
        self.send(": open\n\n".to_owned()).await?;
        while self.catch_up().await? {}
        loop {
            match tokio::time::timeout(HEARTBEAT, self.nudges.recv()).await {
                // Behind on nudges is not behind on what they are about.
                Ok(Ok(Nudge::Changed) | Err(broadcast::error::RecvError::Lagged(_))) => while self.catch_up().await? {},
                Ok(Ok(Nudge::Typing { name, on })) => self.say("typing", &Typing { on, name: Some(name) }).await?,
                Ok(Err(broadcast::error::RecvError::Closed)) => return Err(Over),
                Err(_) => self.send(": heartbeat\n\n".to_owned()).await?,
            }
        }
    }

    /// Whether more is there already.
    async fn catch_up(&mut self) -> Result<bool, Over> {
        let (visitor, token, place) = (self.visitor.clone(), self.token.clone(), self.place);
        let now = self.store.now();
        let read = self.store.read(move |sql| {
            // Asked each time: a token that died meanwhile reads nothing more.
            visitors::known(sql, &visitor.channel_id, &token)?;
            Ok((thread::after(sql, &visitor, place, BATCH, now)?, thread::state(sql, &visitor)?))
        });
        let (entries, state) = read.await.map_err(|_: Refusal| Over)?;
        let more = i64::try_from(entries.len()).unwrap_or(i64::MAX) >= BATCH;
        for (place, entry) in entries {
            if let Some(entry) = entry {
                let data = serde_json::to_string(&entry).map_err(|_| Over)?;
                self.send(format!("id: {place}\nevent: entry\ndata: {data}\n\n")).await?;
            }
            self.place = place;
        }
        if self.state.as_ref() != Some(&state) {
            self.say("state", &state).await?;
            self.state = Some(state);
        }
        Ok(more)
    }

    async fn say(&self, event: &str, data: &impl Serialize) -> Result<(), Over> {
        let data = serde_json::to_string(data).map_err(|_| Over)?;
        self.send(format!("event: {event}\ndata: {data}\n\n")).await
    }

    async fn send(&self, chunk: String) -> Result<(), Over> {
        self.chunks.send(Ok(chunk)).await.map_err(|_| Over)
    }
}
