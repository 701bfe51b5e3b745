//! Answers of any kind to the engine's client: heads, bodies and streams that no platform would send.
//!
//! Whatever comes, the client comes to an end with a result: it neither panics nor waits, and a time that it is told to wait is one that can
//! be waited.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures_util::{StreamExt as _, stream};
use secrecy::SecretString;
use signoff_engine::ports::{Clock, Connector as _};
use signoff_engine::remote::http::{Carrier, HttpConnector};
use signoff_engine::remote::{RemoteError, Token};

use crate::bytes::Bytes;

/// Heads that an answer is given besides what the bytes say.
const HEADERS: &[&str] = &["Retry-After", "Date", "ETag", "Content-Type", "WWW-Authenticate"];

struct Frozen;

impl Clock for Frozen {
    fn now(&self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
    }
}

/// Brings the same answer to everything.
struct Brings {
    status: u16,
    headers: Vec<(&'static str, Vec<u8>)>,
    chunks: Vec<Vec<u8>>,
}

#[async_trait]
impl Carrier for Brings {
    async fn carry(&self, _: reqwest::Request) -> Result<reqwest::Response, RemoteError> {
        let mut answer = axum::http::Response::builder().status(self.status);
        for (name, value) in &self.headers {
            if let Ok(value) = axum::http::HeaderValue::from_bytes(value) {
                answer = answer.header(*name, value);
            }
        }
        let chunks = self.chunks.clone().into_iter().map(Ok::<_, std::io::Error>);
        let body = reqwest::Body::wrap_stream(stream::iter(chunks));
        Ok(reqwest::Response::from(answer.body(body).expect("a response")))
    }
}

fn run(brings: Brings, asks: impl AsyncFnOnce(Arc<dyn signoff_engine::remote::Platform>, Token)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let connector = HttpConnector::over(Arc::new(Frozen), Arc::new(brings));
    let platform = connector.connect("http://platform.test").expect("an address");
    let ends =
        async { tokio::time::timeout(Duration::from_secs(20), asks(platform, SecretString::from("token"))).await };
    runtime.block_on(ends).expect("the client comes to an end");
}

/// An answer to questions of every kind.
pub fn answer(data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let status = [200, 201, 204, 400, 401, 404, 409, 412, 422, 429, 500, 503][bytes.below(12)];
    let mut headers = vec![("Content-Type", b"application/json".to_vec())];
    for name in HEADERS {
        if bytes.one_in(2) {
            headers.retain(|(other, _)| other != name);
            headers.push((name, bytes.raw().to_vec()));
        }
    }
    let brings = Brings { status, headers, chunks: vec![bytes.rest().to_vec()] };
    run(brings, async |platform, token| {
        let results = [
            platform.me(&token).await.err(),
            platform.directory(&token).await.err(),
            platform.inbox_options(&token).await.err(),
            platform.audit_log(&token, None).await.err(),
            platform.snapshot(&token, None, 10).await.err(),
            platform.changes(&token, 0, 10).await.err(),
            platform.probe().await.err(),
        ];
        for error in results.into_iter().flatten() {
            if let RemoteError::Unavailable { retry_after: Some(wait), .. } = error {
                assert!(wait <= Duration::from_secs(24 * 60 * 60), "nobody waits {wait:?}");
            }
        }
    });
}

/// A stream of events, cut into pieces anywhere.
pub fn stream(data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let size = 1 + usize::from(bytes.byte());
    let chunks: Vec<Vec<u8>> = bytes.rest().chunks(size).map(<[u8]>::to_vec).collect();
    let brings = Brings { status: 200, headers: vec![("Content-Type", b"text/event-stream".to_vec())], chunks };
    run(brings, async |platform, token| {
        let Ok(events) = platform.events(&token, 0).await else { return };
        // Its end, or the first thing in it that is none, is the end.
        let _ = events.take_while(|event| std::future::ready(event.is_ok())).count().await;
    });
}
