//! What the platform knows of customers besides what they write: their language, and who is very important.

use reqwest::Method;
use serde_json::{Value, json};

use crate::desk::{Answer, Desk, Person, WEBCHAT, answer_of, column};

async fn mark(desk: &Desk, person: &Person, customer: &str, body: &Value, seen: Option<&str>) -> Answer {
    let path = format!("/v1/admin/customers/{customer}");
    let request = desk.request(Method::PATCH, &path).bearer_auth(&person.token).json(body);
    answer_of(match seen {
        Some(tag) => request.header("If-Match", tag),
        None => request,
    })
    .await
}

#[tokio::test]
async fn d42_an_admin_marks_a_customer_as_vip_and_rules_and_apps_are_told() {
    let desk = Desk::start().await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let conversation = desk.conversation(&alice, &came.conversation).await;
    assert_eq!(conversation["customer"]["vip"], false);
    let customer = conversation["customer"]["id"].as_str().unwrap();
    let seen = desk.get(&admin, &format!("/v1/admin/customers/{customer}")).await.headers["etag"].clone();
    let seen = seen.to_str().unwrap();

    let vip = json!({ "vip": true });
    mark(&desk, &alice, customer, &vip, Some(seen)).await.refused(404, "not-found");
    mark(&desk, &admin, customer, &vip, None).await.refused(428, "if-match-missing");
    mark(&desk, &admin, customer, &vip, Some("\"99\"")).await.refused(412, "stale");
    mark(&desk, &admin, "cust_none", &vip, Some("*")).await.refused(404, "customer-unknown");
    for body in [json!({}), json!({ "vip": "yes" }), json!({ "vip": null })] {
        mark(&desk, &admin, customer, &body, Some(seen)).await.refused(422, "invalid-body");
    }
    let seq = desk.newest_seq(&alice).await;
    assert_eq!(mark(&desk, &admin, customer, &vip, Some(seen)).await.expect(200)["vip"], true);
    mark(&desk, &admin, customer, &vip, Some("*")).await.expect(200);

    let told = desk.changes(&alice, seq).await;
    assert_eq!(column(&told, "type"), ["conversation.changed"], "once; the same again is no change");
    assert_eq!(told[0]["data"]["conversation"]["customer"]["vip"], true);
    let log = desk.audited(&admin, "customer.vip").await;
    let of = |vip: bool| json!({ "customer_id": customer, "vip": vip });
    assert_eq!(log, [(of(false), of(true))], "whose name is nowhere in the log");

    let rule = json!({ "id": "vip", "name": "VIP", "active": true, "on": "every_message", "when": { "vip": true },
        "then": { "tags": ["complaint"] }, "go_on": false });
    desk.put(&admin, "/v1/admin/routing-rules", &json!({ "rules": [rule] }), Some("*")).await.expect(200);
    desk.writes(WEBCHAT, "zoe", "Hello?").await;
    let other = desk.writes(WEBCHAT, "yan", "Hello?").await;
    assert_eq!(desk.conversation(&alice, &came.conversation).await["tags"], json!(["complaint"]));
    assert_eq!(desk.conversation(&alice, &other.conversation).await["tags"], json!([]));
}

#[tokio::test]
async fn the_language_that_a_channel_knows_replaces_the_guess() {
    let desk = Desk::start().await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    let reply = json!({ "en": "Hello!", "de": "Guten Tag!", "pt": "Olá!" });
    let rule = json!({ "id": "de", "name": "German", "active": true, "on": "every_message",
        "when": { "languages": ["de", "pt"] }, "then": { "reply": reply }, "go_on": false });
    desk.put(&admin, "/v1/admin/routing-rules", &json!({ "rules": [rule] }), Some("*")).await.expect(200);
    let write = async |id: &str, text: &str, language: Value| {
        let mut customer = json!({ "external_id": "uwe", "name": "Uwe" });
        customer["language"] = language;
        let body = json!({ "customer": customer, "message": { "external_id": id, "text": text } });
        desk.post(Some("demo-key-ch_webchat"), "/v1/channels/ch_webchat/inbound", &body).await
    };
    let came = write("1", "Hello, where is my order?", Value::Null).await.expect(202);
    let conversation = came["conversation_id"].as_str().unwrap();
    let language = async || desk.conversation(&alice, conversation).await["customer"]["language"].clone();
    assert_eq!(language().await, "en", "guessed");
    write("2", "Wo ist sie?", json!("de-AT")).await.expect(202);
    assert_eq!(language().await, "de", "said, and corrected");
    let last = desk.timeline(&alice, conversation).await.pop().unwrap();
    assert_eq!(last["text"], "Guten Tag!");
    write("3", "Where is it?", Value::Null).await.expect(202);
    assert_eq!(language().await, "de", "nothing said takes nothing back");
    for wrong in ["", "d", "de_DE", "de-", "deutschsprachig", "de\n", "<b>"] {
        write("4", "?", json!(wrong)).await.refused(422, "invalid-body");
    }
    write("4", "?", json!(7)).await.refused(422, "invalid-body");
    assert_eq!(desk.conversation(&alice, conversation).await["message_count"], 3);
}
