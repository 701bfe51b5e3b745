//! Send + Close (R3 to R8, D4 to D9).

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::desk::{Desk, MESSENGER, WEBCHAT, WHATSAPP, closing, column};

#[tokio::test]
async fn r3_d4_reply_survey_and_closing_are_one() {
    let desk = Desk::start().await;
    desk.allow_manual_close(true).await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let seq = desk.newest_seq(&alice).await;
    desk.later(TimeDelta::minutes(3));
    let receipt = desk.close(&alice, &came.conversation, &came.message).await.expect(201);

    let now = "2026-03-02T12:03:00.000Z";
    assert_eq!(receipt["reply"]["at"], now);
    assert_eq!(receipt["survey"], json!({ "status": "sent", "at": now }));
    assert_eq!(receipt["closed"], json!({ "at": now }));
    let after = desk.conversation(&alice, &came.conversation).await;
    assert_eq!((&after["status"], &after["state"]), (&json!("closed"), &json!("closed")));
    assert_eq!(after["closed_by"], json!({ "kind": "advisor", "id": alice.id, "name": "Alice Lefranc" }));
    assert_eq!(after["closed_at"], now);
    assert_eq!(after["version"], receipt["version"]);

    let events = desk.changes(&alice, seq).await;
    assert_eq!(
        column(&events, "type"),
        ["reply.sent", "survey.sent", "conversation.closed", "action.recorded", "action.recorded"],
        "R3: in this order, next to each other"
    );
    assert!(events.iter().all(|event| event["data"]["conversation_id"] == came.conversation.as_str()));
    assert_eq!(events[0]["data"]["client_key"], receipt["idempotency_key"], "D5");
}

#[tokio::test]
async fn r6_the_closing_is_an_action_that_names_its_answer() {
    let desk = Desk::start().await;
    desk.allow_manual_close(true).await;
    let alice = desk.alice().await;
    let came = desk.writes(MESSENGER, "zoe", "Hello").await;
    let mut body = closing("Bye", &came.message);
    body["origin"] = json!("crm_widget");
    let receipt = desk.click(&alice, &came.conversation, "close", &body).await.expect(201);
    assert_eq!(receipt["survey"], json!({ "status": "none" }), "Messenger has no survey");

    let actions = desk.actions(&alice, &format!("conversation={}&author=advisor", came.conversation)).await;
    assert_eq!(column(&actions, "type"), ["close-conversation", "answer"]);
    assert_eq!(actions[0]["id"], receipt["action_id"]);
    assert_eq!(actions[0]["answer_action_id"], actions[1]["id"]);
    assert_eq!(column(&actions, "origin"), ["crm_widget", "crm_widget"], "R12");
    assert_eq!(actions[0]["at"], receipt["closed"]["at"]);
    assert_eq!(actions[0]["survey_status"], "none");
}

#[tokio::test]
async fn d8_nothing_is_applied_while_the_feature_is_off() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let before = desk.conversation(&alice, &came.conversation).await;
    desk.close(&alice, &came.conversation, &came.message).await.refused(403, "close-disabled");
    assert_eq!(desk.conversation(&alice, &came.conversation).await, before);
}

#[tokio::test]
async fn d6_nothing_is_applied_if_the_customer_wrote_since() {
    let desk = Desk::start().await;
    desk.allow_manual_close(true).await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let again = desk.writes(WEBCHAT, "zoe", "One more thing").await;
    for seen in [came.message.as_str(), "anything else", ""] {
        let problem = desk.close(&alice, &came.conversation, seen).await.refused(412, "customer-wrote-since");
        assert_eq!(problem["last_customer_message_id"], again.message.as_str());
    }
    let unseen = json!({ "reply": { "text": "Bye" }, "last_seen_message_id": null, "origin": "console" });
    desk.click(&alice, &came.conversation, "close", &unseen).await.refused(412, "customer-wrote-since");
    assert_eq!(
        desk.timeline(&alice, &came.conversation).await.iter().filter(|e| e["author"]["kind"] == "advisor").count(),
        0
    );
    desk.close(&alice, &came.conversation, &again.message).await.expect(201);
}

#[tokio::test]
async fn d7_closed_by_a_colleague_names_the_newer_conversation() {
    let desk = Desk::start().await;
    desk.allow_manual_close(true).await;
    let (alice, bob) = (desk.alice().await, desk.bob().await);
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    desk.close(&bob, &came.conversation, &came.message).await.expect(201);
    let problem = desk.close(&alice, &came.conversation, &came.message).await.refused(409, "conversation-closed");
    assert_eq!(problem.get("newer_conversation_id"), None);

    let back = desk.writes(WEBCHAT, "zoe", "Me again").await;
    let problem = desk.close(&alice, &came.conversation, &came.message).await.refused(409, "conversation-closed");
    assert_eq!(problem["newer_conversation_id"], back.conversation.as_str());
}

