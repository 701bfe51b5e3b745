//! Files in bodies: the answer that brings one, and the request that does.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use reqwest::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG};
use reqwest::{Body, RequestBuilder, Response, StatusCode};
use tokio::time::timeout;

use super::{answer, failure};
use crate::remote::download::{Incoming, content_range};
use crate::remote::{RemoteError, Upload};

/// The file in an answer whose head has arrived. Between two pieces of it passes at most `patience`.
pub(super) async fn open(response: Response, patience: Duration) -> Result<Incoming, RemoteError> {
    let headers = response.headers();
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    // A weak tag names no bytes, and neither does one of something that was packed on its way.
    let tag = text(ETAG).filter(|tag| tag.starts_with('"') && text(CONTENT_ENCODING).is_none()).map(str::to_owned);
    let range = text(CONTENT_RANGE).and_then(content_range);
    let whole = text(CONTENT_LENGTH).and_then(|length| length.parse().ok());
    let (start, length, partial) = match (response.status(), range) {
        (StatusCode::OK, _) => (0, whole, false),
        (StatusCode::PARTIAL_CONTENT, Some((start, length))) => (start, length, true),
        // What is there already is all that there is.
        (StatusCode::RANGE_NOT_SATISFIABLE, Some((end, length))) => {
            let bytes = stream::empty().boxed();
            return Ok(Incoming { start: end, tag, length, partial: true, bytes });
        }
        (status, _) => {
            answer::Answer::receive(response).await?.success()?;
            return Err(RemoteError::Nonsense(format!("status {} instead of a file", status.as_u16())));
        }
    };
    let pieces = response.bytes_stream().map_ok(Vec::from).map_err(|error| failure::classify(&error)).boxed();
    let bytes = stream::unfold(Some(pieces), move |pieces| async move {
        let mut pieces = pieces?;
        match timeout(patience, pieces.next()).await {
            Ok(Some(Ok(piece))) => Some((Ok(piece), Some(pieces))),
            Ok(Some(Err(error))) => Some((Err(error), None)),
            Ok(None) => None,
            Err(_) => Some((Err(RemoteError::Interrupted("the file stopped coming".to_owned())), None)),
        }
    });
    Ok(Incoming { start, tag, length, partial, bytes: bytes.boxed() })
}

/// Puts a file into the body of a request, and tells how it moves.
pub(super) fn bring(request: RequestBuilder, upload: Upload) -> (RequestBuilder, Progress) {
    let progress = Progress::default();
    let pieces = Arc::clone(&progress.pieces);
    let bytes = upload.bytes.inspect(move |_| {
        pieces.fetch_add(1, Ordering::Relaxed);
    });
    let request = request
        .header(CONTENT_TYPE, "application/octet-stream")
        .header(CONTENT_LENGTH, upload.size)
        .body(Body::wrap_stream(bytes));
    (request, progress)
}

/// How much of a body has been taken by the network.
#[derive(Debug, Default)]
pub(super) struct Progress {
    pieces: Arc<AtomicU64>,
}

impl Progress {
    /// Waits for an exchange for as long as the body moves: how long that may take depends on the line, and a line that stands still is
    /// given up on after `patience`.
    pub(super) async fn watch<T>(
        self,
        exchange: impl Future<Output = Result<T, RemoteError>>,
        patience: Duration,
    ) -> Result<T, RemoteError> {
        let mut exchange = pin!(exchange);
        loop {
            let before = self.pieces.load(Ordering::Relaxed);
            match timeout(patience, &mut exchange).await {
                Ok(answer) => return answer,
                Err(_) if self.pieces.load(Ordering::Relaxed) != before => {}
                Err(_) => return Err(RemoteError::Interrupted("the file stopped moving".to_owned())),
            }
        }
    }
}
