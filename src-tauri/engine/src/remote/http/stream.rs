//! The event stream: server-sent events as [`Streamed`] items.
//!
//! The contract's heartbeat is a comment, which an event parser swallows; so every chunk of bytes that arrives counts as a sign of life,
//! and what to do about silence is the caller's business.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt, TryStreamExt};
use reqwest::Response;
use reqwest::header::CONTENT_TYPE as HEADER;
use serde_json::Value;
use signoff_wire::contract::events::{CUSTOMER_TYPING, Event, EventType};
use sse_parse::{Error as Broken, Event as Raw, EventStream};
use tokio::sync::Notify;

use super::{answer, failure};
use crate::remote::{RemoteError, Streamed};

/// What a stream of events calls itself.
pub(super) const CONTENT_TYPE: &str = "text/event-stream";

/// The most that one event may take before it is taken for rubbish.
const LIMIT_BYTES: usize = 8 * 1024 * 1024;

/// The events of an answer whose head has arrived.
pub(super) async fn open(response: Response) -> Result<BoxStream<'static, Result<Streamed, RemoteError>>, RemoteError> {
    let kind = response.headers().get(HEADER).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !response.status().is_success() {
        answer::Answer::receive(response).await?.success()?;
        return Err(RemoteError::Nonsense("a stream that is none".to_owned()));
    }
    if !kind.starts_with(CONTENT_TYPE) {
        return Err(RemoteError::Nonsense("a stream of something else".to_owned()));
    }
    Ok(items(response))
}

fn items(response: Response) -> BoxStream<'static, Result<Streamed, RemoteError>> {
    let heard = Arc::new(Notify::new());
    let unread = Arc::new(AtomicUsize::new(0));
    let bytes = {
        let (heard, unread) = (Arc::clone(&heard), Arc::clone(&unread));
        response.bytes_stream().map_err(|error| failure::classify(&error)).and_then(move |chunk| {
            heard.notify_one();
            let waiting = unread.fetch_add(chunk.len(), Ordering::Relaxed) + chunk.len();
            let fits = waiting <= LIMIT_BYTES;
            async move {
                if fits { Ok(chunk) } else { Err(RemoteError::Nonsense("an event that does not end".to_owned())) }
            }
        })
    };
    let events = EventStream::new(bytes.boxed());
    stream::unfold(Some((events, heard, unread)), |state| async {
        let (mut events, heard, unread) = state?;
        let next = tokio::select! {
            biased;
            event = events.next() => event?,
            () = heard.notified() => return Some((Ok(Streamed::Alive), Some((events, heard, unread)))),
        };
        unread.store(0, Ordering::Relaxed);
        match next.map_err(broken).and_then(read) {
            Ok(streamed) => Some((Ok(streamed), Some((events, heard, unread)))),
            Err(error) => Some((Err(error), None)),
        }
    })
    .boxed()
}

fn broken(error: Broken<RemoteError>) -> RemoteError {
    match error {
        Broken::Transport(error) => error,
    }
}

fn read(raw: Raw) -> Result<Streamed, RemoteError> {
    if raw.event == CUSTOMER_TYPING {
        let typing = serde_json::from_str(&raw.data).map_err(unreadable)?;
        return Ok(Streamed::CustomerTypes(typing));
    }
    let kind = EventType::from(raw.event.as_str());
    // A reset says all that it has to say by its type.
    if kind == EventType::Reset {
        let event = Event { seq: raw.id.parse().unwrap_or_default(), kind, data: Value::Null };
        return Ok(Streamed::Event(Box::new(event)));
    }
    let seq = raw.id.parse().map_err(|_| RemoteError::Nonsense("an event without a sequence".to_owned()))?;
    let data = serde_json::from_str(&raw.data).map_err(unreadable)?;
    Ok(Streamed::Event(Box::new(Event { seq, kind, data })))
}

fn unreadable(error: serde_json::Error) -> RemoteError {
    RemoteError::Nonsense(format!("an event of {:?} JSON", error.classify()))
}
