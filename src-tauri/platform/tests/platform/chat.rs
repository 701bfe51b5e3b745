//! The customer's chat page, over its calls. What it looks like is looked at in a real browser (`tests/browser`).

use std::time::Duration;

use futures_util::{StreamExt, stream::BoxStream};
use reqwest::Method;
use serde_json::{Value, json};

use crate::desk::{Answer, Desk, Person, WEBCHAT, answer_of, column, items};

const CHAT: &str = "/v1/chat/ch_webchat";

/// Somebody on the page.
struct Visitor {
    token: String,
}

impl Visitor {
    async fn begin(desk: &Desk) -> Self {
        Self::begin_in(desk, "en-GB").await
    }

    async fn begin_in(desk: &Desk, language: &str) -> Self {
        let begun = desk.post(None, &format!("{CHAT}/sessions"), &json!({ "language": language })).await.expect(201);
        Self { token: begun["token"].as_str().unwrap().to_owned() }
    }

    async fn post(&self, desk: &Desk, call: &str, body: &Value) -> Answer {
        desk.post(Some(&self.token), &format!("{CHAT}/{call}"), body).await
    }

    async fn writes(&self, desk: &Desk, client_id: &str, text: &str) -> Answer {
        self.post(desk, "messages", &json!({ "client_id": client_id, "text": text })).await
    }

    async fn thread(&self, desk: &Desk) -> Value {
        let request = desk.request(Method::GET, &format!("{CHAT}/entries")).bearer_auth(&self.token);
        answer_of(request).await.expect(200)
    }

    async fn stream(&self, desk: &Desk, after: i64) -> Stream {
        let request = desk.request(Method::GET, &format!("{CHAT}/events")).bearer_auth(&self.token);
        let response = request.header("Last-Event-ID", after.to_string()).send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Stream {
            bytes: response.bytes_stream().map(|chunk| chunk.map(|chunk| chunk.to_vec())).boxed(),
            text: String::new(),
        }
    }
}

/// A visitor's event stream.
struct Stream {
    bytes: BoxStream<'static, reqwest::Result<Vec<u8>>>,
    text: String,
}

impl Stream {
    /// The next event of this kind, with its id.
    async fn next(&mut self, kind: &str) -> (Option<i64>, Value) {
        loop {
            if let Some(end) = self.text.find("\n\n") {
                let block = self.text[..end].to_owned();
                self.text.drain(..end + 2);
                let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name).map(str::to_owned));
                if field("event: ").as_deref() == Some(kind) {
                    let data = serde_json::from_str(&field("data: ").unwrap()).unwrap();
                    return (field("id: ").map(|id| id.parse().unwrap()), data);
                }
                continue;
            }
            let chunk =
                tokio::time::timeout(Duration::from_secs(20), self.bytes.next()).await.expect("something comes");
            self.text.push_str(std::str::from_utf8(&chunk.expect("the stream goes on").unwrap()).unwrap());
        }
    }
}

async fn only_conversation(desk: &Desk, person: &Person) -> Value {
    items(&desk.get(person, "/v1/conversations").await.expect(200)).pop().unwrap()
}

