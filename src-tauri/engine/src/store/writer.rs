//! The one writer: who waits for it, and where it works.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::{Connection, Transaction};
use tokio::sync::oneshot;

use super::jobs::Jobs;
use super::pen::{Pen, Reopen};
use super::{StoreError, Threads};

/// The disk, as far as a test wants a say: it is asked around every commit.
pub trait Disk: Send + Sync {
    /// The transaction is complete and about to be committed as number `commit`. An error rolls it back.
    ///
    /// # Errors
    /// What the jobs of this transaction shall be told. [`StoreError::Closed`] means that the process dies here: from now on nothing works.
    fn before_commit(&self, commit: u64) -> Result<(), StoreError>;

    /// Commit number `commit` is durable, and nobody has been told yet.
    ///
    /// # Errors
    /// As [`Disk::before_commit`]; the commit stays.
    fn after_commit(&self, commit: u64) -> Result<(), StoreError>;
}

/// The disk as it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn before_commit(&self, _commit: u64) -> Result<(), StoreError> {
        Ok(())
    }

    fn after_commit(&self, _commit: u64) -> Result<(), StoreError> {
        Ok(())
    }
}

/// Who waits for a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Priority {
    /// A person at the screen, or the outbox.
    Click,
    /// The synchronisation.
    Background,
}

/// The end of a job, called with what became of the commit.
pub(super) type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// A job that waits for the writer. The trait hides what it answers.
pub(super) trait Waiting: Send {
    /// Does the work. Its outcome decides whether its changes are kept.
    fn run(self: Box<Self>, transaction: &Transaction<'_>) -> (bool, Answer);
    /// Tells the caller that the work could not even begin.
    fn refuse(self: Box<Self>, error: StoreError);
}

pub(super) type Job = Box<dyn Waiting>;

struct Asked<F, T, E> {
    work: F,
    answer: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Waiting for Asked<F, T, E>
where
    F: FnOnce(&Transaction<'_>) -> Result<T, E> + Send,
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    fn run(self: Box<Self>, transaction: &Transaction<'_>) -> (bool, Answer) {
        let Self { work, answer } = *self;
        // Whoever asked may have gone away meanwhile; the work is done all the same.
        match work(transaction) {
            Ok(value) => {
                (true, Box::new(move |committed| drop(answer.send(committed.map(|()| value).map_err(E::from)))))
            }
            Err(error) => (false, Box::new(move |_| drop(answer.send(Err(error))))),
        }
    }

    fn refuse(self: Box<Self>, error: StoreError) {
        drop(self.answer.send(Err(E::from(error))));
    }
}

/// The writer.
pub(super) struct Writer {
    place: Place,
    shared: Arc<Shared>,
}

enum Place {
    Own { jobs: Arc<Jobs<Job>>, thread: Option<JoinHandle<()>> },
    Caller(Box<Mutex<Pen>>),
}

#[derive(Default)]
pub(super) struct Shared {
    pub(super) commits: AtomicU64,
    pub(super) damage_met: AtomicBool,
}

impl Writer {
    pub(super) fn start(
        connection: Connection,
        file: Reopen,
        threads: Threads,
        disk: Arc<dyn Disk>,
    ) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let mut pen = Pen::new(connection, file, disk, Arc::clone(&shared));
        let place = match threads {
            Threads::Caller => Place::Caller(Box::new(Mutex::new(pen))),
            Threads::Own => {
                let jobs = Arc::new(Jobs::new());
                let waiting = Arc::clone(&jobs);
                let thread = std::thread::Builder::new().name("signoff-writer".to_owned()).spawn(move || {
                    while let Some(first) = waiting.take() {
                        pen.write(first, || waiting.take_waiting_click());
                    }
                })?;
                Place::Own { jobs, thread: Some(thread) }
            }
        };
        Ok(Self { place, shared })
    }

    pub(super) async fn run<T, E, F>(&self, priority: Priority, work: F) -> Result<T, E>
    where
        F: FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(Asked { work, answer });
        match &self.place {
            Place::Own { jobs, .. } => {
                if let Err(job) = jobs.push(priority == Priority::Click, job) {
                    job.refuse(StoreError::Closed);
                }
            }
            Place::Caller(pen) => pen.lock().unwrap_or_else(PoisonError::into_inner).write(job, || None),
        }
        answered.await.unwrap_or_else(|_| Err(E::from(StoreError::Closed)))
    }

    pub(super) fn commits(&self) -> u64 {
        self.shared.commits.load(Ordering::Relaxed)
    }

    pub(super) fn saw_corruption(&self) -> bool {
        self.shared.damage_met.swap(false, Ordering::Relaxed)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if let Place::Own { jobs, thread } = &mut self.place {
            jobs.close();
            // A job may hold the last reference to the store: the writer cannot wait for itself.
            if let Some(thread) = thread.take().filter(|thread| thread.thread().id() != std::thread::current().id())
                && thread.join().is_err()
            {
                tracing::error!("the writer thread ended in a panic");
            }
        }
    }
}
