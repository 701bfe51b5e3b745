//! Bad input, row by row: what answers at an address that is not a platform, or not a healthy one. Each failure must land in the class
//! that the outbox acts on (DESIGN, outbox 7); above all, doubt must never be lost.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::StreamExt;
use secrecy::SecretString;
use signoff_engine::remote::{Act, Attempt, RemoteError, Seen, Step, Streamed, What};
use signoff_wire::contract::problems::ProblemCode;
use signoff_wire::contract::requests::Origin;
use tokio::net::TcpListener;

use crate::scripted::{Reaction, Scripted, client, http, problem, react};

const JSON: (&str, &str) = ("content-type", "application/json");

fn token() -> SecretString {
    SecretString::from("a-token")
}

fn closing(key: &str) -> Attempt {
    let what =
        What::Close { text: "Bye".to_owned(), attachments: Vec::new(), last_seen_message_id: Some("m_1".to_owned()) };
    let act = Act { conversation_id: "c_1".to_owned(), what, origin: Origin::Console };
    Attempt { key: key.to_owned(), act, step: Step::Whole, mark: None }
}

async fn perform_against(reaction: Reaction) -> RemoteError {
    let server = Scripted::start(reaction).await;
    server.client().perform(&token(), &closing("0193-key")).await.expect_err("no receipt was sent")
}

#[tokio::test]
async fn no_server_means_that_nothing_was_applied() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let error = client(&format!("http://{free}")).perform(&token(), &closing("key")).await.unwrap_err();
    assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
    assert!(!error.leaves_doubt());
}

