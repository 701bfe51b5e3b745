//! Channels, as admins set them up.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use crate::desk::{Answer, Desk, Person, answer_of, column, items};

const CHANNELS: &str = "/v1/admin/channels";

async fn put(desk: &Desk, person: &Person, id: &str, version: &str, rules: &Value) -> Answer {
    let request = desk.request(Method::PUT, &format!("{CHANNELS}/{id}")).bearer_auth(&person.token);
    answer_of(request.header("If-Match", version).json(rules)).await
}

async fn made(desk: &Desk, admin: &Person, body: &Value) -> Value {
    desk.post(Some(&admin.token), CHANNELS, body).await.expect(201)
}

async fn inbound(desk: &Desk, channel: &str, key: &str, message: &str) -> Answer {
    let body = json!({ "customer": { "external_id": "zoe", "name": "Zoe" }, "message": { "external_id": message, "text": "Hi" } });
    desk.post(Some(key), &format!("/v1/channels/{channel}/inbound"), &body).await
}

#[tokio::test]
async fn to_other_roles_channels_are_nothing_to_administer() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    for path in [CHANNELS, "/v1/admin/channel-types", "/v1/admin/channels/ch_webchat"] {
        desk.get(&alice, path).await.refused(404, "not-found");
        answer_of(desk.request(Method::GET, path)).await.refused(401, "unauthenticated");
    }
    desk.post(Some(&alice.token), CHANNELS, &json!({ "type": "line" })).await.refused(404, "not-found");
    desk.post(Some(&alice.token), "/v1/admin/channels/ch_webchat/key", &json!({})).await.refused(404, "not-found");
}

#[tokio::test]
async fn every_kind_of_channel_can_be_made_and_starts_with_what_it_usually_allows() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    let types = items(&desk.get(&admin, "/v1/admin/channel-types").await.expect(200));
    assert_eq!(
        column(&types, "type"),
        ["web_chat", "whatsapp", "messenger", "instagram", "apple_messages", "rcs", "kakaotalk", "line"]
    );
    for usual in &types {
        let made = made(&desk, &admin, &json!({ "type": usual["type"] })).await;
        assert_eq!(made["channel"]["rules"], usual["rules"]);
        let (id, key) = (made["channel"]["id"].as_str().unwrap(), made["key"].as_str().unwrap());
        inbound(&desk, id, key, "1").await.expect(202);
    }
    let of = |kind: &str, rule: &str| {
        types.iter().find(|usual| usual["type"] == kind).map(|usual| usual["rules"][rule].clone()).unwrap()
    };
    assert_eq!((of("whatsapp", "reply_limit"), of("whatsapp", "reply_window_h")), (json!(4096), json!(24)), "D9");
    assert_eq!((of("messenger", "reply_window_h"), of("messenger", "person_window_h")), (json!(24), json!(168)), "D9");
    assert_eq!(of("web_chat", "reply_window_h"), Value::Null);
    assert_eq!(of("whatsapp", "conversation_window_h"), 120, "R9");
}

