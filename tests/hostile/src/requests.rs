//! Requests of any kind to every route that the platform describes.
//!
//! Whatever is asked, the platform answers, and never with 500; a refusal is a problem document with a code; and an export never has a cell
//! that a spreadsheet would take for a formula.

use axum::body::Body;
use axum::http::{HeaderValue, Request, Response, StatusCode, Uri, header::CONTENT_TYPE};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::bytes::Bytes;
use crate::json;
use crate::workspace::{Answer, CHANNEL, Workspace, text};

/// Requests after which a new platform is begun: one that has grown large answers slowly.
const LIFETIME: u32 = 2_000;
/// Requests after which the exports are looked at.
const LOOKED_AT_EVERY: u32 = 500;
/// Requests after which whoever asks comes in anew: they have been signed out, or a minute's allowance is used up.
const RENEWED_EVERY: u32 = 100;
/// Where a widget's token leads. To everybody but admins the rest of these does not exist.
const FOR_ADMINS: &[&str] = &["/v1/admin/", "/v1/settings/", "/v1/audit-log", "/v1/analytics/", "/v1/exports/"];

/// Heads that are read besides.
const HEADERS: &[&str] = &[
    "Range",
    "If-Range",
    "If-None-Match",
    "Accept-Language",
    "Content-Type",
    "X-Forwarded-For",
    "Signoff-Timestamp",
    "Signoff-Signature",
];

/// A platform that is asked anything.
pub struct Platform {
    runtime: tokio::runtime::Runtime,
    world: Option<World>,
}

struct World {
    workspace: Workspace,
    document: Value,
    operations: Vec<(String, String)>,
    people: People,
    /// Ids that exist.
    known: Vec<String>,
    asked: u32,
}

/// What opens something. Each has doors of its own, and no others.
#[derive(Default)]
struct People {
    admin: String,
    advisor: String,
    visitor: String,
    application: String,
    widget: String,
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Admin,
    Advisor,
    Channel,
    Visitor,
    Application,
    Widget,
    /// Whatever the bytes say.
    Nobody,
}

const ALL: &[Who] = &[Who::Admin, Who::Advisor, Who::Channel, Who::Visitor, Who::Application, Who::Widget];

impl Who {
    /// One whom this is meant for.
    fn fitting(path: &str, bytes: &mut Bytes<'_>) -> Self {
        match path {
            "/v1/widget/tokens" => Self::Application,
            "/v1/widget/session" => Self::Widget,
            _ if path.starts_with("/v1/channels/") => Self::Channel,
            _ if path.starts_with("/v1/chat/") => Self::Visitor,
            _ => [Self::Admin, Self::Admin, Self::Advisor, Self::Widget][bytes.below(4)],
        }
    }

    /// Whether it may be let in there at all.
    fn may(self, path: &str) -> bool {
        match self {
            Self::Admin | Self::Nobody => true,
            Self::Channel => path.starts_with("/v1/channels/"),
            Self::Visitor => path.starts_with("/v1/chat/"),
            Self::Application => path == "/v1/widget/tokens",
            Self::Advisor | Self::Widget => !FOR_ADMINS.iter().any(|admins| path.starts_with(admins)),
        }
    }
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
            self.runtime.block_on(world.workspace.end());
        }
        if self.world.is_none() {
            self.world = Some(self.runtime.block_on(World::begin()));
        }
        if let Some(world) = &mut self.world {
            self.runtime.block_on(world.asked(data));
        }
    }
}

impl World {
    async fn begin() -> Self {
        let workspace = Workspace::begin().await;
        let document = workspace.get("/v1/openapi.json", "").await.json();
        let mut operations = Vec::new();
        for (path, methods) in document["paths"].as_object().into_iter().flatten() {
            let methods = methods.as_object().into_iter().flatten();
            operations.extend(methods.map(|(method, _)| (method.to_uppercase(), path.clone())));
        }
        assert!(operations.len() > 20, "the document describes the routes");
        let mut known = [CHANNEL, "ch_whatsapp", "team_billing", "user_alice", "billing"].map(str::to_owned).to_vec();
        for customer in 0..4 {
            let taken = workspace.writes(&format!("customer-{customer}"), "=cmd()", "My invoice").await.json();
            for field in ["conversation_id", "message_id"] {
                known.extend(taken[field].as_str().map(str::to_owned));
            }
        }
        let mut world = Self { workspace, document, operations, people: People::default(), known, asked: 0 };
        world.come_in().await;
        assert!(!world.people.widget.is_empty(), "a widget opens");
        world
    }

    /// Whoever can still come in does so, each through a door of their own.
    async fn come_in(&mut self) {
        let (workspace, people) = (&self.workspace, &mut self.people);
        for (name, token) in [("admin", &mut people.admin), ("alice", &mut people.advisor)] {
            if let Some(new) = workspace.sign_in(name).await {
                *token = new;
            }
        }
        let begun = workspace.post(&format!("/v1/chat/{CHANNEL}/sessions"), "", &json!({ "name": "Zoe" })).await;
        if begun.status == StatusCode::CREATED {
            people.visitor = text(&begun.json()["token"]);
        }
        let application = json!({ "name": format!("CRM {}", self.asked), "origins": ["https://crm.example"] });
        let made = workspace.post("/v1/admin/widget-applications", &people.admin, &application).await;
        if made.status == StatusCode::CREATED {
            people.application = text(&made.json()["secret"]);
        }
        let page = workspace.get("/v1/conversations?tab=received&limit=1", &people.advisor).await;
        if page.status == StatusCode::OK {
            let conversation = &page.json()["items"][0]["id"];
            let opens = json!({ "conversation_id": conversation, "advisor": "alice@demo.test" });
            let opened = workspace.post("/v1/widget/tokens", &people.application, &opens).await;
            if opened.status == StatusCode::CREATED {
                people.widget = text(&opened.json()["token"]);
            }
        }
    }

