//! The workspace's file: SQLite in WAL mode with `synchronous=FULL`.
//!
//! One thread writes ([`writer`]), a few connections read ([`readers`]). Whatever a request changes, it changes in one
//! transaction, together with its events, its actions and its idempotency record: a SIGKILL at any moment leaves all of
//! it or nothing (D4). An answer leaves only after the commit is on the disk.

use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OpenFlags, Transaction};
use rusqlite_migration::{M, Migrations};
use tokio::sync::watch;

pub(crate) mod beside;
mod machine;
mod readers;
mod writer;

pub(crate) use beside::look_at;
pub use machine::{Dies, Disk, Machine, RealDisk, Threads};
pub(crate) use writer::Write;

use crate::{
    attachments::folder::Folder, backups::BackupError, chance::Chance, clock::Clock, metrics::Metrics, refusal::Refusal,
};

/// The workspace's file in its folder.
pub(crate) const FILE: &str = "workspace.db";
/// Whoever holds this file's lock has the folder.
pub(crate) const LOCK: &str = "lock";

/// The schema's history, oldest first. What has landed is never edited.
fn steps() -> Vec<M<'static>> {
    vec![
        M::up(include_str!("0001_workspace.sql")),
        M::up(include_str!("0002_figures.sql")),
        M::up(include_str!("0003_exports.sql")),
        M::up(include_str!("0004_access.sql")),
        M::up(include_str!("0005_search.sql")),
        M::up(include_str!("0006_lists.sql")),
        M::up(include_str!("0007_administration.sql")),
        M::up(include_str!("0008_surveys.sql")),
        M::up(include_str!("0009_channels.sql")),
        M::up(include_str!("0010_scenarios.sql")),
        M::up(include_str!("0011_widget.sql")),
        M::up_with_hook(include_str!("0012_people.sql"), |transaction: &Transaction<'_>| {
            Ok(crate::audit::chain::adopt(transaction)?)
        }),
        M::up(include_str!("0013_running.sql")),
        M::up(include_str!("0014_access.sql")),
        M::up(include_str!("0015_single_sign_on.sql")),
        M::up(include_str!("0016_restored.sql")),
        M::up(include_str!("0017_limits.sql")),
        M::up(include_str!("0018_provider_accounts.sql")),
        M::up(include_str!("0019_office_hours.sql")),
        M::up(include_str!("0020_rules.sql")),
        M::up(include_str!("0021_exports.sql")),
    ]
}

fn migrations() -> Migrations<'static> {
    Migrations::new(steps())
}

/// Why a data directory could not be opened. Each is a sentence for the person at the command line.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it.
    #[error("another signoff-platform already serves {}; stop it first, or choose another --data-dir", .0.display())]
    InUse(PathBuf),
    /// Not creatable or not writable.
    #[error("cannot use {} as data directory: {source}", .path.display())]
    Directory {
        /// The directory.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// Written by a newer version.
    #[error("{} was written by a newer version of signoff-platform; start that version", .0.display())]
    Newer(PathBuf),
    /// Written by an older version, and a command beside the platform does not bring it up to date.
    #[error("{} was written by an older version of signoff-platform; start this version once", .0.display())]
    Older(PathBuf),
    /// There is no workspace in the directory.
    #[error("there is no workspace in {}", .0.display())]
    NoWorkspace(PathBuf),
    /// Not a workspace, or damaged.
    #[error("cannot open {}: {source}", .path.display())]
    Database {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// No backup could be made before the schema changes; nothing was changed.
    #[error("cannot make a backup before bringing the file up to date: {0}")]
    Backup(Box<BackupError>),
    /// The schema could not be brought up to date; nothing was changed.
    #[error("cannot bring {} up to date: {source}", .path.display())]
    Migration {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: rusqlite_migration::Error,
    },
}

/// Who else may have the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lock {
    /// Nobody.
    Alone,
    /// Whoever serves it, for a command that writes once: SQLite keeps the two apart, and streams notice within a heartbeat.
    Beside,
}

/// The schema of a file, and the one that this version writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schema {
    /// The file's; 0: there is none yet.
    pub found: usize,
    /// This version's.
    pub known: usize,
}

