//! `/v1/events`: the log as server-sent events, live.
//!
//! A stream reads what is after its place, sends it, and waits for the next commit. It holds nothing but its place, so a
//! slow client costs nothing but itself, and one that comes back is served from the same log. A comment every 15 s keeps
//! proxies from closing it and finds out whether the client is still there.

use std::{convert::Infallible, fmt::Write as _, sync::Arc, time::Duration};

use futures_util::Stream;
use tokio::sync::{mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;

use super::{Batch, StoredEvent};
use crate::{metrics::Metrics, refusal::Refusal, sessions, store::Store};

const HEARTBEAT: Duration = Duration::from_secs(15);
/// Events read and sent at a time.
const BATCH: i64 = 200;

/// Streams everything after `place` that the token's owner may see, until the client goes, the token dies or the platform
/// stops.
pub(crate) fn open(
    store: Store,
    token: String,
    place: i64,
    stopping: watch::Receiver<bool>,
) -> impl Stream<Item = Result<String, Infallible>> {
    let (chunks, stream) = mpsc::channel(4);
    let counted = Counted(store.metrics());
    counted.0.event_streams.inc();
    let feed = Feed { store, token, place, chunks, _counted: counted };
    tokio::spawn(feed.run(stopping));
    ReceiverStream::new(stream)
}

struct Feed {
    store: Store,
    token: String,
    place: i64,
    chunks: mpsc::Sender<Result<String, Infallible>>,
    _counted: Counted,
}

/// A stream that is counted as long as it is open.
struct Counted(Arc<Metrics>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.event_streams.dec();
    }
}

/// The stream is over.
struct Over;

impl Feed {
    async fn run(mut self, mut stopping: watch::Receiver<bool>) {
        tokio::select! {
            biased;
            _ = self.feed() => {}
            _ = stopping.wait_for(|stop| *stop) => {}
        }
    }

    async fn feed(&mut self) -> Result<(), Over> {
        let mut commits = self.store.commits();
        // Sent at once, so that the client knows that the stream is open before anything happens.
        self.send(": open\n\n".to_owned()).await?;
        loop {
            commits.mark_unchanged();
            while self.send_batch().await? {}
            match tokio::time::timeout(HEARTBEAT, commits.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return Err(Over),
                Err(_) => self.send(": heartbeat\n\n".to_owned()).await?,
            }
        }
    }

    /// Whether more is there already.
    async fn send_batch(&mut self) -> Result<bool, Over> {
        let (token, place, now) = (self.token.clone(), self.place, self.store.now());
        let batch = self
            .store
            .read(move |sql| {
                // Asked each time: a token that died meanwhile reads nothing more, and whoever lost a role or a team loses its events.
                let caller = sessions::caller(sql, &token, now)?;
                Ok(super::after(sql, &caller, place, BATCH)?)
            })
            .await
            .map_err(|_: Refusal| Over)?;
        match batch {
            Batch::Reset(newest) => {
                self.place = newest;
                self.send(format!("id: {newest}\nevent: reset\ndata: {{}}\n\n")).await?;
                Ok(true)
            }
            Batch::Events { events, next, more } => {
                if !events.is_empty() {
                    self.send(text(&events)).await?;
                }
                self.place = next;
                Ok(more)
            }
        }
    }

    async fn send(&self, chunk: String) -> Result<(), Over> {
        self.chunks.send(Ok(chunk)).await.map_err(|_| Over)
    }
}

/// JSON has no line breaks outside its escapes, so one `data:` line holds it.
fn text(events: &[StoredEvent]) -> String {
    let mut text = String::new();
    for event in events {
        let _ = write!(text, "id: {}\nevent: {}\ndata: {}\n\n", event.seq, event.kind, event.data);
    }
    text
}
