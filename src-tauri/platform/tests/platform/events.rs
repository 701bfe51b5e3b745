//! The event log, paged and streamed.

use std::time::Duration;

use chrono::TimeDelta;
use futures_util::StreamExt;
use serde_json::{Value, json};

use signoff_platform::demo_blueprint;

use crate::desk::{Desk, MESSENGER, Person, WEBCHAT, column};

/// A stream, read event by event.
struct Stream {
    bytes: futures_util::stream::BoxStream<'static, reqwest::Result<Vec<u8>>>,
    text: String,
}

#[derive(Debug, PartialEq)]
struct Event {
    id: i64,
    event: String,
    data: Value,
}

impl Stream {
    async fn open(desk: &Desk, person: &Person, query: &str, last_event_id: Option<i64>) -> Self {
        let mut request = desk.request(reqwest::Method::GET, &format!("/v1/events{query}")).bearer_auth(&person.token);
        if let Some(id) = last_event_id {
            request = request.header("Last-Event-ID", id.to_string());
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let bytes = response.bytes_stream().map(|chunk| chunk.map(|chunk| chunk.to_vec())).boxed();
        let mut stream = Self { bytes, text: String::new() };
        assert!(stream.block().await.unwrap().starts_with(':'), "opens with a comment");
        stream
    }

    async fn block(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.text.find("\n\n") {
                let block = self.text[..end].to_owned();
                self.text.drain(..end + 2);
                return Some(block);
            }
            let chunk =
                tokio::time::timeout(Duration::from_secs(20), self.bytes.next()).await.expect("something comes");
            self.text.push_str(std::str::from_utf8(&chunk?.ok()?).unwrap());
        }
    }

    async fn event(&mut self) -> Event {
        loop {
            let block = self.block().await.expect("the stream goes on");
            if block.starts_with(':') {
                continue;
            }
            let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).unwrap().to_owned();
            return Event {
                id: field("id: ").parse().unwrap(),
                event: field("event: "),
                data: serde_json::from_str(&field("data: ")).unwrap(),
            };
        }
    }
}

#[tokio::test]
async fn the_stream_and_the_pages_tell_the_same() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    desk.writes(WEBCHAT, "zoe", "Hello, my order").await;
    let changes = desk.changes(&alice, 0).await;
    let mut stream = Stream::open(&desk, &alice, "?after=0", None).await;
    for change in &changes {
        let event = stream.event().await;
        assert_eq!(json!({ "seq": event.id, "type": event.event, "data": event.data }), *change);
    }
    let seqs: Vec<i64> = changes.iter().map(|change| change["seq"].as_i64().unwrap()).collect();
    assert!(seqs.is_sorted_by(|a, b| a < b), "strictly increasing");
}

#[tokio::test]
async fn a_stream_starts_now_and_last_event_id_wins() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    desk.writes(WEBCHAT, "zoe", "Hello").await;
    let seqs: Vec<i64> = desk.changes(&alice, 0).await.iter().map(|event| event["seq"].as_i64().unwrap()).collect();

    let mut now = Stream::open(&desk, &alice, "", None).await;
    let mut resumed = Stream::open(&desk, &alice, "?after=0", Some(seqs[1])).await;
    assert_eq!(resumed.event().await.id, seqs[2]);
    desk.writes(WEBCHAT, "yan", "Hello").await;
    let live = now.event().await;
    assert_eq!(live.event, "conversation.started");
    assert!(live.id > *seqs.last().unwrap());
}

#[tokio::test]
async fn changes_page_without_holes() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    for customer in ["a", "b", "c"] {
        desk.writes(WEBCHAT, customer, "Hello").await;
    }
    let (mut after, mut paged) = (0, Vec::new());
    loop {
        let page = desk.get(&alice, &format!("/v1/changes?after={after}&limit=5")).await.expect(200);
        paged.extend(crate::desk::items(&page));
        after = page["next"].as_i64().unwrap();
        if page["more"] == false {
            break;
        }
    }
    assert_eq!(paged, desk.changes(&alice, 0).await);
    let caught_up = desk.get(&alice, &format!("/v1/changes?after={after}")).await.expect(200);
    assert_eq!(caught_up, json!({ "items": [], "next": after, "more": false }));
}

#[tokio::test]
async fn a_sequence_that_is_too_old_gets_one_reset() {
    let mut desk = Desk::start().await;
    let alice = desk.alice().await;
    desk.writes(WEBCHAT, "zoe", "Hello").await;
    let newest = desk.newest_seq(&alice).await;
    desk.later(TimeDelta::days(31));
    desk.restart().await;
    let alice = {
        drop(alice);
        desk.alice().await
    };
    // The upkeep of the restart runs beside it.
    let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
    let changes = loop {
        let changes = desk.get(&alice, "/v1/changes?after=0").await.expect(200);
        if changes["items"][0]["type"] == "reset" {
            break changes;
        }
        assert!(tokio::time::Instant::now() < deadline, "old events are forgotten: {changes}");
        tokio::task::yield_now().await;
    };
    assert_eq!(changes["items"], json!([{ "seq": newest, "type": "reset", "data": {} }]));
    assert_eq!(changes["next"], newest);
    let mut stream = Stream::open(&desk, &alice, "?after=0", None).await;
    assert_eq!(stream.event().await, Event { id: newest, event: "reset".to_owned(), data: json!({}) });
    desk.writes(WEBCHAT, "yan", "Hello").await;
    assert_eq!(stream.event().await.event, "conversation.started", "one reset, then life goes on");
}