/// The schema of the workspace in `directory`. Changes nothing, and the workspace may be served meanwhile.
///
/// # Errors
/// [`OpenError::Database`].
pub fn schema_of(directory: &Path) -> Result<Schema, OpenError> {
    let path = directory.join(FILE);
    if !path.exists() {
        return Ok(Schema { found: 0, known: schema_version() });
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let read = Connection::open_with_flags(&path, flags).and_then(|sql| version_of(&sql));
    let found = read.map_err(|source| OpenError::Database { path, source })?;
    Ok(Schema { found, known: schema_version() })
}

fn version_of(sql: &Connection) -> rusqlite::Result<usize> {
    let version: i64 = sql.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    Ok(usize::try_from(version).unwrap_or_default())
}

/// A migration runs in a transaction, but only time tells whether it was right: what there was stays beside it.
fn back_up_before_migration(directory: &Path, sql: &Connection, now: DateTime<Utc>) -> Result<(), OpenError> {
    let path = directory.join(FILE);
    let found = version_of(sql).map_err(|source| OpenError::Database { path, source })?;
    if found == 0 || found >= schema_version() {
        return Ok(());
    }
    let to = directory.join(format!("before-schema-{}-{}.db", schema_version(), now.format("%Y%m%dT%H%M%SZ")));
    crate::backups::write(directory, &to, now).map_err(|source| OpenError::Backup(Box::new(source)))?;
    tracing::info!(found, to = schema_version(), backup = %to.display(), "the file was backed up before its schema changes");
    Ok(())
}

/// An open workspace file. Clones share it.
#[derive(Clone)]
pub(crate) struct Store {
    writer: writer::Writer,
    readers: Arc<readers::Readers>,
    committed: watch::Receiver<i64>,
    access: watch::Receiver<i64>,
    clock: Arc<dyn Clock>,
    lock: Arc<Mutex<Option<File>>>,
    threads: Threads,
    metrics: Arc<Metrics>,
    directory: Arc<Path>,
    attachments: Folder,
}

impl Store {
    /// Opens, or creates, the workspace in `directory`, and keeps every other process out of it.
    pub(crate) fn open(
        directory: &Path,
        clock: Arc<dyn Clock>,
        chance: Chance,
        machine: Machine,
        with: Lock,
    ) -> Result<Self, OpenError> {
        let in_directory = |source| OpenError::Directory { path: directory.to_owned(), source };
        if with == Lock::Beside && !directory.join(FILE).is_file() {
            return Err(OpenError::NoWorkspace(directory.to_owned()));
        }
        fs::create_dir_all(directory).map_err(in_directory)?;
        let lock = File::create(directory.join(LOCK)).map_err(in_directory)?;
        let alone = match lock.try_lock() {
            Ok(()) => true,
            Err(TryLockError::WouldBlock) if with == Lock::Beside => false,
            Err(TryLockError::WouldBlock) => return Err(OpenError::InUse(directory.to_owned())),
            Err(TryLockError::Error(source)) => return Err(in_directory(source)),
        };
        if !alone && schema_of(directory)?.found != schema_version() {
            // Whoever serves it would not know what to do with another one.
            return Err(OpenError::InUse(directory.to_owned()));
        }

        let attachments = Folder::below(directory);
        if alone {
            attachments.forget_interrupted();
        }
        let path = directory.join(FILE);
        let in_database = |source| OpenError::Database { path: path.clone(), source };
        let mut connection = Connection::open(&path).map_err(in_database)?;
        connection
            .execute_batch(
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;",
            )
            .map_err(in_database)?;
        connection.set_prepared_statement_cache_capacity(256);
        back_up_before_migration(directory, &connection, clock.now())?;
        migrations().to_latest(&mut connection).map_err(|source| {
            use rusqlite_migration::{Error::MigrationDefinition, MigrationDefinitionError::DatabaseTooFarAhead};
            if matches!(source, MigrationDefinition(DatabaseTooFarAhead)) {
                OpenError::Newer(path.clone())
            } else {
                OpenError::Migration { path: path.clone(), source }
            }
        })?;

        let newest_seq = crate::events::newest_seq(&connection).map_err(in_database)?;
        let (commits, committed) = watch::channel(newest_seq);
        let (accesses, accessed) = watch::channel(access(&connection).map_err(in_database)?);
        let threads = machine.threads;
        let readers = readers::Readers::open(threads, || {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let connection = Connection::open_with_flags(&path, flags)?;
            connection.execute_batch("PRAGMA query_only=ON;")?;
            connection.busy_timeout(Duration::from_secs(5))?;
            connection.set_prepared_statement_cache_capacity(128);
            Ok(connection)
        })
        .map_err(in_database)?;
        let metrics = Arc::new(Metrics::new());
        let commits = writer::Commits { events: commits, access: accesses };
        let writer =
            writer::Writer::start(connection, Arc::clone(&clock), chance, commits, machine, Arc::clone(&metrics));
        let lock = Arc::new(Mutex::new(Some(lock)));
        let directory = directory.into();
        let readers = Arc::new(readers);
        Ok(Self { writer, readers, committed, access: accessed, clock, lock, threads, metrics, directory, attachments })
    }

    /// Runs `job` in a transaction and returns when it is durable. A refusal changes nothing.
    pub(crate) async fn write<T, J>(&self, job: J) -> Result<T, Refusal>
    where
        T: Send + 'static,
        J: FnOnce(&mut Write<'_>) -> Result<T, Refusal> + Send + 'static,
    {
        self.writer.run(job).await
    }

    /// Runs `query` on a snapshot that does not change under it.
    pub(crate) async fn read<T, Q>(&self, query: Q) -> Result<T, Refusal>
    where
        T: Send + 'static,
        Q: FnOnce(&Connection) -> Result<T, Refusal> + Send + 'static,
    {
        Arc::clone(&self.readers).run(query).await
    }

    /// Changes whenever events were committed; the value is the newest event's sequence.
    pub(crate) fn commits(&self) -> watch::Receiver<i64> {
        self.committed.clone()
    }

    /// The folder of the workspace.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Changes with every commit of something that decides who may do or see what: sessions, roles, teams, permissions. What was read
    /// about that is true as long as [`access`] was this number in the same snapshot.
    pub(crate) fn access(&self) -> watch::Receiver<i64> {
        self.access.clone()
    }

    /// Takes no files in while less than so much space is free on the disk.
    pub(crate) fn keeping_free(self, bytes: u64) -> Self {
        Self { attachments: self.attachments.keeping_free(bytes), ..self }
    }

    /// Where files lie.
    pub(crate) fn attachments(&self) -> Folder {
        self.attachments.clone()
    }

    /// Where work that blocks is done.
    pub(crate) fn threads(&self) -> Threads {
        self.threads
    }

    /// What is counted.
    pub(crate) fn metrics(&self) -> Arc<Metrics> {
        Arc::clone(&self.metrics)
    }

    /// The present.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Folds the write-ahead log into the file and empties it, so that nothing that was erased is left in it. Waits for whoever
    /// reads an older state, for a moment.
    pub(crate) async fn fold(&self) {
        let path = self.directory.join(FILE);
        let folded = self.threads.blocking(move || {
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let sql = Connection::open_with_flags(&path, flags)?;
            sql.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0))
        });
        match folded.await {
            Some(Ok(0)) => {}
            // The next one does it, or the log's own turn.
            Some(Ok(_)) | None => tracing::debug!("the write-ahead log is in use"),
            Some(Err(error)) => tracing::warn!(%error, "cannot fold the write-ahead log in"),
        }
    }

    /// Refuses new work, finishes what is queued, waits for it and lets the next process in, whoever still holds a clone.
    pub(crate) async fn close(&self) {
        self.writer.stop().await;
        drop(self.lock.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

/// Gives an open file the schema of this version.
pub(crate) fn bring_up_to_date(sql: &mut Connection) -> Result<(), rusqlite_migration::Error> {
    migrations().to_latest(sql)
}

/// The schema that this version writes.
pub(crate) fn schema_version() -> usize {
    steps().len()
}

/// An empty workspace that no file holds.
#[cfg(test)]
pub(crate) fn in_memory() -> Connection {
    let mut sql = Connection::open_in_memory().expect("memory");
    migrations().to_latest(&mut sql).expect("the migrations fit together");
    sql
}

/// The number that [`Store::access`] announces.
pub(crate) fn access(sql: &Connection) -> rusqlite::Result<i64> {
    sql.prepare_cached("SELECT version FROM access")?.query_row([], |row| row.get(0))
}

/// A time as the file keeps it.
pub(crate) fn ms(at: DateTime<Utc>) -> i64 {
    at.timestamp_millis()
}

/// A time as the file kept it.
pub(crate) fn time(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or_default()
}
