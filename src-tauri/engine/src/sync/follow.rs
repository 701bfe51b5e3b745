//! Following what happens: by the stream, and by asking again and again where something on the way holds streams back.
//!
//! A stream that has not shown any sign of life is not trusted: until its first byte the platform is asked for changes as well, so nothing
//! waits for a proxy that buffers. If the first byte does not come in time, asking is all there is for a while; then the stream is
//! tried once more, because the laptop may have moved on to a better network.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use signoff_wire::contract::events::{CustomerTyping, Event};
use signoff_wire::interface::Announcement;
use tokio::time::{Instant, sleep_until};

use super::{Ended, Synchronisation};
use crate::remote::{Platform, RemoteError, Streamed, Token};

/// Platforms send something at least every 15 s.
const FIRST_SIGN: Duration = Duration::from_secs(20);
/// Silence after which a connection that once lived is dead: two missed heartbeats and a slow network.
const SILENCE: Duration = Duration::from_secs(40);
/// Between two questions while the stream cannot be trusted.
const ASK: Duration = Duration::from_secs(5);
/// How long asking goes on until the stream is tried again.
const POLLING: Duration = Duration::from_secs(10 * 60);
/// Events applied in one transaction when many come at once.
const BATCH: usize = 256;

type Batch = Vec<Result<Streamed, RemoteError>>;

impl Synchronisation {
    /// Follows until something breaks or the stream has to be tried anew.
    pub(super) async fn follow(&self, platform: &dyn Platform, token: &Token) -> Result<(), Ended> {
        match self.stream(platform, token).await? {
            Stream::Lived => Ok(()),
            Stream::HeldBack => self.poll(platform, token).await,
        }
    }

    async fn stream(&self, platform: &dyn Platform, token: &Token) -> Result<Stream, Ended> {
        let after = self.store.read(crate::cache::facts::event_sequence).await?.unwrap_or_default();
        let mut opening = platform.events(token, after);
        let mut batches: Option<BoxStream<'static, Batch>> = None;
        let mut lived = false;
        let mut silent_since = Instant::now();
        let mut ask_at = silent_since + ASK;
        loop {
            let patience = if lived { SILENCE } else { FIRST_SIGN };
            // In a fixed order: a simulation replays then. What happens rarely comes first, so that nothing keeps it waiting.
            tokio::select! {
                biased;
                () = self.wake.notified() => self.ask(platform, token).await?,
                opened = &mut opening, if batches.is_none() => match opened {
                    Ok(events) => batches = Some(events.ready_chunks(BATCH).boxed()),
                    // The platform was reached a moment ago, so it is the stream that does not get through.
                    Err(RemoteError::Interrupted(_) | RemoteError::Nonsense(_) | RemoteError::Fault(_)) => {
                        return Ok(Stream::HeldBack);
                    }
                    Err(error) => return Err(error.into()),
                },
                batch = next(&mut batches) => match batch {
                    Some(batch) => {
                        (lived, silent_since) = (true, Instant::now());
                        self.take_in(batch, platform, token).await?;
                    }
                    None => return Ok(if lived { Stream::Lived } else { Stream::HeldBack }),
                },
                () = sleep_until(ask_at), if !lived => {
                    self.ask(platform, token).await?;
                    ask_at = Instant::now() + ASK;
                }
                () = sleep_until(silent_since + patience) => {
                    if !lived {
                        return Ok(Stream::HeldBack);
                    }
                    return Err(RemoteError::Interrupted("the stream fell silent".to_owned()).into());
                }
            }
        }
    }

    /// Applies what a stream brought, also what came before it broke.
    async fn take_in(&self, batch: Batch, platform: &dyn Platform, token: &Token) -> Result<(), Ended> {
        let mut events: Vec<Event> = Vec::new();
        let mut broken = None;
        for item in batch {
            match item {
                Ok(Streamed::Event(event)) => events.push(*event),
                Ok(Streamed::CustomerTypes(CustomerTyping { conversation_id, on, .. })) => {
                    self.frame.announce(Announcement::CustomerTyping { conversation_id, on });
                }
                Ok(Streamed::Alive) => {}
                Err(error) => broken = Some(error),
            }
        }
        if !events.is_empty() {
            let applied = self.apply(events, None).await?;
            self.teller.each(&self.wanted()).await?;
            if applied.reset {
                return Err(Ended::Over);
            }
            self.follow_directory(&applied, platform, token).await?;
        }
        // Heartbeats say so too; what they say is not worth a write.
        let now = self.clock.now();
        self.frame.update(|state| state.sync.current_as_of = Some(now));
        broken.map_or(Ok(()), |error| Err(error.into()))
    }

    async fn poll(&self, platform: &dyn Platform, token: &Token) -> Result<(), Ended> {
        tracing::warn!("streams do not get through; asking instead");
        self.frame.update(|state| state.connection.polling = true);
        let until = Instant::now() + POLLING;
        while Instant::now() < until {
            self.ask(platform, token).await?;
            tokio::select! {
                biased;
                () = tokio::time::sleep(ASK) => {}
                () = self.wake.notified() => self.greet(platform, token).await?,
            }
        }
        self.frame.update(|state| state.connection.polling = false);
        Ok(())
    }

    /// Asks the platform now (D1): who am I, and what has happened.
    async fn ask(&self, platform: &dyn Platform, token: &Token) -> Result<(), Ended> {
        self.greet(platform, token).await?;
        self.catch_up(platform, token).await?;
        Ok(self.teller.each(&self.wanted()).await?)
    }
}

/// What comes next through a stream whose head has arrived; some proxies hold even that back.
async fn next(batches: &mut Option<BoxStream<'static, Batch>>) -> Option<Batch> {
    match batches {
        Some(batches) => batches.next().await,
        None => std::future::pending().await,
    }
}

/// How a stream ended without an error.
enum Stream {
    /// It brought something, and then the platform ended it.
    Lived,
    /// It never brought anything.
    HeldBack,
}