#[tokio::test]
async fn a_name_that_does_not_resolve_is_unreachable() {
    let error = client("https://nobody.invalid").probe().await.unwrap_err();
    assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused_before_any_request() {
    let (address, requests) = self_signed().await;
    let error = client(&address).probe().await.unwrap_err();
    assert!(matches!(error, RemoteError::Certificate(_)), "{error:?}");
    assert!(requests.lock().unwrap().is_empty(), "a request was made all the same");
}

#[tokio::test]
async fn https_to_a_server_without_tls_is_no_bad_certificate() {
    let server = Scripted::start(http("400 Bad Request", &[], "no")).await;
    let error = client(&server.address.replace("http://", "https://")).probe().await.unwrap_err();
    assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
}

#[tokio::test]
async fn a_platform_is_known_by_how_it_refuses_strangers() {
    let server = Scripted::start(problem(401, "unauthenticated", &[])).await;
    assert_eq!(server.client().probe().await, Ok(()));
}

#[tokio::test]
async fn what_answers_otherwise_is_no_platform() {
    let html = ("content-type", "text/html");
    for reaction in [
        http("200 OK", &[html], "<h1>Welcome</h1>"),
        http("404 Not Found", &[html], "<h1>Nothing here</h1>"),
        http("401 Unauthorized", &[html], "<h1>Who are you?</h1>"),
        http("302 Found", &[("location", "http://portal.test/login")], ""),
        http("200 OK", &[JSON], r#"{"hello":"world"}"#),
        problem(404, "not-found", &[]),
        Reaction::Say(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()),
    ] {
        let error = Scripted::start(reaction).await.client().probe().await.unwrap_err();
        assert!(matches!(error, RemoteError::Nonsense(_) | RemoteError::Interrupted(_)), "{error:?}");
    }
}

#[tokio::test]
async fn rubbish_half_answers_and_silence_leave_doubt() {
    let half = Reaction::Say(
        b"HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{\"act".to_vec(),
    );
    let no_end = Reaction::SayAndHang(
        b"HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{".to_vec(),
    );
    for reaction in [
        http("201 Created", &[JSON], "\u{0}\u{1}rubbish"),
        http("201 Created", &[JSON], r#"{"action_id":"#),
        http("201 Created", &[("content-type", "text/html")], "<h1>Hotel Wi-Fi</h1>"),
        half,
        no_end,
        Reaction::Say(Vec::new()),
        Reaction::SayAndHang(Vec::new()),
        http("502 Bad Gateway", &[("content-type", "text/html")], "<h1>nginx</h1>"),
        http("503 Service Unavailable", &[("content-type", "text/html")], "upstream connect error"),
        problem(500, "internal", &[]),
        http("403 Forbidden", &[("content-type", "text/html")], "<h1>The proxy says no</h1>"),
        http("301 Moved Permanently", &[("location", "/elsewhere")], ""),
    ] {
        let error = perform_against(reaction).await;
        assert!(error.leaves_doubt(), "nobody knows whether it was applied: {error:?}");
    }
}

#[tokio::test]
async fn an_answer_that_does_not_end_is_given_up() {
    let mut endless = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n".to_vec();
    endless.resize(40 * 1024 * 1024, b' ');
    let error = perform_against(Reaction::Say(endless)).await;
    assert!(error.leaves_doubt(), "{error:?}");
}

#[tokio::test]
async fn refusals_carry_what_the_advisor_has_to_know() {
    let body = r#"{"type":"x","title":"x","status":412,"detail":"x","code":"customer-wrote-since","retryable":false,"last_customer_message_id":"m_2"}"#;
    let error =
        perform_against(http("412 Precondition Failed", &[("content-type", "application/problem+json")], body)).await;
    let RemoteError::Refused(refusal) = &error else { panic!("{error:?}") };
    assert_eq!(refusal.code, ProblemCode::CustomerWroteSince);
    assert_eq!(refusal.last_customer_message_id.as_deref(), Some("m_2"));
    assert!(!error.leaves_doubt());
}

#[tokio::test]
async fn each_refusal_with_a_class_of_its_own_gets_it() {
    assert_eq!(perform_against(problem(401, "unauthenticated", &[])).await, RemoteError::SignedOut);
    assert_eq!(perform_against(problem(409, "idempotency-in-progress", &[])).await, RemoteError::InProgress);
    assert_eq!(perform_against(problem(422, "idempotency-key-reused", &[])).await, RemoteError::KeyReused);
}

#[tokio::test]
async fn retry_after_is_read_as_seconds_and_as_the_platforms_date() {
    let wait = |seconds, code| RemoteError::Unavailable { retry_after: Some(Duration::from_secs(seconds)), code };
    let in_seconds = problem(429, "too-many-attempts", &[("retry-after", "42")]);
    assert_eq!(perform_against(in_seconds).await, wait(42, ProblemCode::TooManyAttempts));
    // The platform's clock is years behind ours; what counts is the distance between its two dates.
    let as_date = problem(
        503,
        "overloaded",
        &[("date", "Sun, 06 Nov 1994 08:49:07 GMT"), ("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")],
    );
    assert_eq!(perform_against(as_date).await, wait(30, ProblemCode::Overloaded));
}

/// Bad input: a wait that no clock can count. Added to a time it would end the task that brings the queue to the platform.
#[tokio::test]
async fn retry_after_is_a_day_at_most() {
    let date = ("date", "Sun, 06 Nov 1994 08:49:07 GMT");
    for endless in ["18446744073709551615", "99999999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"] {
        let error = perform_against(problem(503, "overloaded", &[date, ("retry-after", endless)])).await;
        let RemoteError::Unavailable { retry_after, .. } = error else { panic!("{error:?}") };
        assert_eq!(retry_after, Some(Duration::from_secs(24 * 60 * 60)), "{endless}");
    }
}

/// D5: the key travels quoted, with the text exactly as typed and the newest message seen (D6).
#[tokio::test]
async fn a_close_is_sent_as_the_contract_writes_it() {
    let server = Scripted::start(problem(403, "close-disabled", &[])).await;
    let _ = server.client().perform(&token(), &closing("0193-key")).await;
    let request = server.requests().remove(0);
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /v1/conversations/c_1/close HTTP/1.1"), "{head}");
    assert!(head.to_ascii_lowercase().contains("idempotency-key: \"0193-key\""), "{head}");
    assert!(head.to_ascii_lowercase().contains("authorization: bearer a-token"), "{head}");
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["reply"]["text"], "Bye");
    assert_eq!(body["last_seen_message_id"], "m_1");
}

#[tokio::test]
async fn an_id_cannot_lead_to_another_resource() {
    let server = Scripted::start(problem(404, "conversation-unknown", &[])).await;
    let _ = server.client().timeline(&token(), "../settings?x=1", None, 10).await;
    let request = server.requests().remove(0);
    assert!(request.starts_with("GET /v1/conversations/..%2Fsettings%3Fx=1/messages?limit=10 "), "{request}");
}

#[tokio::test]
async fn the_platforms_clock_is_compared_with_this_machines() {
    let server = Scripted::start(problem(401, "unauthenticated", &[("date", "Tue, 02 Mar 2027 10:00:00 GMT")])).await;
    let platform = server.client();
    assert_eq!(platform.clock_ahead_by(), None, "nothing was heard yet");
    platform.probe().await.unwrap();
    assert_eq!(platform.clock_ahead_by().map(|ahead| ahead.num_days()), Some(365));
}

#[tokio::test]
async fn a_receipt_that_is_unknown_is_an_answer_and_not_a_failure() {
    let unknown = Scripted::start(problem(404, "receipt-unknown", &[])).await;
    assert_eq!(unknown.client().look(&token(), &closing("key")).await, Ok(Seen::NoReceipt));
    let stranger = Scripted::start(http("404 Not Found", &[("content-type", "text/html")], "no")).await;
    assert!(stranger.client().look(&token(), &closing("key")).await.is_err(), "a proxy's 404 proves nothing");
}

#[tokio::test]
async fn heartbeats_are_signs_of_life_between_events() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";
    let event = "id: 7\nevent: settings.changed\ndata: {\"allow_manual_close\":true,\"version\":2}\n\n";
    let server = Scripted::start(Reaction::SayAndHang(format!("{head}: still here\n\n{event}").into_bytes())).await;
    let mut stream = server.client().events(&token(), 6).await.unwrap();
    let mut alive = 0;
    let event = loop {
        match stream.next().await.unwrap().unwrap() {
            Streamed::Alive => alive += 1,
            Streamed::Event(event) => break event,
            Streamed::CustomerTypes(typing) => panic!("nobody types: {typing:?}"),
        }
    };
    assert_eq!(event.seq, 7);
    while alive == 0 {
        match stream.next().await.unwrap().unwrap() {
            Streamed::Alive => alive += 1,
            other @ (Streamed::Event(_) | Streamed::CustomerTypes(_)) => {
                panic!("one event was sent, not also {other:?}")
            }
        }
    }
}

#[tokio::test]
async fn a_customers_typing_has_no_place_in_the_sequence() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";
    let typing = "event: customer.typing\ndata: {\"conversation_id\":\"c_1\",\"customer_id\":\"k_1\",\"on\":true}\n\n";
    let event = "id: 7\nevent: settings.changed\ndata: {\"allow_manual_close\":true,\"version\":2}\n\n";
    let server = Scripted::start(Reaction::SayAndHang(format!("{head}{typing}{event}").into_bytes())).await;
    let stream = server.client().events(&token(), 6).await.unwrap();
    let items: Vec<_> = stream.filter(|item| std::future::ready(*item != Ok(Streamed::Alive))).take(2).collect().await;
    let [Ok(Streamed::CustomerTypes(typing)), Ok(Streamed::Event(event))] = items.as_slice() else {
        panic!("{items:?}");
    };
    assert_eq!((typing.conversation_id.as_str(), typing.on, event.seq), ("c_1", true, 7));
}

