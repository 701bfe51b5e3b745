//! What is under way on a connection: requests, and answers that are still being read. In HTTP/2 nothing else says whether
//! a client that is there, and answers pings, wants anything.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use tokio::sync::watch;

/// How it stands.
#[derive(Default)]
pub(super) struct UnderWay {
    /// Whether there ever was a request.
    pub(super) was_asked: bool,
    requests: usize,
}

impl UnderWay {
    /// Whether somebody waits for something.
    pub(super) fn is_busy(&self) -> bool {
        self.requests > 0
    }
}

/// Counts what is under way.
#[derive(Clone)]
pub(super) struct Work(watch::Sender<UnderWay>);

impl Work {
    pub(super) fn new() -> (Self, watch::Receiver<UnderWay>) {
        let (work, under_way) = watch::channel(UnderWay::default());
        (Self(work), under_way)
    }

    /// A request came in.
    pub(super) fn begin(&self) -> Begun {
        self.0.send_modify(|under_way| {
            under_way.was_asked = true;
            under_way.requests += 1;
        });
        Begun(self.0.clone())
    }
}

/// A request that is under way until this is dropped.
pub(super) struct Begun(watch::Sender<UnderWay>);

impl Begun {
    /// Under way until its answer was read, or nobody reads it any more.
    pub(super) fn until_read(self, body: Body) -> Body {
        Body::new(Answer { body, _begun: self })
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        self.0.send_modify(|under_way| under_way.requests -= 1);
    }
}

/// Ends when nothing was under way for so long.
pub(super) async fn idle(under_way: &mut watch::Receiver<UnderWay>, limit: Duration) {
    loop {
        match tokio::time::timeout(limit, under_way.changed()).await {
            Err(_) if !under_way.borrow().is_busy() => return,
            // Whoever counts is gone, and the connection with it.
            Ok(Err(_)) => std::future::pending().await,
            Ok(Ok(())) | Err(_) => {}
        }
    }
}

struct Answer {
    body: Body,
    _begun: Begun,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
