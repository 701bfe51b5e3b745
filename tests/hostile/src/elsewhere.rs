//! Somebody else's system, on a port of this machine: it answers what it was told to, down to the bytes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A head that is longer is not read on.
const HEAD: usize = 64 * 1024;

/// What is answered, by what is asked for (`/token`).
type Told = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

pub(crate) struct Elsewhere {
    pub(crate) url: String,
    told: Told,
}

impl Elsewhere {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let told = Told::default();
        let answers = Arc::clone(&told);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&answers)));
            }
        });
        Self { url, told }
    }

    /// From now on this is the whole answer, its head included.
    pub(crate) fn answers(&self, path: &str, answer: Vec<u8>) {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), answer);
    }

    /// From now on this is the answer, with a right head.
    pub(crate) fn says(&self, path: &str, body: &[u8]) {
        self.answers(path, whole("200 OK", "content-type: application/json\r\n", body));
    }
}

/// An answer with a head of its own.
pub(crate) fn whole(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\n{headers}connection: close\r\ncontent-length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

async fn answer(mut stream: TcpStream, told: Told) {
    let mut asked = Vec::new();
    let end = loop {
        if let Some(end) = asked.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        if asked.len() > HEAD || !matches!(stream.read_buf(&mut asked).await, Ok(read) if read > 0) {
            return;
        }
    };
    let head = String::from_utf8_lossy(&asked[..end]).into_owned();
    let length =
        head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:").map(str::to_owned));
    let length = length.and_then(|length| length.trim().parse::<usize>().ok()).unwrap_or_default();
    while asked.len() < end + length {
        if !matches!(stream.read_buf(&mut asked).await, Ok(read) if read > 0) {
            return;
        }
    }
    let path = head.split(' ').nth(1).unwrap_or_default();
    let answer = {
        let told = told.lock().unwrap_or_else(PoisonError::into_inner);
        let fitting = told.get(path).cloned();
        fitting.unwrap_or_else(|| whole("404 Not Found", "", b""))
    };
    // Whoever asked may have enough of it before its end.
    let _ = stream.write_all(&answer).await;
    let _ = stream.shutdown().await;
}
