//! The least that speaks HTTP/1.1: one connection, one request after the other. A client for everything would compute more than the platform
//! that it is to measure, on the same cores.

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A connection that is kept.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
    host: String,
    token: String,
    received: Vec<u8>,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// The body of an answer that has to have this status.
    pub(super) fn expect(self, status: u16) -> Result<serde_json::Value> {
        if self.status != status {
            bail!("answered with {} instead of {status}: {}", self.status, String::from_utf8_lossy(&self.body));
        }
        Ok(if self.body.is_empty() { serde_json::Value::Null } else { serde_json::from_slice(&self.body)? })
    }
}

impl Connection {
    /// To an address such as `http://127.0.0.1:8080`, as whoever has the token.
    pub(super) async fn open(address: &str, token: &str) -> Result<Self> {
        let host = address.trim_start_matches("http://").to_owned();
        let stream = TcpStream::connect(&host).await.with_context(|| format!("nobody listens at {address}"))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, host, token: token.to_owned(), received: Vec::new() })
    }

    pub(super) async fn get(&mut self, path: &str) -> Result<Answer> {
        self.ask("GET", path, "", "").await
    }

    /// Posts JSON. `headers` are whole lines, each with its line break.
    pub(super) async fn post(&mut self, path: &str, headers: &str, body: &str) -> Result<Answer> {
        self.ask("POST", path, headers, body).await
    }

    pub(super) async fn ask(&mut self, method: &str, path: &str, headers: &str, body: &str) -> Result<Answer> {
        self.send(method, path, headers, body).await?;
        let (status, length) = loop {
            if let Some(end) = find(&self.received, b"\r\n\r\n") {
                let head = String::from_utf8_lossy(self.received.get(..end).unwrap_or_default()).to_ascii_lowercase();
                self.received.drain(..end + 4);
                let status = head.split(' ').nth(1).and_then(|text| text.parse().ok()).context("no status")?;
                let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
                break (status, length.map_or(Ok(0), |text| text.trim().parse::<usize>())?);
            }
            self.receive().await?;
        };
        while self.received.len() < length {
            self.receive().await?;
        }
        Ok(Answer { status, body: self.received.drain(..length).collect() })
    }

    /// Asks for a stream; the answer's head has come when this returns.
    pub(super) async fn listen(&mut self, path: &str) -> Result<()> {
        self.send("GET", path, "Accept: text/event-stream\r\n", "").await?;
        loop {
            if let Some(end) = find(&self.received, b": open\n\n") {
                self.received.drain(..end);
                return Ok(());
            }
            self.receive().await?;
        }
    }

    /// What came next; the bytes are those of the body, with the lengths of chunks between them.
    pub(super) async fn next(&mut self) -> Result<&mut Vec<u8>> {
        self.receive().await?;
        Ok(&mut self.received)
    }

    async fn send(&mut self, method: &str, path: &str, headers: &str, body: &str) -> Result<()> {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n{headers}\r\n{body}",
            self.host,
            self.token,
            body.len(),
        );
        Ok(self.stream.write_all(request.as_bytes()).await?)
    }

    async fn receive(&mut self) -> Result<()> {
        if self.stream.read_buf(&mut self.received).await? == 0 {
            bail!("the connection was closed");
        }
        Ok(())
    }
}

/// Where `wanted` begins.
pub(super) fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
