//! Signing in and out.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::json;

use crate::desk::{Desk, PASSWORD, answer_of};

#[tokio::test]
async fn a_session_opens_and_its_token_says_who_one_is() {
    let desk = Desk::start().await;
    let body = json!({ "email": "ALICE@demo.test", "password": PASSWORD });
    let session = desk.post(None, "/v1/sessions", &body).await.expect(201);
    assert_eq!(session["user"]["role"], "advisor");
    assert!(session["expires_at"].as_str().unwrap().ends_with(".000Z"), "milliseconds, always");

    let alice = desk.alice().await;
    let me = desk.get(&alice, "/v1/me").await.expect(200);
    assert_eq!(me["user"]["email"], "alice@demo.test");
    assert_eq!(me["user"]["teams"].as_array().unwrap().len(), 4, "the demo's users belong to all teams");
    assert_eq!(me["features"]["close_conversation"], false, "R1: off on every new workspace");
    assert_eq!(me["platform"], json!({ "atomic_close": true, "close_is_final": true, "idempotency_days": 30 }));
}

#[tokio::test]
async fn a_dead_token_is_unauthenticated() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let out = desk.request(Method::DELETE, "/v1/sessions/current").bearer_auth(&alice.token);
    assert_eq!(answer_of(out).await.status, 204);
    desk.get(&alice, "/v1/me").await.refused(401, "unauthenticated");
    answer_of(desk.request(Method::GET, "/v1/me")).await.refused(401, "unauthenticated");

    let bob = desk.bob().await;
    desk.later(TimeDelta::days(31));
    desk.get(&bob, "/v1/me").await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn the_sixth_attempt_within_a_minute_is_locked_out_even_if_it_is_right() {
    let desk = Desk::start().await;
    let wrong = json!({ "email": "alice@demo.test", "password": "guess" });
    let right = json!({ "email": "Alice@Demo.test", "password": PASSWORD });
    for _ in 0..5 {
        desk.post(None, "/v1/sessions", &wrong).await.refused(401, "bad-credentials");
        desk.later(TimeDelta::seconds(5));
    }
    let locked = desk.post(None, "/v1/sessions", &right).await;
    locked.refused(429, "too-many-attempts");
    assert_eq!(locked.headers["retry-after"], "35");
    desk.bob().await;

    desk.later(TimeDelta::seconds(35));
    desk.post(None, "/v1/sessions", &right).await.expect(201);
}

#[tokio::test]
async fn parallel_guesses_are_counted_one_by_one() {
    let desk = Desk::start().await;
    let wrong = json!({ "email": "nobody@demo.test", "password": "guess" });
    let answers = futures_util::future::join_all((0..8).map(|_| desk.post(None, "/v1/sessions", &wrong))).await;
    let unlocked = answers.iter().filter(|answer| answer.status == 401).count();
    assert_eq!(unlocked, 5, "the rest is 429");
}
