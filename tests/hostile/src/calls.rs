//! What other systems answer to a scenario's calls.
//!
//! Whatever comes, the scenario goes on, the customer is told something, and nothing is said that the channel would not take.

use std::time::Duration;

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::bytes::Bytes;
use crate::elsewhere::{Elsewhere, whole};
use crate::json;
use crate::workspace::{Workspace, text};

/// Customers after whom a new platform is begun.
const LIFETIME: usize = 2_000;
/// Customers who write at once: as many as are called for at once.
const TOGETHER: usize = 16;
/// Longest reply of a web chat.
const LONGEST: usize = 20_000;
/// What the reply names. What the shop says is put in as it stands, two braces too.
const NAMES: &[&str] = &["{{state}}", "{{line}}", "{{whole}}"];
const SCENARIO: &str = "/v1/admin/scenarios/scenario_webchat";
const STATUSES: &[&str] =
    &["200 OK", "204 No Content", "302 Found", "404 Not Found", "500 Oops", "999 What", "100 Continue"];
const HEADS: &[&str] = &[
    "content-type: application/json\r\n",
    "content-type: text/html; charset=utf-16\r\n",
    "content-encoding: gzip\r\n",
    "transfer-encoding: chunked\r\n",
    "content-length: 7\r\n",
    "location: http://127.0.0.1:9/\r\n",
    "retry-after: 99999999999999999999\r\n",
];

/// A platform whose scenario calls a shop.
pub struct Calls {
    runtime: tokio::runtime::Runtime,
    world: Option<World>,
}

struct World {
    workspace: Workspace,
    shop: Elsewhere,
    admin: String,
    customers: usize,
    /// Of the changes, those up to here were seen.
    seen: i64,
}

impl Default for Calls {
    fn default() -> Self {
        Self::new()
    }
}

impl Calls {
    /// Nobody has written yet.
    #[must_use]
    pub fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        Self { runtime, world: None }
    }

    /// Some customers write, and the shop answers what the bytes say.
    pub fn answered(&mut self, data: &[u8]) {
        if self.world.as_ref().is_some_and(|world| world.customers >= LIFETIME)
            && let Some(world) = self.world.take()
        {
            self.runtime.block_on(world.workspace.end());
        }
        if self.world.is_none() {
            self.world = Some(self.runtime.block_on(World::begin()));
        }
        if let Some(world) = &mut self.world {
            self.runtime.block_on(world.answered(&mut Bytes::new(data)));
        }
    }
}

impl World {
    async fn begin() -> Self {
        let workspace = Workspace::begin().await;
        let shop = Elsewhere::open().await;
        let admin = workspace.admin().await;
        let saving = json!({ "name": "Calls", "draft": draft(&shop.url) });
        let saved = workspace.say(Method::PUT, SCENARIO, &admin, &saving).await;
        assert!(saved.status.is_success(), "{}", String::from_utf8_lossy(&saved.bytes));
        let published = workspace.post(&format!("{SCENARIO}/publish"), &admin, &Value::Null).await;
        assert!(published.status.is_success(), "{}", String::from_utf8_lossy(&published.bytes));
        let mut world = Self { workspace, shop, admin, customers: 0, seen: 0 };
        world.seen = world.replies().await.1;
        world
    }

    async fn answered(&mut self, bytes: &mut Bytes<'_>) {
        self.workspace.later(TimeDelta::seconds(1));
        for nr in 0..TOGETHER {
            self.customers += 1;
            self.shop.answers(&format!("/orders?q={}", self.customers), answer(bytes));
            let customer = format!("customer-{}", self.customers);
            let name = if nr == 0 { bytes.text() } else { customer.clone() };
            let came = self.workspace.writes(&customer, &name, &self.customers.to_string()).await;
            if !came.status.is_success() {
                // What is no name; somebody else comes instead.
                assert!(came.json()["code"].is_string(), "a refusal has a code");
                let said = self.customers.to_string();
                assert!(self.workspace.writes(&customer, "Zoe", &said).await.status.is_success(), "{customer}");
            }
        }
        let told = async {
            let mut count = 0;
            while count < TOGETHER {
                let (replies, seen) = self.replies().await;
                count += replies.len();
                self.seen = seen;
                for reply in replies {
                    let length = reply.chars().count();
                    assert!((1..=LONGEST).contains(&length), "a reply of {length} characters");
                    let left = NAMES.iter().find(|name| reply.contains(**name));
                    assert!(left.is_none(), "{left:?} became no value: {reply}");
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), told).await.expect("everybody is told something");
    }

    /// What was said to customers since the last time.
    async fn replies(&self) -> (Vec<String>, i64) {
        let mut after = self.seen;
        let mut replies = Vec::new();
        loop {
            let page = self.workspace.get(&format!("/v1/changes?after={after}&limit=500"), &self.admin).await.json();
            for change in page["items"].as_array().into_iter().flatten().filter(|one| one["type"] == "reply.sent") {
                let conversation = text(&change["data"]["conversation_id"]);
                let path = format!("/v1/conversations/{conversation}/messages");
                let timeline = self.workspace.get(&path, &self.admin).await.json();
                let mut said =
                    timeline["items"].as_array().into_iter().flatten().filter(|entry| entry["kind"] == "reply");
                replies.extend(said.next_back().map(|entry| text(&entry["text"])));
            }
            after = page["next"].as_i64().unwrap_or(after);
            if page["more"] != true {
                return (replies, after);
            }
        }
    }
}

fn draft(shop: &str) -> Value {
    let step = |id: &str, act: Value| json!({ "id": id, "title": "", "act": act });
    let says = |id: &str, text: &str| step(id, json!({ "do": "message", "text": { "en": text }, "then": "people" }));
    let save = |pointer: &str, variable: &str| json!({ "pointer": pointer, "variable": variable });
    let call = json!({
        "do": "http_call", "method": "GET", "url": format!("{shop}/orders?q={{{{message}}}}"), "headers": [], "body": null,
        "save": [save("/order/state", "state"), save("", "whole"), save("/order/lines/0/a~1b", "line")], "timeout_s": 10,
        "then": "found", "failed": "failed", "timed_out": "failed",
    });
    let found = "It is {{state}}, {{line}}, all of it: {{whole}}{{whole}}{{whole}}{{whole}}{{whole}}{{whole}}{{whole}}{{whole}}";
    let steps = [
        step("call", call),
        says("found", &format!("{found}{}", "{{whole}}".repeat(8))),
        says("failed", "I cannot look."),
        step("people", json!({ "do": "hand_over" })),
    ];
    json!({ "languages": ["en"], "first": "call", "following": "call", "listens": [], "office_hours": null, "steps": steps })
}

fn answer(bytes: &mut Bytes<'_>) -> Vec<u8> {
    let order = json!({ "order": { "state": "on its way", "lines": [{ "a/b": 7 }] } });
    let body = match bytes.below(4) {
        0 => json::spoiled(order, bytes).to_string().into_bytes(),
        1 => bytes.raw().to_vec(),
        2 => json!({ "order": { "state": bytes.text().repeat(1 + bytes.below(64)), "lines": [json::odd(bytes)] } })
            .to_string()
            .into_bytes(),
        _ => {
            let mut body = order.to_string().into_bytes();
            json::spoil(&mut body, bytes);
            body
        }
    };
    match bytes.below(4) {
        0 => bytes.raw().to_vec(),
        1 => {
            let status = bytes.pick(STATUSES).copied().unwrap_or("200 OK");
            whole(status, bytes.pick(HEADS).copied().unwrap_or_default(), &body)
        }
        _ => whole("200 OK", "content-type: application/json\r\n", &body),
    }
}