#[tokio::test]
async fn a_stream_that_is_none_or_breaks_is_an_error() {
    let html = Scripted::start(http("200 OK", &[("content-type", "text/html")], "<h1>Portal</h1>")).await;
    assert!(matches!(html.client().events(&token(), 0).await.err(), Some(RemoteError::Nonsense(_))));
    let over = Scripted::start(problem(401, "unauthenticated", &[])).await;
    assert_eq!(over.client().events(&token(), 0).await.err(), Some(RemoteError::SignedOut));
    let rubbish =
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\nid: 7\nevent: settings.changed\ndata: {oops\n\n";
    let broken = Scripted::start(Reaction::Say(rubbish.as_bytes().to_vec())).await;
    let stream = broken.client().events(&token(), 0).await.unwrap();
    let items: Vec<_> = stream.filter(|item| std::future::ready(*item != Ok(Streamed::Alive))).collect().await;
    assert!(matches!(items.as_slice(), [Err(RemoteError::Nonsense(_))]), "{items:?}");
}

/// A TLS server with a certificate of its own making.
async fn self_signed() -> (String, Arc<Mutex<Vec<String>>>) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let identity = tokio_native_tls::native_tls::Identity::from_pkcs8(
        made.cert.pem().as_bytes(),
        made.signing_key.serialize_pem().as_bytes(),
    )
    .unwrap();
    let acceptor =
        tokio_native_tls::TlsAcceptor::from(tokio_native_tls::native_tls::TlsAcceptor::new(identity).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let requests = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&requests);
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            if let Ok(connection) = acceptor.accept(connection).await {
                tokio::spawn(react(connection, http("200 OK", &[], ""), Arc::clone(&seen)));
            }
        }
    });
    (format!("https://localhost:{port}"), requests)
}
