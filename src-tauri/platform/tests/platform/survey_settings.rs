//! What admins say about surveys (D10), and why a customer got none.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::desk::{Desk, MESSENGER, Person, WEBCHAT, column};

const RULES: &str = "/v1/admin/surveys/rules";

fn of(channel: &str) -> String {
    format!("/v1/admin/surveys/channels/{channel}")
}

fn texts(language: &str, question: &str) -> Value {
    json!({ "language": language, "question": question, "low_label": "low", "high_label": "high", "thanks": "ta" })
}

fn survey(kind: Value) -> Value {
    json!({
        "kind": kind, "paused": false, "quiet_days": null, "ask_comment": true, "fallback_language": "en",
        "texts": [texts("en", "Would you recommend us?"), texts("de", "Würden Sie uns empfehlen?")],
    })
}

async fn close_next(desk: &Desk, person: &Person, channel: &str, customer: &str, text: &str) -> Value {
    let came = desk.writes(channel, customer, text).await;
    desk.close(person, &came.conversation, &came.message).await.expect(201)
}

async fn last_survey(desk: &Desk, channel: &str) -> Value {
    desk.outbound(channel).await.into_iter().rfind(|item| item["kind"] == "survey").unwrap()
}

#[tokio::test]
async fn a_channel_gets_a_survey_and_the_next_reply_sends_it() {
    let desk = Desk::start().await;
    desk.allow_manual_close(true).await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    let came = desk.writes(MESSENGER, "zoe", "Hello, where is my order?").await;
    let preview = |conversation: Value| conversation["survey_preview"].clone();
    assert_eq!(
        preview(desk.conversation(&alice, &came.conversation).await),
        json!({ "will_send": false, "reason": null })
    );

    let before = desk.get(&admin, &of(MESSENGER)).await;
    let seen = before.headers["etag"].to_str().unwrap().to_owned();
    assert_eq!(before.expect(200)["survey"]["kind"], Value::Null);
    desk.put(&admin, &of(MESSENGER), &survey(json!("nps")), None).await.refused(428, "if-match-missing");
    desk.put(&admin, &of(MESSENGER), &survey(json!("nps")), Some("\"99\"")).await.refused(412, "stale");
    let seq = desk.newest_seq(&alice).await;
    desk.put(&admin, &of(MESSENGER), &survey(json!("nps")), Some(&seen)).await.expect(200);

    assert_eq!(column(&desk.changes(&alice, seq).await, "type"), ["directory.changed"]);
    assert_eq!(
        preview(desk.conversation(&alice, &came.conversation).await),
        json!({ "will_send": true, "reason": null })
    );
    let directory = desk.get(&alice, "/v1/directory").await.expect(200);
    let messenger =
        directory["channels"].as_array().unwrap().iter().find(|channel| channel["id"] == MESSENGER).unwrap();
    assert_eq!(messenger["survey"], "nps");
    let receipt = desk.close(&alice, &came.conversation, &came.message).await.expect(201);
    assert_eq!(receipt["survey"]["status"], "sent");
    assert_eq!(last_survey(&desk, MESSENGER).await["text"], "Would you recommend us?");

    let log = desk.audited(&admin, "survey.change").await;
    assert_eq!((&log[0].0["survey"]["kind"], &log[0].1["survey"]["kind"]), (&Value::Null, &json!("nps")));
    assert_eq!(log[0].1["channel"], MESSENGER);
}

#[tokio::test]
async fn a_paused_survey_is_none_until_it_goes_on() {
    let desk = Desk::start().await;
    desk.allow_manual_close(true).await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    let mut paused = survey(json!("nps"));
    paused["paused"] = json!(true);
    desk.put(&admin, &of(WEBCHAT), &paused, Some("*")).await.expect(200);
    let receipt = close_next(&desk, &alice, WEBCHAT, "zoe", "Hello").await;
    assert_eq!(receipt["survey"], json!({ "status": "none" }));

    let id = receipt["conversation_id"].as_str().unwrap();
    let why = desk.get(&admin, &format!("/v1/admin/surveys/conversations/{id}")).await.expect(200);
    assert_eq!(why["decisions"][0]["conditions"][1], json!({ "condition": "active", "met": false }));
    desk.put(&admin, &of(WEBCHAT), &survey(json!("nps")), Some("*")).await.expect(200);
    assert_eq!(close_next(&desk, &alice, WEBCHAT, "zoe", "Again").await["survey"]["status"], "sent");
}

#[tokio::test]
async fn the_customers_language_decides_and_a_sent_survey_keeps_its_words() {
    let desk = Desk::start().await;
    desk.allow_manual_close(true).await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    let mut form = survey(json!("nps"));
    form["texts"] = json!([texts("en", "Recommend?"), texts("fr", "Recommander ?")]);
    desk.put(&admin, &of(WEBCHAT), &form, Some("*")).await.expect(200);
    close_next(&desk, &alice, WEBCHAT, "zoe", "Bonjour, où est ma commande ? Merci").await;
    let french = last_survey(&desk, WEBCHAT).await;
    assert_eq!(french["text"], "Recommander ?");
    close_next(&desk, &alice, WEBCHAT, "yan", "12345").await;
    assert_eq!(last_survey(&desk, WEBCHAT).await["text"], "Recommend?", "the fallback");

    desk.put(&admin, &of(WEBCHAT), &survey(json!("csat")), Some("*")).await.expect(200);
    let path = format!("/v1/surveys/{}", french["survey_token"].as_str().unwrap());
    let asked = desk.request(reqwest::Method::GET, &path);
    let asked = crate::desk::answer_of(asked).await.expect(200);
    assert_eq!(
        (&asked["kind"], &asked["to"], &asked["question"]),
        (&json!("nps"), &json!(10), &json!("Recommander ?"))
    );
    let rated = desk.post(None, &format!("{path}/answer"), &json!({ "rating": 10 })).await;
    rated.expect(201);
}

