//! Webhooks: what the platform posts to a provider, and what a provider posts to the platform.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, routing::post};
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, Mac};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::desk::{Answer, Desk, WEBCHAT, answer_of, column};

/// What a provider was sent.
#[derive(Clone, Debug)]
struct Posted {
    headers: HeaderMap,
    body: Value,
    raw: Vec<u8>,
}

/// What it answers, in turn; 204 when there is nothing more.
type Script = VecDeque<(u16, Option<(&'static str, String)>, &'static str)>;

#[derive(Clone, Default)]
struct Provider {
    posted: Arc<Mutex<Vec<Posted>>>,
    script: Arc<Mutex<Script>>,
}

impl Provider {
    /// A provider that listens, and the address of its webhook.
    async fn start() -> (Self, String) {
        let provider = Self::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let routes = Router::new().route("/hook", post(take)).with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        (provider, format!("http://{address}/hook"))
    }

    fn answers(&self, status: u16, header: Option<(&'static str, &str)>, body: &'static str) {
        let header = header.map(|(name, value)| (name, value.to_owned()));
        self.script.lock().unwrap().push_back((status, header, body));
    }

    fn posted(&self) -> Vec<Posted> {
        self.posted.lock().unwrap().clone()
    }

    fn texts(&self) -> Vec<String> {
        self.posted().iter().map(|posted| posted.body["text"].as_str().unwrap_or_default().to_owned()).collect()
    }
}

async fn take(
    State(provider): State<Provider>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, HeaderMap, &'static str) {
    let posted = Posted { headers, body: serde_json::from_slice(&body).unwrap(), raw: body.to_vec() };
    provider.posted.lock().unwrap().push(posted);
    let (status, header, body) = provider.script.lock().unwrap().pop_front().unwrap_or((204, None, ""));
    let headers = header.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
    (StatusCode::from_u16(status).unwrap(), headers.into_iter().collect(), body)
}

/// Gives the web chat a webhook, and returns its secret.
async fn connect(desk: &Desk, url: &str) -> String {
    let admin = desk.admin().await;
    let mut rules = desk.get(&admin, "/v1/admin/channels/ch_webchat").await.expect(200)["rules"].clone();
    rules["provider"] = json!({ "type": "webhook", "url": url });
    let put = desk.request(Method::PUT, "/v1/admin/channels/ch_webchat").bearer_auth(&admin.token);
    let changed = answer_of(put.header("If-Match", "*").json(&rules)).await.expect(200);
    changed["secret"].as_str().unwrap().to_owned()
}

fn signature(secret: &str, timestamp: &str, path: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{timestamp}.{path}.").as_bytes());
    mac.update(body);
    let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("v1={hex}")
}

fn now() -> DateTime<Utc> {
    "2026-03-02T12:00:00Z".parse().unwrap()
}

async fn say_at(desk: &Desk, secret: &str, at: DateTime<Utc>, body: &Value) -> Answer {
    let (path, body) = ("/v1/channels/ch_webchat/webhook", body.to_string());
    let timestamp = at.timestamp().to_string();
    let request = desk
        .request(Method::POST, path)
        .header("Signoff-Signature", signature(secret, &timestamp, path, body.as_bytes()))
        .header("Signoff-Timestamp", timestamp);
    answer_of(request.body(body)).await
}

fn message(external_id: &str, text: &str) -> Value {
    json!({
        "type": "message",
        "customer": { "external_id": "zoe", "name": "Zoe" },
        "message": { "external_id": external_id, "text": text },
    })
}

#[tokio::test]
async fn every_item_is_posted_signed_and_in_order_and_counts_as_sent() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let (provider, url) = Provider::start().await;
    let secret = connect(&desk, &url).await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    for text in ["One", "Two", "Three"] {
        desk.reply(&alice, &came.conversation, text).await;
    }
    desk.until("all is posted", || provider.posted().len() == 4).await;
    assert_eq!(provider.texts()[1..], ["One", "Two", "Three"], "the scenario's greeting came first");

    let posted = &provider.posted()[1];
    assert_eq!((&posted.body["type"], &posted.body["kind"]), (&json!("item"), &json!("reply")));
    assert_eq!(posted.body["customer"]["external_id"], "zoe");
    let header = |name: &str| posted.headers[name].to_str().unwrap().to_owned();
    let timestamp = header("signoff-timestamp");
    assert_eq!(header("signoff-signature"), signature(&secret, &timestamp, "/hook", &posted.raw));
    assert_eq!(timestamp, now().timestamp().to_string());
    assert_eq!(provider.posted()[0].body["buttons"].as_array().unwrap().len(), 3);

    let all_sent = || async {
        let timeline = desk.timeline(&alice, &came.conversation).await;
        timeline.iter().filter(|entry| entry["kind"] == "reply").all(|entry| entry["delivery"]["status"] == "sent")
    };
    while !all_sent().await {
        tokio::task::yield_now().await;
    }
    let admin = desk.admin().await;
    let health = desk.get(&admin, "/v1/admin/channels/ch_webchat").await.expect(200)["deliveries"].clone();
    assert_eq!((&health["waiting"], &health["reason"]), (&json!(0), &Value::Null));
    assert!(health["last_success_at"].is_string());
}

/// The item keeps its id and its place; what a restart finds is what was there.
#[tokio::test]
async fn a_provider_that_is_down_gets_everything_later_in_order_also_after_a_restart() {
    let mut desk = Desk::start().await;
    let alice = desk.alice().await;
    let (provider, url) = Provider::start().await;
    connect(&desk, &url).await;
    provider.answers(503, Some(("retry-after", "600")), "");
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    desk.reply(&alice, &came.conversation, "Second").await;
    desk.until("the first attempt", || provider.posted().len() == 1).await;
    let admin = desk.admin().await;
    let health = || async { desk.get(&admin, "/v1/admin/channels/ch_webchat").await.expect(200)["deliveries"].clone() };
    while health().await["failing"] != 1 {
        tokio::task::yield_now().await;
    }
    let told = health().await;
    assert_eq!((&told["waiting"], &told["reason"]), (&json!(2), &json!("the provider answered 503")));

    desk.later(TimeDelta::minutes(9));
    desk.restart().await;
    let alice = desk.alice().await;
    desk.reply(&alice, &came.conversation, "Third").await;
    assert_eq!(provider.posted().len(), 1, "ten minutes were asked for, and a restart shortens nothing");

    desk.later(TimeDelta::minutes(2));
    desk.reply(&alice, &came.conversation, "Fourth").await;
    desk.until("all is posted", || provider.posted().len() == 5).await;
    let ids: Vec<Value> = provider.posted().iter().map(|posted| posted.body["id"].clone()).collect();
    assert_eq!(ids[0], ids[1], "the same item is the same item");
    assert_eq!(provider.texts()[2..], ["Second", "Third", "Fourth"], "and nothing overtook it");
}

#[tokio::test]
async fn one_conversation_that_is_stuck_holds_up_no_other() {
    let desk = Desk::start().await;
    let (provider, url) = Provider::start().await;
    connect(&desk, &url).await;
    provider.answers(500, None, "");
    desk.writes(WEBCHAT, "zoe", "Hello").await;
    desk.until("the first attempt", || provider.posted().len() == 1).await;
    desk.writes(WEBCHAT, "yan", "Hello").await;
    desk.until("the other's", || {
        provider.posted().iter().any(|posted| posted.body["customer"]["external_id"] == "yan")
    })
    .await;
}

#[tokio::test]
async fn d12_what_the_provider_refuses_for_good_is_a_failed_delivery_and_the_next_item_goes_on() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let (provider, url) = Provider::start().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    connect(&desk, &url).await;
    provider.answers(422, None, r#"{"reason":"number unknown"}"#);
    let seq = desk.newest_seq(&alice).await;
    let receipt = desk.reply(&alice, &came.conversation, "Refused").await;
    desk.reply(&alice, &came.conversation, "Taken").await;
    desk.until("both are posted", || provider.posted().len() == 2).await;
    loop {
        let timeline = desk.timeline(&alice, &came.conversation).await;
        let states: Vec<_> = timeline.iter().rev().take(2).map(|entry| entry["delivery"].clone()).collect();
        if states[0]["status"] == "sent" {
            assert_eq!(states[1], json!({ "status": "failed", "reason": "number unknown" }));
            break;
        }
        tokio::task::yield_now().await;
    }
    let events = desk.changes(&alice, seq).await;
    let failed = events.iter().find(|event| event["type"] == "reply.delivery").unwrap();
    assert_eq!(failed["data"]["message_id"], receipt["reply"]["message_id"]);
    let actions = desk.actions(&alice, &format!("conversation={}", came.conversation)).await;
    assert!(actions.iter().any(|action| action["type"] == "execute-answer" && action["status"] == "fail"));
}

#[tokio::test]
async fn what_a_provider_signs_is_taken_once() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let secret = connect(&desk, "http://127.0.0.1:9/hook").await;
    let taken = say_at(&desk, &secret, now(), &message("1", "Hello")).await.expect(200);
    let conversation = taken["message"]["conversation_id"].as_str().unwrap();
    assert_eq!(desk.timeline(&alice, conversation).await[0]["text"], "Hello");
    say_at(&desk, &secret, now(), &message("1", "Hello")).await.refused(409, "replayed");
    let again = say_at(&desk, &secret, now() + TimeDelta::seconds(1), &message("1", "Hello")).await.expect(200);
    assert_eq!(again, taken, "repeated and signed anew, the same message is the same message");
    assert_eq!(desk.conversation(&alice, conversation).await["message_count"], 1);

    let receipt = desk.reply(&alice, conversation, "Hi").await;
    let report = json!({ "type": "delivery", "reply_id": receipt["reply"]["message_id"], "status": "read" });
    assert_eq!(say_at(&desk, &secret, now(), &report).await.expect(200), json!({}));
    assert_eq!(desk.timeline(&alice, conversation).await.last().unwrap()["delivery"]["status"], "read");
    let late = json!({ "type": "delivery", "reply_id": receipt["reply"]["message_id"], "status": "delivered" });
    say_at(&desk, &secret, now(), &late).await.expect(200);
    assert_eq!(desk.timeline(&alice, conversation).await.last().unwrap()["delivery"]["status"], "read", "no way back");
    let typing = json!({ "type": "typing", "customer_external_id": "zoe" });
    say_at(&desk, &secret, now(), &typing).await.expect(200);
}