    async fn asked(&mut self, data: &[u8]) {
        self.asked += 1;
        self.workspace.later(TimeDelta::seconds(1));
        if self.asked.is_multiple_of(RENEWED_EVERY) {
            self.come_in().await;
        }
        let mut bytes = Bytes::new(data);
        let Some((method, path)) = bytes.pick(&self.operations).cloned() else { return };
        let Some((who, request)) = self.request(&method, &path, &mut bytes) else { return };
        let answer = self.workspace.send(request).await;
        let is_open = self.document["paths"][&path][method.to_lowercase()]["security"] == json!([{}]);
        if answer.status().is_success() && !is_open && !who.may(&path) {
            assert!(who == Who::Advisor && self.advisor_is_admin_by_now().await, "{who:?} got in: {method} {path}");
        }
        let is_stream = path.ends_with("/events");
        let is_kept = method != "DELETE" && !is_stream && answer.status().is_success();
        check(&method, &path, answer, is_kept.then_some(&mut self.known)).await;
        if self.asked.is_multiple_of(LOOKED_AT_EVERY) {
            self.look_at_exports().await;
        }
    }

    async fn advisor_is_admin_by_now(&self) -> bool {
        let me = self.workspace.get("/v1/me", &self.people.advisor).await;
        me.status != StatusCode::OK || me.json()["user"]["role"] == "admin"
    }

    /// `None` if the bytes make up nothing that HTTP could carry.
    fn request(&self, method: &str, path: &str, bytes: &mut Bytes<'_>) -> Option<(Who, Request<Body>)> {
        let operation = &self.document["paths"][path][method.to_lowercase()];
        let mut target = String::new();
        for part in path.split_inclusive('}') {
            match part.split_once('{') {
                Some((before, _)) => {
                    target.push_str(before);
                    let is_channel = ["/v1/channels/", "/v1/chat/"].contains(&before) && !bytes.one_in(6);
                    let word = if is_channel { CHANNEL.to_owned() } else { self.word(bytes) };
                    target.push_str(&encoded(word.as_bytes()));
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
        let (who, authorization) = match bytes.below(8) {
            0..=4 => self.bearer(Who::fitting(path, bytes)),
            5 => self.bearer(*bytes.pick(ALL)?),
            6 => (Who::Nobody, [b"Bearer ", bytes.raw()].concat()),
            _ => (Who::Nobody, bytes.raw().to_vec()),
        };
        request = request.header("Authorization", HeaderValue::from_bytes(&authorization).ok()?);
        let key = format!("\"0193b3a0-0000-7000-8000-{:012x}\"", self.asked);
        for (name, usual) in [("Idempotency-Key", key.as_str()), ("If-Match", "*"), ("Last-Event-ID", "0")] {
            let value = if bytes.one_in(8) { bytes.raw() } else { usual.as_bytes() };
            request = request.header(name, HeaderValue::from_bytes(value).ok()?);
        }
        for name in HEADERS {
            if bytes.one_in(8) {
                request = request.header(*name, HeaderValue::from_bytes(bytes.raw()).ok()?);
            }
        }
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        let body = match bytes.below(8) {
            0 => bytes.rest().to_vec(),
            _ if schema.is_null() => Vec::new(),
            number => {
                let mut body = json::value(&self.document, schema, &self.known, bytes).to_string().into_bytes();
                if number == 1 {
                    json::spoil(&mut body, bytes);
                }
                body
            }
        };
        Some((who, request.body(Body::from(body)).ok()?))
    }

    fn bearer(&self, who: Who) -> (Who, Vec<u8>) {
        let token = match who {
            Who::Admin => &self.people.admin,
            Who::Advisor => &self.people.advisor,
            Who::Visitor => &self.people.visitor,
            Who::Application => &self.people.application,
            Who::Widget => &self.people.widget,
            Who::Channel => return (who, format!("Bearer demo-key-{CHANNEL}").into_bytes()),
            Who::Nobody => return (who, Vec::new()),
        };
        (who, format!("Bearer {token}").into_bytes())
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
        let answer = self.workspace.get("/v1/exports/actions.csv", &self.people.admin).await;
        if answer.status != StatusCode::OK {
            // The admin has been signed out, or is no admin any more.
            return;
        }
        let mut reader = csv::ReaderBuilder::new().from_reader(&*answer.bytes);
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
        let body = Answer::of(answer).await.bytes;
        if method == "HEAD" {
            assert!(body.is_empty(), "{method} {path}: an answer to it has no body");
            return;
        }
        let problem: Value = serde_json::from_slice(&body).unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        assert_eq!(problem["status"], status.as_u16(), "{method} {path}: {problem}");
        assert!(problem["code"].as_str().is_some_and(|code| !code.is_empty()), "{method} {path}: {problem}");
    } else if let Some(known) = known
        && let Ok(answer) = serde_json::from_slice(&Answer::of(answer).await.bytes)
    {
        learn(&answer, known);
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
