//! Saving files from the platform: whole or not at all, whatever becomes of the connection.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use signoff_engine::Engine;
use signoff_wire::interface::{Code, Download, DownloadState};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::company::{ADMIN, ALICE, Company};
use crate::desk::{Desk, as_person, eventually, online};

const ACTIONS: &str = "/v1/exports/actions.csv";
/// Bytes of an answer after which a connection that brings a file breaks.
const BREAKS_AFTER: usize = 9_000;

/// A way to the platform on which connections that bring a file break, a number of times.
struct Brittle {
    address: String,
    breaks: Arc<AtomicU32>,
}

impl Brittle {
    async fn before(company: &Company) -> Self {
        let platform: SocketAddr = company.address().trim_start_matches("http://").parse().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let breaks = Arc::new(AtomicU32::new(0));
        let left = Arc::clone(&breaks);
        tokio::spawn(async move {
            while let Ok((here, _)) = listener.accept().await {
                tokio::spawn(pass(here, platform, Arc::clone(&left)));
            }
        });
        Self { address, breaks }
    }
}

/// Passes bytes on in both directions, until a file has come too far.
async fn pass(mut here: TcpStream, platform: SocketAddr, breaks: Arc<AtomicU32>) {
    let mut there = TcpStream::connect(platform).await.unwrap();
    let (mut asked, mut answered) = ([0; 8192], [0; 2048]);
    let (mut brings_a_file, mut brought) = (false, 0);
    loop {
        tokio::select! {
            read = here.read(&mut asked) => match read {
                Ok(count @ 1..) => {
                    brings_a_file |= asked[..count].windows(16).any(|part| part == b"GET /v1/exports/");
                    there.write_all(&asked[..count]).await.unwrap();
                }
                Ok(0) | Err(_) => return,
            },
            read = there.read(&mut answered) => match read {
                Ok(count @ 1..) => {
                    brought += if brings_a_file { count } else { 0 };
                    let broken = brought > BREAKS_AFTER
                        && breaks.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
                    if broken || here.write_all(&answered[..count]).await.is_err() {
                        return;
                    }
                }
                Ok(0) | Err(_) => return,
            },
        }
    }
}

async fn ended(engine: &Engine, id: &str) -> Download {
    let find = || engine.downloads().into_iter().find(|download| download.id == id);
    let over = |state| !matches!(state, DownloadState::Running | DownloadState::Waiting);
    eventually("the download ends", async || find().is_some_and(|download| over(download.state))).await;
    find().unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

async fn directly(company: &Company) -> Vec<u8> {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let body = serde_json::json!({ "email": ADMIN, "password": "signoff-demo" });
    let session = http.post(format!("{}/v1/sessions", company.address())).json(&body).send().await.unwrap();
    let session: serde_json::Value = serde_json::from_slice(&session.bytes().await.unwrap()).unwrap();
    let token = session["token"].as_str().unwrap().to_owned();
    let file = http.get(format!("{}{ACTIONS}", company.address())).bearer_auth(token).send().await.unwrap();
    file.bytes().await.unwrap().to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_whole_however_often_the_connection_breaks() {
    let (company, desk) = (Company::open().await, Desk::new());
    let way = Brittle::before(&company).await;
    let engine = desk.opened().await;
    engine.sign_in(as_person(&way.address, ADMIN)).await.unwrap();
    online(&engine).await;
    let expected = directly(&company).await;
    assert!(expected.len() > 4 * BREAKS_AFTER, "the demo has {} bytes of actions", expected.len());

    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("actions.csv");
    fs::write(&place, "of yesterday").unwrap();
    way.breaks.store(3, Ordering::SeqCst);
    let begun = engine.save_file(ACTIONS, place.clone()).await.unwrap();
    assert_eq!((&*begun.name, begun.state), ("actions.csv", DownloadState::Running));
    let done = ended(&engine, &begun.id).await;
    assert_eq!((done.state, done.failure), (DownloadState::Done, None));
    assert_eq!(way.breaks.load(Ordering::SeqCst), 0, "it broke three times");
    assert_eq!(fs::read(&place).unwrap(), expected, "byte for byte");
    assert_eq!(names(folder.path()), ["actions.csv"], "nothing is left beside it");
    assert_eq!(engine.download_place(&begun.id).unwrap(), place);
    engine.forget_download(&begun.id).unwrap();
    assert!(engine.downloads().is_empty() && place.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_cancelled_or_refused_leaves_nothing() {
    let (mut company, desk) = (Company::open().await, Desk::new());
    let engine = desk.opened().await;
    engine.sign_in(as_person(&company.address(), ALICE)).await.unwrap();
    online(&engine).await;
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("actions.csv");

    // An advisor: to her the file does not exist.
    let refused = engine.save_file(ACTIONS, place.clone()).await.unwrap();
    let refused = ended(&engine, &refused.id).await;
    assert_eq!(refused.state, DownloadState::Failed);
    assert_eq!(refused.failure.unwrap().code, Code::FileUnknown);
    assert_eq!(engine.download_place(&refused.id).unwrap_err().code, Code::FileUnknown);
    engine.forget_download(&refused.id).unwrap();
    assert!(names(folder.path()).is_empty());

    company.stop().await;
    let waiting = engine.save_file(ACTIONS, place.clone()).await.unwrap();
    let waits = || engine.downloads().iter().any(|download| download.state == DownloadState::Waiting);
    eventually("it waits for the platform", async || waits()).await;
    assert_eq!(names(folder.path()), ["actions.csv.part"]);
    engine.cancel_download(&waiting.id).unwrap();
    eventually("nothing is left", async || names(folder.path()).is_empty()).await;
    assert_eq!(engine.downloads()[0].state, DownloadState::Cancelled);

    let nowhere = folder.path().join("missing").join("actions.csv");
    assert_eq!(engine.save_file(ACTIONS, nowhere).await.unwrap_err().code, Code::FileUnwritable);
    for path in ["/v1/admin/users", "/v1/exports/../conversations", "//elsewhere.test/v1/exports/a"] {
        assert_eq!(engine.require_savable(path).unwrap_err().code, Code::NotAllowed);
        assert_eq!(engine.save_file(path, place.clone()).await.unwrap_err().code, Code::NotAllowed);
    }
    assert_eq!(engine.cancel_download("99").unwrap_err().code, Code::FileUnknown);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_out_takes_half_files_along() {
    let (mut company, desk) = (Company::open().await, Desk::new());
    let engine = desk.opened().await;
    engine.sign_in(as_person(&company.address(), ADMIN)).await.unwrap();
    online(&engine).await;
    company.stop().await;
    let folder = tempfile::tempdir().unwrap();
    engine.save_file(ACTIONS, folder.path().join("actions.csv")).await.unwrap();
    engine.sign_out().await.unwrap();
    eventually("nothing is left", async || names(folder.path()).is_empty()).await;
}
