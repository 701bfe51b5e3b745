//! The connection that writes, and how several jobs share a commit.
//!
//! Whatever the disk does, a job is told the truth: a commit that failed stays undone, and a connection that a fault has spoilt is replaced, so
//! that the same click works as soon as the disk does.

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use secrecy::SecretSlice;

use super::error::{take_damage_met, take_spoilt};
use super::identity::Identity;
use super::writer::{Answer, Disk, Job, Shared};
use super::{OpenError, StoreError, connection, salvage};

/// Jobs that share a commit at most: more would make the first one wait for the last.
const SHARE_A_COMMIT: usize = 64;

/// Bytes before the first frame of SQLite's log, and before the page of each (SQLite, "WAL-mode File Format").
const LOG_HEADER: u64 = 32;
const LOG_FRAME_HEADER: u64 = 24;

/// The connection that writes.
pub(super) struct Pen {
    connection: Connection,
    file: Reopen,
    identity: Identity,
    disk: Arc<dyn Disk>,
    shared: Arc<Shared>,
    dead: bool,
    spoilt: bool,
    must_overwrite: bool,
}

/// What it takes to open the file once more.
pub(super) struct Reopen {
    pub(super) path: PathBuf,
    pub(super) key: SecretSlice<u8>,
}

impl Pen {
    pub(super) fn new(connection: Connection, file: Reopen, disk: Arc<dyn Disk>, shared: Arc<Shared>) -> Self {
        let identity = Identity::of(&file.path);
        Self { connection, file, identity, disk, shared, dead: false, spoilt: false, must_overwrite: false }
    }

    /// Runs `first` and whatever `more` has, commits once, and answers all of them.
    pub(super) fn write(&mut self, first: Job, more: impl Fn() -> Option<Job>) {
        if self.dead {
            first.refuse(StoreError::Closed);
            return;
        }
        self.replace_if_spoilt();
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
        self.replace_if_spoilt();
        self.overwrite();
        note_damage(&self.shared);
        for answer in kept {
            answer(committed.clone());
        }
    }

    /// Opens a connection that works in place of one that met something it does not recover from.
    fn replace_if_spoilt(&mut self) {
        self.spoilt |= take_spoilt();
        if !self.spoilt {
            return;
        }
        let Reopen { path, key } = &self.file;
        let opened = connection::open_writer(path, key).and_then(|new| {
            connection::set_up_writer(&new)?;
            Ok(new)
        });
        match opened {
            Ok(new) => {
                self.connection = new;
                self.identity = Identity::of(path);
                self.spoilt = false;
            }
            Err(error) => tracing::warn!(%error, "the file cannot be opened once more yet"),
        }
    }

    /// Makes sure that a transaction whose commit failed stays undone.
    ///
    /// When the disk fails while a commit is flushed, SQLite takes the transaction back, but its pages may stand complete in the WAL: a
    /// process that died now would find them there at its next start, and a click that was answered with an error would be queued after
    /// all. The next commit writes over them, so one is made at once, and again until it works. Where nothing can be written, the log is cut
    /// off behind the last commit that holds.
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
        if let (Err(_), Err(error)) = (overwritten, self.cut_log()) {
            tracing::error!(%error, "a transaction that failed may stand in the log");
        }
    }

    /// Cuts the log off behind the last commit. Nobody else writes it, and readers read no further.
    fn cut_log(&self) -> Result<(), OpenError> {
        // The number of frames, with nothing done.
        let frames: u32 = self.connection.query_row("PRAGMA wal_checkpoint = NOOP", [], |row| row.get("log"))?;
        let mut log =
            std::fs::File::options().read(true).write(true).open(salvage::with_suffix(&self.file.path, "-wal"))?;
        let mut header = [0; LOG_HEADER as usize];
        log.read_exact(&mut header)?;
        let [.., a, b, c, d] = header[..12] else { return Ok(()) };
        let page = u32::from_be_bytes([a, b, c, d]);
        let length = LOG_HEADER + u64::from(frames) * (LOG_FRAME_HEADER + u64::from(page));
        if log.metadata()?.len() > length {
            log.set_len(length)?;
        }
        Ok(())
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
                note_damage(&self.shared);
                first.refuse(error.clone());
                return Err(error);
            }
        };
        let mut next = Some(first);
        for _ in 0..SHARE_A_COMMIT {
            let Some(job) = next.take().or_else(&more) else { break };
            run_in_savepoint(&transaction, job, kept, &self.shared)?;
        }
        if kept.is_empty() {
            return transaction.rollback().map_err(StoreError::from);
        }
        let number = self.shared.commits.load(Ordering::Relaxed) + 1;
        self.disk.before_commit(number)?;
        // A file that was deleted takes everything that is written to it, and keeps nothing.
        if !self.identity.is_still_at(&self.file.path) {
            return Err(StoreError::Unwritable);
        }
        transaction.commit()?;
        self.shared.commits.store(number, Ordering::Relaxed);
        self.disk.after_commit(number)
    }
}

/// Tells of damage that was met on this thread. Before anybody is answered: whoever hears of it may close the file at once, and then nobody
/// would ask for the check at the next start.
fn note_damage(shared: &Shared) {
    if take_damage_met() {
        shared.damage_met.store(true, Ordering::Relaxed);
    }
}

/// Runs one job. What it changed is undone at once if it fails; its neighbours keep theirs.
fn run_in_savepoint(
    transaction: &Transaction<'_>,
    job: Job,
    kept: &mut Vec<Answer>,
    shared: &Shared,
) -> Result<(), StoreError> {
    transaction.prepare_cached("SAVEPOINT job")?.execute([])?;
    let Ok((keep, answer)) = catch_unwind(AssertUnwindSafe(|| job.run(transaction))) else {
        tracing::error!("a write job panicked; its changes are undone");
        return undo(transaction);
    };
    note_damage(shared);
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
