//! Bodies that are too large, no JSON, or the wrong JSON.

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::desk::{Answer, Desk, Person, WEBCHAT, answer_of};

async fn send(desk: &Desk, person: &Person, path: &str, body: Vec<u8>) -> Answer {
    let request = desk
        .request(Method::POST, path)
        .bearer_auth(&person.token)
        .header("Idempotency-Key", Uuid::now_v7().to_string())
        .body(body);
    answer_of(request).await
}

#[tokio::test]
async fn broken_json_is_400_and_wrong_json_422() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let path = format!("/v1/conversations/{}/replies", came.conversation);
    let deep = [vec![b'['; 100_000], vec![b']'; 100_000]].concat();
    let deep_inside = format!("{{\"text\":\"x\",\"more\":{}{}}}", "[".repeat(500), "]".repeat(500));
    let invalid_utf8 = b"{\"text\":\"\xff\"}".to_vec();
    for body in
        [vec![], b"{".to_vec(), b"{\"text\":\"\\ud800\"}".to_vec(), deep, deep_inside.into_bytes(), invalid_utf8]
    {
        send(&desk, &alice, &path, body).await.refused(400, "malformed-json");
    }
    for body in
        ["[]", "null", "7", "\"text\"", "{}", "{\"text\":1}", "{\"text\":null}", "{\"text\":\"x\",\"attachments\":{}}"]
    {
        send(&desk, &alice, &path, body.into()).await.refused(422, "invalid-body");
    }
    for path in ["/v1/sessions", "/v1/surveys/x/answer"] {
        send(&desk, &alice, path, b"{".to_vec()).await.refused(400, "malformed-json");
        send(&desk, &alice, path, b"{}".to_vec()).await.refused(422, "invalid-body");
    }
    assert_eq!(desk.timeline(&alice, &came.conversation).await.len(), 2, "nothing was applied");
}

#[tokio::test]
async fn a_body_over_one_mebibyte_is_413() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let path = format!("/v1/conversations/{}/replies", came.conversation);
    let of_size = |bytes: usize| {
        let frame = json!({ "text": "" }).to_string().len();
        json!({ "text": "x".repeat(bytes - frame) }).to_string().into_bytes()
    };
    send(&desk, &alice, &path, of_size(1 << 20)).await.refused(422, "reply-too-long");
    send(&desk, &alice, &path, of_size((1 << 20) + 1)).await.refused(413, "body-too-large");
    send(&desk, &alice, &path, of_size(5 << 20)).await.refused(413, "body-too-large");
}

#[tokio::test]
async fn an_attachment_that_was_never_uploaded_is_refused() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let reply = json!({ "text": "See attached", "attachments": [{ "id": "file_1" }] });
    desk.click(&alice, &came.conversation, "replies", &reply).await.refused(422, "attachment-unknown");
}

#[tokio::test]
async fn a_whole_number_is_one_however_it_is_written() {
    let desk = Desk::start().await;
    let answer =
        |rating: &str| desk.request(Method::POST, "/v1/surveys/none/answer").body(format!("{{\"rating\":{rating}}}"));
    for whole in ["9", "9.0", "9e0", "-0.0"] {
        answer_of(answer(whole)).await.refused(404, "survey-unknown");
    }
    for broken in ["9.5", "1e300", "\"9\"", "9223372036854775808"] {
        answer_of(answer(broken)).await.refused(422, "invalid-body");
    }
}

/// A scenario of one condition and an end, tried out on no channel.
async fn validated(desk: &Desk, admin: &Person, act: Value, end: Value, listens: Value) -> Answer {
    let steps = json!([{ "id": "one", "title": "", "act": act }, { "id": "end", "title": "", "act": end }]);
    let draft = json!({ "languages": ["en"], "first": "one", "following": "one", "listens": listens, "steps": steps });
    let request = desk.request(Method::POST, "/v1/admin/scenarios/scenario_webchat/validate");
    answer_of(request.bearer_auth(&admin.token).json(&json!({ "draft": draft }))).await
}

fn condition(tests: &Value) -> Value {
    json!({ "do": "condition", "all": true, "tests": tests, "then": "end", "otherwise": "end" })
}

