//! The one writer, and how several jobs share a commit.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::oneshot;

use super::error::take_damage_met;
use super::jobs::Jobs;
use super::{StoreError, Threads};

/// Jobs that share a commit at most: more would make the first one wait for the last.
const SHARE_A_COMMIT: usize = 64;

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
type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// A job that waits for the writer. The trait hides what it answers.
trait Waiting: Send {
    /// Does the work. Its outcome decides whether its changes are kept.
    fn run(self: Box<Self>, transaction: &Transaction<'_>) -> (bool, Answer);
    /// Tells the caller that the work could not even begin.
    fn refuse(self: Box<Self>, error: StoreError);
}

type Job = Box<dyn Waiting>;

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
    Caller(Mutex<Pen>),
}

#[derive(Default)]
struct Shared {
    commits: AtomicU64,
    damage_met: AtomicBool,
}

impl Writer {
    pub(super) fn start(connection: Connection, threads: Threads, disk: Arc<dyn Disk>) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let mut pen = Pen { connection, disk, shared: Arc::clone(&shared), dead: false, must_overwrite: false };
        let place = match threads {
            Threads::Caller => Place::Caller(Mutex::new(pen)),
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

/// The connection that writes.
struct Pen {
    connection: Connection,
    disk: Arc<dyn Disk>,
    shared: Arc<Shared>,
    dead: bool,
    must_overwrite: bool,
}

impl Pen {
    /// Runs `first` and whatever `more` has, commits once, and answers all of them.
    fn write(&mut self, first: Job, more: impl Fn() -> Option<Job>) {
        if self.dead {
            first.refuse(StoreError::Closed);
            return;
        }
        let mut kept: Vec<Answer> = Vec::new();
        let committed = self.commit_group(first, more, &mut kept);
        if let Err(StoreError::Closed) = committed {
            self.dead = true;
            return;
        }
        if let Err(error) = &committed {
            tracing::error!(%error, jobs = kept.len(), "a transaction could not be made durable");
            self.must_overwrite = true;
        }
        self.overwrite();
        if take_damage_met() {
            self.shared.damage_met.store(true, Ordering::Relaxed);
        }
        for answer in kept {
            answer(committed.clone());
        }
    }

    /// Makes sure that a transaction whose commit failed stays undone.
    ///
    /// When the disk fails while a commit is flushed, SQLite takes the transaction back, but its pages may stand complete in the WAL: a
    /// process that died now would find them there at its next start, and a click that was answered with an error would be queued after
    /// all. The next commit writes over them, so one is made at once, and again until it works.
    fn overwrite(&mut self) {
        if !self.must_overwrite {
            return;
        }
        let overwritten = self.connection.execute(
            "INSERT INTO meta (name, value) VALUES ('store.failed_commits', '1')
             ON CONFLICT (name) DO UPDATE SET value = value + 1",
            [],
        );
        self.must_overwrite = overwritten.is_err();
    }

    fn commit_group(
        &mut self,
        first: Job,
        more: impl Fn() -> Option<Job>,
        kept: &mut Vec<Answer>,
    ) -> Result<(), StoreError> {
        let transaction = match Transaction::new(&mut self.connection, TransactionBehavior::Immediate) {
            Ok(transaction) => transaction,
            Err(error) => {
                let error = StoreError::from(error);
                first.refuse(error.clone());
                return Err(error);
            }
        };
        let mut next = Some(first);
        for _ in 0..SHARE_A_COMMIT {
            let Some(job) = next.take().or_else(&more) else { break };
            run_in_savepoint(&transaction, job, kept)?;
        }
        if kept.is_empty() {
            return transaction.rollback().map_err(StoreError::from);
        }
        let number = self.shared.commits.load(Ordering::Relaxed) + 1;
        self.disk.before_commit(number)?;
        transaction.commit()?;
        self.shared.commits.store(number, Ordering::Relaxed);
        self.disk.after_commit(number)
    }
}

/// Runs one job. What it changed is undone at once if it fails; its neighbours keep theirs.
fn run_in_savepoint(transaction: &Transaction<'_>, job: Job, kept: &mut Vec<Answer>) -> Result<(), StoreError> {
    transaction.prepare_cached("SAVEPOINT job")?.execute([])?;
    let Ok((keep, answer)) = catch_unwind(AssertUnwindSafe(|| job.run(transaction))) else {
        tracing::error!("a write job panicked; its changes are undone");
        return undo(transaction);
    };
    // A full disk or an I/O error may have rolled the whole transaction back under the job's feet.
    if transaction.is_autocommit() {
        answer(Err(StoreError::DiskFull));
        return Err(StoreError::DiskFull);
    }
    // Whoever asked is told why, also when a damaged file lets nothing be undone or released any more.
    if keep {
        if let Err(error) = release(transaction) {
            answer(Err(error.clone()));
            return Err(error);
        }
        kept.push(answer);
        return Ok(());
    }
    let undone = undo(transaction);
    answer(Ok(()));
    undone
}

fn undo(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    transaction.prepare_cached("ROLLBACK TO job")?.execute([])?;
    release(transaction)
}

fn release(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    transaction.prepare_cached("RELEASE job")?.execute([])?;
    Ok(())
}
