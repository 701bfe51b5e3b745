//! What comes to the port that the app listens at while somebody's browser is at the provider. Every page that the browser has open can ask
//! that port, too.
//!
//! Whatever comes, it is answered or let go; nobody is taken for the browser who does not know the visit's name; nothing that came stands in
//! the page as markup; and the browser, which comes last, still gets through.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret as _, SecretSlice};
use serde_json::{Value, json};
use signoff_engine::ports::{
    Chance, Clock, DemoHost, DemoRunning, DemoUnavailable, Notification, Notifier, Ports, Secrets, SecretsError,
};
use signoff_engine::remote::RemoteError;
use signoff_engine::remote::http::{Carrier, HttpConnector};
use signoff_engine::store::Machine;
use signoff_engine::{Engine, Start};
use signoff_wire::interface::Preselected;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::bytes::Bytes;
use crate::workspace::folder;

const VISIT: &str = "vst-0193b3a0";
const ADDRESS: &str = "http://platform.test";
/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);
const METHODS: &[&str] = &["GET", "GET", "GET", "HEAD", "POST", "OPTIONS", "CONNECT", "PRI"];

/// An app whose person signs in with the browser, again and again.
pub struct Visits {
    runtime: tokio::runtime::Runtime,
    engine: Arc<Engine>,
    platform: Arc<Provides>,
    _folder: TempDir,
}

impl Default for Visits {
    fn default() -> Self {
        Self::new()
    }
}

impl Visits {
    /// Nobody has come yet.
    #[must_use]
    pub fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let (folder, platform) = (folder(), Arc::<Provides>::default());
        let engine = start(folder.path(), Arc::clone(&platform), runtime.handle());
        Self { runtime, engine, platform, _folder: folder }
    }

    /// Somebody comes and says what the bytes say.
    pub fn came(&mut self, data: &[u8]) {
        let (engine, platform) = (&self.engine, &self.platform);
        self.runtime.block_on(came(engine, platform, &mut Bytes::new(data)));
    }
}

async fn came(engine: &Arc<Engine>, platform: &Provides, bytes: &mut Bytes<'_>) {
    let said = said(bytes);
    engine.begin_single_sign_on(Some(ADDRESS)).await.expect("a visit begins");
    platform.codes().clear();
    let waiting = tokio::spawn({
        let engine = Arc::clone(engine);
        async move { engine.finish_single_sign_on().await }
    });
    let port = u16::try_from(platform.port.load(Ordering::Relaxed)).expect("a port");
    let answer = String::from_utf8_lossy(&ask(port, &said, false).await).into_owned();
    assert!(answer.is_empty() || answer.starts_with("HTTP/1."), "{answer}");
    assert!(!answer.starts_with("HTTP/1.1 5"), "{answer}");
    assert!(!answer.to_lowercase().contains("<script"), "{answer}");
    let knows = String::from_utf8_lossy(&said).contains(VISIT);
    if !knows {
        assert!(platform.codes().is_empty(), "taken for the browser: {:?}", String::from_utf8_lossy(&said));
        let back = format!("GET /?visit={VISIT}&code=honest HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n");
        let page = ask(port, back.as_bytes(), true).await;
        assert!(page.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&page));
        let outcome = timeout(PATIENCE, waiting).await.expect("the browser was let in").expect("no panic");
        assert!(outcome.is_err(), "this platform lets nobody in");
        assert_eq!(*platform.codes(), ["honest"]);
        return;
    }
    engine.cancel_single_sign_on();
    let outcome = timeout(PATIENCE, waiting).await.expect("it ends").expect("no panic");
    assert!(outcome.is_err(), "this platform lets nobody in");
}

fn said(bytes: &mut Bytes<'_>) -> Vec<u8> {
    if bytes.one_in(8) {
        return bytes.rest().to_vec();
    }
    let mut said = bytes.pick(METHODS).copied().unwrap_or("GET").as_bytes().to_vec();
    said.extend(b" /");
    if bytes.one_in(8) {
        said.extend(bytes.raw());
    }
    said.push(b'?');
    for name in ["visit", "code", "error"] {
        if bytes.one_in(4) {
            continue;
        }
        said.extend(format!("{name}=").as_bytes());
        match bytes.below(3) {
            0 => said.extend(VISIT.as_bytes()),
            1 => said.extend(form_urlencoded::byte_serialize(bytes.raw()).collect::<String>().as_bytes()),
            _ => said.extend(bytes.raw()),
        }
        said.push(b'&');
    }
    said.extend(b" HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\naccept-language: ");
    said.extend(bytes.raw());
    said.extend(b"\r\n\r\n");
    said.extend(bytes.rest());
    said
}