#[tokio::test]
async fn what_is_not_proven_to_come_from_the_provider_is_refused_and_changes_nothing() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let secret = "whsec_none";
    say_at(&desk, secret, now(), &message("1", "x")).await.refused(401, "signature-wrong");
    let secret = connect(&desk, "http://127.0.0.1:9/hook").await;
    let before = desk.newest_seq(&alice).await;
    say_at(&desk, "guessed", now(), &message("1", "x")).await.refused(401, "signature-wrong");
    for minutes in [6, -6] {
        let at = now() + TimeDelta::minutes(minutes);
        say_at(&desk, &secret, at, &message("1", "x")).await.refused(401, "timestamp-off");
    }
    let unsigned = desk.request(Method::POST, "/v1/channels/ch_webchat/webhook").json(&message("1", "x"));
    answer_of(unsigned).await.refused(401, "signature-wrong");
    // Signed for one channel, sent to another.
    let (path, body) = ("/v1/channels/ch_webchat/webhook", message("1", "x").to_string());
    let timestamp = now().timestamp().to_string();
    let elsewhere = desk
        .request(Method::POST, "/v1/channels/ch_whatsapp/webhook")
        .header("Signoff-Signature", signature(&secret, &timestamp, path, body.as_bytes()))
        .header("Signoff-Timestamp", timestamp);
    answer_of(elsewhere.body(body)).await.refused(401, "signature-wrong");
    for (body, status, code) in [
        (json!({ "type": "pigeon" }), 422, "invalid-body"),
        (json!([]), 422, "invalid-body"),
        (json!({ "type": "message" }), 422, "invalid-body"),
        (json!({ "type": "delivery", "reply_id": "none", "status": "read" }), 404, "reply-unknown"),
        (json!({ "type": "delivery", "reply_id": "none", "status": "eaten" }), 422, "invalid-body"),
    ] {
        say_at(&desk, &secret, now(), &body).await.refused(status, code);
    }
    assert_eq!(desk.newest_seq(&alice).await, before);
}

