//! What one client may take, and how slowly.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use reqwest::Method;
use rusqlite::Connection;
use serde_json::{Value, json};
use signoff_platform::{demo_blueprint, serving::Limits};

use crate::desk::{Answer, Desk, PASSWORD, Person, WEBCHAT, answer_of};

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

const CHAT: &str = "/v1/chat/ch_webchat";
/// More than two sockets hold between them.
const LARGE: usize = 24 * 1024 * 1024;

async fn upload(desk: &Desk, token: &str, path: &str, content: Vec<u8>) -> Answer {
    let request = desk.request(Method::POST, &format!("{path}?name=a.txt")).bearer_auth(token);
    answer_of(request.body(content)).await
}

/// Somebody who asks for a large file and takes nothing of it.
async fn stalled(desk: &Desk, person: &Person, file: &str, how_many: usize) -> Vec<TcpStream> {
    let head = format!(
        "GET /v1/attachments/{file} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\r\n",
        person.token
    );
    let addr = desk.running().addr();
    let asked = tokio::task::spawn_blocking(move || {
        let ask = |_| {
            let mut stream = TcpStream::connect(addr).unwrap();
            stream.write_all(head.as_bytes()).unwrap();
            let mut first = [0; 12];
            stream.read_exact(&mut first).unwrap();
            assert_eq!(&first, b"HTTP/1.1 200");
            stream
        };
        (0..how_many).map(ask).collect()
    });
    asked.await.unwrap()
}

/// Whoever is slow keeps a connection; a thread would be everybody's.
#[test]
fn stalled_downloads_stop_nobody_else() {
    const THREADS: usize = 4;
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).max_blocking_threads(THREADS).enable_all().build().unwrap();
    let served = async {
        let desk = Desk::start().await;
        let alice = desk.alice().await;
        let file = upload(&desk, &alice.token, "/v1/attachments", vec![b'x'; LARGE]).await.expect(201);
        let mut held = Vec::new();
        for _ in 0..2 * THREADS {
            held.extend(stalled(&desk, &alice, file["id"].as_str().unwrap(), 1).await);
        }
        for _ in 0..3 {
            desk.get(&alice, "/v1/conversations").await.expect(200);
        }
        drop(held);
    };
    let served = async { tokio::time::timeout(Duration::from_secs(60), served).await };
    runtime.block_on(served).expect("others are answered while some take nothing");
    runtime.shutdown_background();
}

#[tokio::test]
async fn a_client_that_takes_nothing_is_hung_up_on() {
    let desk = Desk::start_as(demo_blueprint(), |options| {
        options.serving.limits.write_timeout = Duration::from_millis(200);
        options.serving.metrics_token = Some("t".to_owned());
    })
    .await;
    let alice = desk.alice().await;
    let file = upload(&desk, &alice.token, "/v1/attachments", vec![b'x'; LARGE]).await.expect(201);
    let mut held = stalled(&desk, &alice, file["id"].as_str().unwrap(), 1).await;
    let deadline = std::time::Instant::now() + Duration::from_secs(30);
    loop {
        let metrics = answer_of(desk.request(Method::GET, "/metrics").bearer_auth("t")).await;
        // The one that asks.
        if String::from_utf8(metrics.bytes).unwrap().contains("\nsignoff_connections 1\n") {
            break;
        }
        assert!(std::time::Instant::now() < deadline, "it is let go");
    }
    let mut rest = Vec::new();
    let _ = held.remove(0).read_to_end(&mut rest);
    assert!(rest.len() < LARGE, "it has got {} bytes of {LARGE}", rest.len());
}

#[tokio::test]
async fn a_disk_that_is_nearly_full_takes_no_files_and_still_takes_words() {
    let desk = with(Limits { min_free_disk_bytes: u64::MAX, ..Limits::default() }, &[]).await;
    let alice = desk.alice().await;
    let refused = upload(&desk, &alice.token, "/v1/attachments", b"a file".to_vec()).await;
    refused.refused(503, "overloaded");
    assert_eq!(refused.headers["retry-after"], "60");
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    desk.reply(&alice, &came.conversation, "Hi").await;
    let left = std::fs::read_dir(desk.dir().join("files/.incoming")).map_or(0, Iterator::count);
    assert_eq!(left, 0);
}

