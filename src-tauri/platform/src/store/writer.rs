//! The one connection that writes, on a thread of its own.
//!
//! Jobs arrive over a bounded channel. The thread takes the first, and with it whatever else already waits, and runs them
//! in one transaction, each in a savepoint of its own: a refused job undoes only itself, and under load many jobs share
//! one `fsync` (group commit). Nobody is told of success before that commit. With [`Threads::Caller`] the same happens on
//! the calling thread, a job at a time.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread::JoinHandle,
    time::Instant,
};

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use rusqlite::Connection;
use tokio::sync::{oneshot, watch};

use super::{Disk, Machine, Threads};
use crate::{chance::Chance, clock::Clock, metrics::Metrics, refusal::Refusal};

/// Beyond this many waiting jobs the platform says 503 instead of queueing.
const QUEUE: usize = 1024;
/// At most this many jobs share a commit, so that the first of them does not wait for long.
const GROUP: usize = 64;

type Job = Box<dyn FnOnce(&mut Write<'_>) -> Outcome + Send>;
/// Told whether the commit worked.
type Answer = Box<dyn FnOnce(bool) + Send>;
type Outcome = (Verdict, Answer);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Keep,
    Undo,
}

/// What a job writes with: the open transaction, its time and its chance.
pub(crate) struct Write<'a> {
    /// The connection, inside a transaction.
    pub(crate) sql: &'a Connection,
    /// The moment at which everything in this job happens, in whole milliseconds.
    pub(crate) now: DateTime<Utc>,
    /// Nothing is announced: the demo's past, which nobody listened to.
    pub(crate) silent: bool,
    /// For ids and tokens.
    pub(crate) chance: &'a mut Chance,
}

impl Write<'_> {
    /// A new id with the given prefix.
    pub(crate) fn id(&mut self, prefix: &str) -> String {
        self.chance.id(prefix, self.now)
    }
}

#[derive(Clone)]
pub(super) struct Writer {
    place: Place,
    metrics: Arc<Metrics>,
}

/// Where jobs run.
#[derive(Clone)]
enum Place {
    Own { jobs: Arc<Mutex<Option<SyncSender<Job>>>>, thread: Arc<Mutex<Option<JoinHandle<()>>>> },
    Caller(Arc<Mutex<Option<Pen>>>),
}

impl Writer {
    pub(super) fn start(
        connection: Connection,
        clock: Arc<dyn Clock>,
        chance: Chance,
        commits: Commits,
        machine: Machine,
        metrics: Arc<Metrics>,
    ) -> Self {
        let Machine { threads, disk } = machine;
        let pen = Pen { connection, clock, chance, commits, disk, dead: false, metrics: Arc::clone(&metrics) };
        let place = match threads {
            Threads::Caller => Place::Caller(Arc::new(Mutex::new(Some(pen)))),
            Threads::Own => {
                let (sender, jobs) = sync_channel(QUEUE);
                let thread = std::thread::Builder::new()
                    .name("workspace-writer".to_owned())
                    .spawn(move || pen.run(&jobs))
                    .map_err(|error| tracing::error!(%error, "cannot start the writer thread"))
                    .ok();
                Place::Own { jobs: Arc::new(Mutex::new(Some(sender))), thread: Arc::new(Mutex::new(thread)) }
            }
        };
        Self { place, metrics }
    }

    pub(super) async fn run<T, J>(&self, job: J) -> Result<T, Refusal>
    where
        T: Send + 'static,
        J: FnOnce(&mut Write<'_>) -> Result<T, Refusal> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |write| {
            let result = job(write);
            let verdict = if result.is_ok() { Verdict::Keep } else { Verdict::Undo };
            let tell = Box::new(move |committed: bool| {
                // Whoever asked may be gone; the work is done all the same.
                let _ = answer.send(if committed { result } else { Err(Refusal::Internal) });
            });
            (verdict, tell)
        });
        let taken = match &self.place {
            Place::Own { jobs, .. } => match &*jobs.lock().unwrap_or_else(PoisonError::into_inner) {
                Some(jobs) => {
                    self.metrics.waiting_writes.inc();
                    match jobs.try_send(job) {
                        Ok(()) => true,
                        Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                            self.metrics.waiting_writes.dec();
                            false
                        }
                    }
                }
                None => false,
            },
            Place::Caller(pen) => {
                // Between two threads others get their turn, too: without this no two requests would ever meet.
                tokio::task::yield_now().await;
                match &mut *pen.lock().unwrap_or_else(PoisonError::into_inner) {
                    Some(pen) => {
                        pen.commit(vec![job]);
                        true
                    }
                    None => false,
                }
            }
        };
        if !taken {
            return Err(Refusal::Overloaded);
        }
        answered.await.unwrap_or(Err(Refusal::Internal))
    }

    pub(super) async fn stop(&self) {
        let (jobs, thread) = match &self.place {
            Place::Own { jobs, thread } => (jobs, thread),
            Place::Caller(pen) => {
                if let Some(pen) = pen.lock().unwrap_or_else(PoisonError::into_inner).take() {
                    pen.put_down();
                }
                return;
            }
        };
        jobs.lock().unwrap_or_else(PoisonError::into_inner).take();
        let thread = thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let joined = tokio::task::spawn_blocking(move || thread.join().is_ok()).await;
            if !matches!(joined, Ok(true)) {
                tracing::error!("the writer thread did not end well");
            }
        }
    }
}

