//! What a workspace's file works with besides SQLite: threads and a disk. A simulation passes its own, so that a whole history happens on
//! one thread in one order, and so that a process can die at any commit.

use std::sync::Arc;

/// The threads and the disk of a platform.
#[derive(Clone)]
pub struct Machine {
    /// Where work on the file is done.
    pub threads: Threads,
    /// The disk.
    pub disk: Arc<dyn Disk>,
}

impl Default for Machine {
    fn default() -> Self {
        Self { threads: Threads::Own, disk: Arc::new(RealDisk) }
    }
}

/// Where work on the file is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threads {
    /// Writes on a thread of their own, everything else that blocks on tokio's blocking threads.
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

/// The process dies here: nothing of it reaches the disk or anybody any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dies;

/// The disk, as far as a simulation wants a say: it is asked around every commit.
pub trait Disk: Send + Sync {
    /// A transaction is complete and about to be committed.
    ///
    /// # Errors
    /// [`Dies`]: it is not committed, and nothing is from now on.
    fn before_commit(&self) -> Result<(), Dies>;

    /// A transaction is durable, and nobody has been told yet.
    ///
    /// # Errors
    /// [`Dies`]: nobody is told, and nothing is committed from now on.
    fn after_commit(&self) -> Result<(), Dies>;
}

/// The disk as it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn before_commit(&self) -> Result<(), Dies> {
        Ok(())
    }

    fn after_commit(&self) -> Result<(), Dies> {
        Ok(())
    }
}
