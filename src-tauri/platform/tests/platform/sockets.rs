//! What arrives over a bare socket: no client library would send it.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use uuid::Uuid;

use crate::desk::{Desk, Person, WEBCHAT};

/// Everything that comes back until the platform closes the connection or has nothing more to say.
async fn says(desk: &Desk, request: &[u8]) -> String {
    let mut socket = TcpStream::connect(desk.url.trim_start_matches("http://")).await.unwrap();
    // Refused before it was read to its end: then the rest cannot be written.
    let _ = socket.write_all(request).await;
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(Ok(count)) = tokio::time::timeout(Duration::from_secs(2), socket.read(&mut buffer)).await {
        if count == 0 {
            break;
        }
        answer.extend_from_slice(&buffer[..count]);
    }
    String::from_utf8_lossy(&answer).into_owned()
}

fn statuses(answer: &str) -> Vec<&str> {
    answer.split("HTTP/1.1 ").skip(1).map(|rest| &rest[..3]).collect()
}

fn post(person: &Person, path: &str, headers: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nIdempotency-Key: {}\r\n{headers}\r\n{body}",
        person.token,
        Uuid::now_v7()
    )
    .into_bytes()
}

/// docs/operating.md, "Requests that are no HTTP": a bare status, and no problem document.
#[tokio::test]
async fn garbage_is_refused_and_holds_up_nobody() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let long = format!("GET /v1/me HTTP/1.1\r\nHost: x\r\nX-Long: {}\r\n\r\n", "x".repeat(1 << 20));
    let target = format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "x".repeat(66_000));
    let many = format!("GET /v1/me HTTP/1.1\r\nHost: x\r\n{}\r\n", "X-Many: 1\r\n".repeat(1_000));
    let lengths = b"POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 40\r\n\r\n{}";
    for (request, allowed) in [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(), &["400"][..]),
        (b"BREW / HTTP/9.9\r\n\r\n".to_vec(), &["400", "505"]),
        (b"GET / HTTP/1.1\r\nHost: x\r\nBroken header\r\n\r\n".to_vec(), &["400"]),
        (long.into_bytes(), &["400", "431"]),
        (target.into_bytes(), &["414"]),
        (many.into_bytes(), &["400", "431"]),
        (lengths.to_vec(), &["400"]),
    ] {
        let answer = says(&desk, &request).await;
        assert!(statuses(&answer).first().is_none_or(|status| allowed.contains(status)), "{answer}");
        assert!(answer.is_empty() || answer.ends_with("\r\n\r\n"), "nothing but a head: {answer}");
        desk.get(&alice, "/v1/me").await.expect(200);
    }
}

#[tokio::test]
async fn what_follows_a_request_is_judged_by_itself() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let body = json!({ "text": "Once" }).to_string();
    let path = format!("/v1/conversations/{}/replies", came.conversation);
    let mut pipelined = post(&alice, &path, &format!("Content-Length: {}\r\n", body.len()), &body);
    pipelined.extend_from_slice(b"{\"text\":\"twice\"} HTTP/1.1\r\n\r\n");
    assert_eq!(statuses(&says(&desk, &pipelined).await), ["201", "400"]);
    assert_eq!(texts(&desk, &alice, &came.conversation).await, ["Hello", "Once"]);
}

#[tokio::test]
async fn a_body_that_breaks_off_changes_nothing() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let path = format!("/v1/conversations/{}/replies", came.conversation);
    let half = "{\"text\":\"half\"}";
    for (headers, body) in [
        ("Transfer-Encoding: chunked\r\n", "f\r\n{\"text\":\"half\"}\r\nzz\r\n"),
        ("Transfer-Encoding: chunked\r\n", "ffffffffffffffffff\r\n{}"),
        ("Transfer-Encoding: chunked\r\nContent-Length: 15\r\n", half),
    ] {
        let answer = says(&desk, &post(&alice, &path, headers, body)).await;
        assert!(statuses(&answer).iter().all(|status| *status == "400"), "{answer}");
    }
    says(&desk, &post(&alice, &path, "Content-Length: 4000\r\n", half)).await;
    assert_eq!(texts(&desk, &alice, &came.conversation).await, ["Hello"]);
}

#[tokio::test]
async fn a_thousand_who_only_hold_the_line_hold_up_nobody() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let mut idle = Vec::new();
    for number in 0..1_000 {
        let mut socket = TcpStream::connect(desk.url.trim_start_matches("http://")).await.unwrap();
        if number % 2 == 0 {
            socket.write_all(b"POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{").await.unwrap();
        }
        idle.push(socket);
    }
    desk.get(&alice, "/v1/me").await.expect(200);
    desk.writes(WEBCHAT, "zoe", "Hello").await;
}

async fn texts(desk: &Desk, person: &Person, conversation: &str) -> Vec<String> {
    let is_said = |entry: &&Value| entry["kind"] == "message" || entry["author"]["kind"] == "advisor";
    let timeline = desk.timeline(person, conversation).await;
    timeline.iter().filter(is_said).map(|entry| entry["text"].as_str().unwrap().to_owned()).collect()
}
