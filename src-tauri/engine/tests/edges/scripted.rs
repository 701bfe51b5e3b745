//! Servers that do exactly what a test says, down to the byte and the broken connection.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, Utc};
use signoff_engine::ports::{Clock, Connector};
use signoff_engine::remote::Platform;
use signoff_engine::remote::http::{HttpConnector, Patience};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;

/// What a server does with every request that it gets.
#[derive(Clone)]
pub(crate) enum Reaction {
    /// Sends these bytes and closes the connection.
    Say(Vec<u8>),
    /// Sends these bytes, then nothing more, ever.
    SayAndHang(Vec<u8>),
}

/// A server, and what it was asked.
pub(crate) struct Scripted {
    pub(crate) address: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Scripted {
    pub(crate) async fn start(reaction: Reaction) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(react(connection, reaction.clone(), Arc::clone(&seen)));
            }
        });
        Self { address, requests }
    }

    /// The requests so far, heads and bodies.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    pub(crate) fn client(&self) -> Arc<dyn Platform> {
        client(&self.address)
    }
}

/// Serves one request on a connection of any kind.
pub(crate) async fn react(
    mut connection: impl AsyncRead + AsyncWrite + Unpin,
    reaction: Reaction,
    seen: Arc<Mutex<Vec<String>>>,
) {
    let request = whole_request(&mut connection).await;
    seen.lock().unwrap().push(request);
    match reaction {
        Reaction::Say(bytes) => {
            let _ = connection.write_all(&bytes).await;
            let _ = connection.shutdown().await;
        }
        Reaction::SayAndHang(bytes) => {
            let _ = connection.write_all(&bytes).await;
            std::future::pending::<()>().await;
        }
    }
}

async fn whole_request(connection: &mut (impl AsyncRead + Unpin)) -> String {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| {
                    line.to_ascii_lowercase().strip_prefix("content-length:").map(|n| n.trim().parse().unwrap())
                })
                .unwrap_or(0);
            if body.len() >= length {
                return text;
            }
        }
        // A TLS greeting is no request: a server that speaks only HTTP answers it with a complaint.
        if bytes.first() == Some(&0x16) {
            return text;
        }
        match connection.read(&mut chunk).await {
            Ok(0) | Err(_) => return text,
            Ok(read) => bytes.extend_from_slice(&chunk[..read]),
        }
    }
}

/// An HTTP answer with these headers.
pub(crate) fn http(status: &str, headers: &[(&str, &str)], body: &str) -> Reaction {
    let mut head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n", body.len());
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    Reaction::Say(format!("{head}\r\n{body}").into_bytes())
}

/// A refusal in the contract's words.
pub(crate) fn problem(status: u16, code: &str, headers: &[(&str, &str)]) -> Reaction {
    let body = format!(
        r#"{{"type":"about:blank","title":"","status":{status},"detail":"","code":"{code}","retryable":false}}"#
    );
    let mut all = vec![("content-type", "application/problem+json")];
    all.extend_from_slice(headers);
    http(&format!("{status} Refused"), &all, &body)
}

pub(crate) fn client(address: &str) -> Arc<dyn Platform> {
    let patience = Patience { connect: Duration::from_secs(5), answer: Duration::from_millis(400) };
    HttpConnector::new(Arc::new(At(now()))).with_patience(patience).connect(address).unwrap()
}

/// The moment at which these tests take place.
pub(crate) fn now() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-03-02T10:00:00Z").unwrap().to_utc()
}

struct At(DateTime<Utc>);

impl Clock for At {
    fn now(&self) -> DateTime<Utc> {
        self.0
    }
}
