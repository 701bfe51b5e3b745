//! Requests of any kind to every route that the platform describes.
//!
//! Whatever is asked, the platform answers, and never with 500; a refusal is a problem document with a code; and an export never has a cell
//! that a spreadsheet would take for a formula.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderValue, Request, Response, StatusCode, Uri, header::CONTENT_TYPE};
use serde_json::{Value, json};
use signoff_platform::{Chance, Machine, ManualClock, Opened, Options, Start, Threads, demo_blueprint};
use tempfile::TempDir;
use tower::ServiceExt as _;

use crate::bytes::Bytes;
use crate::json;

/// Requests after which a new platform is begun: one that has grown large answers slowly.
const LIFETIME: u32 = 2_000;
/// Requests after which the exports are looked at.
const LOOKED_AT_EVERY: u32 = 500;
const ANSWER: usize = 64 * 1024 * 1024;
const CHANNEL: &str = "ch_webchat";

/// A platform that is asked anything.
pub struct Platform {
    runtime: tokio::runtime::Runtime,
    world: Option<World>,
}

struct World {
    opened: Opened,
    router: Router,
    document: Value,
    operations: Vec<(String, String)>,
    tokens: Vec<String>,
    /// Ids that exist.
    known: Vec<String>,
    asked: u32,
    _folder: TempDir,
}

impl Default for Platform {
    fn default() -> Self {
        Self::new()
    }
}

impl Platform {
    /// One that has not been asked anything.
    #[must_use]
    pub fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        Self { runtime, world: None }
    }

    /// Asks what the bytes say.
    pub fn asked(&mut self, data: &[u8]) {
        if self.world.as_ref().is_some_and(|world| world.asked >= LIFETIME)
            && let Some(world) = self.world.take()
        {
            self.runtime.block_on(world.opened.close());
        }
        if self.world.is_none() {
            self.world = Some(self.runtime.block_on(World::begin()));
        }
        if let Some(world) = &mut self.world {
            self.runtime.block_on(world.asked(data));
        }
    }
}