#[tokio::test]
async fn a_visitor_writes_is_answered_rates_and_begins_anew_after_the_closing() {
    let desk = Desk::start().await;
    desk.allow_manual_close(true).await;
    let alice = desk.alice().await;
    let visitor = Visitor::begin(&desk).await;
    let taken = visitor.writes(&desk, "c1", "Where is my order?").await.expect(201);
    assert_eq!(taken["new_conversation"], true);
    let thread = visitor.thread(&desk).await;
    assert_eq!(column(&items(&thread), "side"), ["customer", "scenario"]);
    assert_eq!(thread["items"][0]["client_id"], "c1");
    assert_eq!(thread["items"][1]["buttons"].as_array().unwrap().len(), 3);
    assert_eq!(thread["state"]["open"], true);

    let conversation = only_conversation(&desk, &alice).await;
    assert_eq!(conversation["customer"]["language"], "en");
    let id = conversation["id"].as_str().unwrap();
    desk.click(&alice, id, "notes", &json!({ "text": "he is angry" })).await.expect(201);
    desk.close(&alice, id, taken["id"].as_str().unwrap()).await.expect(201);
    let thread = visitor.thread(&desk).await;
    assert_eq!(column(&items(&thread), "kind"), ["text", "text", "text", "survey", "closed"], "R3, and no note");
    assert_eq!(thread["items"][2]["name"], alice_name(&desk, &alice).await);
    assert_eq!(thread["state"]["open"], false);

    let survey = &thread["items"][3]["survey"];
    assert_eq!((&survey["from"], &survey["to"], &survey["open"]), (&json!(0), &json!(10), &json!(true)));
    assert!(survey["question"].as_str().unwrap().contains("recommend"));
    let mut stream = visitor.stream(&desk, thread["position"].as_i64().unwrap()).await;
    let path = format!("/v1/surveys/{}/answer", survey["token"].as_str().unwrap());
    desk.post(None, &path, &json!({ "rating": 9, "comment": "quick" })).await.expect(201);
    let (_, rated) = stream.next("entry").await;
    assert_eq!(
        (&rated["id"], &rated["survey"]["rating"]),
        (&thread["items"][3]["id"], &json!(9)),
        "D11: the same line"
    );

    let next = visitor.writes(&desk, "c2", "One more thing").await.expect(201);
    assert_eq!(next["new_conversation"], true, "R9");
}

/// D11: the words are the admin's, in the customer's language, and the seven days end on the page, too.
#[tokio::test]
async fn the_page_asks_in_the_surveys_own_words_and_for_seven_days() {
    let desk = Desk::start().await;
    desk.allow_manual_close(true).await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    let texts = |language: &str, question: &str, thanks: &str| json!({ "language": language, "question": question, "low_label": "non", "high_label": "oui", "thanks": thanks });
    let form = json!({
        "kind": "csat", "paused": false, "quiet_days": null, "ask_comment": false, "fallback_language": "en",
        "texts": [texts("en", "Content?", "Ta!"), texts("fr", "Contente ?", "Un grand merci !")],
    });
    desk.put(&admin, &format!("/v1/admin/surveys/channels/{WEBCHAT}"), &form, Some("*")).await.expect(200);
    let visitor = Visitor::begin(&desk).await;
    let taken = visitor.writes(&desk, "c1", "Bonjour, où est ma commande ? Merci").await.expect(201);
    let id = only_conversation(&desk, &alice).await["id"].as_str().unwrap().to_owned();
    desk.close(&alice, &id, taken["id"].as_str().unwrap()).await.expect(201);
    let survey = async || {
        let lines = items(&visitor.thread(&desk).await);
        lines.into_iter().find(|line| line["kind"] == "survey").expect("the survey was sent")["survey"].clone()
    };

    let asked = survey().await;
    let words = ["language", "question", "low_label", "high_label", "thanks"]
        .map(|word| asked[word].as_str().unwrap().to_owned());
    assert_eq!(words, ["fr", "Contente ?", "non", "oui", "Un grand merci !"]);
    assert_eq!((&asked["ask_comment"], &asked["to"], &asked["open"]), (&json!(false), &json!(5), &json!(true)));
    desk.later(chrono::TimeDelta::days(7));
    assert_eq!(survey().await["open"], true, "to the end of the seventh day");
    desk.later(chrono::TimeDelta::seconds(1));
    assert_eq!(survey().await["open"], false);
    let path = format!("/v1/surveys/{}/answer", asked["token"].as_str().unwrap());
    desk.post(None, &path, &json!({ "rating": 5 })).await.refused(410, "survey-expired");
}

async fn alice_name(desk: &Desk, alice: &Person) -> Value {
    desk.get(alice, "/v1/me").await.expect(200)["user"]["name"].clone()
}

/// A word or two that look French make nobody French whose browser speaks another language.
#[tokio::test]
async fn a_visitor_speaks_the_language_of_the_browser_unless_that_is_the_other_one_of_ours() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    for (browser, text, spoken) in [
        ("es-ES", "Salut! La factura de mes, merci", "es"),
        ("it", "Bonjour, une commande", "it"),
        ("nl-NL", "Hello, where is the order? Merci", "nl"),
        ("en-US", "Bonjour, où est ma commande ?", "fr"),
        ("fr", "Where is my order?", "en"),
        ("fr", "12345", "fr"),
    ] {
        let visitor = Visitor::begin_in(&desk, browser).await;
        let taken = visitor.writes(&desk, "c1", text).await;
        assert_eq!(taken.status, 201);
        let rows = items(&desk.get(&alice, "/v1/conversations?tab=received&limit=100").await.expect(200));
        let newest = rows.iter().max_by_key(|row| row["opened_at"].as_str().unwrap().to_owned()).unwrap();
        assert_eq!(newest["customer"]["language"], spoken, "{browser}: {text}");
        desk.later(chrono::TimeDelta::seconds(1));
    }
}

