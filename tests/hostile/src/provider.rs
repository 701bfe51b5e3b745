//! A channel's provider: what it says behind its signature, and what it answers when it is brought something.
//!
//! Whatever it says, nothing is taken without its signature, nothing twice, and a refusal is a problem document with a code. Whatever it
//! answers, what was to be delivered is kept until it answers something that means yes or no, and what is told of it is plain text.

use std::fmt::Write as _;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use chrono::TimeDelta;
use hmac::{Hmac, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::bytes::Bytes;
use crate::elsewhere::{Elsewhere, whole};
use crate::json;
use crate::workspace::{Answer, Workspace, text};

/// Customers after whom a new platform is begun.
const LIFETIME: usize = 1_000;
/// Longer than a provider's `Retry-After` is believed.
const LATER: TimeDelta = TimeDelta::hours(25);
/// The longest reason that is shown.
const REASON: usize = 200;
const SETTINGS: &str = "/v1/admin/channels/ch_webchat";
const HOOK: &str = "/v1/channels/ch_webchat/webhook";
const STATUSES: &[&str] = &[
    "200 OK",
    "204 No Content",
    "302 Found",
    "400 Bad Request",
    "409 Conflict",
    "422 No",
    "429 Later",
    "500 Oops",
    "999 What",
    "100 Continue",
];
const HEADS: &[&str] = &[
    "content-type: application/json\r\n",
    "retry-after: 7\r\n",
    "retry-after: 99999999999999999999\r\n",
    "retry-after: 18446744073709551615\r\n",
    "retry-after: Fri, 31 Dec 9999 23:59:59 GMT\r\n",
    "retry-after: -1\r\n",
    "transfer-encoding: chunked\r\n",
    "content-encoding: gzip\r\n",
    "location: http://127.0.0.1:9/\r\n",
];

/// A platform with a channel whose provider has a webhook.
pub struct Provider {
    runtime: tokio::runtime::Runtime,
    world: Option<World>,
}

struct World {
    workspace: Workspace,
    provider: Elsewhere,
    admin: String,
    secret: String,
    customers: usize,
    said: usize,
}

impl Default for Provider {
    fn default() -> Self {
        Self::new()
    }
}

impl Provider {
    /// Nobody has said anything yet.
    #[must_use]
    pub fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        Self { runtime, world: None }
    }

    /// The provider says what the bytes say.
    pub fn said(&mut self, data: &[u8]) {
        self.anew();
        if let Some(world) = &mut self.world {
            self.runtime.block_on(world.said(&mut Bytes::new(data)));
        }
    }

    /// The provider is brought something, and answers what the bytes say.
    pub fn answered(&mut self, data: &[u8]) {
        self.anew();
        if let Some(world) = &mut self.world {
            self.runtime.block_on(world.answered(&mut Bytes::new(data)));
        }
    }

    fn anew(&mut self) {
        if self.world.as_ref().is_some_and(|world| world.customers >= LIFETIME || world.said >= LIFETIME)
            && let Some(world) = self.world.take()
        {
            self.runtime.block_on(world.workspace.end());
        }
        if self.world.is_none() {
            self.world = Some(self.runtime.block_on(World::begin()));
        }
    }
}

impl World {
    async fn begin() -> Self {
        let workspace = Workspace::begin().await;
        let provider = Elsewhere::open().await;
        provider.says("/hook", b"{}");
        let admin = workspace.admin().await;
        let mut rules = workspace.get(SETTINGS, &admin).await.json()["rules"].clone();
        rules["provider"] = json!({ "type": "webhook", "url": format!("{}/hook", provider.url) });
        let changed = workspace.say(Method::PUT, SETTINGS, &admin, &rules).await;
        assert!(changed.status.is_success(), "{}", String::from_utf8_lossy(&changed.bytes));
        let secret = text(&changed.json()["secret"]);
        Self { workspace, provider, admin, secret, customers: 0, said: 0 }
    }

    async fn said(&mut self, bytes: &mut Bytes<'_>) {
        self.said += 1;
        self.workspace.later(TimeDelta::seconds(1));
        let (now, nr) = (self.workspace.now_s(), self.said);
        let meant = match bytes.below(3) {
            0 => json!({
                "type": "message", "customer": { "external_id": format!("customer-{}", nr % 16), "name": "Zoe" },
                "message": {
                    "external_id": format!("message-{nr}"), "text": "Hello", "at": "2026-03-02T12:00:00Z",
                    "attachments": [{ "name": "a.txt", "data": "aGVsbG8=" }],
                },
            }),
            1 => json!({ "type": "delivery", "reply_id": "msg_1", "status": "delivered", "reason": null }),
            _ => json!({ "type": "typing", "customer_external_id": "customer-1", "on": true }),
        };
        let mut body =
            if bytes.one_in(6) { bytes.raw().to_vec() } else { json::spoiled(meant, bytes).to_string().into() };
        if bytes.one_in(6) {
            json::spoil(&mut body, bytes);
        }
        let stamp = now.to_string();
        let right = self.sign(&stamp, &body);
        let (stamp, signature) = match bytes.below(8) {
            0 => (stamp, bytes.text()),
            1 => (bytes.text(), right.clone()),
            2 => (stamp, bytes.pick(&["v1=", "v1=00", "", "v2=00"]).copied().unwrap_or_default().to_owned()),
            3 => {
                let far = [i64::MAX, i64::MIN, now + 301, now - 301, 0][bytes.below(5)].to_string();
                let signature = self.sign(&far, &body);
                (far, signature)
            }
            _ => (stamp, right.clone()),
        };
        let is_right = signature == right && stamp == now.to_string();
        let Some(answer) = self.hook(&stamp, &signature, &body).await else { return };
        let shown = String::from_utf8_lossy(&body);
        assert!(is_right || !answer.status.is_success(), "taken unsigned: {stamp} {signature} {shown}");
        if answer.status.is_success() && !shown.contains("typing") {
            let again = self.hook(&stamp, &signature, &body).await.expect("the same request");
            assert!(!again.status.is_success(), "taken twice: {shown}");
        }
    }

