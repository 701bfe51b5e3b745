//! The answer that brings a file.

use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use reqwest::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, ETAG};
use reqwest::{Response, StatusCode};
use tokio::time::timeout;

use super::{answer, failure};
use crate::remote::RemoteError;
use crate::remote::download::{Incoming, content_range};

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
