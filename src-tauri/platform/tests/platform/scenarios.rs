//! Scenarios as documents: drafts, versions, trials; and what they do to conversations (R8 to R10).

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use crate::desk::{Answer, Desk, MESSENGER, Person, WEBCHAT, WHATSAPP, answer_of, column, items};

const PATH: &str = "/v1/admin/scenarios";
const MINE: &str = "/v1/admin/scenarios/scenario_webchat";

/// Step, field and code of each.
type Faults = &'static [(&'static str, &'static str, &'static str)];

/// A step.
fn step(id: &str, act: Value) -> Value {
    json!({ "id": id, "title": "", "act": act })
}

fn en(text: &str) -> Value {
    json!({ "en": text })
}

/// A flow in English whose conversations all enter at the first step.
fn flow(steps: &[Value]) -> Value {
    let first = &steps[0]["id"];
    json!({ "languages": ["en"], "first": first, "following": first, "listens": [], "steps": steps })
}

/// Asks for an order's number, then hands over.
fn asks() -> Value {
    flow(&[
        step(
            "ask",
            json!({ "do": "free_input", "text": en("Which order?"), "variable": "order", "expects": { "a": "number" },
            "unexpected": en("Digits only, please."), "tries": 1, "then": "thanks", "otherwise": "people" }),
        ),
        step("thanks", json!({ "do": "message", "text": en("Order {{order}}, {{customer.name}}."), "then": "people" })),
        step("people", json!({ "do": "hand_over" })),
    ])
}

struct Admin<'a> {
    desk: &'a Desk,
    person: Person,
}

impl<'a> Admin<'a> {
    async fn of(desk: &'a Desk) -> Self {
        Self { desk, person: desk.admin().await }
    }

