//! Replies and the short calls.

use serde_json::{Value, json};

use crate::desk::{Desk, WEBCHAT, column};

#[tokio::test]
async fn a_reply_is_sent_with_its_key_and_checks_what_was_seen_only_if_asked() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let seq = desk.newest_seq(&alice).await;
    let receipt = desk.reply(&alice, &came.conversation, "Hi").await;
    assert_eq!((&receipt["closed"], &receipt["survey"]), (&Value::Null, &json!({ "status": "none" })));
    let actions = desk.actions(&alice, &format!("conversation={}&author=advisor", came.conversation)).await;
    assert_eq!(actions[0]["id"], receipt["action_id"]);
    let events = desk.changes(&alice, seq).await;
    assert_eq!(column(&events, "type"), ["reply.sent", "action.recorded"]);
    assert_eq!(events[0]["data"]["client_key"], receipt["idempotency_key"]);
    let entry = desk.timeline(&alice, &came.conversation).await.pop().unwrap();
    assert_eq!((&entry["id"], &entry["client_key"]), (&receipt["reply"]["message_id"], &receipt["idempotency_key"]));
    assert_eq!(entry["delivery"], json!({ "status": "pending", "reason": null }));

    let stale = json!({ "text": "x", "last_seen_message_id": "msg_other" });
    desk.click(&alice, &came.conversation, "replies", &stale).await.refused(412, "customer-wrote-since");
    for seen in [json!(null), json!(came.message)] {
        let fresh = json!({ "text": "x", "last_seen_message_id": seen, "trigger_survey": false });
        desk.click(&alice, &came.conversation, "replies", &fresh).await.expect(201);
    }
}

#[tokio::test]
async fn short_calls_take_no_body_and_answer_with_a_receipt() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    for call in ["hold", "help-request", "release", "archive"] {
        let request = desk
            .request(reqwest::Method::POST, &format!("/v1/conversations/{}/{call}", came.conversation))
            .bearer_auth(&alice.token)
            .header("Idempotency-Key", uuid::Uuid::now_v7().to_string());
        let receipt = crate::desk::answer_of(request).await.expect(201);
        assert_eq!((&receipt["reply"], &receipt["closed"]), (&Value::Null, &Value::Null));
        assert_eq!(receipt["survey"], json!({ "status": "none" }));
        let newest = desk.actions(&alice, &format!("conversation={}&limit=1", came.conversation)).await;
        assert_eq!((&newest[0]["id"], &newest[0]["type"]), (&receipt["action_id"], &json!(call)));
        assert_eq!(desk.conversation(&alice, &came.conversation).await["version"], receipt["version"]);
    }
}

#[tokio::test]
async fn d41_assigning_takes_over_and_releasing_gives_back() {
    let desk = Desk::start().await;
    let (alice, bob) = (desk.alice().await, desk.bob().await);
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let id = came.conversation.as_str();
    desk.click(&alice, id, "assign", &json!({ "user_id": alice.id })).await.expect(201);
    let mine = desk.conversation(&bob, id).await;
    assert_eq!((&mine["assignee"]["id"], &mine["state"]), (&json!(alice.id), &json!("ongoing")));
    desk.click(&bob, id, "assign", &json!({ "user_id": bob.id })).await.expect(201);
    assert_eq!(desk.conversation(&alice, id).await["assignee"]["id"], bob.id.as_str());
    desk.click(&bob, id, "assign", &json!({ "user_id": null })).await.expect(201);
    let free = desk.conversation(&alice, id).await;
    assert_eq!((&free["assignee"], &free["state"]), (&Value::Null, &json!("received")));

    desk.click(&bob, id, "assign", &json!({})).await.refused(422, "invalid-body");
    desk.click(&bob, id, "assign", &json!({ "user_id": "user_none" })).await.refused(422, "user-unknown");
}

#[tokio::test]
async fn hold_and_help_are_flags_of_ongoing_conversations() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let id = came.conversation.as_str();
    desk.click(&alice, id, "hold", &json!({})).await.expect(201);
    desk.click(&alice, id, "help-request", &json!({})).await.expect(201);
    let held = desk.conversation(&alice, id).await;
    assert_eq!(
        (&held["state"], &held["on_hold"], &held["help_requested"]),
        (&json!("ongoing"), &json!(true), &json!(true))
    );
    desk.click(&alice, id, "hold", &json!({ "on": false })).await.expect(201);
    assert_eq!(desk.conversation(&alice, id).await["on_hold"], false);
    desk.reply(&alice, id, "Done").await;
    assert_eq!(desk.conversation(&alice, id).await["help_requested"], false);
}

