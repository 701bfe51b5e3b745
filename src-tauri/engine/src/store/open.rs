//! Opening the file: newer, wrong key, unwritable, damaged, or fine.
//!
//! A start must be quick, so the file is not searched for damage: every page carries a seal that SQLCipher checks when it is read.
//! Only a file under suspicion is checked in full: one in which a broken page was met while it was open.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;
use secrecy::SecretSlice;

use super::fingerprint::{self, Match};
use super::pen::Reopen;
use super::readers::Readers;
use super::salvage::{self, Rescue};
use super::writer::{Disk, RealDisk, Writer};
use super::{Inner, OpenError, Store, StoreError, connection, migrations};
use crate::ports::Clock;

/// How a store is opened.
#[derive(Clone)]
pub struct Options {
    /// Names what is set aside.
    pub clock: Arc<dyn Clock>,
    /// Where jobs run.
    pub threads: Threads,
    /// The disk.
    pub disk: Arc<dyn Disk>,
}

impl Options {
    /// Threads of its own, the disk as it is.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self::on(clock, Machine::default())
    }

    /// The threads and the disk of a machine.
    #[must_use]
    pub fn on(clock: Arc<dyn Clock>, machine: Machine) -> Self {
        let Machine { threads, disk } = machine;
        Self { clock, threads, disk }
    }
}

/// The threads and the disk that everything of one process works with.
#[derive(Clone)]
pub struct Machine {
    /// Where jobs run.
    pub threads: Threads,
    /// The disk.
    pub disk: Arc<dyn Disk>,
}

impl Default for Machine {
    fn default() -> Self {
        Self { threads: Threads::Own, disk: Arc::new(RealDisk) }
    }
}

/// Where jobs run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threads {
    /// Writes on a thread of the store, reads on tokio's blocking threads.
    Own,
    /// On the thread that calls, one at a time: deterministic, for simulations.
    Caller,
}

impl Threads {
    /// Does work that blocks where it stops nobody else. `None` if it panicked.
    pub(crate) async fn blocking<T: Send + 'static>(self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        match self {
            Self::Own => tokio::task::spawn_blocking(work).await.ok(),
            Self::Caller => Some(work()),
        }
    }
}

/// An open store, and what had to be done for it.
#[derive(Debug)]
pub struct Opened {
    /// The store.
    pub store: Store,
    /// The file was damaged and set aside: everything but what was rescued has to be synchronised anew.
    pub rescue: Option<Rescue>,
}

impl Store {
    /// Opens the file at `path` with a key of 32 bytes, creating file and folder if there are none. Blocks on the disk.
    ///
    /// # Errors
    /// See [`OpenError`]. Whatever the error, the file is as it was.
    pub fn open(path: &Path, key: &SecretSlice<u8>, options: Options) -> Result<Opened, OpenError> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let exists = path.metadata().is_ok_and(|file| file.len() > 0);
        let known = fingerprint::compare(path, key)?;
        if exists && known == Match::Other {
            return Err(OpenError::KeyDoesNotFit);
        }
        let (writer, rescue) = match prepare(path, key) {
            Ok(writer) => (writer, None),
            Err(OpenError::Store(StoreError::Corrupt)) if exists && known == Match::Same => {
                let (writer, rescue) = salvage::replace(path, key, options.clock.now())?;
                (writer, Some(rescue))
            }
            // Nothing says that this key ever fitted. Setting the file aside could cost somebody their outbox.
            Err(OpenError::Store(StoreError::Corrupt)) if exists => return Err(OpenError::KeyDoesNotFit),
            Err(error) => return Err(error),
        };
        if known != Match::Same {
            fingerprint::keep(path, key)?;
        }
        let inner = Inner {
            path: path.to_owned(),
            readers: Readers::new(path.to_owned(), key.clone(), options.threads),
            writer: Writer::start(
                writer,
                Reopen { path: path.to_owned(), key: key.clone() },
                options.threads,
                options.disk,
            )?,
        };
        Ok(Opened { store: Store { inner: Arc::new(inner) }, rescue })
    }
}

/// Opens, checks and migrates.
pub(super) fn prepare(path: &Path, key: &SecretSlice<u8>) -> Result<Connection, OpenError> {
    let log_was_left = salvage::with_suffix(path, "-wal").exists();
    let mut connection = connection::open_writer(path, key)?;
    if connection.is_readonly("main")? {
        return Err(OpenError::Unwritable("the file is read-only".to_owned()));
    }
    // What a newer version has written is left alone, also the log of one that crashed.
    connection::leave_log(&connection, log_was_left)?;
    migrations::refuse_newer(&connection)?;
    connection::leave_log(&connection, false)?;
    connection::set_up_writer(&connection)?;
    if is_suspect(path) {
        check_in_full(&connection)?;
        clear_suspicion(path);
    }
    migrations::migrate(&mut connection)?;
    Ok(connection)
}

/// Reads every page and compares every index with its table.
pub(super) fn check_in_full(connection: &Connection) -> Result<(), StoreError> {
    let mut broken_seals = connection.prepare("PRAGMA cipher_integrity_check")?;
    if broken_seals.query([])?.next()?.is_some() {
        return Err(StoreError::Corrupt);
    }
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict == "ok" { Ok(()) } else { Err(StoreError::Corrupt) }
}

/// Asks the next start for a full check. That the mark itself cannot be written changes nothing: the damage will be met again.
pub(super) fn mark_suspect(path: &Path) {
    if let Err(error) = std::fs::write(suspicion(path), b"") {
        tracing::warn!(%error, "a damaged file could not be marked");
    }
}

pub(super) fn clear_suspicion(path: &Path) {
    if let Err(error) = std::fs::remove_file(suspicion(path))
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(%error, "the mark of a checked file could not be removed");
    }
}

fn is_suspect(path: &Path) -> bool {
    suspicion(path).exists()
}

fn suspicion(path: &Path) -> PathBuf {
    path.with_added_extension("suspect")
}
