//! How long the synchronisation trusts a stream, and what it does meanwhile and afterwards: minutes and hours, in paused time.

mod support;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretSlice};
use signoff_engine::ports::{
    AddressInvalid, Connector, DemoHost, DemoRunning, DemoUnavailable, Notification, Notifier, Ports, Secrets,
    SecretsError,
};
use signoff_engine::remote::Platform;
use signoff_engine::store::{Machine, Threads};
use signoff_engine::{Engine, Start};
use signoff_wire::interface::{ConnectionStatus, Preselected, SignIn, Stage};
use support::platform::{Scripted, Streams};
use support::shift::until;
use support::{Dice, TestClock};
use tokio::time::{Instant, sleep, sleep_until};

const SECOND: Duration = Duration::from_secs(1);

/// A proxy that holds even the head of a stream back. Until that is certain, and for as long as it is, somebody who does not hear has to ask.
#[tokio::test(start_paused = true)]
async fn where_streams_are_held_back_the_platform_is_asked_and_the_stream_tried_again_after_ten_minutes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let platform = Scripted::default();
    let engine = at_work(folder.path(), &platform).await;
    let opened = first_opened(&platform).await;

    sleep_until(opened + 19 * SECOND).await;
    let asked = asked_since(&platform, opened);
    assert!(asked >= 3, "asked every five seconds although nothing is certain yet, here {asked} times");
    assert!(!engine.state().connection.polling);

    sleep_until(opened + 21 * SECOND).await;
    assert!(engine.state().connection.polling, "twenty seconds without a sign are enough");
    sleep_until(opened + 619 * SECOND).await;
    assert_eq!(platform.script().opened.len(), 1, "not tried again within the ten minutes");
    assert!(asked_since(&platform, opened) >= 120, "asked every five seconds meanwhile");
    assert_eq!(engine.state().connection.status, ConnectionStatus::Online, "which is a connection");

    sleep_until(opened + 623 * SECOND).await;
    assert_eq!(platform.script().opened.len(), 2, "the laptop may have moved on to a better network");
}

/// D1: on demand means now, also while the stream is still being opened.
#[tokio::test(start_paused = true)]
async fn a_refresh_is_answered_while_the_stream_is_being_opened() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let platform = Scripted::default();
    let engine = at_work(folder.path(), &platform).await;
    let opened = first_opened(&platform).await;

    sleep(SECOND).await;
    engine.refresh().await.expect("there is nothing to refuse");
    sleep(SECOND).await;

    assert_eq!(asked_since(&platform, opened), 1);
}

/// A connection that is gone without a word: a laptop that slept, a firewall that forgot.
#[tokio::test(start_paused = true)]
async fn a_stream_that_falls_silent_is_given_up_after_forty_seconds() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let platform = Scripted::default();
    platform.script().streams = Streams::FallSilent;
    let _engine = at_work(folder.path(), &platform).await;
    let opened = first_opened(&platform).await;

    sleep_until(opened + 39 * SECOND).await;
    assert_eq!(platform.script().opened.len(), 1, "two heartbeats may be late");

    sleep_until(opened + 43 * SECOND).await;
    assert_eq!(platform.script().opened.len(), 2, "a dead connection is replaced");
}

/// An advisor who has just come online.
async fn at_work(folder: &Path, platform: &Scripted) -> Arc<Engine> {
    let engine = Engine::start(Start {
        profile: folder.join("profile"),
        ports: Ports {
            clock: TestClock::new(),
            chance: Dice::new(),
            secrets: Arc::new(Keyring::default()),
            notifier: Arc::new(Nobody),
            connector: Arc::new(Wire(platform.clone())),
            demo: Arc::new(Nobody),
        },
        preselected: Preselected::Nothing,
        first_paint: Duration::ZERO,
        system_language: "en".to_owned(),
        version: "0.0.0".to_owned(),
        runtime: tokio::runtime::Handle::current(),
        machine: Machine { threads: Threads::Caller, ..Machine::default() },
    });
    until("it is opened", || async { engine.state().stage == Stage::SignedOut }).await;
    let (address, email) = (Some("https://signoff.test".to_owned()), "alice@demo.test".to_owned());
    engine.sign_in(SignIn { address, email, password: "signoff-demo".to_owned() }).await.expect("let in");
    engine
}

/// When the first stream was asked for.
async fn first_opened(platform: &Scripted) -> Instant {
    until("a stream is asked for", || async { !platform.script().opened.is_empty() }).await;
    platform.script().opened[0]
}

fn asked_since(platform: &Scripted, since: Instant) -> usize {
    platform.script().asked.iter().filter(|at| **at > since).count()
}

struct Wire(Scripted);

impl Connector for Wire {
    fn connect(&self, _address: &str) -> Result<Arc<dyn Platform>, AddressInvalid> {
        Ok(Arc::new(self.0.clone()))
    }
}

#[derive(Default)]
struct Keyring(Mutex<HashMap<String, Vec<u8>>>);

impl Keyring {
    fn kept(&self) -> std::sync::MutexGuard<'_, HashMap<String, Vec<u8>>> {
        self.0.lock().expect("nobody panics with the keyring in hand")
    }
}

impl Secrets for Keyring {
    fn get(&self, name: &str) -> Result<Option<SecretSlice<u8>>, SecretsError> {
        Ok(self.kept().get(name).cloned().map(SecretSlice::from))
    }

    fn set(&self, name: &str, secret: &SecretSlice<u8>) -> Result<(), SecretsError> {
        self.kept().insert(name.to_owned(), secret.expose_secret().to_vec());
        Ok(())
    }

    fn remove(&self, name: &str) -> Result<(), SecretsError> {
        self.kept().remove(name);
        Ok(())
    }
}

/// Sees no notification and has no demo workspace.
struct Nobody;

impl Notifier for Nobody {
    fn notify(&self, _notification: Notification) {}
}

#[async_trait]
impl DemoHost for Nobody {
    async fn start(&self) -> Result<DemoRunning, DemoUnavailable> {
        Err(DemoUnavailable("these tests have none".to_owned()))
    }
}
