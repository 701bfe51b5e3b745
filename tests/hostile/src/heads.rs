//! Heads of requests as they come over a connection, through a proxy that docs/operating.md shows: it sets `X-Forwarded-For`, or appends to
//! it, and leaves everything else as it came.
//!
//! Whatever stands there, the platform answers or lets go, the id of the answer is a plain one, and nobody chooses the address that they are
//! counted under.

use std::net::SocketAddr;
use std::time::Duration;

use signoff_platform::{Chance, ManualClock, Options, Running, Start, demo_blueprint};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::bytes::Bytes;
use crate::workspace::{CHANNEL, folder};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);
/// Whoever is behind the proxy.
const CLIENT: &str = "198.51.100.7";
/// Chats that may begin, since no time passes: fifty under the client's address, and fifty under the proxy's, where whoever cannot be told is
/// counted.
const CHATS: u32 = 100;
const NAMES: &[&str] = &[
    "Forwarded",
    "forwarded",
    "X-Forwarded-For",
    "X-Real-IP",
    "traceparent",
    "X-Request-Id",
    "Accept-Language",
    "Via",
];
const PARTS: &[&str] = &[
    "for=",
    "For=\"[2001:db8::7]:4711\"",
    "for=192.0.2.9",
    "for=_hidden",
    "for=unknown",
    ";proto=https",
    ", ",
    "192.0.2.8",
    "127.0.0.1",
    "::ffff:127.0.0.1",
    "[::1]:80",
    "\"",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "abc-1",
    "\t",
];

/// A platform behind a proxy.
pub struct Heads {
    runtime: tokio::runtime::Runtime,
    platform: Running,
    begun: u32,
    /// No two say the same.
    count: u32,
    _folder: TempDir,
}

impl Default for Heads {
    fn default() -> Self {
        Self::new()
    }
}

impl Heads {
    /// Nobody has asked yet.
    #[must_use]
    pub fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let folder = folder();
        let mut options = Options::new(folder.path());
        options.start = Start::With(Box::new(demo_blueprint()));
        options.clock = std::sync::Arc::new(ManualClock::at("2026-03-02T12:00:00Z".parse().expect("a time")));
        options.chance = Chance::seeded(1);
        options.serving.trusted_proxies = vec!["127.0.0.0/8".parse().expect("a network")];
        let platform = runtime.block_on(signoff_platform::serve(options)).expect("it serves");
        Self { runtime, platform, begun: 0, count: 0, _folder: folder }
    }

    /// Somebody begins a chat with the head that the bytes say.
    pub fn asked(&mut self, data: &[u8]) {
        self.count += 1;
        let mut bytes = Bytes::new(data);
        let (is_whole, said) = said(&mut bytes);
        let answer = self.runtime.block_on(ask(self.platform.addr(), &said, is_whole));
        let shown = String::from_utf8_lossy(&answer).into_owned();
        assert!(answer.is_empty() || answer.starts_with(b"HTTP/1."), "{shown}");
        assert!(!answer.starts_with(b"HTTP/1.1 500"), "{shown}");
        // Whoever speaks to the platform past the proxy can say anything.
        if is_whole && answer.starts_with(b"HTTP/1.1 201") {
            self.begun += 1;
            let said = String::from_utf8_lossy(&said);
            assert!(self.begun <= CHATS, "chat {} of one client: {said}", self.begun);
        }
        let ids =
            shown.lines().take_while(|line| !line.is_empty()).filter_map(|line| line.strip_prefix("x-request-id: "));
        for id in ids {
            let is_plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte));
            assert!(is_plain && (1..=128).contains(&id.len()), "{id:?}");
        }
        if is_whole && self.count.is_multiple_of(100) {
            let alive = b"GET /healthz HTTP/1.1\r\nhost: platform.test\r\nconnection: close\r\n\r\n";
            assert!(self.runtime.block_on(ask(self.platform.addr(), alive, true)).starts_with(b"HTTP/1.1 200"));
        }
    }
}

/// What the proxy passes on, and whether it would have at all.
fn said(bytes: &mut Bytes<'_>) -> (bool, Vec<u8>) {
    if bytes.one_in(16) {
        return (false, bytes.rest().to_vec());
    }
    let mut told = Vec::new();
    let mut said = format!("POST /v1/chat/{CHANNEL}/sessions HTTP/1.1\r\nhost: platform.test\r\n").into_bytes();
    for _ in 0..bytes.below(6) {
        let Some(name) = bytes.pick(NAMES) else { break };
        let mut value = Vec::new();
        for _ in 0..bytes.below(5) {
            match bytes.below(4) {
                0 => value.extend(bytes.raw().iter().filter(|byte| !b"\r\n\0".contains(byte))),
                _ => value.extend(bytes.pick(PARTS).copied().unwrap_or_default().as_bytes()),
            }
        }
        if *name == "X-Forwarded-For" {
            told.push(value);
        } else {
            said.extend([name.as_bytes(), b": ", &value, b"\r\n"].concat());
        }
    }
    match bytes.below(3) {
        // As nginx with `$remote_addr`, with `$proxy_add_x_forwarded_for`, and as HAProxy.
        0 => told = vec![CLIENT.into()],
        1 => {
            told.push(CLIENT.into());
            told = vec![told.join(&b", "[..])];
        }
        _ => told.push(CLIENT.into()),
    }
    for value in told {
        said.extend([b"X-Forwarded-For: ", value.as_slice(), b"\r\n"].concat());
    }
    said.extend(b"content-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}");
    (true, said)
}

/// The whole answer to one connection. Whoever is not sure to have asked anything says that there is no more to come.
async fn ask(address: SocketAddr, said: &[u8], is_whole: bool) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    // It may have had enough before the end.
    let _ = stream.write_all(said).await;
    if !is_whole {
        let _ = stream.shutdown().await;
    }
    let mut answer = Vec::new();
    let _ = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("it answers or lets go");
    answer
}