#[tokio::test]
async fn the_same_client_id_is_the_same_message_and_two_visitors_ids_are_their_own() {
    let desk = Desk::start().await;
    let (one, other) = (Visitor::begin(&desk).await, Visitor::begin(&desk).await);
    let first = one.writes(&desk, "c1", "Hello").await.expect(201);
    assert_eq!(one.writes(&desk, "c1", "Hello").await.expect(201), first);
    assert_ne!(other.writes(&desk, "c1", "Hello").await.expect(201)["id"], first["id"]);
    assert_eq!(items(&one.thread(&desk).await).len(), 2, "message and greeting, once");
}

#[tokio::test]
async fn a_visitor_sees_nothing_of_others() {
    let desk = Desk::start().await;
    let (one, other) = (Visitor::begin(&desk).await, Visitor::begin(&desk).await);
    one.writes(&desk, "c1", "My secret").await.expect(201);
    let upload = desk.request(Method::POST, &format!("{CHAT}/attachments?name=a.txt")).bearer_auth(&one.token);
    let file = answer_of(upload.body("mine")).await.expect(201);
    let message = json!({ "client_id": "c2", "attachments": [{ "id": file["id"] }] });
    other.post(&desk, "messages", &message).await.refused(422, "attachment-unknown");
    one.post(&desk, "messages", &message).await.expect(201);
    let path = format!("{CHAT}/attachments/{}", file["id"].as_str().unwrap());
    let fetch = |token: &str| answer_of(desk.request(Method::GET, &path).bearer_auth(token));
    assert_eq!(fetch(&one.token).await.bytes, b"mine");
    fetch(&other.token).await.refused(404, "not-found");
    assert_eq!(items(&other.thread(&desk).await), Vec::<Value>::new());

    for token in ["wrong", "demo-key-ch_webchat", &desk.alice().await.token] {
        desk.post(Some(token), &format!("{CHAT}/messages"), &json!({})).await.refused(401, "unauthenticated");
    }
    let elsewhere = desk.request(Method::GET, "/v1/chat/ch_whatsapp/entries").bearer_auth(&one.token);
    answer_of(elsewhere).await.refused(401, "unauthenticated");
    let as_user = desk.request(Method::GET, "/v1/conversations").bearer_auth(&one.token);
    answer_of(as_user).await.refused(401, "unauthenticated");
    answer_of(desk.request(Method::GET, "/v1/chat/ch_whatsapp")).await.refused(404, "channel-unknown");
    desk.post(None, "/v1/chat/ch_none/sessions", &json!({})).await.refused(404, "channel-unknown");
}

#[tokio::test]
async fn a_stream_goes_on_where_it_was_left_without_holes_and_without_doubles() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let visitor = Visitor::begin(&desk).await;
    let mut stream = visitor.stream(&desk, 0).await;
    visitor.writes(&desk, "c1", "Hello").await.expect(201);
    let (first, own) = stream.next("entry").await;
    assert_eq!(own["client_id"], "c1");
    let (greeted, _) = stream.next("entry").await;
    assert!(greeted > first);
    drop(stream);

    let id = only_conversation(&desk, &alice).await["id"].as_str().unwrap().to_owned();
    for number in 0..250 {
        desk.click(&alice, &id, "replies", &json!({ "text": format!("{number}") })).await.expect(201);
    }
    let mut stream = visitor.stream(&desk, greeted.unwrap()).await;
    for number in 0..250 {
        assert_eq!(stream.next("entry").await.1["text"], number.to_string());
    }
    desk.reply(&alice, &id, "and live").await;
    assert_eq!(stream.next("entry").await.1["text"], "and live");
}