/// The whole answer to one connection. Whoever is not sure to have asked anything says that there is no more to come.
async fn ask(port: u16, said: &[u8], is_whole: bool) -> Vec<u8> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("it listens");
    // It may have had enough before the end.
    let _ = stream.write_all(said).await;
    if !is_whole {
        let _ = stream.shutdown().await;
    }
    let mut answer = Vec::new();
    let _ = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("it answers or lets go");
    answer
}

fn start(folder: &Path, platform: Arc<Provides>, runtime: &tokio::runtime::Handle) -> Arc<Engine> {
    let here = Arc::new(Here::default());
    let carrier: Arc<dyn Carrier> = platform;
    let clock: Arc<dyn Clock> = here.clone();
    Engine::start(Start {
        profile: folder.join("profile"),
        ports: Ports {
            connector: Arc::new(HttpConnector::over(Arc::clone(&clock), carrier)),
            clock,
            chance: here.clone(),
            secrets: here.clone(),
            notifier: here.clone(),
            demo: here,
        },
        preselected: Preselected::Nothing,
        first_paint: Duration::ZERO,
        system_language: "en".to_owned(),
        version: "0.0.0".to_owned(),
        runtime: runtime.clone(),
        machine: Machine::default(),
    })
}

/// A platform that sends everybody to a provider and lets nobody in.
#[derive(Default)]
struct Provides {
    /// Where the browser is to come back to.
    port: AtomicU64,
    /// What was brought.
    codes: Mutex<Vec<String>>,
}

impl Provides {
    fn codes(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.codes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Carrier for Provides {
    async fn carry(&self, request: reqwest::Request) -> Result<reqwest::Response, RemoteError> {
        let body = request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default();
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let (status, kind, answer) = match request.url().path() {
            "/v1/sessions/single-sign-on" => {
                self.port.store(body["port"].as_u64().expect("a port"), Ordering::Relaxed);
                let begun = json!({
                    "url": "https://provider.test/", "visit": VISIT, "expires_at": "2026-03-02T12:00:00.000Z",
                });
                (201, "application/json", begun)
            }
            path => {
                if path.ends_with("/finish") {
                    self.codes().push(body["code"].as_str().expect("a code").to_owned());
                }
                let problem = json!({ "status": 401, "code": "unauthenticated", "title": "", "type": "about:blank" });
                (401, "application/problem+json", problem)
            }
        };
        let answer =
            axum::http::Response::builder().status(status).header("content-type", kind).body(answer.to_string());
        Ok(reqwest::Response::from(answer.expect("a response")))
    }
}

/// A machine without anything of its own.
#[derive(Default)]
struct Here {
    counted: AtomicU64,
    kept: Mutex<HashMap<String, Vec<u8>>>,
}

impl Clock for Here {
    fn now(&self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
    }
}

impl Chance for Here {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = u8::try_from(self.counted.fetch_add(1, Ordering::Relaxed) % 251).unwrap_or_default();
        }
    }
}

impl Secrets for Here {
    fn get(&self, name: &str) -> Result<Option<SecretSlice<u8>>, SecretsError> {
        Ok(self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned().map(SecretSlice::from))
    }

    fn set(&self, name: &str, secret: &SecretSlice<u8>) -> Result<(), SecretsError> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(name.to_owned(), secret.expose_secret().to_vec());
        Ok(())
    }

    fn remove(&self, name: &str) -> Result<(), SecretsError> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
        Ok(())
    }
}

impl Notifier for Here {
    fn notify(&self, _: Notification) {}
}

#[async_trait]
impl DemoHost for Here {
    async fn start(&self) -> Result<DemoRunning, DemoUnavailable> {
        Err(DemoUnavailable("there is none".to_owned()))
    }
}
