//! The floor of a click: a transaction of three statements with the engine's own settings, on a copy of the same encrypted file or on one
//! with nothing else in it.
//!
//! A copy, because the engine owns its file alone and takes anybody else's lock for a fault. The tables are the plainest that could hold
//! the same: an entry under its key, a conversation's state, a draft.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rusqlite::{Connection, OptionalExtension as _, params};
use secrecy::{ExposeSecret as _, SecretSlice};
use signoff_turns::{Contender, Error, REPLY};

use crate::outbox;

/// The engine's own settings of a file (`signoff_engine::store`).
const SETTINGS: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA checkpoint_fullfsync = ON;
    PRAGMA fullfsync = ON;
    PRAGMA foreign_keys = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -16000;
    PRAGMA journal_size_limit = 16777216;";

/// The copy.
#[derive(Debug)]
pub(crate) struct Floor {
    connection: Connection,
    clicks: u128,
}

impl Floor {
    /// Copies the cache of the profile, which nobody may have open, and gives the copy the plain tables.
    pub(crate) fn beside(profile: &Path, folder: &Path, keys: &[SecretSlice<u8>]) -> Result<Self> {
        let copy = folder.join("floor.db");
        std::fs::copy(database(profile)?, &copy)?;
        let connection = keys.iter().find_map(|key| open(&copy, key).ok()).context("no key fits the copied cache")?;
        let conversations = connection
            .prepare("SELECT id FROM conversations")?
            .query_map([], |row| row.get("id"))?
            .collect::<Result<Vec<String>, _>>()?;
        Self::with_tables(connection, conversations)
    }

    /// A file with nothing in it but the plain tables; without a key SQLCipher is SQLite.
    pub(crate) fn alone(
        file: &Path,
        key: Option<&SecretSlice<u8>>,
        conversations: impl IntoIterator<Item = String>,
    ) -> Result<Self> {
        let connection = match key {
            Some(key) => open(file, key)?,
            None => Connection::open(file)?,
        };
        Self::with_tables(connection, conversations)
    }

    fn with_tables(mut connection: Connection, conversations: impl IntoIterator<Item = String>) -> Result<Self> {
        connection.execute_batch(SETTINGS)?;
        let transaction = connection.transaction()?;
        transaction.execute_batch(
            "CREATE TABLE floor_entries (key TEXT PRIMARY KEY, conversation TEXT NOT NULL, text TEXT NOT NULL);
             CREATE TABLE floor_states (conversation TEXT PRIMARY KEY, state TEXT NOT NULL);
             CREATE TABLE floor_drafts (conversation TEXT PRIMARY KEY, text TEXT NOT NULL);",
        )?;
        for conversation in conversations {
            transaction
                .prepare_cached("INSERT INTO floor_states (conversation, state) VALUES (?1, 'received')")?
                .execute(params![conversation])?;
        }
        transaction.commit()?;
        Ok(Self { connection, clicks: 0 })
    }

    /// Keeps a draft, then does what a click does. The time is the click's alone.
    pub(crate) fn click(&mut self, conversation: &str, text: &str) -> Result<Duration> {
        self.clicks += 1;
        let key = format!("{:032x}", self.clicks);
        self.connection
            .prepare_cached("INSERT OR REPLACE INTO floor_drafts (conversation, text) VALUES (?1, ?2)")?
            .execute(params![conversation, text])?;
        let begun = Instant::now();
        let transaction = self.connection.transaction()?;
        transaction
            .prepare_cached("INSERT INTO floor_entries (key, conversation, text) VALUES (?1, ?2, ?3)")?
            .execute(params![key, conversation, text])?;
        transaction
            .prepare_cached("UPDATE floor_states SET state = 'answered' WHERE conversation = ?1")?
            .execute(params![conversation])?;
        transaction
            .prepare_cached("DELETE FROM floor_drafts WHERE conversation = ?1")?
            .execute(params![conversation])?;
        transaction.commit()?;
        Ok(begun.elapsed())
    }

    /// Takes the oldest entry off, in a transaction of its own; says whether there was one.
    fn take_oldest(&mut self) -> Result<bool> {
        let transaction = self.connection.transaction()?;
        let oldest = transaction
            .prepare_cached("SELECT key FROM floor_entries ORDER BY rowid LIMIT 1")?
            .query_row([], |row| row.get::<_, String>("key"))
            .optional()?;
        if let Some(key) = &oldest {
            transaction.prepare_cached("DELETE FROM floor_entries WHERE key = ?1")?.execute(params![key])?;
        }
        transaction.commit()?;
        Ok(oldest.is_some())
    }
}

impl Contender for Floor {
    fn click(&mut self, conversation: usize) -> Result<Duration, Error> {
        Ok(Self::click(self, &outbox::id(conversation), REPLY)?)
    }

    fn drain(&mut self, _conversation: usize) -> Result<(), Error> {
        while self.take_oldest()? {}
        Ok(())
    }
}

fn open(file: &Path, key: &SecretSlice<u8>) -> Result<Connection> {
    let connection = Connection::open(file)?;
    let digits: String = key.expose_secret().iter().map(|byte| format!("{byte:02x}")).collect();
    connection.execute_batch(&format!("PRAGMA key = \"x'{digits}'\""))?;
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))?;
    Ok(connection)
}

/// The largest file of the profile: nothing else in it comes near.
fn database(profile: &Path) -> Result<PathBuf> {
    let mut folders = vec![profile.to_owned()];
    let mut largest = (0, None);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            let metadata = entry.metadata()?;
            if metadata.is_dir() {
                folders.push(entry.path());
            } else if metadata.len() > largest.0 && !entry.file_name().to_string_lossy().ends_with("-wal") {
                largest = (metadata.len(), Some(entry.path()));
            }
        }
    }
    largest.1.context("the profile has no cache")
}