#[tokio::test]
async fn during_a_rotation_the_old_secret_and_the_new_one_are_both_good() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    let (provider, url) = Provider::start().await;
    let old = connect(&desk, &url).await;
    let path = "/v1/admin/channels/ch_webchat/secret";
    let made = desk.post(Some(&admin.token), path, &json!({ "keep_former_h": 1 })).await.expect(201);
    let new = made["secret"].as_str().unwrap();
    say_at(&desk, &old, now(), &message("1", "a")).await.expect(200);
    say_at(&desk, new, now(), &message("2", "b")).await.expect(200);
    desk.until("the greeting", || !provider.posted().is_empty()).await;
    let posted = &provider.posted()[0];
    let timestamp = posted.headers["signoff-timestamp"].to_str().unwrap();
    let signed = posted.headers["signoff-signature"].to_str().unwrap();
    assert_eq!(signed, signature(new, timestamp, "/hook", &posted.raw), "the platform signs with the new one");
    desk.later(TimeDelta::hours(1));
    let later = now() + TimeDelta::hours(1);
    say_at(&desk, &old, later, &message("3", "c")).await.refused(401, "signature-wrong");
    say_at(&desk, new, later, &message("4", "d")).await.expect(200);
}

#[tokio::test]
async fn an_advisor_who_types_and_reads_is_told_to_the_provider() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let (provider, url) = Provider::start().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    connect(&desk, &url).await;
    let say = |call: &str, body: Value| {
        let (desk, alice, path) = (&desk, &alice, format!("/v1/conversations/{}/{call}", came.conversation));
        async move { desk.post(Some(&alice.token), &path, &body).await.status.as_u16() }
    };
    assert_eq!(say("typing", json!({ "on": true })).await, 204);
    assert_eq!(say("read", json!({})).await, 204);
    assert_eq!(say("read", json!({})).await, 204, "once is enough");
    desk.until("both are posted", || provider.posted().len() == 2).await;
    let mut kinds = column(&provider.posted().iter().map(|posted| posted.body.clone()).collect::<Vec<_>>(), "type")
        .into_iter()
        .map(str::to_owned)
        .collect::<Vec<_>>();
    kinds.sort();
    assert_eq!(kinds, ["read", "typing"]);
    let nobodys = "/v1/conversations/conv_none/typing";
    desk.post(Some(&alice.token), nobodys, &json!({})).await.refused(404, "conversation-unknown");
}

