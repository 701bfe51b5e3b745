//! Surveys (D10, D11) and D9's exception.

use chrono::TimeDelta;
use serde_json::{Value, json};
use signoff_platform::demo_blueprint;

use crate::desk::{Answer, Desk, MESSENGER, Person, WEBCHAT, WHATSAPP, column};

async fn close_next(desk: &Desk, alice: &Person, channel: &str, customer: &str) -> Value {
    let came = desk.writes(channel, customer, "Hello").await;
    desk.close(alice, &came.conversation, &came.message).await.expect(201)
}

async fn rate(desk: &Desk, token: &str, rating: i64) -> Answer {
    desk.post(None, &format!("/v1/surveys/{token}/answer"), &json!({ "rating": rating, "comment": "fine" })).await
}

async fn token(desk: &Desk, channel: &str) -> String {
    let items = desk.outbound(channel).await;
    let survey = items.iter().rfind(|item| item["kind"] == "survey").unwrap();
    survey["survey_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn d10_quiet_days_count_per_customer_from_the_last_survey_sent() {
    let desk = Desk::start().await;
    desk.allow_manual_close(true).await;
    let alice = desk.alice().await;
    assert_eq!(close_next(&desk, &alice, WEBCHAT, "zoe").await["survey"]["status"], "sent");
    desk.later(TimeDelta::days(6));
    let skipped = close_next(&desk, &alice, WEBCHAT, "zoe").await;
    assert_eq!(skipped["survey"], json!({ "status": "skipped", "reason": "quiet-days" }));
    assert_eq!(close_next(&desk, &alice, WEBCHAT, "yan").await["survey"]["status"], "sent", "another customer");
    desk.later(TimeDelta::days(1));
    assert_eq!(
        close_next(&desk, &alice, WEBCHAT, "zoe").await["survey"]["status"],
        "sent",
        "seven days after the first"
    );

    let id = skipped["conversation_id"].as_str().unwrap();
    let actions = desk.actions(&alice, &format!("conversation={id}&type=close-conversation")).await;
    assert_eq!(column(&actions, "survey_status"), ["skipped"], "the action says why");
    assert_eq!(actions[0]["data"]["survey_reason"], "quiet-days");
    let told = desk.timeline(&alice, id).await;
    assert!(told.iter().any(|entry| entry["event"] == json!({ "type": "survey-skipped", "reason": "quiet-days" })));
}

#[tokio::test]
async fn d10_one_survey_per_conversation_and_only_if_asked_for() {
    let desk = Desk::start().await;
    desk.allow_manual_close(true).await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let preview = desk.conversation(&alice, &came.conversation).await["survey_preview"].clone();
    assert_eq!(preview, json!({ "will_send": true, "reason": null }));
    assert_eq!(desk.reply(&alice, &came.conversation, "Hi").await["survey"], json!({ "status": "none" }));
    let asking = json!({ "text": "Was this helpful?", "trigger_survey": true });
    let asked = desk.click(&alice, &came.conversation, "replies", &asking).await.expect(201);
    assert_eq!(asked["survey"]["status"], "sent");
    assert_eq!(asked["closed"], Value::Null);
    let preview = desk.conversation(&alice, &came.conversation).await["survey_preview"].clone();
    assert_eq!(preview, json!({ "will_send": false, "reason": "already-sent" }));
    let closed = desk.close(&alice, &came.conversation, &came.message).await.expect(201);
    assert_eq!(closed["survey"], json!({ "status": "skipped", "reason": "already-sent" }));
    assert_eq!(close_next(&desk, &alice, MESSENGER, "zoe").await["survey"], json!({ "status": "none" }));
}

#[tokio::test]
async fn d10_min_replies_count_this_one() {
    let desk =
        Desk::start_with(signoff_platform::workspace::Blueprint { survey_min_replies: 2, ..demo_blueprint() }).await;
    desk.allow_manual_close(true).await;
    let alice = desk.alice().await;
    let receipt = close_next(&desk, &alice, WEBCHAT, "zoe").await;
    assert_eq!(
        receipt["survey"],
        json!({ "status": "skipped", "reason": "min-replies" }),
        "the scenario's do not count"
    );
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    desk.reply(&alice, &came.conversation, "Hi").await;
    let receipt = desk.close(&alice, &came.conversation, &came.message).await.expect(201);
    assert_eq!(receipt["survey"]["status"], "sent");
}

#[tokio::test]
async fn d9_where_only_a_person_may_write_the_survey_is_skipped_and_the_rest_goes_through() {
    let mut blueprint = demo_blueprint();
    let whatsapp = blueprint.channels.iter_mut().find(|channel| channel.id == WHATSAPP).unwrap();
    whatsapp.person_window_h = Some(7 * 24);
    let desk = Desk::start_with(blueprint).await;
    desk.allow_manual_close(true).await;
    let alice = desk.alice().await;
    let came = desk.writes(WHATSAPP, "zoe", "Hello").await;
    desk.later(TimeDelta::hours(30));
    let receipt = desk.close(&alice, &came.conversation, &came.message).await.expect(201);
    assert_eq!(receipt["survey"], json!({ "status": "skipped", "reason": "channel-person-only" }));
    assert_ne!(receipt["closed"], Value::Null);
}

#[tokio::test]
async fn d11_a_rating_counts_once_within_seven_days_and_is_no_message() {
    let desk = Desk::start().await;
    desk.allow_manual_close(true).await;
    let alice = desk.alice().await;
    let receipt = close_next(&desk, &alice, WEBCHAT, "zoe").await;
    let token = token(&desk, WEBCHAT).await;
    rate(&desk, &token, 11).await.refused(422, "invalid-value");
    rate(&desk, "nonsense", 9).await.refused(404, "survey-unknown");
    let seq = desk.newest_seq(&alice).await;
    desk.later(TimeDelta::days(7));
    rate(&desk, &token, 9).await.expect(201);
    rate(&desk, &token, 9).await.refused(409, "already-answered");

    let events = desk.changes(&alice, seq).await;
    assert_eq!(column(&events, "type"), ["survey.answered"], "no message, no new conversation");
    assert_eq!(events[0]["data"]["rating"], 9);
    let id = receipt["conversation_id"].as_str().unwrap();
    assert_eq!(desk.conversation(&alice, id).await["status"], "closed");
}

#[tokio::test]
async fn d11_a_late_rating_is_refused() {
    let desk = Desk::start().await;
    desk.allow_manual_close(true).await;
    let alice = desk.alice().await;
    close_next(&desk, &alice, WHATSAPP, "zoe").await;
    let token = token(&desk, WHATSAPP).await;
    rate(&desk, &token, 6).await.refused(422, "invalid-value");
    desk.later(TimeDelta::days(7) + TimeDelta::seconds(1));
    rate(&desk, &token, 5).await.refused(410, "survey-expired");
}
