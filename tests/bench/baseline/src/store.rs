//! One connection behind a mutex.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use sha2::{Digest, Sha256};
use tokio::sync::watch;
use uuid::Uuid;

/// The file.
pub(crate) struct Store {
    sql: Arc<Mutex<Connection>>,
    changed: watch::Sender<()>,
}

impl Store {
    pub(crate) fn create(folder: &Path, conversations: u32) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let mut sql = Connection::open(folder.join("baseline.db"))?;
        sql.execute_batch("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")?;
        sql.execute_batch(include_str!("schema.sql"))?;
        let write = sql.transaction()?;
        for number in 0..conversations {
            begin(&write, "ch_webchat", &format!("customer-{number}"), "Hello, I have a question about my order.")?;
        }
        write.commit()?;
        Ok(Self::around(sql))
    }

    pub(crate) fn read_only(file: &Path) -> anyhow::Result<Self> {
        Ok(Self::around(Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?))
    }

    fn around(sql: Connection) -> Self {
        Self { sql: Arc::new(Mutex::new(sql)), changed: watch::channel(()).0 }
    }

    /// Does something with the connection, when it is free.
    pub(crate) async fn with<T, W>(&self, work: W) -> rusqlite::Result<T>
    where
        T: Send + 'static,
        W: FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let sql = Arc::clone(&self.sql);
        let done = tokio::task::spawn_blocking(move || work(&mut sql.lock().unwrap_or_else(PoisonError::into_inner)));
        done.await.unwrap_or(Err(rusqlite::Error::InvalidQuery))
    }

    /// Tells all streams to look.
    pub(crate) fn announce(&self) {
        self.changed.send_replace(());
    }

    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }
}

pub(crate) fn new_token(sql: &Connection, email: &str) -> rusqlite::Result<String> {
    let token = Uuid::new_v4().to_string();
    let user = email.split('@').next().unwrap_or_default();
    sql.execute("INSERT INTO tokens VALUES (?1, ?2)", params![hash(&token), user])?;
    Ok(token)
}

pub(crate) fn user_of(sql: &Connection, token: &str) -> rusqlite::Result<Option<String>> {
    sql.query_row("SELECT user_id FROM tokens WHERE hash = ?1", [hash(token)], |row| row.get(0)).optional()
}

fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

pub(crate) fn now() -> i64 {
    chrono::Utc::now().timestamp_millis()
}

/// A new conversation with its first message.
pub(crate) fn begin(sql: &Connection, channel: &str, customer: &str, text: &str) -> rusqlite::Result<String> {
    let (id, message) = (Uuid::now_v7().to_string(), Uuid::now_v7().to_string());
    sql.execute(
        "INSERT INTO conversations (id, channel, customer, status, opened_at, last_customer_message_id, version)
         VALUES (?1, ?2, ?3, 'open', ?4, ?5, 1)",
        params![id, channel, customer, now(), message],
    )?;
    insert_message(sql, &message, &id, ("message", customer, text), None)?;
    Ok(id)
}

pub(crate) fn insert_message(
    sql: &Connection,
    id: &str,
    conversation: &str,
    (kind, author, text): (&str, &str, &str),
    client_key: Option<&str>,
) -> rusqlite::Result<()> {
    sql.execute(
        "INSERT INTO messages (id, conversation_id, kind, author, text, client_key, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![id, conversation, kind, author, text, client_key, now()],
    )?;
    Ok(())
}
