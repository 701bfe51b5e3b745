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

#[tokio::test]
async fn a_kind_is_a_name_and_never_its_place_among_the_others() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    let validated = |about: Value| {
        let tests = json!([{ "about": about, "vip": true }]);
        let act = json!({ "do": "condition", "all": true, "tests": tests, "then": "end", "otherwise": "end" });
        let steps =
            json!([{ "id": "one", "title": "", "act": act }, { "id": "end", "title": "", "act": { "do": "end" } }]);
        let draft = json!({ "languages": ["en"], "first": "one", "following": "one", "listens": [], "steps": steps });
        let request = desk.request(Method::POST, "/v1/admin/scenarios/scenario_webchat/validate");
        answer_of(request.bearer_auth(&admin.token).json(&json!({ "draft": draft })))
    };
    validated(json!("vip")).await.expect(200);
    validated(json!(4)).await.refused(422, "invalid-body");
}
