//! Idempotency keys (D5).

use chrono::TimeDelta;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use crate::desk::{Answer, Desk, Person, WEBCHAT, answer_of, closing};

fn key() -> String {
    Uuid::now_v7().to_string()
}

async fn receipt(desk: &Desk, person: &Person, key: &str) -> Answer {
    desk.get(person, &format!("/v1/receipts/{key}")).await
}

#[tokio::test]
async fn d5_the_same_key_is_the_same_result_byte_for_byte_whatever_happened_since() {
    let mut desk = Desk::start().await;
    desk.allow_manual_close(true).await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let (key, body) = (key(), closing("Bye", &came.message));
    let first = desk.click_as(&alice, &came.conversation, "close", &body, &key).await;
    assert_eq!(first.expect(201)["idempotency_key"], key.as_str(), "without quotes");
    assert!(first.headers.get("idempotency-replayed").is_none());

    desk.allow_manual_close(false).await;
    desk.writes(WEBCHAT, "zoe", "Back again").await;
    desk.later(TimeDelta::days(29));
    desk.restart().await;
    let again = desk.click_as(&alice, &came.conversation, "close", &body, &key).await;
    assert_eq!((again.status, &again.bytes), (first.status, &first.bytes));
    assert_eq!(again.headers["idempotency-replayed"], "true");
    assert_eq!(receipt(&desk, &alice, &key).await.bytes, first.bytes);
    let closings = desk.actions(&alice, &format!("conversation={}&type=close-conversation", came.conversation)).await;
    assert_eq!(closings.len(), 1);
}

#[tokio::test]
async fn keys_missing_reused_and_of_others() {
    let desk = Desk::start().await;
    let (alice, bob) = (desk.alice().await, desk.bob().await);
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let path = format!("/v1/conversations/{}/replies", came.conversation);
    for header in [None, Some(""), Some("\"\""), Some("not-a-uuid")] {
        let mut request = desk.request(Method::POST, &path).bearer_auth(&alice.token).body("not even JSON");
        if let Some(header) = header {
            request = request.header("Idempotency-Key", header);
        }
        answer_of(request).await.refused(400, "idempotency-key-missing");
    }
    let key = key();
    let reply = |text: &str| json!({ "text": text });
    desk.click_as(&alice, &came.conversation, "replies", &reply("one"), &key).await.expect(201);
    desk.click_as(&alice, &came.conversation, "replies", &reply("two"), &key)
        .await
        .refused(422, "idempotency-key-reused");
    desk.click_as(&alice, &came.conversation, "notes", &reply("one"), &key)
        .await
        .refused(422, "idempotency-key-reused");
    desk.click_as(&alice, "conv_none", "replies", &reply("one"), &key).await.refused(422, "idempotency-key-reused");
    let broken = desk.request(Method::POST, &path).bearer_auth(&alice.token).header("Idempotency-Key", &key).body("{");
    answer_of(broken).await.refused(422, "idempotency-key-reused");

    desk.click_as(&bob, &came.conversation, "replies", &reply("two"), &key).await.expect(201);
    assert_eq!(receipt(&desk, &bob, &key).await.expect(200)["conversation_id"], came.conversation.as_str());
    receipt(&desk, &alice, &Uuid::now_v7().to_string()).await.refused(404, "receipt-unknown");
    let bare = desk.request(Method::POST, &path).bearer_auth(&alice.token).header("Idempotency-Key", &key);
    let bare = answer_of(bare.json(&reply("one"))).await;
    assert_eq!((bare.status.as_u16(), &bare.headers["idempotency-replayed"]), (201, &"true".parse().unwrap()));
}

#[tokio::test]
async fn a_refused_key_is_free() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let key = key();
    desk.click_as(&alice, &came.conversation, "replies", &json!({ "text": " " }), &key)
        .await
        .refused(422, "reply-empty");
    receipt(&desk, &alice, &key).await.refused(404, "receipt-unknown");
    desk.click_as(&alice, &came.conversation, "replies", &json!({ "text": "Hi" }), &key).await.expect(201);
}

/// Some clients write UUIDs in capitals, some in braces.
#[tokio::test]
async fn d5_a_key_is_the_same_in_every_spelling() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let (key, body) = (key(), json!({ "text": "Hi" }));
    let first = desk.click_as(&alice, &came.conversation, "replies", &body, &key.to_uppercase()).await;
    assert_eq!(first.expect(201)["idempotency_key"], key.as_str());
    for spelling in [key.clone(), key.to_uppercase(), format!("{{{key}}}"), key.replace('-', "")] {
        let again = desk.click_as(&alice, &came.conversation, "replies", &body, &spelling).await;
        assert_eq!((again.status, &again.bytes), (first.status, &first.bytes), "{spelling}");
        assert_eq!(receipt(&desk, &alice, &spelling).await.bytes, first.bytes, "{spelling}");
    }
}

#[tokio::test]
async fn d5_many_at_once_are_one() {
    let desk = Desk::start().await;
    desk.allow_manual_close(true).await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let (key, body) = (key(), closing("Bye", &came.message));
    let answers = join_all((0..20).map(|_| desk.click_as(&alice, &came.conversation, "close", &body, &key))).await;
    let (done, waiting): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 201);
    assert!(!done.is_empty() && done.iter().all(|answer| answer.bytes == done[0].bytes));
    for answer in waiting {
        answer.refused(409, "idempotency-in-progress");
    }
    let replies = desk.timeline(&alice, &came.conversation).await;
    assert_eq!(replies.iter().filter(|entry| entry["client_key"] == key.as_str()).count(), 1);
}

#[tokio::test]
async fn d7_two_advisors_at_once_and_one_of_them_closes() {
    let desk = Desk::start().await;
    desk.allow_manual_close(true).await;
    let (alice, bob) = (desk.alice().await, desk.bob().await);
    for _ in 0..10 {
        let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
        let (a, b) = tokio::join!(
            desk.close(&alice, &came.conversation, &came.message),
            desk.close(&bob, &came.conversation, &came.message)
        );
        let (won, lost) = if a.status == 201 { (a, b) } else { (b, a) };
        won.expect(201);
        lost.refused(409, "conversation-closed");
    }
}

/// Which of the two the effect would be stored under, nobody could say.
#[tokio::test]
async fn two_keys_are_none() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let key = Uuid::now_v7().to_string();
    for other in [Uuid::now_v7().to_string(), key.clone()] {
        let request = desk
            .request(Method::POST, &format!("/v1/conversations/{}/archive", came.conversation))
            .bearer_auth(&alice.token)
            .header("Idempotency-Key", &key)
            .header("Idempotency-Key", other);
        answer_of(request).await.refused(400, "idempotency-key-missing");
    }
    desk.get(&alice, &format!("/v1/receipts/{key}")).await.refused(404, "receipt-unknown");
}