#[tokio::test]
async fn a_channel_is_changed_with_the_version_that_was_seen_and_the_change_is_in_the_audit_log_without_secrets() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    let seen = desk.get(&admin, "/v1/admin/channels/ch_whatsapp").await;
    let version = seen.headers["etag"].to_str().unwrap().to_owned();
    let mut rules = seen.expect(200)["rules"].clone();
    rules["reply_limit"] = json!(10);
    rules["provider"] = json!({ "type": "webhook", "url": "http://127.0.0.1:9/hook" });
    let changed = put(&desk, &admin, "ch_whatsapp", &version, &rules).await;
    assert_ne!(changed.headers["etag"], version.as_str());
    let changed = changed.expect(200);
    let secret = changed["secret"].as_str().expect("told this once").to_owned();
    assert_eq!(changed["channel"]["rules"], rules);
    put(&desk, &admin, "ch_whatsapp", &version, &rules).await.refused(412, "stale");
    let missing = desk.request(Method::PUT, &format!("{CHANNELS}/ch_whatsapp")).bearer_auth(&admin.token).json(&rules);
    answer_of(missing).await.refused(428, "if-match-missing");
    let again = put(&desk, &admin, "ch_whatsapp", "*", &rules).await.expect(200);
    assert_eq!(again["secret"], Value::Null);

    let came = desk.writes("ch_whatsapp", "zoe", "Hello").await;
    let long = json!({ "text": "more than ten", "attachments": [] });
    desk.click(&admin, &came.conversation, "replies", &long).await.refused(422, "reply-too-long");

    let log = desk.get(&admin, "/v1/audit-log").await;
    let entries = items(&log.expect(200));
    let entry = entries.iter().find(|entry| entry["what"] == "channel.change").unwrap();
    assert_eq!(
        (&entry["from"]["rules"]["reply_limit"], &entry["to"]["rules"]["reply_limit"]),
        (&json!(4096), &json!(10))
    );
    assert!(entry["to"]["rules"].get("name").is_none(), "what did not change is not told");
    assert_eq!(entries.iter().filter(|entry| entry["what"] == "channel.change").count(), 1, "no change, no entry");
    let text = String::from_utf8(log.bytes).unwrap();
    assert!(!text.contains(&secret) && !text.contains("whsec_"));
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_and_changes_nothing() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    let before = desk.get(&admin, "/v1/admin/channels/ch_webchat").await.expect(200);
    for (field, value) in [
        ("name", json!("")),
        ("name", json!("   ")),
        ("name", json!("x".repeat(81))),
        ("name", json!("a\nb")),
        ("reply_limit", json!(0)),
        ("reply_limit", json!(100_001)),
        ("reply_limit", json!("many")),
        ("conversation_window_h", json!(0)),
        ("conversation_window_h", json!(1e9)),
        ("reply_window_h", json!(0)),
        ("person_window_h", json!(7)),
        ("provider", json!({ "type": "pigeon" })),
        ("provider", json!({ "type": "webhook" })),
        ("attachments", json!({ "max_bytes": 30_000_000, "max_count": 1, "types": [] })),
        ("attachments", json!({ "max_bytes": 1, "max_count": 21, "types": [] })),
        ("attachments", json!({ "max_bytes": 1, "max_count": 1, "types": ["image"] })),
        ("chat", Value::Null),
        ("chat", json!({ "title": "", "greeting": { "en": "", "fr": "" }, "colour": "red", "allowed_origins": [] })),
        ("chat", json!({ "title": "", "greeting": { "en": "", "fr": "" }, "colour": "", "allowed_origins": ["*"] })),
        (
            "chat",
            json!({ "title": "", "greeting": { "en": "", "fr": "" }, "colour": "", "allowed_origins": ["https://a.test; script-src *"] }),
        ),
        ("unknown", json!(1)),
    ] {
        let mut rules = before["rules"].clone();
        rules[field] = value.clone();
        let refused = put(&desk, &admin, "ch_webchat", "*", &rules).await;
        assert_eq!(refused.status, 422, "{field}: {value}");
        refused.refused_as_senseless();
    }
    for url in ["file:///etc/passwd", "https://user:password@example.com/", "nonsense"] {
        let mut rules = before["rules"].clone();
        rules["provider"] = json!({ "type": "webhook", "url": url });
        put(&desk, &admin, "ch_webchat", "*", &rules).await.refused(422, "address-refused");
    }
    assert_eq!(desk.get(&admin, "/v1/admin/channels/ch_webchat").await.expect(200), before);
    put(&desk, &admin, "ch_none", "*", &before["rules"]).await.refused(404, "channel-unknown");
    for (body, status, code) in [
        (json!({ "type": "fax" }), 422, "invalid-body"),
        (json!({ "type": "line", "id": "ch_webchat" }), 409, "channel-exists"),
        (json!({ "type": "line", "id": "Ch Ä" }), 422, "invalid-body"),
        (json!({ "type": "line", "id": "../x" }), 422, "invalid-body"),
        (json!({}), 422, "invalid-body"),
    ] {
        desk.post(Some(&admin.token), CHANNELS, &body).await.refused(status, code);
    }
    assert_eq!(items(&desk.get(&admin, CHANNELS).await.expect(200)).len(), 3);
}