#[tokio::test]
async fn d10_the_rules_hold_from_the_next_reply_on_and_a_channel_may_have_its_own_quiet_days() {
    let desk = Desk::start().await;
    desk.allow_manual_close(true).await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    assert_eq!(desk.get(&admin, RULES).await.expect(200)["quiet_days"], 7);
    desk.put(&admin, RULES, &json!({ "quiet_days": 2, "min_replies": 1 }), None).await.refused(428, "if-match-missing");
    desk.put(&admin, RULES, &json!({ "quiet_days": 2, "min_replies": 1 }), Some("*")).await.expect(200);
    close_next(&desk, &alice, WEBCHAT, "zoe", "Hello").await;
    desk.later(TimeDelta::days(2));
    assert_eq!(close_next(&desk, &alice, WEBCHAT, "zoe", "Hello").await["survey"]["status"], "sent");

    let mut own = survey(json!("nps"));
    own["quiet_days"] = json!(20);
    desk.put(&admin, &of(WEBCHAT), &own, Some("*")).await.expect(200);
    desk.later(TimeDelta::days(19));
    assert_eq!(close_next(&desk, &alice, WEBCHAT, "zoe", "Hello").await["survey"]["reason"], "quiet-days");
    desk.put(&admin, RULES, &json!({ "quiet_days": 0, "min_replies": 2 }), Some("*")).await.expect(200);
    desk.later(TimeDelta::days(1));
    let receipt = close_next(&desk, &alice, WEBCHAT, "zoe", "Hello").await;
    assert_eq!(receipt["survey"]["reason"], "min-replies");
    assert_eq!(desk.audited(&admin, "survey.rules").await.len(), 2);
    for wrong in [
        json!({ "quiet_days": -1, "min_replies": 1 }),
        json!({ "quiet_days": 3651, "min_replies": 1 }),
        json!({ "quiet_days": 7, "min_replies": 0 }),
        json!({ "quiet_days": 7, "min_replies": 101 }),
        json!({ "quiet_days": 7 }),
    ] {
        desk.put(&admin, RULES, &wrong, Some("*")).await.refused(422, "invalid-body");
    }
}

#[tokio::test]
async fn why_a_customer_got_none_is_told_with_what_was_known_then() {
    let desk = Desk::start().await;
    desk.allow_manual_close(true).await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    close_next(&desk, &alice, WEBCHAT, "zoe", "Hello").await;
    desk.later(TimeDelta::days(3));
    let skipped = close_next(&desk, &alice, WEBCHAT, "zoe", "Hello").await;
    // What is changed afterwards changes no reason.
    desk.put(&admin, RULES, &json!({ "quiet_days": 1, "min_replies": 1 }), Some("*")).await.expect(200);
    let came = desk.writes(WEBCHAT, "zoe", "Once more").await;

    let path = |id: &str| format!("/v1/admin/surveys/conversations/{id}");
    let id = skipped["conversation_id"].as_str().unwrap();
    let why = desk.get(&admin, &path(id)).await.expect(200);
    let decision = &why["decisions"][0];
    assert_eq!((&decision["status"], &decision["reason"]), (&json!("skipped"), &json!("quiet-days")));
    assert_eq!((&decision["facts"]["quiet_days"], &decision["facts"]["replies"]), (&json!(7), &json!(1)));
    assert_eq!(decision["facts"]["last_sent_at"], "2026-03-02T12:00:00.000Z");
    let met: Vec<bool> =
        decision["conditions"].as_array().unwrap().iter().map(|one| one["met"].as_bool().unwrap()).collect();
    assert_eq!(met, [true, true, true, false, true, true]);
    assert_eq!((&why["now"], &why["customer_name"]), (&Value::Null, &json!("zoe Example")));

    let open = desk.get(&admin, &path(&came.conversation)).await.expect(200);
    assert_eq!(open["decisions"], json!([]));
    assert_eq!(open["now"]["status"], "sent", "three days are more than one");
    desk.get(&admin, &path("conv_nothing")).await.refused(404, "conversation-unknown");
    desk.get(&alice, &path(id)).await.refused(404, "not-found");
}

#[tokio::test]
async fn a_survey_that_makes_no_sense_is_refused() {
    let desk = Desk::start().await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    let with = |field: &str, value: Value| {
        let mut body = survey(json!("nps"));
        body[field] = value;
        body
    };
    for wrong in [
        with("kind", json!("stars")),
        with("paused", json!(null)),
        with("quiet_days", json!(4000)),
        with("fallback_language", json!("fr")),
        with("fallback_language", json!("English")),
        with("texts", json!([])),
        with("texts", json!([texts("en", "One?"), texts("en", "Two?")])),
        with("texts", json!([texts("en", "")])),
        with("texts", json!([texts("en", &"x".repeat(501))])),
    ] {
        desk.put(&admin, &of(WEBCHAT), &wrong, Some("*")).await.refused_as_senseless();
    }
    desk.put(&admin, &of("ch_none"), &survey(json!("nps")), Some("*")).await.refused(404, "not-found");
    desk.put(&alice, &of(WEBCHAT), &survey(json!("nps")), Some("*")).await.refused(404, "not-found");
    for path in ["/v1/admin/surveys", RULES, "/v1/admin/surveys/results", "/v1/exports/comments.csv"] {
        desk.get(&alice, path).await.refused(404, "not-found");
    }
    let overview = desk.get(&admin, "/v1/admin/surveys").await.expect(200);
    assert_eq!(overview["items"].as_array().unwrap().len(), 3);
    assert_eq!(desk.audited(&admin, "survey.change").await, []);
}