#[tokio::test]
async fn r4_no_close_without_a_reply() {
    let desk = Desk::start().await;
    desk.allow_manual_close(true).await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    for text in ["", " \n\t", "\u{2003}\u{a0}\u{3000}"] {
        let answer = desk.click(&alice, &came.conversation, "close", &closing(text, &came.message)).await;
        answer.refused(422, "reply-empty");
    }
    for body in [json!({}), json!({ "last_seen_message_id": came.message }), json!({ "reply": { "text": "Bye" } })] {
        desk.click(&alice, &came.conversation, "close", &body).await.refused(422, "invalid-body");
    }
    assert_eq!(desk.conversation(&alice, &came.conversation).await["status"], "open");
}

#[tokio::test]
async fn d9_outside_the_reply_window_everything_is_refused() {
    let desk = Desk::start().await;
    desk.allow_manual_close(true).await;
    let alice = desk.alice().await;
    let came = desk.writes(WHATSAPP, "zoe", "Hello").await;
    desk.later(TimeDelta::hours(24));
    let at_the_end = desk.conversation(&alice, &came.conversation).await;
    assert_eq!(at_the_end["reply_window_ends_at"], "2026-03-03T12:00:00.000Z");
    desk.later(TimeDelta::seconds(1));
    desk.close(&alice, &came.conversation, &came.message).await.refused(422, "reply-window-expired");
    let reply = json!({ "text": "Still there?" });
    desk.click(&alice, &came.conversation, "replies", &reply).await.refused(422, "reply-window-expired");
    assert_eq!(desk.conversation(&alice, &came.conversation).await["version"], at_the_end["version"]);
}

#[tokio::test]
async fn r8_closed_is_final_for_everybody() {
    let desk = Desk::start().await;
    desk.allow_manual_close(true).await;
    let admin = desk.admin().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    desk.close(&admin, &came.conversation, &came.message).await.expect(201);
    let bodies: [(&str, Value); 9] = [
        ("replies", json!({ "text": "one more" })),
        ("archive", json!({})),
        ("assign", json!({ "user_id": admin.id })),
        ("assign", json!({ "user_id": null })),
        ("release", json!({})),
        ("hold", json!({})),
        ("help-request", json!({})),
        ("tags", json!({ "tags": ["billing"] })),
        ("route", json!({ "team_id": "team_billing" })),
    ];
    for (call, body) in bodies {
        desk.click(&admin, &came.conversation, call, &body).await.refused(409, "conversation-closed");
    }
    desk.click(&admin, &came.conversation, "notes", &json!({ "text": "was nice" })).await.expect(201);
    assert_eq!(desk.conversation(&admin, &came.conversation).await["state"], "closed");
}

#[tokio::test]
async fn the_checks_come_in_the_order_of_the_contract() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let came = desk.writes(WHATSAPP, "zoe", "Hello").await;
    let (id, seen) = (came.conversation.as_str(), came.message.as_str());
    desk.later(TimeDelta::hours(25));

    let everything_wrong = closing("", "wrong");
    desk.click(&alice, "conv_none", "close", &everything_wrong).await.refused(404, "conversation-unknown");
    desk.click(&alice, id, "close", &everything_wrong).await.refused(403, "close-disabled");
    desk.allow_manual_close(true).await;
    desk.click(&alice, id, "close", &everything_wrong).await.refused(412, "customer-wrote-since");
    desk.click(&alice, id, "close", &closing("", seen)).await.refused(422, "reply-empty");
    let long = "x".repeat(4097);
    let too_long = desk.click(&alice, id, "close", &closing(&long, seen)).await.refused(422, "reply-too-long");
    assert_eq!(too_long["limit"], 4096);
    desk.click(&alice, id, "close", &closing("Bye", seen)).await.refused(422, "reply-window-expired");

    let fresh = desk.writes(WHATSAPP, "zoe", "Hello?").await;
    desk.close(&alice, id, &fresh.message).await.expect(201);
    desk.click(&alice, id, "close", &everything_wrong).await.refused(409, "conversation-closed");
    desk.allow_manual_close(false).await;
    desk.click(&alice, id, "close", &everything_wrong).await.refused(403, "close-disabled");
}

#[tokio::test]
async fn reply_limits_count_characters_and_texts_are_kept_exactly() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    for (channel, limit) in [(WEBCHAT, 20_000), (WHATSAPP, 4_096), (MESSENGER, 2_000)] {
        let came = desk.writes(channel, "zoe", "Hello").await;
        let fits = "🦊".repeat(limit);
        desk.reply(&alice, &came.conversation, &fits).await;
        let too_long = json!({ "text": format!("{fits}x") });
        desk.click(&alice, &came.conversation, "replies", &too_long).await.refused(422, "reply-too-long");
    }
    let odd = " \u{202e}mirrored\u{202c}\t<script>alert('x')</script>\n e\u{301} \u{0}\u{1} ";
    let came = desk.writes(WEBCHAT, "odd", odd).await;
    desk.reply(&alice, &came.conversation, odd).await;
    let timeline = desk.timeline(&alice, &came.conversation).await;
    assert_eq!(timeline.first().unwrap()["text"], odd);
    assert_eq!(timeline.last().unwrap()["text"], odd);
    assert_eq!(desk.outbound(WEBCHAT).await.last().unwrap()["text"], odd);
}
