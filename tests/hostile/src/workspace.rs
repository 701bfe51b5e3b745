//! A platform with the demo's workspace that is asked in this process, through its routes.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::request::Builder;
use axum::http::{HeaderMap, Method, Request, Response, StatusCode};
use chrono::TimeDelta;
use serde_json::{Value, json};
use signoff_platform::{Chance, Machine, ManualClock, Opened, Options, Start, Threads, demo_blueprint};
use tempfile::TempDir;
use tower::ServiceExt as _;

/// Larger than any answer.
const ANSWER: usize = 64 * 1024 * 1024;
pub(crate) const CHANNEL: &str = "ch_webchat";

pub(crate) struct Workspace {
    opened: Opened,
    router: Router,
    clock: Arc<ManualClock>,
    _folder: TempDir,
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) async fn of(response: Response<Body>) -> Self {
        let (head, body) = response.into_parts();
        let bytes = to_bytes(body, ANSWER).await.expect("a body");
        Self { status: head.status, headers: head.headers, bytes: bytes.to_vec() }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).expect("JSON")
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// Memory, where there is a file system in it: nothing of this has to outlive anything.
pub(crate) fn folder() -> TempDir {
    let memory = PathBuf::from("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.expect("a folder")
}

impl Workspace {
    /// One that nobody has asked anything. Admins may name addresses on this machine in it.
    pub(crate) async fn begin() -> Self {
        let folder = folder();
        let clock = Arc::new(ManualClock::at("2026-03-02T12:00:00Z".parse().expect("a time")));
        let mut options = Options::new(folder.path());
        options.start = Start::With(Box::new(demo_blueprint()));
        options.clock = clock.clone();
        options.chance = Chance::seeded(1);
        options.machine = Machine { threads: Threads::Caller, ..Machine::default() };
        options.private_addresses = true;
        let mut opened = signoff_platform::open(options).await.expect("an empty folder can be opened");
        let router = opened.begin();
        Self { opened, router, clock, _folder: folder }
    }

    pub(crate) async fn end(self) {
        self.opened.close().await;
    }

    /// Time goes on.
    pub(crate) fn later(&self, delta: TimeDelta) {
        self.clock.advance(delta);
    }

    /// What its time is.
    pub(crate) fn now_s(&self) -> i64 {
        use signoff_platform::Clock as _;
        self.clock.now().timestamp()
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(request).await.unwrap_or_else(|never| match never {})
    }

    pub(crate) async fn ask(&self, request: Builder, body: Body) -> Answer {
        Answer::of(self.send(request.body(body).expect("a request")).await).await
    }

    /// Asks with a token, none if that is empty, and a document, none if that is null.
    pub(crate) async fn say(&self, method: Method, path: &str, token: &str, body: &Value) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("If-Match", "*");
        if !token.is_empty() {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        self.ask(request, body).await
    }

    pub(crate) async fn post(&self, path: &str, token: &str, body: &Value) -> Answer {
        self.say(Method::POST, path, token, body).await
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> Answer {
        self.say(Method::GET, path, token, &Value::Null).await
    }

    /// The token of one of the demo's people, as long as they can sign in.
    pub(crate) async fn sign_in(&self, name: &str) -> Option<String> {
        let who = json!({ "email": format!("{name}@demo.test"), "password": "signoff-demo" });
        let session = self.post("/v1/sessions", "", &who).await;
        (session.status == StatusCode::CREATED).then(|| text(&session.json()["token"]))
    }

    pub(crate) async fn admin(&self) -> String {
        self.sign_in("admin").await.expect("the demo's admin")
    }

    /// What a channel is told that a customer wrote.
    pub(crate) async fn writes(&self, customer: &str, name: &str, said: &str) -> Answer {
        let body = json!({
            "customer": { "external_id": customer, "name": name },
            "message": { "external_id": format!("{customer}-{said}"), "text": said },
        });
        self.post(&format!("/v1/channels/{CHANNEL}/inbound"), &format!("demo-key-{CHANNEL}"), &body).await
    }
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}
