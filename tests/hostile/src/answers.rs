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
use signoff_engine::remote::administration::Call;
use signoff_engine::remote::download::{Source, There};
use signoff_engine::remote::http::{Carrier, HttpConnector};
use signoff_engine::remote::{Act, Attempt, Platform, Presence, RemoteError, Step, Token, Upload, What};
use signoff_wire::contract::requests::Origin;
use signoff_wire::interface::{Administer, Method};

use crate::bytes::Bytes;

/// Heads that an answer is given besides what the bytes say.
const HEADERS: &[&str] = &[
    "Retry-After",
    "Date",
    "ETag",
    "Content-Type",
    "WWW-Authenticate",
    "Content-Range",
    "Content-Length",
    "Content-Encoding",
];

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

fn run(brings: Brings, asks: impl AsyncFnOnce(Arc<dyn Platform>, Token)) {
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
    let status = [200, 201, 204, 206, 302, 400, 401, 404, 409, 412, 416, 422, 429, 500, 503][bytes.below(15)];
    let asked = bytes.below(4);
    let mut headers = vec![("Content-Type", b"application/json".to_vec())];
    for name in HEADERS {
        if bytes.one_in(2) {
            headers.retain(|(other, _)| other != name);
            headers.push((name, bytes.raw().to_vec()));
        }
    }
    let brings = Brings { status, headers, chunks: vec![bytes.rest().to_vec()] };
    run(brings, async |platform, token| {
        let errors = match asked {
            0 => read(&*platform, &token).await,
            1 => signed_in(&*platform).await,
            2 => acted(&*platform, &token, status).await,
            _ => carried(&*platform, &token).await,
        };
        for error in errors {
            if let RemoteError::Unavailable { retry_after: Some(wait), .. } = error {
                assert!(wait <= Duration::from_secs(24 * 60 * 60), "nobody waits {wait:?}");
            }
        }
    });
}

async fn read(platform: &dyn Platform, token: &Token) -> Vec<RemoteError> {
    let results = [
        platform.me(token).await.err(),
        platform.directory(token).await.err(),
        platform.inbox_options(token).await.err(),
        platform.audit_log(token, None).await.err(),
        platform.snapshot(token, None, 10).await.err(),
        platform.changes(token, 0, 10).await.err(),
        platform.timeline(token, "conv_1", None, 10).await.err(),
        platform.conversation(token, "conv_1").await.err(),
        platform.probe().await.err(),
    ];
    results.into_iter().flatten().collect()
}

async fn signed_in(platform: &dyn Platform) -> Vec<RemoteError> {
    let (secret, code) = (SecretString::from("secret"), SecretString::from("123456"));
    let results = [
        platform.sign_in_ways().await.err(),
        platform.sign_in("alice@demo.test", &secret).await.err(),
        platform.second_step("challenge", &code).await.err(),
        platform.enrol("challenge").await.err(),
        platform.begin_visit(4711, "challenge".to_owned()).await.err(),
        platform.finish_visit("code".to_owned(), "verifier").await.err(),
        platform.sign_out(&Token::from("token")).await.err(),
    ];
    results.into_iter().flatten().collect()
}

/// What becomes of an act is never certain unless the platform has said so (D4): not after a success that cannot be read, and not after a
/// fault.
async fn acted(platform: &dyn Platform, token: &Token, status: u16) -> Vec<RemoteError> {
    let text = || "Thank you.".to_owned();
    let whats = [
        What::Reply { text: text(), attachments: Vec::new(), trigger_survey: true, last_seen_message_id: None },
        What::Close { text: text(), attachments: Vec::new(), last_seen_message_id: None },
        What::Archive,
    ];
    let mut errors = Vec::new();
    for what in whats {
        let act = Act { conversation_id: "conv_1".to_owned(), what, origin: Origin::Console };
        let attempt = Attempt { key: "key".to_owned(), act, step: Step::Whole, mark: None };
        if let Err(error) = platform.perform(token, &attempt).await {
            let is_unsaid = !(400..500).contains(&status) && status != 503;
            assert!(!is_unsaid || error.leaves_doubt(), "{status} says that nothing was done: {error:?}");
            errors.push(error);
        } else {
            assert!((200..300).contains(&status), "{status} says that it was done");
        }
        errors.extend(platform.look(token, &attempt).await.err());
    }
    errors.extend(platform.say_presence(token, "conv_1", Presence::Types).await.err());
    errors.extend(platform.set_inbox_options(token, true, "\"1\"").await.err());
    errors
}

/// Files, and what is passed through.
async fn carried(platform: &dyn Platform, token: &Token) -> Vec<RemoteError> {
    let mut errors = Vec::new();
    for there in [None, Some(There { bytes: 4, tag: "\"a\"".to_owned() })] {
        match platform.download(token, &Source::attachment("att_1"), there.as_ref()).await {
            Ok(mut incoming) => {
                assert!(there.is_some() || incoming.length.is_none_or(|length| incoming.start <= length));
                // Its end, or the first piece that is none, is the end.
                while let Some(Ok(_)) = incoming.bytes.next().await {}
            }
            Err(error) => errors.push(error),
        }
    }
    let bytes = stream::iter([Ok(b"hello".to_vec())]).boxed();
    errors.extend(platform.upload(token, Upload { name: "a.txt".to_owned(), size: 5, bytes }).await.err());
    let asked = Administer { method: Method::Get, path: "/v1/admin/teams".to_owned(), body: None, version: None };
    let call = Call::of(asked).expect("a path that is passed through");
    errors.extend(platform.administer(token, &call).await.err());
    errors
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
