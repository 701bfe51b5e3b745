//! A desk without a desktop: an engine in a folder of its own, a keyring and notifications that are only remembered, and clocks that can be
//! wrong. It can be left and come back to, as a laptop can.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretSlice};
use signoff_engine::ports::{
    Chance, Clock, Connector, DemoHost, DemoRunning, DemoUnavailable, Notification, Notifier, Ports, Secrets,
    SecretsError,
};
use signoff_engine::remote::http::HttpConnector;
use signoff_engine::store::{Disk, Machine, StoreError};
use signoff_engine::{Engine, Start};
use signoff_wire::interface::{AppState, ConnectionStatus, Preselected, SignIn, Stage};
use tempfile::TempDir;
use tokio::time::timeout;

/// How long a test waits before it says that something never came: shorter than the silence after which the engine opens its stream again,
/// so that what is caught up does not pass for what was heard.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Everything around an engine that outlives it.
pub(crate) struct Desk {
    pub(crate) folder: TempDir,
    pub(crate) keyring: Arc<Keyring>,
    pub(crate) notifications: Arc<Notifications>,
    pub(crate) clock: Arc<Skewed>,
    pub(crate) disk: Arc<FailingDisk>,
    /// How long a start leaves the network alone for a window.
    pub(crate) first_paint: Duration,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
            keyring: Arc::default(),
            notifications: Arc::default(),
            clock: Arc::default(),
            disk: Arc::default(),
            first_paint: Duration::ZERO,
        }
    }

    /// A new start of the program.
    pub(crate) fn start(&self) -> Arc<Engine> {
        self.start_over(Arc::new(HttpConnector::new(Arc::clone(&self.clock) as Arc<dyn Clock>)))
    }

    /// A new start over a network of the test's own.
    pub(crate) fn start_over(&self, connector: Arc<dyn Connector>) -> Arc<Engine> {
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        Engine::start(Start {
            profile: self.folder.path().join("profile"),
            ports: Ports {
                connector,
                clock,
                chance: Arc::new(Dice),
                secrets: Arc::clone(&self.keyring) as Arc<dyn Secrets>,
                notifier: Arc::clone(&self.notifications) as Arc<dyn Notifier>,
                demo: Arc::new(NoDemo),
            },
            preselected: Preselected::Nothing,
            first_paint: self.first_paint,
            system_language: "en".to_owned(),
            version: "0.0.0".to_owned(),
            runtime: tokio::runtime::Handle::current(),
            machine: Machine { disk: Arc::clone(&self.disk) as Arc<dyn Disk>, ..Machine::default() },
        })
    }

    /// A start that has come as far as it can without anybody's help.
    pub(crate) async fn opened(&self) -> Arc<Engine> {
        let engine = self.start();
        until(&engine, "the profile is opened", |state| state.stage != Stage::Opening).await;
        engine
    }
}

/// Waits until the state is as wanted, and answers it.
pub(crate) async fn until(engine: &Engine, what: &str, wanted: impl FnMut(&AppState) -> bool) -> AppState {
    let mut states = engine.states();
    let waiting = timeout(PATIENCE, states.wait_for(wanted)).await.map(|state| state.unwrap().clone());
    waiting.unwrap_or_else(|_| panic!("waited in vain until {what}; the state is {:?}", engine.state()))
}

/// Waits until something holds that no state tells.
pub(crate) async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let look_again = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, look_again).await.unwrap_or_else(|_| panic!("waited in vain until {what}"));
}

pub(crate) async fn online(engine: &Engine) -> AppState {
    until(engine, "online", |state| state.connection.status == ConnectionStatus::Online).await
}

pub(crate) fn as_person(address: &str, email: &str) -> SignIn {
    SignIn { address: Some(address.to_owned()), email: email.to_owned(), password: "signoff-demo".to_owned() }
}

/// A keyring that can be missing, locked or refusing.
#[derive(Default)]
pub(crate) struct Keyring {
    pub(crate) trouble: Mutex<Option<SecretsError>>,
    pub(crate) kept: Mutex<HashMap<String, Vec<u8>>>,
}

impl Keyring {
    pub(crate) fn is(&self, trouble: Option<SecretsError>) {
        *self.trouble.lock().unwrap() = trouble;
    }

    fn ask(&self) -> Result<(), SecretsError> {
        self.trouble.lock().unwrap().map_or(Ok(()), Err)
    }
}

impl Secrets for Keyring {
    fn get(&self, name: &str) -> Result<Option<SecretSlice<u8>>, SecretsError> {
        self.ask()?;
        Ok(self.kept.lock().unwrap().get(name).cloned().map(SecretSlice::from))
    }

    fn set(&self, name: &str, secret: &SecretSlice<u8>) -> Result<(), SecretsError> {
        self.ask()?;
        self.kept.lock().unwrap().insert(name.to_owned(), secret.expose_secret().to_vec());
        Ok(())
    }

    fn remove(&self, name: &str) -> Result<(), SecretsError> {
        self.ask()?;
        self.kept.lock().unwrap().remove(name);
        Ok(())
    }
}

/// Notifications that were shown.
#[derive(Default)]
pub(crate) struct Notifications {
    shown: Mutex<Vec<Notification>>,
}

impl Notifications {
    pub(crate) fn shown(&self) -> Vec<Notification> {
        self.shown.lock().unwrap().clone()
    }
}

impl Notifier for Notifications {
    fn notify(&self, notification: Notification) {
        self.shown.lock().unwrap().push(notification);
    }
}

/// This machine's clock, which may be wrong.
#[derive(Default)]
pub(crate) struct Skewed {
    seconds: AtomicI64,
}

impl Skewed {
    pub(crate) fn is_ahead_by(&self, by: TimeDelta) {
        self.seconds.store(by.num_seconds(), Ordering::SeqCst);
    }
}

impl Clock for Skewed {
    fn now(&self) -> DateTime<Utc> {
        Utc::now() + TimeDelta::seconds(self.seconds.load(Ordering::SeqCst))
    }
}

/// A disk that can fail at a commit.
#[derive(Default)]
pub(crate) struct FailingDisk {
    fault: Mutex<Option<StoreError>>,
}

impl FailingDisk {
    /// From now on every commit fails so, or works again.
    pub(crate) fn fails(&self, fault: Option<StoreError>) {
        *self.fault.lock().unwrap() = fault;
    }

    pub(crate) fn is_full(&self, full: bool) {
        self.fails(full.then_some(StoreError::DiskFull));
    }
}

impl Disk for FailingDisk {
    fn before_commit(&self, _commit: u64) -> Result<(), StoreError> {
        self.fault.lock().unwrap().clone().map_or(Ok(()), Err)
    }

    fn after_commit(&self, _commit: u64) -> Result<(), StoreError> {
        Ok(())
    }
}

/// Chance as it is: keys must differ between desks.
pub(crate) struct Dice;

impl Chance for Dice {
    fn fill(&self, bytes: &mut [u8]) {
        rand::Rng::fill(&mut rand::rng(), bytes);
    }
}

struct NoDemo;

#[async_trait]
impl DemoHost for NoDemo {
    async fn start(&self) -> Result<DemoRunning, DemoUnavailable> {
        Err(DemoUnavailable("these tests have none".to_owned()))
    }
}
