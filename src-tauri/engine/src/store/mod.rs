//! The profile's file: one encrypted SQLite database that holds the cache, the outbox, the drafts and their files.
//!
//! They share a file because a click changes all three in one transaction (DESIGN, outbox 1), and across two files SQLite
//! cannot promise that in WAL mode.
//!
//! - **Durable means durable.** WAL with `synchronous=FULL`: when [`Store::write`] answers, a power cut takes nothing back (D21).
//! - **One writer.** All writes run on one thread, in the order in which they were asked for, those of clicks before those of
//!   the synchronisation. Whatever waits while a commit is on its way to the disk shares the next one (group commit), each in a
//!   savepoint of its own: a failing one does not touch its neighbours. Nobody else writes, so a busy database is a bug and is
//!   not waited for.
//! - **Few readers**, `query_only`. They see the last commit and never wait for the writer.
//! - **Never lost.** A damaged file is set aside, not deleted; entries and drafts are carried over as far as they can be read,
//!   the rest is the platform's and is synchronised anew ([`salvage`](Rescue)). A file of a newer version is left alone.
//!
//! [`Threads::Caller`] runs everything on the calling thread instead: a simulation with paused time is deterministic then.

mod connection;
mod error;
mod fingerprint;
mod identity;
mod jobs;
pub mod meta;
mod migrations;
mod open;
mod pen;
mod readers;
mod salvage;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, Transaction};

pub use error::{OpenError, StoreError};
pub use open::{Machine, Opened, Options, Threads};
pub use salvage::Rescue;
pub use writer::{Disk, RealDisk};

use readers::Readers;
use writer::{Priority, Writer};

/// The open file. Clones share it.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    writer: Writer,
    readers: Readers,
}

impl Store {
    /// Runs `job` in a write transaction and answers after it is durable. An `Err` of the job rolls its changes back.
    ///
    /// # Errors
    /// The job's own, or a [`StoreError`] if the transaction could not be made durable; then nothing of it happened.
    pub async fn write<T, E, F>(&self, job: F) -> Result<T, E>
    where
        F: FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.watch(self.inner.writer.run(Priority::Click, job).await)
    }

    /// The same for work that nobody waits for at the screen: clicks overtake it.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub async fn write_in_background<T, E, F>(&self, job: F) -> Result<T, E>
    where
        F: FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.watch(self.inner.writer.run(Priority::Background, job).await)
    }

    /// Runs `job` on a connection that can only read, within one read transaction.
    ///
    /// # Errors
    /// The job's own, or a [`StoreError`].
    pub async fn read<T, E, F>(&self, job: F) -> Result<T, E>
    where
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.watch(self.inner.readers.run(job).await)
    }

    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// How many write transactions have become durable since the file was opened.
    #[must_use]
    pub fn commits(&self) -> u64 {
        self.inner.writer.commits()
    }

    /// Marks the file for a full check at the next start. [`StoreError::Corrupt`] met inside a job does the same by itself.
    pub fn suspect(&self) {
        open::mark_suspect(&self.inner.path);
    }

    /// Reads every page and compares every index with its table. For quiet moments: it takes seconds on a large file.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`], if the file is damaged: the next start sets it aside.
    pub async fn verify(&self) -> Result<(), StoreError> {
        let verdict = self.read(open::check_in_full).await;
        if let Err(StoreError::Corrupt) = verdict {
            self.suspect();
        }
        verdict
    }

    /// Sees to it that what a job reports as corruption is looked at when the file is opened next.
    fn watch<T, E>(&self, outcome: Result<T, E>) -> Result<T, E> {
        if self.inner.writer.saw_corruption() || self.inner.readers.saw_corruption() {
            self.suspect();
        }
        outcome
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("path", &self.inner.path).finish_non_exhaustive()
    }
}