#[tokio::test]
async fn tags_are_the_whole_set_and_teams_exist() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let id = came.conversation.as_str();
    let twice = json!({ "tags": ["billing", "refund", "billing"] });
    desk.click(&alice, id, "tags", &twice).await.expect(201);
    assert_eq!(desk.conversation(&alice, id).await["tags"], json!(["billing", "refund"]));
    desk.click(&alice, id, "tags", &json!({ "tags": [] })).await.expect(201);
    assert_eq!(desk.conversation(&alice, id).await["tags"], json!([]));
    desk.click(&alice, id, "tags", &json!({ "tags": ["no such tag"] })).await.refused(422, "tag-unknown");
    desk.click(&alice, id, "tags", &json!({ "tags": "billing" })).await.refused(422, "invalid-body");
    desk.click(&alice, id, "route", &json!({ "team_id": "team_workshop" })).await.expect(201);
    assert_eq!(desk.conversation(&alice, id).await["team"]["id"], "team_workshop");
    desk.click(&alice, id, "route", &json!({ "team_id": "team_none" })).await.refused(422, "team-unknown");
}

#[tokio::test]
async fn notes_stay_among_colleagues() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let before = desk.outbound(WEBCHAT).await.len();
    desk.click(&alice, &came.conversation, "notes", &json!({ "text": "Knows the boss" })).await.expect(201);
    desk.click(&alice, &came.conversation, "notes", &json!({ "text": "  " })).await.refused(422, "note-empty");
    let entry = desk.timeline(&alice, &came.conversation).await.pop().unwrap();
    assert_eq!((&entry["kind"], &entry["text"]), (&json!("note"), &json!("Knows the boss")));
    assert_eq!(desk.outbound(WEBCHAT).await.len(), before);
}

#[tokio::test]
async fn d16_a_mandatory_tag_or_team_stops_every_reply() {
    let mut blueprint = signoff_platform::demo_blueprint();
    blueprint.team_mandatory = true;
    blueprint.tags[0].mandatory = true;
    let tag = blueprint.tags[0].name.clone();
    let desk = Desk::start_with(blueprint).await;
    desk.allow_manual_close(true).await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let id = came.conversation.as_str();
    desk.close(&alice, id, &came.message).await.refused(422, "tags-missing");
    desk.click(&alice, id, "tags", &json!({ "tags": [tag] })).await.expect(201);
    desk.click(&alice, id, "replies", &json!({ "text": "x" })).await.refused(422, "tags-missing");
    desk.click(&alice, id, "route", &json!({ "team_id": "team_orders" })).await.expect(201);
    desk.close(&alice, id, &came.message).await.expect(201);
}

#[tokio::test]
async fn a_conversation_is_given_only_to_somebody_who_sees_it() {
    let desk = Desk::start().await;
    let (admin, alice, bob) = (desk.admin().await, desk.alice().await, desk.bob().await);
    let of_bob = async |change: serde_json::Value| {
        let path = format!("/v1/admin/users/{}", bob.id);
        let request = desk.request(reqwest::Method::PATCH, &path).bearer_auth(&admin.token).header("If-Match", "*");
        crate::desk::answer_of(request.json(&change)).await.expect(200);
    };
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let id = came.conversation.as_str();
    desk.click(&alice, id, "route", &json!({ "team_id": "team_workshop" })).await.expect(201);
    of_bob(json!({ "teams": ["team_billing"] })).await;
    let to_bob = json!({ "user_id": bob.id });
    let version = desk.conversation(&alice, id).await["version"].clone();
    desk.click(&alice, id, "assign", &to_bob).await.refused(422, "assignee-without-access");
    of_bob(json!({ "teams": ["team_billing", "team_workshop"], "channels": [] })).await;
    desk.click(&admin, id, "assign", &to_bob).await.refused(422, "assignee-without-access");
    assert_eq!(desk.conversation(&alice, id).await["version"], version, "nothing was changed");
    desk.click(&alice, id, "assign", &json!({ "user_id": admin.id })).await.expect(201);
    of_bob(json!({ "channels": [WEBCHAT] })).await;
    desk.click(&alice, id, "assign", &to_bob).await.expect(201);
}