#[tokio::test]
async fn where_the_operator_does_not_allow_it_addresses_inside_the_network_are_refused() {
    let blueprint = signoff_platform::workspace::Blueprint { demo: false, ..signoff_platform::demo_blueprint() };
    let desk = Desk::start_with(blueprint).await;
    let admin = desk.admin().await;
    let mut rules = desk.get(&admin, "/v1/admin/channels/ch_webchat").await.expect(200)["rules"].clone();
    for url in
        ["http://example.com/hook", "https://127.0.0.1/", "https://10.0.0.1/", "https://[::1]/", "https://localhost/"]
    {
        rules["provider"] = json!({ "type": "webhook", "url": url });
        put(&desk, &admin, "ch_webchat", "*", &rules).await.refused(422, "address-refused");
    }
}

#[tokio::test]
async fn a_new_key_works_at_once_and_the_old_one_for_as_long_as_was_said() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    let rotate = |body: Value| {
        let (desk, admin) = (&desk, &admin);
        async move { desk.post(Some(&admin.token), "/v1/admin/channels/ch_webchat/key", &body).await }
    };
    let first = rotate(json!({ "keep_former_h": 2 })).await.expect(201);
    let first = first["key"].as_str().unwrap();
    inbound(&desk, "ch_webchat", first, "1").await.expect(202);
    inbound(&desk, "ch_webchat", "demo-key-ch_webchat", "2").await.expect(202);
    let log = items(&desk.get(&admin, "/v1/audit-log?what=channel.new-key").await.expect(200));
    assert_eq!(log[0]["subject"], json!({ "id": "ch_webchat", "name": "Web chat" }));
    desk.later(TimeDelta::hours(2));
    inbound(&desk, "ch_webchat", "demo-key-ch_webchat", "3").await.refused(401, "channel-key-wrong");
    let second = rotate(json!({ "keep_former_h": 0 })).await.expect(201);
    inbound(&desk, "ch_webchat", first, "4").await.refused(401, "channel-key-wrong");
    inbound(&desk, "ch_webchat", second["key"].as_str().unwrap(), "5").await.expect(202);
    rotate(json!({ "keep_former_h": 169 })).await.refused(422, "invalid-body");
    let listed = desk.get(&admin, CHANNELS).await;
    assert!(!String::from_utf8(listed.bytes).unwrap().contains(first), "a key is told once");
    desk.post(Some(&admin.token), "/v1/admin/channels/ch_webchat/secret", &json!({}))
        .await
        .refused(422, "invalid-value");
}

#[tokio::test]
async fn an_archived_channel_takes_no_messages_and_its_conversations_are_answered_still() {
    let desk = Desk::start().await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    let came = desk.writes("ch_messenger", "zoe", "Hello").await;
    let archive = |method: Method, path: &str| {
        let request = desk.request(method, &format!("{CHANNELS}/ch_messenger{path}")).bearer_auth(&admin.token);
        answer_of(request.header("If-Match", "*"))
    };
    let seq = desk.newest_seq(&alice).await;
    let archived = archive(Method::DELETE, "").await.expect(200);
    assert_eq!(column(&desk.changes(&alice, seq).await, "type"), ["directory.changed"], "D1: every app asks again");
    assert!(archived["archived_at"].is_string());
    inbound(&desk, "ch_messenger", "demo-key-ch_messenger", "9").await.refused(410, "channel-archived");
    desk.reply(&alice, &came.conversation, "We are still here").await;
    archive(Method::POST, "/restore").await.expect(200);
    inbound(&desk, "ch_messenger", "demo-key-ch_messenger", "9").await.expect(202);
    let log = items(&desk.get(&admin, "/v1/audit-log").await.expect(200));
    assert_eq!(column(&log, "what")[..2], ["channel.restore", "channel.archive"]);
}
