//! A body that has to arrive in time: a total time, and a little more for every part of it, so that a large file over a slow
//! line passes and a byte now and then does not.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep};

/// A second more for each of these.
const BYTES_PER_S: u64 = 16 * 1024;

/// It took too long.
#[derive(Debug, thiserror::Error)]
#[error("the body took too long")]
struct TookTooLong;

/// Whether a body broke off because it took too long.
pub(crate) fn is_timeout(error: &axum::Error) -> bool {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = source {
        if error.is::<TookTooLong>() {
            return true;
        }
        source = error.source();
    }
    false
}

/// The body, with a deadline from now on.
pub(super) fn within(body: Body, time: Duration) -> Body {
    if body.is_end_stream() {
        return body;
    }
    let started = Instant::now();
    Body::new(Timed { body, started, time, seen: 0, deadline: Box::pin(tokio::time::sleep_until(started + time)) })
}

struct Timed {
    body: Body,
    started: Instant,
    time: Duration,
    seen: u64,
    deadline: Pin<Box<Sleep>>,
}

impl HttpBody for Timed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        match Pin::new(&mut self.body).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => {
                let more = frame.data_ref().map_or(0, Bytes::len);
                self.seen = self.seen.saturating_add(u64::try_from(more).unwrap_or(u64::MAX));
                let until = self.started + self.time + Duration::from_secs(self.seen / BYTES_PER_S);
                self.deadline.as_mut().reset(until);
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(end) => Poll::Ready(end),
            Poll::Pending => match self.deadline.as_mut().poll(context) {
                Poll::Ready(()) => Poll::Ready(Some(Err(axum::Error::new(TookTooLong)))),
                Poll::Pending => Poll::Pending,
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
