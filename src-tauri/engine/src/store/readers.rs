//! A few connections that can only read.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use secrecy::SecretSlice;
use tokio::sync::Semaphore;

use super::error::{take_damage_met, take_spoilt};
use super::{StoreError, Threads, connection};

/// Reads that run at once. The interface asks for two or three things at a time.
const READERS: usize = 3;

/// The readers. Opened when they are first needed, reused newest first because its pages are still warm.
pub(super) struct Readers {
    shared: Arc<Shared>,
    free: Arc<Semaphore>,
    threads: Threads,
}

struct Shared {
    path: PathBuf,
    key: SecretSlice<u8>,
    idle: Mutex<Vec<Connection>>,
    damage_met: AtomicBool,
}

impl Readers {
    pub(super) fn new(path: PathBuf, key: SecretSlice<u8>, threads: Threads) -> Self {
        let shared = Shared { path, key, idle: Mutex::new(Vec::new()), damage_met: AtomicBool::new(false) };
        Self { shared: Arc::new(shared), free: Arc::new(Semaphore::new(READERS)), threads }
    }

    pub(super) async fn run<T, E, F>(&self, job: F) -> Result<T, E>
    where
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let Ok(permit) = Arc::clone(&self.free).acquire_owned().await else {
            return Err(E::from(StoreError::Closed));
        };
        let shared = Arc::clone(&self.shared);
        let read = move || {
            let _permit = permit;
            shared.read(job)
        };
        self.threads.blocking(read).await.unwrap_or_else(|| Err(E::from(StoreError::Closed)))
    }

    pub(super) fn saw_corruption(&self) -> bool {
        self.shared.damage_met.swap(false, Ordering::Relaxed)
    }
}

impl Shared {
    fn read<T, E: From<StoreError>>(&self, job: impl FnOnce(&Connection) -> Result<T, E>) -> Result<T, E> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => connection::open_reader(&self.path, &self.key).map_err(StoreError::from)?,
        };
        let outcome = {
            // One snapshot for the whole job: what it reads in several statements belongs together.
            let snapshot = connection.unchecked_transaction().map_err(StoreError::from)?;
            job(&snapshot)
        };
        if take_damage_met() {
            self.damage_met.store(true, Ordering::Relaxed);
        }
        if !take_spoilt() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
        outcome
    }
}