/// Memory, where there is a file system in it: nothing of this has to outlive anything.
fn folder() -> TempDir {
    let memory = PathBuf::from("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.expect("a folder")
}

impl World {
    async fn begin() -> Self {
        let folder = folder();
        let mut options = Options::new(folder.path());
        options.start = Start::With(Box::new(demo_blueprint()));
        options.clock = Arc::new(ManualClock::at("2026-03-02T12:00:00Z".parse().expect("a time")));
        options.chance = Chance::seeded(1);
        options.machine = Machine { threads: Threads::Caller, ..Machine::default() };
        let mut opened = signoff_platform::open(options).await.expect("an empty folder can be opened");
        let router = opened.begin();
        let mut world = Self {
            opened,
            router,
            document: Value::Null,
            operations: Vec::new(),
            tokens: Vec::new(),
            known: ["ch_webchat", "ch_whatsapp", "team_billing", "user_alice", "billing"].map(str::to_owned).to_vec(),
            asked: 0,
            _folder: folder,
        };
        world.document = world.json("GET", "/v1/openapi.json", "", &Value::Null).await;
        for (path, methods) in world.document["paths"].as_object().into_iter().flatten() {
            let methods = methods.as_object().into_iter().flatten();
            world.operations.extend(methods.map(|(method, _)| (method.to_uppercase(), path.clone())));
        }
        assert!(world.operations.len() > 20, "the document describes the routes");
        for name in ["admin", "alice"] {
            let who = json!({ "email": format!("{name}@demo.test"), "password": "signoff-demo" });
            let session = world.json("POST", "/v1/sessions", "", &who).await;
            world.tokens.push(session["token"].as_str().expect("a token").to_owned());
        }
        for customer in 0..4 {
            let said = json!({
                "customer": { "external_id": format!("customer-{customer}"), "name": "=cmd()" },
                "message": { "external_id": format!("first-{customer}"), "text": "My invoice" },
            });
            let path = format!("/v1/channels/{CHANNEL}/inbound");
            let taken = world.json("POST", &path, &format!("demo-key-{CHANNEL}"), &said).await;
            for field in ["conversation_id", "message_id"] {
                world.known.extend(taken[field].as_str().map(str::to_owned));
            }
        }
        world
    }

    async fn json(&self, method: &str, path: &str, token: &str, body: &Value) -> Value {
        let request = Request::builder().method(method).uri(path).header("Authorization", format!("Bearer {token}"));
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let answer = self.send(request.body(body).expect("a request")).await;
        let bytes = to_bytes(answer.into_body(), ANSWER).await.expect("a body");
        serde_json::from_slice(&bytes).expect("JSON")
    }

    async fn send(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(request).await.unwrap_or_else(|never| match never {})
    }

    async fn asked(&mut self, data: &[u8]) {
        self.asked += 1;
        let mut bytes = Bytes::new(data);
        let Some((method, path)) = bytes.pick(&self.operations).cloned() else { return };
        let Some(request) = self.request(&method, &path, &mut bytes) else { return };
        let answer = self.send(request).await;
        let is_kept = method != "DELETE" && path != "/v1/events" && answer.status().is_success();
        check(&method, &path, answer, is_kept.then_some(&mut self.known)).await;
        if self.asked.is_multiple_of(LOOKED_AT_EVERY) {
            self.look_at_exports().await;
        }
    }

    /// `None` if the bytes make up nothing that HTTP could carry.
    fn request(&self, method: &str, path: &str, bytes: &mut Bytes<'_>) -> Option<Request<Body>> {
        let operation = &self.document["paths"][path][method.to_lowercase()];
        let mut target = String::new();
        for part in path.split_inclusive('}') {
            match part.split_once('{') {
                Some((before, _)) => {
                    target.push_str(before);
                    target.push_str(&encoded(self.word(bytes).as_bytes()));
                }
                None => target.push_str(part),
            }
        }
        let mut separator = '?';
        for parameter in operation["parameters"].as_array().into_iter().flatten().filter(|one| one["in"] == "query") {
            if bytes.one_in(3) {
                let value = self.value(&parameter["schema"], bytes);
                target.push_str(&format!("{separator}{}={}", parameter["name"].as_str()?, encoded(&value)));
                separator = '&';
            }
        }
        if bytes.one_in(16) {
            target.push(separator);
            target.extend(bytes.raw().iter().filter(|byte| byte.is_ascii_graphic()).map(|byte| char::from(*byte)));
        }
        let mut request = Request::builder().method(method).uri(target.parse::<Uri>().ok()?);
        let authorization = match bytes.below(8) {
            0..=2 => format!("Bearer {}", self.tokens.first()?).into_bytes(),
            3 | 4 => format!("Bearer {}", self.tokens.get(1)?).into_bytes(),
            5 => format!("Bearer demo-key-{CHANNEL}").into_bytes(),
            6 => [b"Bearer ", bytes.raw()].concat(),
            _ => bytes.raw().to_vec(),
        };
        request = request.header("Authorization", HeaderValue::from_bytes(&authorization).ok()?);
        for (name, usual) in [
            ("Idempotency-Key", format!("\"0193b3a0-0000-7000-8000-{:012x}\"", self.asked)),
            ("If-Match", "*".to_owned()),
            ("Last-Event-ID", "0".to_owned()),
        ] {
            let value = if bytes.one_in(8) { bytes.raw().to_vec() } else { usual.into_bytes() };
            request = request.header(name, HeaderValue::from_bytes(&value).ok()?);
        }
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        let body = match bytes.below(8) {
            0 => bytes.rest().to_vec(),
            _ if schema.is_null() => Vec::new(),
            number => {
                let mut body = json::value(&self.document, schema, &self.known, bytes).to_string().into_bytes();
                if number == 1 {
                    spoil(&mut body, bytes);
                }
                body
            }
        };
        request.body(Body::from(body)).ok()
    }

    fn word(&self, bytes: &mut Bytes<'_>) -> String {
        if bytes.one_in(6) { bytes.text() } else { bytes.pick(&self.known).cloned().unwrap_or_default() }
    }

    fn value(&self, schema: &Value, bytes: &mut Bytes<'_>) -> Vec<u8> {
        if bytes.one_in(4) {
            return bytes.raw().to_vec();
        }
        let value = json::value(&self.document, schema, &self.known, bytes);
        value.as_str().map_or_else(|| value.to_string(), str::to_owned).into_bytes()
    }

    async fn look_at_exports(&self) {
        let Some(admin) = self.tokens.first() else { return };
        let request =
            Request::builder().uri("/v1/exports/actions.csv").header("Authorization", format!("Bearer {admin}"));
        let answer = self.send(request.body(Body::empty()).expect("a request")).await;
        if answer.status() != StatusCode::OK {
            // The admin has been signed out, or is no admin any more.
            return;
        }
        let bytes = to_bytes(answer.into_body(), ANSWER).await.expect("an export");
        let mut reader = csv::ReaderBuilder::new().from_reader(&*bytes);
        for row in reader.records() {
            let row = row.expect("every row has its columns");
            for cell in &row {
                assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "a formula: {cell:?}");
            }
        }
    }
}