#[tokio::test]
async fn a_kind_is_a_name_and_never_its_place_among_the_others() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    let about = async |about: Value| {
        let act = condition(&json!([{ "about": about, "vip": true }]));
        validated(&desk, &admin, act, json!({ "do": "end" }), json!([])).await
    };
    about(json!("vip")).await.expect(200);
    about(json!(4)).await.refused(422, "invalid-body");
    about(json!({ "vip": null })).await.refused(422, "invalid-body");
}

/// The document knows objects with names; serde would take their fields in the order of the code.
#[tokio::test]
async fn an_array_is_no_object_and_an_object_no_name() {
    let desk = Desk::start().await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    desk.allow_manual_close(true).await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let close = |reply: Value, origin: Value| {
        let body = json!({ "reply": reply, "last_seen_message_id": came.message, "origin": origin });
        async { desk.click(&alice, &came.conversation, "close", &{ body }).await }
    };
    let said = json!({ "text": "Thank you.", "attachments": [] });
    let refused = close(json!(["Thank you.", []]), json!("console")).await.refused(422, "invalid-body");
    assert!(refused["detail"].as_str().unwrap().contains("reply: an object is expected"), "{refused}");
    close(said.clone(), json!({ "console": null })).await.refused(422, "invalid-body");
    close(json!({ "text": "x", "attachments": [["file_1"]] }), json!("console")).await.refused(422, "invalid-body");
    let reply = json!({ "text": "x", "origin": { "console": null } });
    desk.click(&alice, &came.conversation, "replies", &reply).await.refused(422, "invalid-body");
    assert_eq!(desk.timeline(&alice, &came.conversation).await.len(), 2, "nothing was applied");
    close(said, json!("console")).await.expect(201);

    let person = |role: Value| json!({ "name": "Yan", "email": "yan@example.com", "role": role, "teams": [] });
    let path = "/v1/admin/users";
    desk.post(Some(&admin.token), path, &person(json!({ "admin": null }))).await.refused(422, "invalid-body");
    desk.post(Some(&admin.token), path, &person(json!("admin"))).await.expect(201);
}

/// serde reads kinds that stand inside their things into a form of its own first; there it would be as lenient again.
#[tokio::test]
async fn what_stands_inside_a_kind_is_no_array_either() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    let (end, vip) = (json!({ "do": "end" }), json!({ "about": "vip", "vip": true }));
    validated(&desk, &admin, condition(&json!([vip])), end.clone(), json!([])).await.expect(200);
    for (act, end, listens) in [
        (condition(&json!([["vip", true]])), end.clone(), json!([])),
        (condition(&json!([vip])), json!(["end"]), json!([])),
        (condition(&json!([vip])), end, json!([["hello", "end"]])),
    ] {
        validated(&desk, &admin, act, end, listens).await.refused(422, "invalid-body");
    }
    let inbound = |attachment: Value| {
        let customer = json!({ "external_id": "zoe", "name": "Zoe" });
        let message = json!({ "external_id": "m1", "text": "Hello", "attachments": [attachment] });
        json!({ "customer": customer, "message": message })
    };
    let path = "/v1/channels/ch_webchat/inbound";
    let wrong = inbound(json!(["note.txt", "SGVsbG8="]));
    desk.post(Some("demo-key-ch_webchat"), path, &wrong).await.refused(422, "invalid-body");
    let right = inbound(json!({ "name": "note.txt", "data": "SGVsbG8=" }));
    desk.post(Some("demo-key-ch_webchat"), path, &right).await.expect(202);
}

/// Of two readers one would take the first and the other the last.
#[tokio::test]
async fn a_name_that_stands_twice_in_an_object_is_malformed() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let path = format!("/v1/conversations/{}/replies", came.conversation);
    for body in [
        r#"{"text":"one","text":"two"}"#,
        r#"{"text":"one","te\u0078t":"two"}"#,
        r#"{"text":"one","unknown":{"deep":[{"a":1,"a":1}]}}"#,
    ] {
        send(&desk, &alice, &path, body.into()).await.refused(400, "malformed-json");
    }
    let apart = r#"{"text":"one","unknown":[{"a":1},{"a":1}],"also":{"text":"x"}}"#;
    send(&desk, &alice, &path, apart.into()).await.expect(201);
}