/// Anybody may be a visitor: what they never send must not fill the disk.
#[tokio::test]
async fn a_visitor_keeps_so_much_unsent_and_no_more() {
    let mut desk = Desk::start().await;
    let begun = desk.post(None, &format!("{CHAT}/sessions"), &json!({})).await.expect(201);
    let token = begun["token"].as_str().unwrap().to_owned();
    let path = format!("{CHAT}/attachments");
    let first = upload(&desk, &token, &path, b"small".to_vec()).await.expect(201);
    // As if it had been as large as a hundred megabytes of files.
    let file = Connection::open(desk.dir().join("workspace.db")).unwrap();
    file.execute("UPDATE attachments SET size = 100 * 1024 * 1024 WHERE id = ?1", [first["id"].as_str().unwrap()])
        .unwrap();
    drop(file);
    let refused = upload(&desk, &token, &path, b"one more".to_vec()).await;
    refused.refused(429, "rate-limited");
    assert_eq!(desk.files_kept(), 1, "and nothing of it is kept");

    desk.later(chrono::TimeDelta::hours(3));
    desk.restart().await;
    desk.until("what was not sent is swept away", || desk.files_kept() == 0).await;
    upload(&desk, &token, &path, b"one more".to_vec()).await.expect(201);
}

async fn signs_in(desk: &Desk, from: &str, password: &str) -> Answer {
    let body = json!({ "email": "admin@demo.test", "password": password });
    answer_of(desk.request(Method::POST, "/v1/sessions").header("X-Forwarded-For", from).json(&body)).await
}

/// CONTRACT: the lockout counts per e-mail address, wherever the guesses come from.
#[tokio::test]
async fn guesses_lock_the_e_mail_address_from_wherever_they_come() {
    let desk = with(Limits::default(), &["127.0.0.0/8"]).await;
    for last in 1..=5 {
        signs_in(&desk, &format!("198.51.100.{last}"), "guess").await.refused(401, "bad-credentials");
    }
    signs_in(&desk, "203.0.113.7", PASSWORD).await.refused(429, "too-many-attempts");

    desk.later(chrono::TimeDelta::minutes(1));
    signs_in(&desk, "203.0.113.7", PASSWORD).await.expect(201);
}

#[tokio::test]
async fn an_address_knocks_so_often_and_no_more_whatever_door_it_is() {
    let desk = with(Limits::default(), &["127.0.0.0/8"]).await;
    let knock = async |from: &str, path: &str, body: Value| {
        answer_of(desk.request(Method::POST, path).header("X-Forwarded-For", from).json(&body)).await
    };
    let finish = json!({ "code": "made up", "verifier": "made up" });
    let mut knocks = 0;
    let refused = loop {
        let answer = knock("198.51.100.1", "/v1/sessions/single-sign-on/finish", finish.clone()).await;
        if answer.status == 429 {
            break answer;
        }
        knocks += 1;
        assert!(knocks < 500, "there is an end to it");
    };
    refused.refused(429, "rate-limited");
    assert!(knocks >= 100, "an office shares an address");
    for (path, body) in [
        ("/v1/sessions", json!({ "email": "alice@demo.test", "password": PASSWORD })),
        ("/v1/sessions/second-factor", json!({ "challenge": "x", "code": "1" })),
        ("/v1/sessions/second-factor/enrolment", json!({ "challenge": "x" })),
        ("/v1/invitations/look", json!({ "token": "x" })),
        ("/v1/invitations/accept", json!({ "token": "x", "name": "X", "password": PASSWORD })),
    ] {
        knock("198.51.100.1", path, body).await.refused(429, "rate-limited");
    }
    signs_in(&desk, "198.51.100.2", PASSWORD).await.expect(201);
}

#[tokio::test]
async fn a_stranger_is_sent_away_before_the_body_is_read() {
    let desk = Desk::start().await;
    let head = "POST /v1/conversations/x/replies HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer x\r\nContent-Length: 900000\r\n\r\n";
    let answer = say(desk.running().addr(), head).await;
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
}