#[tokio::test]
async fn typing_and_reading_are_told_both_ways_and_leave_no_trace() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let visitor = Visitor::begin(&desk).await;
    visitor.writes(&desk, "c1", "Hello").await.expect(201);
    let id = only_conversation(&desk, &alice).await["id"].as_str().unwrap().to_owned();
    let position = visitor.thread(&desk).await["position"].as_i64().unwrap();
    let mut page = visitor.stream(&desk, position).await;
    assert_eq!(page.next("state").await.1["read_to"], 0);
    let path = |call: &str| format!("/v1/conversations/{id}/{call}");
    assert_eq!(desk.post(Some(&alice.token), &path("typing"), &json!({})).await.status, 204);
    let (no_id, typing) = page.next("typing").await;
    assert_eq!((no_id, &typing["on"]), (None, &json!(true)));
    assert_eq!(desk.post(Some(&alice.token), &path("read"), &json!({})).await.status, 204);
    assert_eq!(page.next("state").await.1["read_to"], position);

    let seq = desk.newest_seq(&alice).await;
    let request = desk.request(Method::GET, &format!("/v1/events?after={seq}&typing=true")).bearer_auth(&alice.token);
    let response = request.send().await.unwrap();
    let mut app = Stream {
        bytes: response.bytes_stream().map(|chunk| chunk.map(|chunk| chunk.to_vec())).boxed(),
        text: String::new(),
    };
    assert_eq!(visitor.post(&desk, "typing", &json!({})).await.status, 204);
    let (no_id, typing) = app.next("customer.typing").await;
    assert_eq!((no_id, &typing["conversation_id"], &typing["on"]), (None, &json!(id), &json!(true)));
    assert_eq!(desk.newest_seq(&alice).await, seq, "never stored");
}