/// Whom the writer tells of what it has committed.
pub(super) struct Commits {
    /// The newest event's sequence.
    pub(super) events: watch::Sender<i64>,
    /// See [`super::Store::access`].
    pub(super) access: watch::Sender<i64>,
}

/// The connection that writes.
struct Pen {
    connection: Connection,
    clock: Arc<dyn Clock>,
    chance: Chance,
    commits: Commits,
    disk: Arc<dyn Disk>,
    dead: bool,
    metrics: Arc<Metrics>,
}

impl Pen {
    fn run(mut self, jobs: &Receiver<Job>) {
        while let Ok(first) = jobs.recv() {
            let mut group = vec![first];
            group.extend(jobs.try_iter().take(GROUP - 1));
            self.metrics.waiting_writes.dec_by(i64::try_from(group.len()).unwrap_or(i64::MAX));
            self.metrics.commit_group.observe(f64::from(u32::try_from(group.len()).unwrap_or(u32::MAX)));
            self.commit(group);
        }
        self.put_down();
    }

    fn put_down(self) {
        // Leaves a tidy single file behind after an orderly stop.
        if let Err(error) = self.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA optimize;") {
            tracing::warn!(%error, "cannot fold the write-ahead log in");
        }
    }

    /// Runs a group of jobs in one transaction. Those of a process that is dead are dropped, and whoever asked hears nothing.
    fn commit(&mut self, group: Vec<Job>) {
        if self.dead {
            return;
        }
        let began = Instant::now();
        let mut answers = Vec::with_capacity(group.len());
        let mut newest = None;
        let committed = (|| {
            self.connection.execute_batch("BEGIN IMMEDIATE")?;
            for job in group {
                if let Some(answer) = self.run_in_savepoint(job)? {
                    answers.push(answer);
                }
            }
            newest = Some((crate::events::newest_seq(&self.connection)?, super::access(&self.connection)?));
            self.dead = self.disk.before_commit().is_err();
            self.connection.execute_batch(if self.dead { "ROLLBACK" } else { "COMMIT" })?;
            self.dead = self.dead || self.disk.after_commit().is_err();
            Ok(())
        })()
        .inspect_err(|error: &rusqlite::Error| {
            self.metrics.commit_failures.inc();
            tracing::error!(%error, "cannot commit");
            if !self.connection.is_autocommit() {
                let _ = self.connection.execute_batch("ROLLBACK");
            }
        })
        .is_ok();
        if self.dead {
            return;
        }
        if let (true, Some((seq, access))) = (committed, newest) {
            // Access first: whoever is woken by an event must not judge it by what was.
            self.commits.access.send_if_modified(|known| std::mem::replace(known, access) != access);
            self.commits.events.send_if_modified(|known| std::mem::replace(known, seq) != seq);
        }
        self.metrics.commit_duration.observe(began.elapsed().as_secs_f64());
        for answer in answers {
            answer(committed);
        }
    }

    /// `None` if the job panicked; its caller then learns of it by the closed channel.
    fn run_in_savepoint(&mut self, job: Job) -> rusqlite::Result<Option<Answer>> {
        self.connection.execute_batch("SAVEPOINT job")?;
        let now = self.clock.now();
        let now = now.duration_trunc(TimeDelta::milliseconds(1)).unwrap_or(now);
        let mut write = Write { sql: &self.connection, now, silent: false, chance: &mut self.chance };
        let outcome = catch_unwind(AssertUnwindSafe(|| job(&mut write)));
        if !matches!(outcome, Ok((Verdict::Keep, _))) {
            self.connection.execute_batch("ROLLBACK TO job")?;
        }
        self.connection.execute_batch("RELEASE job")?;
        match outcome {
            Ok((_, answer)) => Ok(Some(answer)),
            Err(_) => {
                tracing::error!("a write panicked and was undone");
                Ok(None)
            }
        }
    }
}
