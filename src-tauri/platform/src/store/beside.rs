//! The workspace's file for the operator's commands, which work beside a platform that serves it as well as without one.
//!
//! SQLite lets one process write at a time, and both wait for each other for some seconds, so a short transaction from here does no
//! harm: the platform keeps nothing in memory that it changes. Streams of events hear of it with the platform's next commit, or with
//! the next heartbeat.

use std::{path::Path, sync::Arc, time::Duration};

use chrono::{DurationRound, TimeDelta};
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::{FILE, OpenError, Write, migrations};
use crate::{chance::Chance, clock::Clock, refusal::Refusal};

/// How long a command waits for the platform's transaction to end.
const PATIENCE: Duration = Duration::from_secs(10);

/// A connection that writes beside a platform.
pub(crate) struct Beside {
    connection: Connection,
    clock: Arc<dyn Clock>,
    chance: Chance,
}

impl Beside {
    /// Opens the workspace in `directory`, which has to be there and of this version.
    pub(crate) fn open(directory: &Path, clock: Arc<dyn Clock>, chance: Chance) -> Result<Self, OpenError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = connect(directory, flags, "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;")?;
        Ok(Self { connection, clock, chance })
    }

    /// Runs `job` in a transaction that is durable when this returns. A refusal changes nothing.
    pub(crate) fn write<T>(&mut self, job: impl FnOnce(&mut Write<'_>) -> Result<T, Refusal>) -> Result<T, Refusal> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let now = self.clock.now();
        let now = now.duration_trunc(TimeDelta::milliseconds(1)).unwrap_or(now);
        let mut write = Write { sql: &transaction, now, silent: false, chance: &mut self.chance };
        let done = job(&mut write)?;
        transaction.commit()?;
        Ok(done)
    }

    /// Reads.
    pub(crate) fn read<T>(&self, query: impl FnOnce(&Connection) -> Result<T, Refusal>) -> Result<T, Refusal> {
        query(&self.connection)
    }
}

/// A connection that can only read the workspace in `directory`.
pub(crate) fn look_at(directory: &Path) -> Result<Connection, OpenError> {
    connect(directory, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX, "PRAGMA query_only=ON;")
}

fn connect(directory: &Path, flags: OpenFlags, pragmas: &str) -> Result<Connection, OpenError> {
    let path = directory.join(FILE);
    if !path.exists() {
        return Err(OpenError::NoWorkspace(directory.to_owned()));
    }
    let in_database = |source| OpenError::Database { path: path.clone(), source };
    let connection = Connection::open_with_flags(&path, flags).map_err(in_database)?;
    connection.busy_timeout(PATIENCE).map_err(in_database)?;
    connection.execute_batch(pragmas).map_err(in_database)?;
    let schema = migrations();
    let newest = schema.pending_migrations(&connection);
    match newest.map_err(|source| OpenError::Migration { path: path.clone(), source })? {
        0 => Ok(connection),
        pending if pending > 0 => Err(OpenError::Older(path)),
        _ => Err(OpenError::Newer(path)),
    }
}
