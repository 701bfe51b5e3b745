//! A scenario's calls to other systems: what goes out, what comes of the answer, and what is not called at all.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
};
use reqwest::Method;
use serde_json::{Value, json};
use signoff_platform::{Options, demo_blueprint};
use tokio::sync::Notify;

use crate::desk::{Desk, Person, WEBCHAT, answer_of};

const MINE: &str = "/v1/admin/scenarios/scenario_webchat";
const SECRET: &str = "Bearer of-great-value";

/// The operator lets scenarios call this machine.
fn may_call(options: &mut Options) {
    options.private_addresses = true;
}

/// Somebody's shop.
#[derive(Clone, Default)]
struct Shop {
    heard: Arc<Mutex<Vec<(String, HeaderMap, String)>>>,
    status: Arc<AtomicUsize>,
    hold: Arc<AtomicUsize>,
    go: Arc<Notify>,
}

impl Shop {
    async fn open(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        self.status.store(200, Ordering::SeqCst);
        let app = Router::new().fallback(answer).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        url
    }

    fn heard(&self) -> Vec<(String, HeaderMap, String)> {
        self.heard.lock().unwrap().clone()
    }

    async fn until_heard(&self, count: usize) {
        for _ in 0..200 {
            if self.heard().len() >= count {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the shop was called {} times", self.heard().len());
    }
}

async fn answer(State(shop): State<Shop>, uri: Uri, headers: HeaderMap, body: Bytes) -> (StatusCode, String) {
    shop.heard.lock().unwrap().push((uri.to_string(), headers, String::from_utf8_lossy(&body).into_owned()));
    if shop.hold.load(Ordering::SeqCst) > 0 {
        shop.go.notified().await;
    }
    let status = u16::try_from(shop.status.load(Ordering::SeqCst)).unwrap();
    (StatusCode::from_u16(status).unwrap(), json!({ "order": { "state": "on its way" } }).to_string())
}

fn step(id: &str, act: Value) -> Value {
    json!({ "id": id, "title": "", "act": act })
}

fn says(id: &str, text: &str) -> Value {
    step(id, json!({ "do": "message", "text": { "en": text }, "then": "people" }))
}

fn draft(url: &str, timeout_s: u8) -> Value {
    let call = json!({ "do": "http_call", "method": "POST", "url": format!("{url}/orders?q={{{{message}}}}"),
        "headers": [{ "name": "Authorization", "value": SECRET, "secret": true }, { "name": "X-Name", "value": "{{customer.name}}" }],
        "body": "{\"said\":\"{{message}}\"}", "save": [{ "pointer": "/order/state", "variable": "state" }], "timeout_s": timeout_s,
        "then": "found", "failed": "failed", "timed_out": "late" });
    let people = step("people", json!({ "do": "hand_over" }));
    let steps = [
        step("call", call),
        says("found", "It is {{state}}."),
        says("failed", "I cannot look."),
        says("late", "It takes long."),
        people,
    ];
    json!({ "languages": ["en"], "first": "call", "following": "call", "listens": [], "office_hours": null, "steps": steps })
}

async fn publish(desk: &Desk, admin: &Person, draft: &Value) -> Value {
    let save = desk.request(Method::PUT, MINE).bearer_auth(&admin.token).header("If-Match", "*");
    let saved = answer_of(save.json(&json!({ "name": "Mine", "draft": draft }))).await.expect(200);
    let publish =
        desk.request(Method::POST, &format!("{MINE}/publish")).bearer_auth(&admin.token).header("If-Match", "*");
    answer_of(publish).await.expect(200);
    saved
}

async fn said(desk: &Desk, person: &Person, conversation: &str) -> Vec<String> {
    let timeline = desk.timeline(person, conversation).await;
    let replies = timeline.iter().filter(|entry| entry["kind"] == "reply");
    replies.map(|entry| entry["text"].as_str().unwrap().to_owned()).collect()
}

async fn until_said(desk: &Desk, person: &Person, conversation: &str) -> Vec<String> {
    for _ in 0..200 {
        let said = said(desk, person, conversation).await;
        if !said.is_empty() {
            return said;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("nothing was said")
}

#[tokio::test]
async fn an_answer_becomes_a_variable_and_the_secret_goes_to_the_shop_only() {
    let (desk, shop) = (Desk::start_as(demo_blueprint(), may_call).await, Shop::default());
    let url = shop.open().await;
    let admin = desk.admin().await;
    let saved = publish(&desk, &admin, &draft(&url, 5)).await;
    let header = &saved["draft"]["steps"][0]["act"]["headers"][0];
    assert_eq!((&header["value"], header["secret_id"].is_string()), (&json!(""), true));

    let came = desk.writes(WEBCHAT, "zoe", "Where & \"when\"?").await;
    assert_eq!(until_said(&desk, &admin, &came.conversation).await, ["It is on its way."]);
    let (uri, headers, body) = shop.heard().remove(0);
    assert_eq!(uri, "/orders?q=Where%20%26%20%22when%22%3F");
    assert_eq!(body, "{\"said\":\"Where & \\\"when\\\"?\"}");
    assert_eq!(headers["authorization"], SECRET);
    assert_eq!(headers["x-name"], "zoe Example");
    assert_eq!(headers["content-type"], "application/json");
    assert!(headers["idempotency-key"].to_str().unwrap().len() > 30);

    for path in [MINE, &format!("{MINE}/versions/2"), "/v1/admin/scenarios", "/v1/audit-log"] {
        let answer = desk.get(&admin, path).await;
        assert!(!String::from_utf8_lossy(&answer.bytes).contains("of-great-value"), "{path}");
    }
    // Saved again as it was read, the secret is kept.
    publish(&desk, &admin, &saved["draft"]).await;
    desk.writes(WEBCHAT, "yan", "Hello").await;
    shop.until_heard(2).await;
    assert_eq!(shop.heard()[1].1["authorization"], SECRET);
    assert_ne!(shop.heard()[1].1["idempotency-key"], headers["idempotency-key"]);
}

#[tokio::test]
async fn failures_and_silence_have_ways_of_their_own() {
    let (desk, shop) = (Desk::start_as(demo_blueprint(), may_call).await, Shop::default());
    let url = shop.open().await;
    let admin = desk.admin().await;
    publish(&desk, &admin, &draft(&url, 1)).await;
    shop.status.store(302, Ordering::SeqCst);
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    assert_eq!(
        until_said(&desk, &admin, &came.conversation).await,
        ["I cannot look."],
        "redirections are not followed"
    );
    shop.hold.store(1, Ordering::SeqCst);
    let came = desk.writes(WEBCHAT, "yan", "Hello").await;
    assert_eq!(until_said(&desk, &admin, &came.conversation).await, ["It takes long."]);
    publish(&desk, &admin, &draft("http://127.0.0.1:9", 1)).await;
    let came = desk.writes(WEBCHAT, "una", "Hello").await;
    assert_eq!(until_said(&desk, &admin, &came.conversation).await, ["I cannot look."]);
    let document = desk.get(&admin, MINE).await.expect(200);
    assert_eq!(document["summary"]["troubles"][0]["code"], "call-failed");
}

#[tokio::test]
async fn an_advisor_who_answers_meanwhile_takes_the_conversation_over() {
    let (desk, shop) = (Desk::start_as(demo_blueprint(), may_call).await, Shop::default());
    let url = shop.open().await;
    let admin = desk.admin().await;
    publish(&desk, &admin, &draft(&url, 30)).await;
    shop.hold.store(1, Ordering::SeqCst);
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    shop.until_heard(1).await;
    desk.reply(&admin, &came.conversation, "Let me see.").await;
    shop.hold.store(0, Ordering::SeqCst);
    shop.go.notify_one();
    let other = desk.writes(WEBCHAT, "yan", "Hello").await;
    until_said(&desk, &admin, &other.conversation).await;
    assert_eq!(said(&desk, &admin, &came.conversation).await, ["Let me see."]);
}

#[tokio::test]
async fn a_call_that_may_have_arrived_is_not_made_again_after_a_restart() {
    let (mut desk, shop) = (Desk::start_as(demo_blueprint(), may_call).await, Shop::default());
    let url = shop.open().await;
    let admin = desk.admin().await;
    publish(&desk, &admin, &draft(&url, 30)).await;
    shop.hold.store(1, Ordering::SeqCst);
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    shop.until_heard(1).await;
    desk.restart_with(may_call).await;
    assert_eq!(until_said(&desk, &admin, &came.conversation).await, ["I cannot look."]);
    assert_eq!(shop.heard().len(), 1);
}

#[tokio::test]
async fn private_addresses_are_not_called_unless_the_operator_allows_it() {
    let (desk, shop) = (Desk::start().await, Shop::default());
    let url = shop.open().await;
    let admin = desk.admin().await;
    for (customer, url) in [("zoe", url.clone()), ("yan", url.replace("127.0.0.1", "localhost"))] {
        publish(&desk, &admin, &draft(&url, 5)).await;
        let came = desk.writes(WEBCHAT, customer, "Hello").await;
        assert_eq!(until_said(&desk, &admin, &came.conversation).await, ["I cannot look."], "{url}");
        let document = desk.get(&admin, MINE).await.expect(200);
        let troubles = document["summary"]["troubles"].as_array().unwrap().clone();
        assert!(troubles.iter().any(|trouble| trouble["code"] == "call-forbidden"), "{url}: {troubles:?}");
    }
    assert!(shop.heard().is_empty());
}

#[tokio::test]
async fn a_call_can_name_the_conversation_and_the_customer() {
    let (desk, shop) = (Desk::start_as(demo_blueprint(), may_call).await, Shop::default());
    let url = shop.open().await;
    let admin = desk.admin().await;
    let mut draft = draft(&url, 5);
    draft["steps"][0]["act"]["url"] = json!(format!("{url}/cases?conversation={{{{conversation.id}}}}"));
    draft["steps"][0]["act"]["body"] = json!("{\"customer\":\"{{customer.id}}\"}");
    publish(&desk, &admin, &draft).await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    shop.until_heard(1).await;
    let (uri, _, body) = shop.heard().remove(0);
    assert_eq!(uri, format!("/cases?conversation={}", came.conversation));
    let customer = desk.conversation(&admin, &came.conversation).await["customer"]["id"].clone();
    assert_eq!(serde_json::from_str::<Value>(&body).unwrap(), json!({ "customer": customer }));
}

#[tokio::test]
async fn delays_are_over_in_time_however_many_calls_wait_for_an_answer() {
    let (desk, shop) = (Desk::start_as(demo_blueprint(), may_call).await, Shop::default());
    let url = shop.open().await;
    shop.hold.store(1, Ordering::SeqCst);
    let admin = desk.admin().await;
    let mut draft = draft(&url, 30);
    let steps = draft["steps"].as_array_mut().unwrap();
    steps.push(step("wait", json!({ "do": "delay", "seconds": 60, "then": "found" })));
    draft["listens"] = json!([{ "text": "#wait", "then": "wait" }]);
    publish(&desk, &admin, &draft).await;
    let patient = desk.writes(WEBCHAT, "patient", "#wait").await;
    for nr in 0..20 {
        desk.writes(WEBCHAT, &format!("caller-{nr}"), "Hello").await;
    }
    shop.until_heard(16).await;
    desk.later(chrono::TimeDelta::minutes(2));
    assert_eq!(until_said(&desk, &admin, &patient.conversation).await, ["It is ."], "nobody has answered meanwhile");
    assert_eq!(shop.heard().len(), 16, "as many as at once, and no more");
}
