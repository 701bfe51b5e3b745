//! The advisor's laptop: a profile, a keyring, a clock, and the real engine, which is started, quits and dies.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretSlice};
use signoff_engine::ports::{
    Chance, Clock, Connector, DemoHost, DemoRunning, DemoUnavailable, Notification, Notifier, Ports, Secrets,
    SecretsError,
};
use signoff_engine::store::{Machine, Threads};
use signoff_engine::{Engine, Start};
use signoff_wire::interface::Preselected;

use super::fuse::{Edge, Fuse, Plan};
use super::platform::copy;
use super::trace::Trace;
use super::world::WallClock;
use crate::desk::{self, Ask, Desk, Told};
use crate::dice::Dice;
use crate::oracle::Shown;

/// The laptop, whether the app runs on it or not.
pub struct Laptop {
    root: PathBuf,
    clock: Arc<WallClock>,
    dice: Dice,
    trace: Trace,
    keyring: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    shown: Arc<Mutex<Vec<Shown>>>,
    life: Mutex<Life>,
}

#[derive(Default)]
struct Life {
    folder: u32,
    starts: u32,
    running: Option<Running>,
}

#[derive(Clone)]
struct Running {
    engine: Arc<Engine>,
    fuse: Arc<Fuse>,
}

impl Laptop {
    /// A laptop with nothing on it.
    #[must_use]
    pub fn new(root: PathBuf, clock: Arc<WallClock>, dice: Dice, trace: Trace) -> Arc<Self> {
        let (keyring, shown) = (Arc::default(), Arc::default());
        Arc::new(Self { root, clock, dice, trace, keyring, shown, life: Mutex::default() })
    }

    /// Another laptop with the same on it. This one's app must have quit.
    ///
    /// # Errors
    /// The system's.
    pub fn twin(&self, root: PathBuf, dice: Dice) -> std::io::Result<Arc<Self>> {
        let twin = Self::new(root, Arc::clone(&self.clock), dice, self.trace.clone());
        copy(&self.folder(), &twin.folder())?;
        let kept = self.keyring.lock().unwrap_or_else(PoisonError::into_inner).clone();
        *twin.keyring.lock().unwrap_or_else(PoisonError::into_inner) = kept;
        Ok(twin)
    }

    /// Starts the app. `connector` makes the way to the platform of a process with this clock and this fuse.
    pub fn starts(&self, plan: Plan, connector: impl FnOnce(Arc<dyn Clock>, Arc<Fuse>) -> Arc<dyn Connector>) {
        let fuse = Fuse::with(plan);
        let start = {
            let mut life = self.life();
            life.starts += 1;
            life.starts
        };
        self.trace.note("app", format_args!("starts, to die at {plan:?}"));
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        let engine = Engine::start(Start {
            profile: self.folder(),
            ports: Ports {
                clock: Arc::clone(&clock),
                chance: Arc::new(Seeded(self.dice.fork())),
                secrets: Arc::new(Keyring { kept: Arc::clone(&self.keyring), fuse: Arc::clone(&fuse) }),
                notifier: Arc::new(Screen {
                    start,
                    shown: Arc::clone(&self.shown),
                    fuse: Arc::clone(&fuse),
                    trace: self.trace.clone(),
                }),
                connector: connector(clock, Arc::clone(&fuse)),
                demo: Arc::new(NoDemo),
            },
            preselected: Preselected::Nothing,
            first_paint: std::time::Duration::ZERO,
            system_language: "en".to_owned(),
            version: "0.0.0".to_owned(),
            runtime: tokio::runtime::Handle::current(),
            machine: Machine {
                threads: Threads::Caller,
                disk: Arc::clone(&fuse) as Arc<dyn signoff_engine::store::Disk>,
            },
        });
        self.life().running = Some(Running { engine, fuse });
    }

