//! The side that faces the customer: keys, outbound, deliveries (D12).

use reqwest::Method;
use serde_json::{Value, json};

use crate::desk::{Answer, Desk, MESSENGER, WEBCHAT, answer_of, column, items};

async fn report(desk: &Desk, channel: &str, body: &Value) -> Answer {
    desk.post(Some(&format!("demo-key-{channel}")), &format!("/v1/channels/{channel}/deliveries"), body).await
}

#[tokio::test]
async fn only_its_own_key_opens_a_channel() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let body =
        json!({ "customer": { "external_id": "zoe", "name": "Zoe" }, "message": { "external_id": "1", "text": "Hi" } });
    for key in ["wrong", "demo-key-ch_whatsapp", &alice.token] {
        desk.post(Some(key), "/v1/channels/ch_webchat/inbound", &body).await.refused(401, "channel-key-wrong");
        let outbound = desk.request(Method::GET, "/v1/channels/ch_webchat/outbound").bearer_auth(key);
        answer_of(outbound).await.refused(401, "channel-key-wrong");
        desk.post(Some(key), "/v1/channels/ch_webchat/deliveries", &json!({})).await.refused(401, "channel-key-wrong");
    }
    desk.post(None, "/v1/channels/ch_webchat/inbound", &body).await.refused(401, "unauthenticated");
    desk.post(Some("demo-key-ch_none"), "/v1/channels/ch_none/inbound", &body).await.refused(401, "channel-key-wrong");
    let request = desk.request(Method::GET, "/v1/me").bearer_auth("demo-key-ch_webchat");
    answer_of(request).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn outbound_lists_replies_and_surveys_in_order() {
    let desk = Desk::start().await;
    desk.allow_manual_close(true).await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let receipt = desk.close(&alice, &came.conversation, &came.message).await.expect(201);
    desk.writes(MESSENGER, "zoe", "Hello").await;

    let all = desk.outbound(WEBCHAT).await;
    assert_eq!(column(&all, "kind"), ["reply", "reply", "survey"], "the scenario's, the advisor's, the survey");
    assert_eq!(all[1]["id"], receipt["reply"]["message_id"]);
    assert_eq!(all[1]["text"], "All settled. Goodbye!");
    assert!(all[1].get("survey_token").is_none() && all[2]["survey_token"].is_string());
    assert!(all.iter().all(|item| item["conversation_id"] == came.conversation.as_str()));

    let after = all[1]["seq"].as_i64().unwrap();
    let path = format!("/v1/channels/{WEBCHAT}/outbound?after={after}");
    let rest = answer_of(desk.request(Method::GET, &path).bearer_auth("demo-key-ch_webchat")).await.expect(200);
    assert_eq!(items(&rest), all[2..]);
    assert_eq!(rest["next"], all[2]["seq"]);
}

#[tokio::test]
async fn d12_a_failed_delivery_is_marked_recorded_and_announced_and_reopens_nothing() {
    let desk = Desk::start().await;
    desk.allow_manual_close(true).await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let receipt = desk.close(&alice, &came.conversation, &came.message).await.expect(201);
    let reply_id = &receipt["reply"]["message_id"];
    let seq = desk.newest_seq(&alice).await;
    let failed = json!({ "reply_id": reply_id, "status": "failed", "reason": "blocked" });
    assert_eq!(report(&desk, WEBCHAT, &failed).await.expect(200), json!({}));
    report(&desk, WEBCHAT, &failed).await.expect(200);
    let otherwise = json!({ "reply_id": reply_id, "status": "failed", "reason": "blocked for good" });
    report(&desk, WEBCHAT, &otherwise).await.expect(200);

    let timeline = desk.timeline(&alice, &came.conversation).await;
    let entry = timeline.iter().find(|entry| entry["id"] == *reply_id).unwrap();
    assert_eq!(entry["delivery"], json!({ "status": "failed", "reason": "blocked" }));
    let events = desk.changes(&alice, seq).await;
    assert_eq!(column(&events, "type"), ["reply.delivery", "action.recorded"], "once, whatever is repeated");
    assert_eq!(events[0]["data"]["message_id"], *reply_id);
    let actions = desk.actions(&alice, &format!("conversation={}", came.conversation)).await;
    assert_eq!(column(&actions, "type")[0], "execute-answer");
    assert_eq!(actions[0]["status"], "fail");
    let answer = actions.iter().find(|a| a["type"] == "answer" && a["author_is_bot"] == false).unwrap();
    assert_eq!(actions[0]["answer_action_id"], answer["id"]);
    assert_eq!(desk.conversation(&alice, &came.conversation).await["status"], "closed", "R8");

    // A channel that changes its mind twice: the state follows, the failure is recorded once.
    for status in ["delivered", "failed"] {
        report(&desk, WEBCHAT, &json!({ "reply_id": reply_id, "status": status, "reason": "gone" })).await.expect(200);
    }
    let timeline = desk.timeline(&alice, &came.conversation).await;
    let entry = timeline.iter().find(|entry| entry["id"] == *reply_id).unwrap();
    assert_eq!(entry["delivery"], json!({ "status": "failed", "reason": "gone" }));
    let actions = desk.actions(&alice, &format!("conversation={}", came.conversation)).await;
    assert_eq!(column(&actions, "type").iter().filter(|kind| **kind == "execute-answer").count(), 1);
}

#[tokio::test]
async fn deliveries_of_what_is_no_reply_of_the_channel_are_refused() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let receipt = desk.reply(&alice, &came.conversation, "Hi").await;
    let of = |id: &Value, status: &str| json!({ "reply_id": id, "status": status });
    let reply_id = &receipt["reply"]["message_id"];
    report(&desk, WEBCHAT, &of(&json!("reply_none"), "delivered")).await.refused(404, "reply-unknown");
    report(&desk, WEBCHAT, &of(&json!(came.message), "delivered")).await.refused(404, "reply-unknown");
    report(&desk, MESSENGER, &of(reply_id, "delivered")).await.refused(404, "reply-unknown");
    report(&desk, WEBCHAT, &of(reply_id, "pending")).await.refused(422, "invalid-body");
    report(&desk, WEBCHAT, &json!({ "reply_id": reply_id })).await.refused(422, "invalid-body");
    report(&desk, WEBCHAT, &of(reply_id, "delivered")).await.expect(200);
    let timeline = desk.timeline(&alice, &came.conversation).await;
    assert_eq!(timeline.last().unwrap()["delivery"], json!({ "status": "delivered", "reason": null }));
}