async fn check(method: &str, path: &str, answer: Response<Body>, known: Option<&mut Vec<String>>) {
    let status = answer.status();
    assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR, "{method} {path}");
    if status.is_client_error() || status.is_server_error() {
        let kind = answer.headers().get(CONTENT_TYPE).cloned();
        // Below `/v1` programs ask; the rest are pages, whose refusals a person reads, and so does who comes back from a provider.
        let is_page = !path.starts_with("/v1/") || path.starts_with("/v1/single-sign-on/callback");
        if is_page && kind == Some(HeaderValue::from_static("text/html; charset=utf-8")) {
            return;
        }
        assert_eq!(kind, Some(HeaderValue::from_static("application/problem+json")), "{method} {path}: {status}");
        let body = to_bytes(answer.into_body(), ANSWER).await.expect("a refusal");
        let problem: Value = serde_json::from_slice(&body).unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        assert_eq!(problem["status"], status.as_u16(), "{method} {path}: {problem}");
        assert!(problem["code"].as_str().is_some_and(|code| !code.is_empty()), "{method} {path}: {problem}");
    } else if let Some(known) = known {
        let body = to_bytes(answer.into_body(), ANSWER).await.expect("an answer");
        if let Ok(answer) = serde_json::from_slice(&body) {
            learn(&answer, known);
        }
    }
}

/// Ids and tokens of answers, for requests to come.
fn learn(answer: &Value, known: &mut Vec<String>) {
    const MOST: usize = 256;
    match answer {
        Value::Object(fields) => {
            for (name, value) in fields {
                let is_id = name == "id" || name.ends_with("_id") || name == "next" || name == "survey_token";
                match value.as_str() {
                    Some(id) if is_id && known.len() < MOST && !known.iter().any(|other| other == id) => {
                        known.push(id.to_owned());
                    }
                    _ => learn(value, known),
                }
            }
        }
        Value::Array(items) => items.iter().take(4).for_each(|item| learn(item, known)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Changes a byte, cuts the end off, or doubles it.
fn spoil(body: &mut Vec<u8>, bytes: &mut Bytes<'_>) {
    let at = bytes.below(body.len().max(1));
    match bytes.below(3) {
        0 => body.truncate(at),
        1 => body.extend_from_within(at.min(body.len())..),
        _ => {
            if let Some(byte) = body.get_mut(at) {
                *byte = bytes.byte();
            }
        }
    }
}

fn encoded(value: &[u8]) -> String {
    value.iter().fold(String::new(), |mut text, &byte| {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
        text
    })
}