#[tokio::test]
async fn versions_rise_with_every_event_of_a_conversation() {
    let desk = Desk::start().await;
    desk.allow_manual_close(true).await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "My order").await;
    desk.close(&alice, &came.conversation, &came.message).await.expect(201);
    let events = desk.changes(&alice, 0).await;
    let versions: Vec<i64> = events
        .iter()
        .filter(|event| event["data"]["conversation"].is_object())
        .map(|event| event["data"]["version"].as_i64().unwrap())
        .collect();
    assert!(versions.is_sorted_by(|a, b| a < b), "{versions:?}");
    assert_eq!(column(&events, "type").last(), Some(&"action.recorded"));
}

#[tokio::test]
async fn a_stream_ends_with_its_token_and_with_the_platform() {
    let desk = Desk::start().await;
    let (alice, bob) = (desk.alice().await, desk.bob().await);
    let mut revoked = Stream::open(&desk, &alice, "", None).await;
    let out = desk.request(reqwest::Method::DELETE, "/v1/sessions/current").bearer_auth(&alice.token);
    out.send().await.unwrap();
    desk.writes(WEBCHAT, "zoe", "Hello").await;
    assert_eq!(revoked.block().await, None, "nothing more for a dead token");

    let mut open = Stream::open(&desk, &bob, "", None).await;
    desk.stop().await;
    assert_eq!(open.block().await, None);
}

#[tokio::test]
async fn a_stream_ends_with_its_token() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let mut stream = Stream::open(&desk, &alice, "", None).await;
    let gone = desk.request(reqwest::Method::DELETE, "/v1/sessions/current").bearer_auth(&alice.token);
    assert_eq!(gone.send().await.unwrap().status(), 204);
    assert_eq!(stream.block().await, None, "at once, though nothing was announced");
    desk.get(&alice, "/v1/me").await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn a_live_stream_shows_what_one_may_see() {
    let mut blueprint = demo_blueprint();
    let bob = blueprint.users.iter_mut().find(|user| user.email == "bob@demo.test").unwrap();
    bob.teams = vec!["team_billing".to_owned()];
    bob.channels = vec![WEBCHAT.to_owned()];
    let desk = Desk::start_with(blueprint).await;
    let (alice, bob) = (desk.alice().await, desk.bob().await);
    let place = desk.newest_seq(&bob).await;
    let mut stream = Stream::open(&desk, &bob, "", None).await;
    let billing = desk.writes(WEBCHAT, "a", "My invoice").await.conversation;
    desk.writes(WEBCHAT, "b", "My parcel").await;
    desk.writes(MESSENGER, "c", "My invoice").await;
    desk.click(&alice, &billing, "route", &json!({ "team_id": "team_orders" })).await.expect(201);
    desk.reply(&alice, &billing, "Not for his eyes").await;
    desk.writes(WEBCHAT, "d", "Hello").await;
    let changes = desk.changes(&bob, place).await;
    assert!(changes.len() > 3, "something is to be seen: {changes:#?}");
    for change in &changes {
        let event = stream.event().await;
        assert_eq!(json!({ "seq": event.id, "type": event.event, "data": event.data }), *change);
    }
}

#[tokio::test]
async fn whoever_reads_slowly_holds_up_nobody_and_misses_nothing() {
    // However long a busy machine takes: being hung up on is another test's subject.
    let patient = Duration::from_secs(3600);
    let desk = Desk::start_as(demo_blueprint(), |options| options.serving.limits.write_timeout = patient).await;
    let alice = desk.alice().await;
    let place = desk.newest_seq(&alice).await;
    let mut slow = Stream::open(&desk, &alice, "", None).await;
    let mut quick = Stream::open(&desk, &alice, "", None).await;
    let long = "x".repeat(100_000);
    for number in 0..150 {
        // More than the kernel takes for somebody who does not read, and more than the platform keeps.
        desk.writes(WEBCHAT, "zoe", &format!("{number} {long}")).await;
        while quick.event().await.event != "message.received" {}
    }
    let mut after = place;
    loop {
        let changes = desk.changes(&alice, after).await;
        let Some(last) = changes.last() else { break };
        after = last["seq"].as_i64().unwrap();
        for change in &changes {
            let event = slow.event().await;
            assert_eq!(
                (event.id, event.event.as_str()),
                (change["seq"].as_i64().unwrap(), change["type"].as_str().unwrap())
            );
        }
    }
}