    async fn hook(&self, stamp: &str, signature: &str, body: &[u8]) -> Option<Answer> {
        let mut request = Request::builder().method("POST").uri(HOOK);
        for (name, value) in [("Signoff-Timestamp", stamp), ("Signoff-Signature", signature)] {
            request = request.header(name, axum::http::HeaderValue::from_bytes(value.as_bytes()).ok()?);
        }
        let answer = self.workspace.ask(request, Body::from(body.to_vec())).await;
        assert_ne!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{}", String::from_utf8_lossy(body));
        if !answer.status.is_success() {
            assert!(answer.json()["code"].is_string(), "a refusal has a code");
        }
        Some(answer)
    }

    fn sign(&self, stamp: &str, body: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.as_bytes()).expect("any length does");
        for part in [stamp.as_bytes(), b".", HOOK.as_bytes(), b".", body] {
            mac.update(part);
        }
        mac.finalize().into_bytes().iter().fold("v1=".to_owned(), |mut text, byte| {
            write!(text, "{byte:02x}").expect("text");
            text
        })
    }

    /// The scenario's automatic reply is what is brought.
    async fn answered(&mut self, bytes: &mut Bytes<'_>) {
        let answer = answer(bytes);
        self.provider.answers("/hook", answer.clone());
        let conversation = self.somebody_writes().await;
        let first = self.outcome(&conversation, true).await;
        if first.is_none() {
            // It meant neither yes nor no: it is brought again, once it is time.
            self.provider.says("/hook", b"{}");
            self.workspace.later(LATER);
            self.admin = self.workspace.admin().await;
            let next = self.somebody_writes().await;
            for waiting in [next, conversation] {
                let then = self.outcome(&waiting, false).await;
                assert_eq!(then.as_deref(), Some("sent"), "{}", String::from_utf8_lossy(&answer));
            }
        }
    }

    async fn somebody_writes(&mut self) -> String {
        self.customers += 1;
        let came = self.workspace.writes(&format!("customer-{}", self.customers), "Zoe", "Hello").await;
        assert!(came.status.is_success(), "{}", String::from_utf8_lossy(&came.bytes));
        text(&came.json()["conversation_id"])
    }

    /// What became of the reply in a conversation, as soon as something has; `None` if it was tried in vain.
    async fn outcome(&self, conversation: &str, may_be_in_vain: bool) -> Option<String> {
        let path = format!("/v1/conversations/{conversation}/messages");
        let settled = async {
            loop {
                let timeline = self.workspace.get(&path, &self.admin).await.json();
                let reply =
                    timeline["items"].as_array().and_then(|all| all.iter().find(|one| one["kind"] == "reply").cloned());
                let delivery = reply.map_or(Value::Null, |reply| reply["delivery"].clone());
                if let Some(status) = delivery["status"].as_str().filter(|status| ["sent", "failed"].contains(status)) {
                    let reason = delivery["reason"].as_str().unwrap_or_default();
                    let is_plain = !reason.chars().any(char::is_control) && reason.chars().count() <= REASON;
                    assert!(is_plain, "{reason:?}");
                    return Some(status.to_owned());
                }
                let deliveries = self.workspace.get(SETTINGS, &self.admin).await.json()["deliveries"].clone();
                if may_be_in_vain && deliveries["failing"] != 0 {
                    return None;
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), settled).await.expect("something becomes of every reply")
    }
}

fn answer(bytes: &mut Bytes<'_>) -> Vec<u8> {
    let body = match bytes.below(3) {
        0 => json::spoiled(json!({ "reason": "number unknown", "detail": "none" }), bytes).to_string().into_bytes(),
        1 => json!({ "reason": bytes.text().repeat(1 + bytes.below(16)) }).to_string().into_bytes(),
        _ => bytes.raw().to_vec(),
    };
    if bytes.one_in(8) {
        return bytes.raw().to_vec();
    }
    let status = bytes.pick(STATUSES).copied().unwrap_or("200 OK");
    whole(status, bytes.pick(HEADS).copied().unwrap_or_default(), &body)
}