    async fn call(&self, method: Method, path: &str, body: Option<&Value>, seen: Option<&str>) -> Answer {
        let mut request = self.desk.request(method, path).bearer_auth(&self.person.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        if let Some(seen) = seen {
            request = request.header("If-Match", seen);
        }
        answer_of(request).await
    }

    async fn save(&self, draft: &Value) -> Answer {
        let body = json!({ "name": "Mine", "draft": draft });
        self.call(Method::PUT, MINE, Some(&body), Some("*")).await
    }

    async fn publish(&self, draft: &Value) {
        let saved = self.save(draft).await.expect(200);
        assert_eq!(saved["faults"], json!([]));
        self.call(Method::POST, &format!("{MINE}/publish"), None, Some("*")).await.expect(200);
    }

    async fn faults(&self, draft: &Value) -> Vec<(String, String, String)> {
        let answer = self.call(Method::POST, &format!("{MINE}/validate"), Some(&json!({ "draft": draft })), None).await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let faults = answer.expect(200)["faults"].as_array().unwrap().clone();
        faults.iter().map(|fault| (text(&fault["step"]), text(&fault["field"]), text(&fault["code"]))).collect()
    }

    async fn attempt(&self, draft: &Value, state: &Value, event: Value) -> Value {
        let customer = json!({ "channel_id": WEBCHAT, "name": "Zoe", "language": "en" });
        let body = json!({ "draft": draft, "customer": customer, "state": state, "event": event });
        self.call(Method::POST, &format!("{MINE}/try"), Some(&body), None).await.expect(200)
    }
}

/// What the company said in a conversation.
async fn said(desk: &Desk, person: &Person, conversation: &str) -> Vec<String> {
    let timeline = desk.timeline(person, conversation).await;
    let replies = timeline.iter().filter(|entry| entry["kind"] == "reply");
    replies.map(|entry| entry["text"].as_str().unwrap().to_owned()).collect()
}

/// Waits until a conversation's company side has said so many things.
async fn until_said(desk: &Desk, person: &Person, conversation: &str, count: usize) -> Vec<String> {
    for _ in 0..200 {
        let said = said(desk, person, conversation).await;
        if said.len() >= count {
            return said;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("never said {count} things: {:?}", said(desk, person, conversation).await)
}

#[tokio::test]
async fn advisors_know_of_no_scenarios() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    for path in [PATH, MINE, "/v1/admin/routing-rules", &format!("{MINE}/versions/1")] {
        desk.get(&alice, path).await.refused(404, "not-found");
    }
    desk.post(Some(&alice.token), &format!("{MINE}/publish"), &json!({})).await.refused(404, "not-found");
    desk.post(None, PATH, &json!({ "name": "X" })).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn the_demo_has_a_published_scenario_without_faults_on_every_channel() {
    let desk = Desk::start().await;
    let admin = Admin::of(&desk).await;
    let list = admin.call(Method::GET, PATH, None, None).await.expect(200);
    assert_eq!(column(&items(&list), "id").len(), 3);
    for scenario in items(&list) {
        assert_eq!((&scenario["published"], &scenario["changed"]), (&json!(1), &json!(false)));
        let path = format!("{PATH}/{}", scenario["id"].as_str().unwrap());
        let document = admin.call(Method::GET, &path, None, None).await.expect(200);
        assert_eq!(document["faults"], json!([]), "{path}");
        assert_eq!(document["versions"][0]["published_by"], Value::Null, "it came with the workspace");
    }
    let webchat = list["channels"].as_array().unwrap().iter().find(|channel| channel["id"] == WEBCHAT).unwrap();
    assert_eq!(webchat["scenario_id"], "scenario_webchat");
}

#[tokio::test]
async fn a_draft_changes_nothing_until_it_is_published_and_then_new_conversations_only() {
    let desk = Desk::start().await;
    let admin = Admin::of(&desk).await;
    admin.publish(&asks()).await;
    let old = desk.writes(WEBCHAT, "old", "Hello").await;
    assert_eq!(said(&desk, &admin.person, &old.conversation).await, ["Which order?"]);

    let mut newer = asks();
    newer["steps"][1]["act"]["text"]["en"] = json!("Noted: {{order}}.");
    let saved = admin.save(&newer).await.expect(200);
    assert_eq!((&saved["summary"]["changed"], &saved["summary"]["published"]), (&json!(true), &json!(2)));
    let before = desk.writes(WEBCHAT, "before", "Hello").await;
    desk.writes(WEBCHAT, "before", "11").await;
    assert_eq!(said(&desk, &admin.person, &before.conversation).await[1], "Order 11, before Example.");

    let published = admin.call(Method::POST, &format!("{MINE}/publish"), None, Some("*")).await.expect(200);
    assert_eq!(published["versions"][0]["version"], 3);
    assert_eq!(published["versions"][0]["published_by"]["id"], admin.person.id.as_str());
    assert_eq!(published["versions"][1]["waiting"], 1, "the old conversation is still in its version");
    desk.writes(WEBCHAT, "old", "7").await;
    assert_eq!(said(&desk, &admin.person, &old.conversation).await[1], "Order 7, old Example.", "its own version");
    let new = desk.writes(WEBCHAT, "new", "Hello").await;
    desk.writes(WEBCHAT, "new", "8").await;
    assert_eq!(said(&desk, &admin.person, &new.conversation).await[1], "Noted: 8.");

    let log = desk.get(&admin.person, "/v1/audit-log").await.expect(200);
    let whats = items(&log);
    assert_eq!(column(&whats, "what")[..3], ["scenario.publish", "scenario.update", "scenario.publish"]);

    let restored = admin.call(Method::POST, &format!("{MINE}/versions/2/restore"), None, Some("*")).await.expect(200);
    assert_eq!(restored["draft"], asks());
    assert_eq!(restored["summary"]["published"], 3, "restoring publishes nothing");
    let second = admin.call(Method::GET, &format!("{MINE}/versions/2"), None, None).await.expect(200);
    assert_eq!(second["flow"], asks());
    admin.call(Method::GET, &format!("{MINE}/versions/9"), None, None).await.refused(404, "scenario-unknown");
    admin.call(Method::GET, &format!("{MINE}/versions/x"), None, None).await.refused(404, "scenario-unknown");
}

#[tokio::test]
async fn changes_need_the_version_that_was_seen_and_a_body_that_fits() {
    let desk = Desk::start().await;
    let admin = Admin::of(&desk).await;
    let body = json!({ "name": "Mine", "draft": asks() });
    admin.call(Method::PUT, MINE, Some(&body), None).await.refused(428, "if-match-missing");
    admin.call(Method::PUT, MINE, Some(&body), Some("\"99\"")).await.refused(412, "stale");
    admin.call(Method::POST, &format!("{MINE}/publish"), None, None).await.refused(428, "if-match-missing");
    admin.call(Method::DELETE, MINE, None, Some("*")).await.refused(409, "scenario-in-use");
    let nameless = json!({ "name": " ", "draft": asks() });
    admin.call(Method::PUT, MINE, Some(&nameless), Some("*")).await.refused(422, "invalid-value");
    let odd = json!({ "name": "Mine", "draft": flow(&[step("a", json!({ "do": "dance" }))]) });
    admin.call(Method::PUT, MINE, Some(&odd), Some("*")).await.refused(422, "invalid-body");
    let steps: Vec<Value> = (0..201).map(|nr| step(&format!("s{nr}"), json!({ "do": "end" }))).collect();
    let long = json!({ "name": "Mine", "draft": flow(&steps) });
    admin.call(Method::PUT, MINE, Some(&long), Some("*")).await.refused(422, "invalid-body");
    admin.call(Method::GET, &format!("{PATH}/none"), None, None).await.refused(404, "scenario-unknown");

    let made = admin.call(Method::POST, PATH, Some(&json!({ "name": "New" })), None).await;
    let path = format!("{PATH}/{}", made.expect(201)["summary"]["id"].as_str().unwrap());
    let tag = made.headers["etag"].to_str().unwrap().to_owned();
    admin.call(Method::POST, PATH, Some(&json!({ "name": "New" })), None).await.refused(409, "scenario-exists");
    admin
        .call(Method::POST, PATH, Some(&json!({ "name": "B", "copy_of": "none" })), None)
        .await
        .refused(404, "scenario-unknown");
    admin.call(Method::PUT, &path, Some(&json!({ "name": "New", "draft": asks() })), Some(&tag)).await.expect(200);
    admin.call(Method::DELETE, &path, None, Some(&tag)).await.refused(412, "stale");
    let deleted = admin.call(Method::DELETE, &path, None, Some("*")).await;
    assert_eq!(deleted.status.as_u16(), 204);
    admin.call(Method::GET, &path, None, None).await.refused(404, "scenario-unknown");
}

#[tokio::test]
async fn a_channel_takes_the_scenario_that_it_is_given() {
    let desk = Desk::start().await;
    let admin = Admin::of(&desk).await;
    admin.publish(&asks()).await;
    let path = format!("{MINE}/channels");
    admin
        .call(Method::PUT, &path, Some(&json!({ "channels": ["none"] })), Some("*"))
        .await
        .refused(404, "channel-unknown");
    let both = json!({ "channels": [WEBCHAT, WHATSAPP] });
    admin.call(Method::PUT, &path, Some(&both), Some("*")).await.expect(200);
    let came = desk.writes(WHATSAPP, "zoe", "Hello").await;
    assert_eq!(said(&desk, &admin.person, &came.conversation).await, ["Which order?"]);
    // Nine hundred characters more than Messenger takes are found out before customers on Messenger do.
    let long = "x".repeat(2900);
    let draft = flow(&[
        step("say", json!({ "do": "message", "text": en(&long), "then": "end" })),
        step("end", json!({ "do": "end" })),
    ]);
    admin.publish(&draft).await;
    let three = json!({ "channels": [WEBCHAT, WHATSAPP, MESSENGER] });
    let refused = admin.call(Method::PUT, &path, Some(&three), Some("*")).await.refused(422, "scenario-faulty");
    assert_eq!(refused["faults"][0]["code"], "too-long", "{refused}");
    let kept = admin.call(Method::GET, MINE, None, None).await.expect(200);
    assert_eq!(kept["summary"]["channels"], json!([WEBCHAT, WHATSAPP]), "nothing was changed");
    admin.call(Method::PUT, &path, Some(&json!({ "channels": [] })), Some("*")).await.expect(200);
    let came = desk.writes(WEBCHAT, "nobody", "Hello").await;
    assert!(said(&desk, &admin.person, &came.conversation).await.is_empty(), "a channel without a scenario");
}

#[tokio::test]
async fn every_fault_names_its_step_and_its_field() {
    let desk = Desk::start().await;
    let admin = Admin::of(&desk).await;
    let message = |then: &str| json!({ "do": "message", "text": en("Hi"), "then": then });
    let call = |url: &str, body: Value| {
        json!({ "do": "http_call", "method": "GET", "url": url, "headers": [{ "name": "Host", "value": "x" }], "body": body,
            "save": [{ "pointer": "x", "variable": "Bad" }], "timeout_s": 0, "then": "end", "failed": "end", "timed_out": "end" })
    };
    let end = || step("end", json!({ "do": "end" }));
    let in_language = |text: Value| {
        let mut flow = flow(&[step("a", json!({ "do": "message", "text": text, "then": "end" })), end()]);
        flow["languages"] = text.as_object().unwrap().keys().cloned().collect();
        flow
    };
    let cases: Vec<(Value, Faults)> = vec![
        (flow(&[step("a", message(""))]), &[("a", "then", "dead-end")]),
        (in_language(json!({ "pt-br": "Oi" })), &[("", "languages", "bad-name")]),
        (in_language(json!({ "xx": "?" })), &[("", "languages", "bad-name")]),
        (
            flow(&[
                step(
                    "a",
                    json!({ "do": "condition", "all": true, "tests": [{ "about": "language", "languages": ["fr-CA"] }], "then": "end", "otherwise": "end" }),
                ),
                end(),
            ]),
            &[("a", "tests.0", "bad-name")],
        ),
        (flow(&[step("a", message("gone"))]), &[("a", "then", "unknown-target")]),
        (flow(&[step("a", message("end")), end(), step("b", message("end"))]), &[("b", "id", "unreachable")]),
        (flow(&[step("a", message("a"))]), &[("a", "then", "circle")]),
        (
            flow(&[step("a", json!({ "do": "message", "text": { "fr": "Salut" }, "then": "end" })), end()]),
            &[("a", "text.en", "text-missing")],
        ),
        (
            flow(&[step("a", json!({ "do": "message", "text": en("{{nothing}}"), "then": "end" })), end()]),
            &[("a", "text.en", "unknown-variable")],
        ),
        (
            flow(&[step("a", json!({ "do": "message", "text": en(&"x".repeat(20_001)), "then": "end" })), end()]),
            &[("a", "text.en", "too-long")],
        ),
        (
            flow(&[
                step(
                    "a",
                    json!({ "do": "buttons", "text": en("?"), "buttons": [{ "label": en(&"x".repeat(61)), "then": "end" },
                { "label": en("b"), "then": "end" }, { "label": en("b"), "then": "" }], "wait": true, "unexpected": {}, "tries": 1,
                "then": "end" }),
                ),
                end(),
            ]),
            &[
                ("a", "buttons.0.label.en", "button-too-long"),
                ("a", "buttons.2.label.en", "same-label"),
                ("a", "buttons.2.then", "dead-end"),
            ],
        ),
        (
            flow(&[step("a", call("ftp://x/", json!("{"))), end()]),
            &[
                ("a", "variable", "bad-name"),
                ("a", "url", "bad-url"),
                ("a", "timeout_s", "bad-number"),
                ("a", "headers.0", "bad-header"),
                ("a", "body", "bad-body"),
                ("a", "save.0", "bad-pointer"),
            ],
        ),
        (
            flow(&[step("a", json!({ "do": "route", "team_id": "x", "then": "end" })), end()]),
            &[("a", "team_id", "unknown-team")],
        ),
        (
            flow(&[step("a", json!({ "do": "tag", "add": ["x"], "remove": [], "then": "end" })), end()]),
            &[("a", "add", "unknown-tag")],
        ),
        (
            flow(&[
                step(
                    "a",
                    json!({ "do": "condition", "all": true, "tests": [{ "about": "office_hours", "open": true },
                { "about": "times", "zone": "Mars/Olympus", "spans": [{ "days": [1], "from": "09:00", "to": "18:00" }] },
                { "about": "times", "zone": "Europe/Paris", "spans": [{ "days": [8], "from": "09:00", "to": "18:00" }] }],
                "then": "end", "otherwise": "end" }),
                ),
                end(),
            ]),
            &[("a", "tests.1", "bad-times"), ("a", "tests.2", "bad-times")],
        ),
        (
            flow(&[step("a", json!({ "do": "delay", "seconds": 0, "then": "end" })), end()]),
            &[("a", "seconds", "bad-number")],
        ),
        (flow(&[step("a", json!({ "do": "close_conversation" }))]), &[("a", "id", "closes-at-once")]),
    ];
    for (draft, wanted) in cases {
        let faults = admin.faults(&draft).await;
        let wanted: Vec<_> =
            wanted.iter().map(|(a, b, c)| ((*a).to_owned(), (*b).to_owned(), (*c).to_owned())).collect();
        assert_eq!(faults, wanted, "{draft}");
        admin.save(&draft).await.expect(200);
        let refused = admin.call(Method::POST, &format!("{MINE}/publish"), None, Some("*")).await;
        assert_eq!(refused.refused(422, "scenario-faulty")["faults"].as_array().unwrap().len(), faults.len());
    }
    for host in ["https://{{order}}.example/", "https://user:word@shop.example/", "https:///x", "not a url"] {
        let draft = flow(&[step("a", call(host, Value::Null)), end()]);
        assert!(admin.faults(&draft).await.iter().any(|fault| fault.2 == "bad-url"), "{host}");
    }
}

#[tokio::test]
async fn an_answer_is_asked_for_again_and_kept_over_conversations() {
    let desk = Desk::start().await;
    let admin = Admin::of(&desk).await;
    let mut knows = asks();
    knows["following"] = json!("known");
    let known = step(
        "known",
        json!({ "do": "condition", "all": true,
        "tests": [{ "about": "variable", "variable": "order", "is": "known" }], "then": "thanks", "otherwise": "ask" }),
    );
    knows["steps"].as_array_mut().unwrap().push(known);
    knows["listens"] = json!([{ "text": "#bye", "then": "bye" }]);
    knows["steps"].as_array_mut().unwrap().push(step("bye", json!({ "do": "close_conversation" })));
    admin.publish(&knows).await;

    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    desk.writes(WEBCHAT, "zoe", "the blue one").await;
    desk.writes(WEBCHAT, "zoe", "12").await;
    let wanted = ["Which order?", "Digits only, please.", "Order 12, zoe Example."];
    assert_eq!(said(&desk, &admin.person, &came.conversation).await, wanted);
    desk.writes(WEBCHAT, "zoe", "thanks").await;
    assert_eq!(said(&desk, &admin.person, &came.conversation).await.len(), 3, "the advisors have it");

    desk.writes(WEBCHAT, "zoe", "#bye").await;
    let again = desk.writes(WEBCHAT, "zoe", "Hello").await;
    assert!(again.new, "R8, R9");
    let said = said(&desk, &admin.person, &again.conversation).await;
    assert_eq!(said, ["Order 12, zoe Example."], "R9: the other entry; the variable is the customer's");

    let gives_up = desk.writes(WEBCHAT, "yan", "Hello").await;
    for text in ["no", "no", "5"] {
        desk.writes(WEBCHAT, "yan", text).await;
    }
    let said = self::said(&desk, &admin.person, &gives_up.conversation).await;
    assert_eq!(said, ["Which order?", "Digits only, please."], "after its tries it leaves things to people");
}

#[tokio::test]
async fn a_click_works_at_any_time_but_never_in_a_closed_conversation() {
    let desk = Desk::start().await;
    let admin = Admin::of(&desk).await;
    let draft = flow(&[
        step(
            "menu",
            json!({ "do": "buttons", "text": en("What is it about?"), "wait": true, "unexpected": en("Press a button."),
            "tries": 1, "then": "people", "buttons": [{ "label": en("Invoice"), "then": "route" }, { "label": en("Bye"), "then": "bye" }] }),
        ),
        step("route", json!({ "do": "route", "team_id": "team_billing", "then": "said" })),
        step("said", json!({ "do": "message", "text": en("To billing."), "then": "people" })),
        step("people", json!({ "do": "hand_over" })),
        step("bye", json!({ "do": "close_conversation" })),
    ]);
    admin.publish(&draft).await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    desk.writes(WEBCHAT, "zoe", "hmm").await;
    desk.writes(WEBCHAT, "zoe", "hmm").await;
    desk.reply(&alice, &came.conversation, "I am here.").await;
    desk.writes(WEBCHAT, "zoe", "hmm").await;
    let wanted = ["What is it about?", "Press a button.", "I am here."];
    assert_eq!(said(&desk, &alice, &came.conversation).await, wanted);
    desk.writes(WEBCHAT, "zoe", "Invoice").await;
    assert_eq!(said(&desk, &alice, &came.conversation).await[3], "To billing.", "also while an advisor has it");
    assert_eq!(desk.conversation(&alice, &came.conversation).await["team"]["id"], "team_billing");

    let actions = desk.actions(&alice, &format!("conversation={}&type=route", came.conversation)).await;
    assert_eq!((&actions[0]["author_is_bot"], &actions[0]["origin"]), (&json!(true), &json!("scenario")), "R11");

    desk.writes(WEBCHAT, "zoe", "Bye").await;
    assert_eq!(desk.conversation(&alice, &came.conversation).await["closed_by"]["kind"], "scenario", "R10");
    let before = desk.timeline(&alice, &came.conversation).await;
    let again = desk.writes(WEBCHAT, "zoe", "Invoice").await;
    assert!(again.new, "R8: a click on an old button is a message, and starts a new conversation");
    assert_eq!(desk.timeline(&alice, &came.conversation).await, before);
    let said = said(&desk, &alice, &again.conversation).await;
    assert_eq!(said, ["What is it about?", "To billing."], "R9: from its beginning, then what the button says");
}

#[tokio::test]
async fn end_settles_hand_over_and_archive_move() {
    let desk = Desk::start().await;
    let admin = Admin::of(&desk).await;
    let state = |id: String| {
        let (desk, person) = (&desk, &admin.person);
        async move { desk.conversation(person, &id).await["state"].clone() }
    };
    let tagged = flow(&[
        step("tag", json!({ "do": "tag", "add": ["billing", "refund"], "remove": [], "then": "vip" })),
        step(
            "vip",
            json!({ "do": "condition", "all": true, "tests": [{ "about": "vip", "vip": true }], "then": "arch", "otherwise": "end" }),
        ),
        step("arch", json!({ "do": "archive", "then": "end" })),
        step("end", json!({ "do": "end" })),
    ]);
    admin.publish(&tagged).await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    assert_eq!(state(came.conversation.clone()).await, "answered");
    let conversation = desk.conversation(&admin.person, &came.conversation).await;
    assert_eq!(conversation["tags"], json!(["billing", "refund"]));
    desk.writes(WEBCHAT, "zoe", "One more thing").await;
    assert_eq!(state(came.conversation).await, "received", "until the customer writes");
    let mut archives = tagged;
    archives["steps"][1]["act"]["tests"][0]["vip"] = json!(false);
    admin.publish(&archives).await;
    let came = desk.writes(WEBCHAT, "yan", "Hello").await;
    assert_eq!(state(came.conversation.clone()).await, "archived");
    let actions = desk.actions(&admin.person, &format!("conversation={}&author=scenario", came.conversation)).await;
    assert_eq!(column(&actions, "type"), ["archive", "tag"]);
}

#[tokio::test]
async fn a_delay_outlasts_a_restart_and_stops_when_an_advisor_answers() {
    let mut desk = Desk::start().await;
    let draft = flow(&[
        step("wait", json!({ "do": "delay", "seconds": 3600, "then": "still" })),
        step("still", json!({ "do": "message", "text": en("Still there?"), "then": "people" })),
        step("people", json!({ "do": "hand_over" })),
    ]);
    Admin::of(&desk).await.publish(&draft).await;
    let alice = desk.alice().await;
    let zoe = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let yan = desk.writes(WEBCHAT, "yan", "Hello").await;
    desk.writes(WEBCHAT, "zoe", "Anybody?").await;
    desk.reply(&alice, &yan.conversation, "Yes!").await;
    desk.later(TimeDelta::minutes(59));
    desk.restart().await;
    assert!(said(&desk, &alice, &zoe.conversation).await.is_empty());
    desk.later(TimeDelta::minutes(2));
    assert_eq!(until_said(&desk, &alice, &zoe.conversation, 1).await, ["Still there?"]);
    assert_eq!(said(&desk, &alice, &yan.conversation).await, ["Yes!"], "the advisor took it over");
}

#[tokio::test]
async fn d9_a_scenario_that_comes_too_late_for_the_channel_says_nothing() {
    let desk = Desk::start().await;
    let admin = Admin::of(&desk).await;
    let draft = flow(&[
        step("wait", json!({ "do": "delay", "seconds": 90_000, "then": "still" })),
        step("still", json!({ "do": "message", "text": en("Still there?"), "then": "people" })),
        step("people", json!({ "do": "hand_over" })),
    ]);
    admin.publish(&draft).await;
    let both = json!({ "channels": [WEBCHAT, WHATSAPP] });
    admin.call(Method::PUT, &format!("{MINE}/channels"), Some(&both), Some("*")).await.expect(200);
    let late = desk.writes(WHATSAPP, "zoe", "Hello").await;
    let always = desk.writes(WEBCHAT, "zoe", "Hello").await;
    desk.later(TimeDelta::hours(26));
    let admin = Admin::of(&desk).await;
    until_said(&desk, &admin.person, &always.conversation, 1).await;
    assert!(said(&desk, &admin.person, &late.conversation).await.is_empty());
    let document = admin.call(Method::GET, MINE, None, None).await.expect(200);
    let trouble = &document["summary"]["troubles"][0];
    assert_eq!((&trouble["code"], &trouble["step"]), (&json!("reply-window"), &json!("still")));
}

#[tokio::test]
async fn a_trial_shows_everything_and_does_nothing() {
    let desk = Desk::start().await;
    let admin = Admin::of(&desk).await;
    let seq = desk.newest_seq(&admin.person).await;
    let mut draft = asks();
    draft["steps"][1]["act"]["then"] = json!("call");
    let call = step(
        "call",
        json!({ "do": "http_call", "method": "POST", "url": "https://shop.example/{{order}}", "headers": [],
        "body": "{\"order\":\"{{order}}\"}", "save": [{ "pointer": "/state", "variable": "state" }], "timeout_s": 5,
        "then": "bye", "failed": "people", "timed_out": "people" }),
    );
    draft["steps"].as_array_mut().unwrap().push(call);
    draft["steps"].as_array_mut().unwrap().push(step("bye", json!({ "do": "close_conversation" })));

    let first = admin.attempt(&draft, &Value::Null, json!({ "type": "writes", "text": "Hello" })).await;
    assert_eq!(first["happened"][0]["what"], json!({ "type": "says", "text": "Which order?", "buttons": [] }));
    assert_eq!((&first["state"]["step"], &first["state"]["waits_for"]), (&json!("ask"), &json!("customer")));
    let second = admin.attempt(&draft, &first["state"], json!({ "type": "writes", "text": "12" })).await;
    let whats: Vec<&str> =
        second["happened"].as_array().unwrap().iter().map(|one| one["what"]["type"].as_str().unwrap()).collect();
    assert_eq!(whats, ["sets", "says", "calls"]);
    assert_eq!(second["happened"][2]["what"]["url"], "https://shop.example/12");
    let answered = json!({ "type": "answers", "status": 200, "body": "{\"state\":\"sent\"}" });
    let third = admin.attempt(&draft, &second["state"], answered).await;
    assert_eq!(third["state"]["variables"], json!({ "order": "12", "state": "sent" }));
    assert_eq!((&third["state"]["open"], &third["state"]["conversations_before"]), (&json!(false), &json!(1)));
    let again = admin.attempt(&draft, &second["state"], json!({ "type": "advisor_answers" })).await;
    assert_eq!(again["state"]["step"], Value::Null);

    assert_eq!(desk.newest_seq(&admin.person).await, seq, "nothing happened in the workspace");
    assert!(desk.outbound(WEBCHAT).await.is_empty());
}

#[tokio::test]
async fn a_draft_that_is_too_large_to_save_is_too_large_to_try() {
    let desk = Desk::start().await;
    let admin = Admin::of(&desk).await;
    let mut draft = asks();
    let ends = (0..201).map(|nr| step(&format!("end{nr}"), json!({ "do": "end" })));
    draft["steps"].as_array_mut().unwrap().extend(ends);
    let saved = admin.save(&draft).await.expect(422);
    let customer = json!({ "channel_id": WEBCHAT, "name": "Zoe", "language": "en" });
    let asked = json!({ "draft": draft, "customer": customer, "event": { "type": "writes", "text": "Hello" } });
    let tried = admin.call(Method::POST, &format!("{MINE}/try"), Some(&asked), None).await;
    tried.refused(422, saved["code"].as_str().unwrap());
}

#[tokio::test]
async fn d9_a_message_that_comes_in_late_is_answered_by_no_machine() {
    let desk = Desk::start().await;
    let admin = Admin::of(&desk).await;
    let written = desk.now() - TimeDelta::hours(26);
    let late = json!({ "external_id": "late", "text": "Hello", "at": written });
    let came = desk.inbound(WHATSAPP, "zoe", late).await;
    let conversation = came["conversation_id"].as_str().unwrap();
    assert!(said(&desk, &admin.person, conversation).await.is_empty(), "the channel takes it no more");
    assert_eq!(desk.conversation(&admin.person, conversation).await["state"], "received", "an advisor sees it");
    let path = format!("{PATH}/scenario_whatsapp");
    let document = admin.call(Method::GET, &path, None, None).await.expect(200);
    assert_eq!(document["summary"]["troubles"][0]["code"], "reply-window");
}

#[tokio::test]
async fn a_conversation_that_waits_in_an_older_version_is_routed_to_no_team_that_was_given_up() {
    let desk = Desk::start().await;
    let admin = Admin::of(&desk).await;
    let alice = desk.alice().await;
    let team = json!({ "name": "Night", "members": [alice.id] });
    let team = desk.post(Some(&admin.person.token), "/v1/admin/teams", &team).await.expect(201)["id"].clone();
    let mut routes = asks();
    routes["steps"][1]["act"] = json!({ "do": "route", "team_id": team, "then": "people" });
    admin.publish(&routes).await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    admin.publish(&asks()).await;
    let path = format!("/v1/admin/teams/{}", team.as_str().unwrap());
    let gone = admin.call(Method::DELETE, &path, None, Some("*")).await;
    assert_eq!(gone.status.as_u16(), 204);

    desk.writes(WEBCHAT, "zoe", "7").await;
    let conversation = desk.conversation(&alice, &came.conversation).await;
    assert_eq!((&conversation["team"], &conversation["state"]), (&Value::Null, &json!("received")), "somebody sees it");
}

#[tokio::test]
async fn a_trial_remembers_what_was_written_and_in_which_language_as_production_does() {
    let desk = Desk::start().await;
    let admin = Admin::of(&desk).await;
    let mut draft = flow(&[
        step("wait", json!({ "do": "delay", "seconds": 60, "then": "say" })),
        step(
            "say",
            json!({ "do": "message", "text": { "en": "You wrote {{message}}", "fr": "Vous avez écrit {{message}}" }, "then": "people" }),
        ),
        step("people", json!({ "do": "hand_over" })),
    ]);
    draft["languages"] = json!(["en", "fr"]);
    let attempt = async |state: &Value, event: Value| {
        let customer = json!({ "channel_id": WEBCHAT, "name": "Zoe", "language": null });
        let body = json!({ "draft": draft, "customer": customer, "state": state, "event": event });
        admin.call(Method::POST, &format!("{MINE}/try"), Some(&body), None).await.expect(200)
    };
    let first = attempt(&Value::Null, json!({ "type": "writes", "text": "Bonjour, ma commande" })).await;
    let second = attempt(&first["state"], json!({ "type": "time_passes" })).await;
    assert_eq!(second["happened"][0]["what"]["text"], "Vous avez écrit Bonjour, ma commande");
}