#[tokio::test]
async fn what_the_page_has_is_delivered_and_what_the_customer_saw_is_read() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let visitor = Visitor::begin(&desk).await;
    visitor.writes(&desk, "c1", "Hello").await.expect(201);
    let id = only_conversation(&desk, &alice).await["id"].as_str().unwrap().to_owned();
    desk.reply(&alice, &id, "Hi").await;
    let states = || async {
        let timeline = desk.timeline(&alice, &id).await;
        let replies = timeline.iter().filter(|entry| entry["kind"] == "reply");
        replies.map(|entry| entry["delivery"]["status"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let newest = visitor.thread(&desk).await["position"].as_i64().unwrap();
    let seen = |delivered_to: i64, read_to: i64| json!({ "delivered_to": delivered_to, "read_to": read_to });
    assert_eq!(visitor.post(&desk, "seen", &seen(newest, 0)).await.status, 204);
    assert_eq!(states().await, ["delivered", "delivered"]);
    assert_eq!(visitor.post(&desk, "seen", &seen(newest, newest - 1)).await.status, 204);
    assert_eq!(states().await, ["read", "delivered"]);
    assert_eq!(visitor.post(&desk, "seen", &seen(i64::MAX, i64::MAX)).await.status, 204);
    assert_eq!(states().await, ["read", "read"]);
    let seq = desk.newest_seq(&alice).await;
    visitor.post(&desk, "seen", &seen(newest, newest)).await;
    assert_eq!(desk.newest_seq(&alice).await, seq, "said again, it changes nothing");
}

#[tokio::test]
async fn bad_messages_are_refused_and_change_nothing() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let visitor = Visitor::begin(&desk).await;
    let seq = desk.newest_seq(&alice).await;
    for (body, status, code) in [
        (json!({ "client_id": "c", "text": " \n\u{2003}" }), 422, "message-empty"),
        (json!({ "client_id": "", "text": "x" }), 422, "invalid-body"),
        (json!({ "client_id": "x".repeat(81), "text": "x" }), 422, "invalid-body"),
        (json!({ "client_id": "a\u{7}", "text": "x" }), 422, "invalid-value"),
        (json!({ "client_id": "c", "text": "x".repeat(20_001) }), 422, "message-too-long"),
        (json!({ "text": "x" }), 422, "invalid-body"),
        (json!({ "client_id": "c", "text": 7 }), 422, "invalid-body"),
        (json!({ "client_id": "c", "text": "x", "attachments": [{ "id": "att_none" }] }), 422, "attachment-unknown"),
        (json!({ "client_id": "c", "text": "x".repeat(1_100_000) }), 413, "body-too-large"),
    ] {
        visitor.post(&desk, "messages", &body).await.refused(status, code);
    }
    for unfit in [
        json!({ "delivered_to": "x" }),
        json!({ "delivered_to": 0, "read_to": -1 }),
        json!({ "delivered_to": i64::MIN, "read_to": 0 }),
    ] {
        visitor.post(&desk, "seen", &unfit).await.refused(422, "invalid-body");
    }
    desk.post(None, &format!("{CHAT}/sessions"), &json!({ "name": "x".repeat(81) }))
        .await
        .refused(422, "invalid-value");
    assert_eq!(desk.newest_seq(&alice).await, seq);
    visitor.writes(&desk, &"é".repeat(80), "Characters are counted, not bytes").await.expect(201);
}

/// Buckets are by visitor and by address; the clock of the test stands still, so nothing fills up again.
#[tokio::test]
async fn a_flood_is_slowed_down_and_nobody_else_is() {
    let desk = Desk::start().await;
    let (flood, calm) = (Visitor::begin(&desk).await, Visitor::begin(&desk).await);
    let mut taken = 0;
    let slowed = loop {
        let answer = flood.writes(&desk, &format!("c{taken}"), "x").await;
        if answer.status != 201 {
            break answer;
        }
        taken += 1;
    };
    assert_eq!(taken, 20);
    assert!(slowed.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() >= 1);
    assert_eq!(slowed.refused(429, "rate-limited")["retryable"], true);
    calm.writes(&desk, "c1", "I only have one question").await.expect(201);
    desk.later(chrono::TimeDelta::seconds(2));
    flood.writes(&desk, "later", "x").await.expect(201);
}

#[tokio::test]
async fn the_page_runs_only_its_own_scripts_and_only_where_the_channel_allows() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    let policy = |answer: &Answer| answer.headers["content-security-policy"].to_str().unwrap().to_owned();
    let page = answer_of(desk.request(Method::GET, "/chat/ch_webchat")).await;
    assert_eq!(page.status, 200);
    assert!(policy(&page).ends_with("frame-ancestors 'self'"), "{}", policy(&page));
    assert!(policy(&page).starts_with("default-src 'none'; script-src 'self'; style-src 'self';"));
    let html = String::from_utf8(page.bytes).unwrap();
    assert!(!html.contains("__CHANNEL__") && !html.contains("<script>") && !html.contains("style="));

    let mut rules = desk.get(&admin, "/v1/admin/channels/ch_webchat").await.expect(200)["rules"].clone();
    rules["chat"]["allowed_origins"] = json!(["https://shop.example", "http://localhost:3000"]);
    rules["chat"]["colour"] = json!("#aa3300");
    let put = desk.request(Method::PUT, "/v1/admin/channels/ch_webchat").bearer_auth(&admin.token);
    answer_of(put.header("If-Match", "*").json(&rules)).await.expect(200);
    let page = answer_of(desk.request(Method::GET, "/chat/ch_webchat")).await;
    assert!(policy(&page).ends_with("frame-ancestors 'self' https://shop.example http://localhost:3000"));
    let embed = answer_of(desk.request(Method::GET, "/chat/ch_webchat/embed.js")).await;
    assert!(String::from_utf8(embed.bytes).unwrap().contains("#aa3300"));
    for part in html.split("ch_webchat/parts/").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        let file = answer_of(desk.request(Method::GET, &format!("/chat/ch_webchat/parts/{part}"))).await;
        assert_eq!((file.status.as_u16(), &file.headers["x-content-type-options"]), (200, &"nosniff".parse().unwrap()));
        let known = desk.request(Method::GET, &format!("/chat/ch_webchat/parts/{part}"));
        assert_eq!(answer_of(known.header("If-None-Match", &file.headers["etag"])).await.status, 304);
    }
    for nothing in ["/chat/ch_none", "/chat/ch_whatsapp", "/chat/%22%3E%3Cscript%3E", "/chat/ch_none/embed.js"] {
        answer_of(desk.request(Method::GET, nothing)).await.refused(404, "channel-unknown");
    }
    answer_of(desk.request(Method::GET, "/chat/ch_webchat/parts/..%2f..%2fCargo.toml")).await.refused(404, "not-found");
}
