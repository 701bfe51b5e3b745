//! What one client may take, and how slowly.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use reqwest::Method;
use signoff_platform::{demo_blueprint, serving::Limits};

use crate::desk::{Desk, answer_of};

async fn with(limits: Limits, proxies: &[&str]) -> Desk {
    let proxies = proxies.iter().map(|net| net.parse().unwrap()).collect();
    Desk::start_as(demo_blueprint(), |options| {
        options.serving.limits = limits;
        options.serving.trusted_proxies = proxies;
    })
    .await
}

/// Writes to the platform as no library would, and reads what it says until it hangs up.
async fn say(addr: SocketAddr, text: &'static str) -> String {
    tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(addr).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("it hangs up in time");
        String::from_utf8_lossy(&answer).into_owned()
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn a_head_that_never_ends_is_hung_up_on() {
    let limits = Limits { header_timeout: Duration::from_millis(200), ..Limits::default() };
    let desk = with(limits, &[]).await;
    let addr = desk.running().addr();
    say(addr, "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ").await;
    say(addr, "").await;
    answer_of(desk.request(Method::GET, "/healthz")).await.expect(200);
}

#[tokio::test]
async fn a_body_that_never_ends_is_408() {
    let limits = Limits { body_timeout: Duration::from_millis(200), ..Limits::default() };
    let desk = with(limits, &[]).await;
    let head = "POST /v1/sessions HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 100\r\n\r\n{\"email\":";
    let answer = say(desk.running().addr(), head).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("\"code\":\"request-timeout\""));
}

#[tokio::test]
async fn an_address_has_so_many_connections_and_no_more() {
    let desk = with(Limits { max_connections_per_address: 2, ..Limits::default() }, &[]).await;
    let addr = desk.running().addr();
    let held: Vec<_> = (0..2).map(|_| TcpStream::connect(addr).unwrap()).collect();
    // Both are in, once one of them is answered: connections are taken in the order in which they were made.
    let answered = tokio::task::spawn_blocking(move || {
        for mut stream in &held {
            stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
            let mut first = [0; 12];
            stream.read_exact(&mut first).unwrap();
            assert_eq!(&first, b"HTTP/1.1 200");
        }
        held
    });
    let held = answered.await.unwrap();
    assert_eq!(say(addr, "").await, "", "the third is closed at once");
    drop(held);
    let deadline = std::time::Instant::now() + Duration::from_secs(10);
    while desk.request(Method::GET, "/healthz").send().await.is_err() {
        assert!(std::time::Instant::now() < deadline, "places are given back");
    }
}

#[tokio::test]
async fn an_address_has_so_many_requests_a_second_as_its_proxy_tells() {
    let desk = with(Limits { requests_per_address_s: 3, ..Limits::default() }, &["127.0.0.0/8"]).await;
    let ask = |client: &'static str| answer_of(desk.request(Method::GET, "/healthz").header("X-Forwarded-For", client));
    let mut refused = None;
    for _ in 0..100 {
        let answer = ask("198.51.100.1").await;
        if answer.status != 200 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("a hundred requests in a moment are too many");
    refused.refused(429, "too-many-requests");
    assert_eq!(refused.headers["retry-after"], "1");
    ask("198.51.100.2").await.expect(200);
}