    /// Whether the app runs and is alive.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.life().running.as_ref().is_some_and(|running| !running.fuse.is_blown())
    }

    /// Whether it has died and has not been buried.
    #[must_use]
    pub fn is_dead(&self) -> bool {
        self.life().running.as_ref().is_some_and(|running| running.fuse.is_blown())
    }

    /// Waits until the app dies; for ever, if it does not run.
    pub async fn died(&self) {
        match self.running() {
            Some(running) => running.fuse.dies().await,
            None => std::future::pending().await,
        }
    }

    /// The app dies, if it has not yet: what is on the disk at this moment is what the next start finds.
    pub fn dies(&self) {
        let Some(running) = self.life().running.take() else { return };
        running.fuse.blow();
        let start = self.life().starts;
        for shown in self.shown.lock().unwrap_or_else(PoisonError::into_inner).iter_mut() {
            shown.then_died |= shown.start == start;
        }
        self.trace.note("app", format_args!("is dead, {:?}", running.fuse.died_at()));
        let before = self.folder();
        self.life().folder += 1;
        if let Err(error) = copy(&before, &self.folder()) {
            self.trace.note("app", format_args!("its folder could not be copied: {}", error.kind()));
        }
        drop(running);
        let _ = std::fs::remove_dir_all(before);
    }

    /// The advisor quits the app.
    pub async fn quits(&self) {
        let Some(running) = self.running() else { return };
        running.engine.shutdown().await;
        if running.fuse.is_blown() {
            return;
        }
        running.fuse.blow();
        self.life().running = None;
        self.trace.note("app", format_args!("has quit"));
    }

    /// Every notification that was shown, in order.
    #[must_use]
    pub fn shown(&self) -> Vec<Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn running(&self) -> Option<Running> {
        self.life().running.clone()
    }

    fn folder(&self) -> PathBuf {
        self.root.join(format!("laptop-{}", self.life().folder))
    }

    fn life(&self) -> MutexGuard<'_, Life> {
        self.life.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Desk for Laptop {
    async fn ask(&self, ask: Ask) -> Option<Told> {
        let Running { engine, fuse } = self.running()?;
        if fuse.is_blown() {
            return None;
        }
        let told = tokio::select! {
            biased;
            told = desk::answer(&engine, ask) => told,
            () = fuse.dies() => return None,
        };
        // What a process was about to say when it died, nobody heard.
        (!fuse.is_blown()).then_some(told)
    }
}

struct Seeded(Dice);

impl Chance for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }
}

/// A keyring, which outlives the app.
struct Keyring {
    kept: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    fuse: Arc<Fuse>,
}

impl Keyring {
    fn kept(&self) -> MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Secrets for Keyring {
    fn get(&self, name: &str) -> Result<Option<SecretSlice<u8>>, SecretsError> {
        Ok(self.kept().get(name).cloned().map(SecretSlice::from))
    }

    fn set(&self, name: &str, secret: &SecretSlice<u8>) -> Result<(), SecretsError> {
        self.fuse.pass(Edge::SecretKept).map_err(|_| SecretsError::Refused)?;
        self.kept().insert(name.to_owned(), secret.expose_secret().to_vec());
        Ok(())
    }

    fn remove(&self, name: &str) -> Result<(), SecretsError> {
        self.fuse.pass(Edge::SecretKept).map_err(|_| SecretsError::Refused)?;
        self.kept().remove(name);
        Ok(())
    }
}

/// Where notifications show.
struct Screen {
    start: u32,
    shown: Arc<Mutex<Vec<Shown>>>,
    fuse: Arc<Fuse>,
    trace: Trace,
}

impl Notifier for Screen {
    fn notify(&self, notification: Notification) {
        if self.fuse.is_blown() {
            return;
        }
        self.trace.note("app", format_args!("notifies: {:?}", notification.kind));
        let shown = Shown { start: self.start, then_died: false, notification };
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).push(shown);
        // Shown is shown; it may be the last thing that this process does.
        let _ = self.fuse.pass(Edge::Notified);
    }
}

struct NoDemo;

#[async_trait]
impl DemoHost for NoDemo {
    async fn start(&self) -> Result<DemoRunning, DemoUnavailable> {
        Err(DemoUnavailable("a simulated laptop has none".to_owned()))
    }
}
