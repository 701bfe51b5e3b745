//! A stream of the vendor's events, as it comes over the line: it falls silent when the client is cut off, breaks when the vendor dies, and
//! is cut after some items if that is its fate.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use signoff_engine::remote::{RemoteError, Streamed};
use signoff_wire::contract::events::Event;
use tokio::time::{Instant, sleep_until};

use super::Vendor;
use super::line::interrupted;
use crate::sim::fuse::{Edge, Fuse};

/// It shows a sign of life this often.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// A stream of events that is open.
pub(super) struct Tail {
    vendor: Vendor,
    fuse: Arc<Fuse>,
    /// The vendor's life in which it was opened.
    running: Arc<Fuse>,
    token: String,
    place: i64,
    /// Items until it is cut, if it is.
    left: Option<usize>,
    beat_at: Instant,
    is_over: bool,
}

impl Tail {
    /// The events after `place`, cut after so many items if `left` says so.
    pub(super) fn open(
        vendor: Vendor,
        fuse: Arc<Fuse>,
        running: Arc<Fuse>,
        token: String,
        place: i64,
        left: Option<usize>,
    ) -> BoxStream<'static, Result<Streamed, RemoteError>> {
        let beat_at = Instant::now();
        let tail = Self { vendor, fuse, running, token, place, left, beat_at, is_over: false };
        stream::unfold(tail, Self::next).boxed()
    }

    async fn next(mut self) -> Option<(Result<Streamed, RemoteError>, Self)> {
        if self.is_over {
            return None;
        }
        let item = self.item().await;
        if self.vendor.sky.is_cut_off() || self.fuse.pass(Edge::AnswerArrives).is_err() {
            return pending().await;
        }
        let item = match self.left {
            Some(0) => Some(Err(interrupted("reset by peer"))),
            Some(_) | None => item,
        }?;
        self.left = self.left.map(|left| left.saturating_sub(1));
        self.is_over = item.is_err();
        Some((item, self))
    }

    /// The next event, or a sign of life; nothing after the session has ended.
    async fn item(&mut self) -> Option<Result<Streamed, RemoteError>> {
        let mut commits = self.vendor.house.commits.subscribe();
        loop {
            commits.mark_unchanged();
            if self.running.is_blown() {
                return Some(Err(interrupted("reset by peer")));
            }
            if let Some(event) = self.event()? {
                return Some(Ok(Streamed::Event(Box::new(event))));
            }
            tokio::select! {
                biased;
                () = self.running.dies() => {}
                changed = commits.changed() => changed.ok()?,
                () = sleep_until(self.beat_at) => {
                    self.beat_at = Instant::now() + HEARTBEAT;
                    return Some(Ok(Streamed::Alive));
                }
            }
        }
    }

    #[expect(clippy::option_option, reason = "the session is over, or there is none yet")]
    fn event(&mut self) -> Option<Option<Event>> {
        let books = self.vendor.books();
        books.sessions.get(&self.token)?;
        let event = books.changes(self.place, 1).items.into_iter().next();
        drop(books);
        if let Some(event) = &event {
            self.place = event.seq;
        }
        Some(event)
    }
}