/// The example of docs/channels.md, as it stands there, against a platform with the machine's own clock.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_documented_example_works() {
    use std::{
        io::{BufRead, BufReader, Write},
        process::{Command, Stdio},
    };
    let documented = include_str!("../../../../docs/channels.md");
    let example = documented.split("```python\n").nth(1).unwrap().split("```").next().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let mut options = signoff_platform::Options::new(dir.path());
    options.start = signoff_platform::Start::With(Box::new(signoff_platform::demo_blueprint()));
    let running = signoff_platform::serve(options).await.unwrap();
    let desk = Desk::around(&running);
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let secret = connect(&desk, &format!("http://127.0.0.1:{port}/")).await;

    let mut program = Command::new("python3")
        .args(["-c", example])
        .env("SIGNOFF_URL", running.url())
        .env("SIGNOFF_CHANNEL", WEBCHAT)
        .env("SIGNOFF_SECRET", secret)
        .env("PORT", port.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 is there");
    let mut typed = program.stdin.take().unwrap();
    let mut printed = BufReader::new(program.stdout.take().unwrap()).lines();
    writeln!(typed, "Where is my order?").unwrap();
    let (lines, mut said) = tokio::sync::mpsc::unbounded_channel();
    std::thread::spawn(move || {
        while let Some(Ok(line)) = printed.next() {
            let _ = lines.send(line);
        }
    });
    let mut conversation = None;
    let mut greeted = false;
    while conversation.is_none() || !greeted {
        let line = tokio::time::timeout(std::time::Duration::from_secs(30), said.recv()).await.unwrap().unwrap();
        greeted |= line.starts_with("to Zoe: ");
        conversation = conversation.or_else(|| line.strip_prefix("conversation ").map(str::to_owned));
    }
    let alice = desk.alice().await;
    let conversation = conversation.unwrap();
    loop {
        let timeline = desk.timeline(&alice, &conversation).await;
        if timeline[1]["delivery"]["status"] == "delivered" {
            assert_eq!(timeline[0]["text"], "Where is my order?");
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    drop(typed);
    program.wait().unwrap();
    running.shutdown().await;
}

/// An attempt that arrived although its answer was lost: the provider says that it has the item.
#[tokio::test]
async fn what_the_provider_has_already_counts_as_taken() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let (provider, url) = Provider::start().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    connect(&desk, &url).await;
    provider.answers(409, None, r#"{"reason":"already delivered"}"#);
    desk.reply(&alice, &came.conversation, "Once").await;
    let delivery = async || desk.timeline(&alice, &came.conversation).await.last().unwrap()["delivery"].clone();
    while delivery().await["status"] == "pending" {
        tokio::task::yield_now().await;
    }
    assert_eq!(delivery().await["status"], "sent");
}

#[tokio::test]
async fn d10_a_survey_that_could_not_be_delivered_counts_as_none_and_says_so() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let (provider, url) = Provider::start().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    connect(&desk, &url).await;
    provider.answers(204, None, "");
    provider.answers(422, None, r#"{"reason":"number unknown"}"#);
    let with_survey = json!({ "text": "Done", "attachments": [], "trigger_survey": true });
    let receipt = desk.click(&alice, &came.conversation, "replies", &with_survey).await.expect(201);
    assert_eq!(receipt["survey"]["status"], "sent");
    let last = async || desk.timeline(&alice, &came.conversation).await.pop().unwrap();
    while last().await["event"]["type"] != "survey-failed" {
        tokio::task::yield_now().await;
    }
    assert_eq!(last().await["event"]["reason"], "number unknown");
    let preview = desk.conversation(&alice, &came.conversation).await["survey_preview"].clone();
    assert_eq!(preview, json!({ "will_send": true, "reason": null }), "neither this conversation's nor a quiet day's");
    let admin = desk.admin().await;
    let results = "/v1/admin/surveys/results?from=2026-03-01&to=2026-03-04";
    assert_eq!(desk.get(&admin, results).await.expect(200)["totals"]["sent"], 0);
    let receipt = desk.click(&alice, &came.conversation, "replies", &with_survey).await.expect(201);
    assert_eq!(receipt["survey"]["status"], "sent", "another one may go");

    let customer = desk.conversation(&alice, &came.conversation).await["customer"]["id"].clone();
    let path = format!("/v1/admin/customers/{}/data", customer.as_str().unwrap());
    let erase = desk.request(Method::DELETE, &path).bearer_auth(&admin.token).header("If-Match", "*");
    answer_of(erase).await.expect(200);
    let timeline = desk.timeline(&admin, &came.conversation).await;
    let failed = timeline.iter().find(|entry| entry["event"]["type"] == "survey-failed").unwrap();
    assert_eq!(failed["event"]["reason"], Value::Null, "it may have named the customer");
}

/// The same strictness as for every other body.
#[tokio::test]
async fn what_is_said_otherwise_than_the_document_says_is_refused() {
    let desk = Desk::start().await;
    let (_, url) = Provider::start().await;
    let secret = connect(&desk, &url).await;
    let say = async |body: &str| {
        let (path, timestamp) = ("/v1/channels/ch_webchat/webhook", now().timestamp().to_string());
        let signature = signature(&secret, &timestamp, path, body.as_bytes());
        let request = desk.request(Method::POST, path).header("Signoff-Signature", signature);
        answer_of(request.header("Signoff-Timestamp", timestamp).body(body.to_owned())).await
    };
    let types = r#""type":"typing","customer_external_id":"zoe""#;
    for list in [r#"["typing","zoe",true]"#, r#"{"type":"message","customer":["zoe","Zoe"],"message":["1","Hello"]}"#] {
        say(list).await.refused(422, "invalid-body");
    }
    say(r#"{"type":2,"customer_external_id":"zoe"}"#).await.refused(422, "invalid-body");
    say(&format!("{{{types},{types}}}")).await.refused(400, "malformed-json");
    say(&format!("{{{types}}}")).await.expect(200);
}
