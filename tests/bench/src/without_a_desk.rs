//! The engine with a machine around it that costs nothing: what is measured is the engine, not a keyring or a notification daemon.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rand::RngCore as _;
use secrecy::{ExposeSecret as _, SecretSlice};
use signoff_desk::PASSWORD;
use signoff_engine::ports::{
    Chance, Clock, DemoHost, DemoRunning, DemoUnavailable, Notification, Notifier, Ports, Secrets, SecretsError,
};
use signoff_engine::remote::http::HttpConnector;
use signoff_engine::store::Machine;
use signoff_engine::{Engine, Start};
use signoff_wire::interface::{AppState, Preselected, SignIn, Stage};

/// An advisor of the demo workspace, and what a keyring would keep for the person.
#[derive(Debug, Clone, Default)]
pub(crate) struct Person {
    secrets: Arc<Remembered>,
}

impl Person {
    /// Starts an engine on this profile, in the runtime that this is called from.
    pub(crate) fn start(&self, profile: &Path) -> Arc<Engine> {
        let clock = Arc::new(MachineClock);
        Engine::start(Start {
            profile: profile.to_owned(),
            runtime: tokio::runtime::Handle::current(),
            machine: Machine::default(),
            ports: Ports {
                clock: Arc::clone(&clock) as Arc<dyn Clock>,
                chance: Arc::new(MachineChance),
                secrets: Arc::clone(&self.secrets) as Arc<dyn Secrets>,
                notifier: Arc::new(Unseen),
                connector: Arc::new(HttpConnector::new(clock)),
                demo: Arc::new(NoDemo),
            },
            preselected: Preselected::Nothing,
            first_paint: Duration::ZERO,
            system_language: "en".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        })
    }

    /// Signs in as an advisor of the workspace at `address`.
    pub(crate) async fn sign_in(&self, engine: &Engine, address: &str) -> Result<()> {
        until(engine, "the sign-in page", |state| state.stage == Stage::SignedOut).await?;
        let who = SignIn {
            address: Some(address.to_owned()),
            email: "alice@demo.test".to_owned(),
            password: PASSWORD.to_owned(),
        };
        engine.sign_in(who).await.map(drop).map_err(|failure| anyhow::anyhow!("sign-in failed: {:?}", failure.code))
    }

    /// Every key that was given into the keyring; one of them opens the cache.
    pub(crate) fn keys(&self) -> Vec<SecretSlice<u8>> {
        self.secrets.kept().values().filter(|secret| secret.expose_secret().len() == 32).cloned().collect()
    }
}

/// Waits until the engine's state is as `wanted`; says how long that took.
pub(crate) async fn until(engine: &Engine, what: &str, wanted: impl Fn(&AppState) -> bool) -> Result<Duration> {
    const PATIENCE: Duration = Duration::from_secs(120);
    let begun = Instant::now();
    loop {
        let state = engine.state();
        if wanted(&state) {
            return Ok(begun.elapsed());
        }
        if begun.elapsed() > PATIENCE {
            bail!("waited {PATIENCE:?} in vain for {what}; the state is {state:?}");
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// The inbox can be shown.
pub(crate) fn signed_in(state: &AppState) -> bool {
    matches!(state.stage, Stage::SignedIn { .. })
}

/// Everything has been synchronised.
pub(crate) fn synchronised(state: &AppState) -> bool {
    signed_in(state) && state.sync.first.is_none() && state.sync.current_as_of.is_some()
}

/// The runtime that the app uses: Tokio's own choice of threads.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("no runtime")
}

/// The machine's clock.
#[derive(Debug)]
pub(crate) struct MachineClock;

impl Clock for MachineClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// The machine's chance.
#[derive(Debug)]
pub(crate) struct MachineChance;

impl Chance for MachineChance {
    fn fill(&self, bytes: &mut [u8]) {
        rand::rng().fill_bytes(bytes);
    }
}

/// A keyring for as long as the program runs.
#[derive(Debug, Default)]
struct Remembered(Mutex<HashMap<String, SecretSlice<u8>>>);

impl Remembered {
    fn kept(&self) -> std::sync::MutexGuard<'_, HashMap<String, SecretSlice<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Secrets for Remembered {
    fn get(&self, name: &str) -> Result<Option<SecretSlice<u8>>, SecretsError> {
        Ok(self.kept().get(name).cloned())
    }

    fn set(&self, name: &str, secret: &SecretSlice<u8>) -> Result<(), SecretsError> {
        self.kept().insert(name.to_owned(), secret.clone());
        Ok(())
    }

    fn remove(&self, name: &str) -> Result<(), SecretsError> {
        self.kept().remove(name);
        Ok(())
    }
}

/// Nobody is there to be notified.
#[derive(Debug)]
struct Unseen;

impl Notifier for Unseen {
    fn notify(&self, _notification: Notification) {}
}

/// The platform is a process of its own here.
#[derive(Debug)]
struct NoDemo;

#[async_trait]
impl DemoHost for NoDemo {
    async fn start(&self) -> Result<DemoRunning, DemoUnavailable> {
        Err(DemoUnavailable("measured with a platform of its own".to_owned()))
    }
}
