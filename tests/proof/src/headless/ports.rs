//! What the app needs from its machine. The keyring is a file: an operating system's keyring outlives the app and takes each call as a whole,
//! and so does a file that is renamed into its place.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rand::RngCore;
use secrecy::{ExposeSecret, SecretSlice};
use signoff_engine::ports::{
    Chance, Clock, DemoHost, DemoRunning, DemoUnavailable, Notification, NotificationKind, Notifier, Secrets,
    SecretsError,
};

/// The wall clock.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// The operating system's randomness, stretched by a generator fit for keys.
pub(crate) struct SystemChance;

impl Chance for SystemChance {
    fn fill(&self, bytes: &mut [u8]) {
        rand::rng().fill_bytes(bytes);
    }
}

/// A keyring in a file.
pub(crate) struct Keyring {
    file: PathBuf,
    turn: Mutex<()>,
}

type Kept = BTreeMap<String, Vec<u8>>;

impl Keyring {
    pub(crate) fn at(file: PathBuf) -> Self {
        Self { file, turn: Mutex::default() }
    }

    fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self) -> Result<Kept, SecretsError> {
        match fs::read(&self.file) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|_| SecretsError::Refused),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Kept::default()),
            Err(_) => Err(SecretsError::Missing),
        }
    }

    fn write(&self, kept: &Kept) -> Result<(), SecretsError> {
        let bytes = serde_json::to_vec(kept).map_err(|_| SecretsError::Refused)?;
        let beside = self.file.with_extension("new");
        let write = || {
            let mut file = File::create(&beside)?;
            file.write_all(&bytes)?;
            file.sync_all()?;
            fs::rename(&beside, &self.file)
        };
        write().map_err(|_| SecretsError::Refused)
    }
}

impl Secrets for Keyring {
    fn get(&self, name: &str) -> Result<Option<SecretSlice<u8>>, SecretsError> {
        let _turn = self.turn();
        Ok(self.read()?.remove(name).map(SecretSlice::from))
    }

    fn set(&self, name: &str, secret: &SecretSlice<u8>) -> Result<(), SecretsError> {
        let _turn = self.turn();
        let mut kept = self.read()?;
        kept.insert(name.to_owned(), secret.expose_secret().to_vec());
        self.write(&kept)
    }

    fn remove(&self, name: &str) -> Result<(), SecretsError> {
        let _turn = self.turn();
        let mut kept = self.read()?;
        if kept.remove(name).is_some() {
            self.write(&kept)?;
        }
        Ok(())
    }
}

/// Where notifications show: one line each of who shows it and what it is about, which outlives the app as the eye of the advisor does.
pub(crate) struct Screen {
    file: PathBuf,
}

impl Screen {
    pub(crate) fn at(file: PathBuf) -> Self {
        Self { file }
    }
}

impl Notifier for Screen {
    fn notify(&self, notification: Notification) {
        let kind = match notification.kind {
            // Both tell that a conversation has begun, which it does once.
            NotificationKind::ReturnedAfterClose { .. } | NotificationKind::NewConversation { .. } => "begun",
            NotificationKind::AssignedToMe { .. } => "assigned",
            NotificationKind::MessageInMine { .. } => "message",
            NotificationKind::ReplyNotDelivered { .. } => "not-delivered",
            NotificationKind::NeedsAttention { .. } => "attention",
            NotificationKind::WhileAway { .. } => "away",
        };
        let about = notification.conversation_id.as_deref().unwrap_or("-");
        let line = format!("{} {kind} {about}\n", std::process::id());
        // In one write: a line is there or it is not.
        let file = File::options().create(true).append(true).open(&self.file);
        let _ = file.and_then(|mut file| file.write_all(line.as_bytes()));
    }
}

/// There is no demo workspace here.
pub(crate) struct NoDemo;

#[async_trait]
impl DemoHost for NoDemo {
    async fn start(&self) -> Result<DemoRunning, DemoUnavailable> {
        Err(DemoUnavailable("there is none without a window".to_owned()))
    }
}
