//! Which conversation a customer's message belongs to (R9, D13).

use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::desk::{Desk, Inbound, WEBCHAT, WHATSAPP, column};

#[tokio::test]
async fn r9_a_message_within_the_window_continues_and_replies_do_not_extend_it() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let first = desk.writes(WEBCHAT, "zoe", "Hello").await;
    desk.later(TimeDelta::hours(95));
    desk.reply(&alice, &first.conversation, "Sorry for the delay").await;
    let second = desk.writes(WEBCHAT, "zoe", "No problem").await;
    assert_eq!((second.new, &second.conversation), (false, &first.conversation));

    desk.later(TimeDelta::hours(95));
    desk.reply(&alice, &first.conversation, "Anything else?").await;
    desk.later(TimeDelta::hours(1));
    let third = desk.writes(WEBCHAT, "zoe", "Yes").await;
    assert!(third.new, "96 hours after the customer's own message");

    let old = desk.conversation(&alice, &first.conversation).await;
    let by_window = json!({ "kind": "window", "id": null, "name": null });
    assert_eq!((&old["status"], &old["closed_by"]), (&json!("closed"), &by_window));
    let new = desk.conversation(&alice, &third.conversation).await;
    assert_eq!(new["previous_conversation_id"], first.conversation.as_str());
    assert_eq!(new["previous_closed_by"], by_window);
}

#[tokio::test]
async fn r9_each_channel_has_its_own_window() {
    let desk = Desk::start().await;
    desk.writes(WHATSAPP, "zoe", "Hello").await;
    desk.later(TimeDelta::hours(119));
    assert!(!desk.writes(WHATSAPP, "zoe", "Still here").await.new);
    desk.later(TimeDelta::hours(121));
    assert!(desk.writes(WHATSAPP, "zoe", "Still here").await.new);
}

#[tokio::test]
async fn r9_until_the_next_message_the_old_conversation_is_open() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    desk.later(TimeDelta::days(20));
    assert_eq!(desk.conversation(&alice, &came.conversation).await["status"], "open");
    desk.reply(&alice, &came.conversation, "Web chat takes replies at any time").await;
}

#[tokio::test]
async fn r9_d13_after_a_closing_the_next_message_starts_anew_inside_the_window() {
    let desk = Desk::start().await;
    desk.allow_manual_close(true).await;
    let alice = desk.alice().await;
    let first = desk.writes(WEBCHAT, "zoe", "About my order").await;
    desk.click(&alice, &first.conversation, "tags", &json!({ "tags": ["billing"] })).await.expect(201);
    desk.click(&alice, &first.conversation, "assign", &json!({ "user_id": alice.id })).await.expect(201);
    desk.close(&alice, &first.conversation, &first.message).await.expect(201);
    let seq = desk.newest_seq(&alice).await;
    let second = desk.writes(WEBCHAT, "zoe", "Thanks").await;
    assert!(second.new);

    let new = desk.conversation(&alice, &second.conversation).await;
    assert_eq!(new["previous_closed_by"], json!({ "kind": "advisor", "id": alice.id, "name": "Alice Lefranc" }));
    assert_eq!((&new["tags"], &new["assignee"], &new["team"]), (&json!([]), &Value::Null, &Value::Null));
    assert_eq!(new["state"], "received");
    let events = desk.changes(&alice, seq).await;
    assert_eq!(
        column(&events, "type"),
        ["conversation.started", "message.received", "reply.sent", "action.recorded"],
        "the scenario starts from its beginning"
    );
    assert_eq!(events[0]["data"]["previous_conversation_id"], first.conversation.as_str());
    assert_eq!(events[0]["data"]["previous_closed_by"], new["previous_closed_by"]);
    assert_eq!(events[0]["data"]["conversation"]["id"], second.conversation.as_str());
    assert_eq!(events[2]["data"]["client_key"], Value::Null, "the scenario's");
}

#[tokio::test]
async fn r9_routing_rules_apply_to_new_conversations_only() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let plain = desk.writes(WEBCHAT, "zoe", "Hello there").await;
    assert_eq!(desk.conversation(&alice, &plain.conversation).await["team"], Value::Null);
    desk.writes(WEBCHAT, "zoe", "My INVOICE is wrong").await;
    assert_eq!(desk.conversation(&alice, &plain.conversation).await["team"], Value::Null);
    let billing = desk.writes(WEBCHAT, "yan", "My INVOICE is wrong").await;
    assert_eq!(desk.conversation(&alice, &billing.conversation).await["team"]["id"], "team_billing");
}

#[tokio::test]
async fn the_same_external_id_is_the_same_message_once() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let message = json!({ "external_id": "m-1", "text": "Hello" });
    let first = desk.inbound(WEBCHAT, "zoe", message.clone()).await;
    desk.later(TimeDelta::days(10));
    assert_eq!(desk.inbound(WEBCHAT, "zoe", message.clone()).await, first);
    let timeline = desk.timeline(&alice, first["conversation_id"].as_str().unwrap()).await;
    assert_eq!(timeline.iter().filter(|entry| entry["kind"] == "message").count(), 1);
    let elsewhere = desk.inbound(WHATSAPP, "zoe", message).await;
    assert_ne!(elsewhere["message_id"], first["message_id"], "another channel, another message");
}

#[tokio::test]
async fn a_channel_says_when_but_never_in_the_future() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let at = |at: &str| json!({ "external_id": Uuid::now_v7().to_string(), "text": "Hello", "at": at });
    let past: Inbound = desk.inbound(WEBCHAT, "zoe", at("2026-03-02T10:00:00+01:00")).await.into();
    let past = desk.conversation(&alice, &past.conversation).await;
    assert_eq!(past["opened_at"], "2026-03-02T09:00:00.000Z");
    assert_eq!(past["last_customer_message_at"], "2026-03-02T09:00:00.000Z");
    let future: Inbound = desk.inbound(WEBCHAT, "yan", at("2027-01-01T00:00:00Z")).await.into();
    assert_eq!(desk.conversation(&alice, &future.conversation).await["opened_at"], "2026-03-02T12:00:00.000Z");
}

#[tokio::test]
async fn a_reply_answers_and_the_next_message_brings_it_back() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    desk.reply(&alice, &came.conversation, "Hi").await;
    assert_eq!(desk.conversation(&alice, &came.conversation).await["state"], "answered");
    desk.writes(WEBCHAT, "zoe", "Thanks").await;
    assert_eq!(desk.conversation(&alice, &came.conversation).await["state"], "received");
    desk.click(&alice, &came.conversation, "archive", &json!({})).await.expect(201);
    assert_eq!(desk.conversation(&alice, &came.conversation).await["state"], "archived");
    desk.writes(WEBCHAT, "zoe", "Oh, and").await;
    let back = desk.conversation(&alice, &came.conversation).await;
    assert_eq!((&back["state"], &back["status"]), (&json!("received"), &json!("open")));
}
