//! A stop drops nothing.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use reqwest::{Client, Method};
use serde_json::json;
use uuid::Uuid;

use super::Served;
use crate::desk::{Desk, WEBCHAT};

const CLIENTS: usize = 16;
const BEFORE: usize = 200;

/// Replies from many clients while the process is asked to stop: each is answered, or nobody was there to send it to.
#[tokio::test(flavor = "multi_thread")]
async fn under_load_every_request_that_found_somebody_is_answered() {
    let dir = tempfile::tempdir().unwrap();
    let mut served = Served::demo(dir.path(), &[]);
    let desk = Desk::at(&served.url);
    let alice = desk.alice().await;
    let conversation = desk.writes(WEBCHAT, "zoe", "Hello").await.conversation;
    let answered = Arc::new(AtomicUsize::new(0));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (url, token) = (format!("{}/v1/conversations/{conversation}/replies", served.url), alice.token.clone());
            let answered = Arc::clone(&answered);
            tokio::spawn(async move {
                let http = Client::new();
                loop {
                    let request = http
                        .request(Method::POST, &url)
                        .bearer_auth(&token)
                        .header("Idempotency-Key", Uuid::now_v7().to_string())
                        .json(&json!({ "text": "On its way.", "attachments": [] }));
                    match request.send().await {
                        Ok(answer) => {
                            assert_eq!(answer.status(), 201);
                            answer.bytes().await.expect("the whole answer");
                            answered.fetch_add(1, Ordering::SeqCst);
                        }
                        Err(error) => {
                            assert!(error.is_connect(), "dropped: {error:?}");
                            return;
                        }
                    }
                }
            })
        })
        .collect();
    while answered.load(Ordering::SeqCst) < BEFORE {
        tokio::task::yield_now().await;
    }
    served.signal("TERM");
    for client in clients {
        tokio::time::timeout(Duration::from_secs(20), client).await.expect("it ends").expect("no request was dropped");
    }
    let status = tokio::task::spawn_blocking(move || served.child.wait()).await.unwrap().unwrap();
    assert_eq!(status.code(), Some(0));

    let served = Served::demo(dir.path(), &[]);
    let desk = Desk::at(&served.url);
    let mut replies = 0;
    let mut before = String::new();
    loop {
        let path = format!("/v1/conversations/{conversation}/messages?limit=200{before}");
        let page = desk.get(&alice, &path).await.expect(200);
        let of_alice =
            |entry: &&serde_json::Value| entry["kind"] == "reply" && entry["author"]["id"] == alice.id.as_str();
        replies += crate::desk::items(&page).iter().filter(of_alice).count();
        match page["next"].as_str() {
            Some(next) => before = format!("&before={next}"),
            None => break,
        }
    }
    assert_eq!(replies, answered.load(Ordering::SeqCst), "each answered reply is there, once, and no other");
}

/// A load balancer hears of the stop before connections are refused.
#[tokio::test]
async fn readiness_turns_503_while_connections_are_still_taken() {
    let dir = tempfile::tempdir().unwrap();
    let served = Served::demo(dir.path(), &["--set", "stop.notice_ms=3000"]);
    let desk = Desk::at(&served.url);
    let ready = || async {
        // A client of its own each time: a new connection.
        Client::new().get(format!("{}/readyz", served.url)).send().await.unwrap()
    };
    assert_eq!(ready().await.status(), 200);
    served.signal("TERM");
    let deadline = std::time::Instant::now() + Duration::from_secs(2);
    let unready = loop {
        let answer = ready().await;
        if answer.status() == 503 {
            break answer;
        }
        assert!(std::time::Instant::now() < deadline, "it says so at once");
    };
    assert_eq!(unready.headers()["connection"], "close");
    desk.writes(WEBCHAT, "zoe", "Still there?").await;
}
