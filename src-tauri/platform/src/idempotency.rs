//! Idempotency keys (D5): the answer of a request that had an effect, stored in the transaction of that effect.
//!
//! A refusal leaves no record, so a refused key is free. Records are kept longer than clients are told, so that a client
//! whose clock is a little behind still finds its own.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};

use crate::{
    refusal::Refusal,
    store::{Write, ms},
};

/// What clients are told.
pub(crate) const KEPT_DAYS: u32 = 30;
const REALLY_KEPT: TimeDelta = TimeDelta::days(35);

/// What makes two requests the same: method, path and body.
pub(crate) type Fingerprint = [u8; 32];

/// Stands for a request that was forgotten (its customer's data were erased): any request fits it.
const FORGOTTEN: Fingerprint = [0; 32];

/// The fingerprint of a request.
pub(crate) fn fingerprint(method: &str, path: &str, body: &[u8]) -> Fingerprint {
    let mut hash = Sha256::new();
    for part in [method.as_bytes(), path.as_bytes(), body] {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// An answer as it was given the first time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The body, byte for byte.
    pub(crate) body: Vec<u8>,
}

/// What the user's key stands for, if anything.
///
/// # Errors
/// [`Refusal::IdempotencyKeyReused`] if it stands for another request.
pub(crate) fn look_up(
    sql: &Connection,
    user_id: &str,
    key: &str,
    fingerprint: &Fingerprint,
) -> Result<Option<Stored>, Refusal> {
    let found: Option<(Vec<u8>, Stored)> = sql
        .prepare_cached("SELECT fingerprint, status, body FROM idempotency WHERE user_id = ?1 AND key = ?2")?
        .query_row([user_id, key], |row| Ok((row.get(0)?, Stored { status: row.get(1)?, body: row.get(2)? })))
        .optional()?;
    match found {
        Some((known, _)) if known != fingerprint && known != FORGOTTEN => Err(Refusal::IdempotencyKeyReused),
        Some((_, stored)) => Ok(Some(stored)),
        None => Ok(None),
    }
}

/// Forgets what was asked under a key, and keeps that and how it was answered: what comes again must not take effect again.
pub(crate) fn forget_request(sql: &Connection, user_id: &str, key: &str) -> rusqlite::Result<()> {
    sql.prepare_cached("UPDATE idempotency SET fingerprint = ?3 WHERE user_id = ?1 AND key = ?2")?
        .execute(params![user_id, key, FORGOTTEN])?;
    Ok(())
}

/// The receipt stored under the user's key, byte for byte.
pub(crate) fn receipt(sql: &Connection, user_id: &str, key: &str) -> Result<Vec<u8>, Refusal> {
    sql.prepare_cached("SELECT body FROM idempotency WHERE user_id = ?1 AND key = ?2")?
        .query_row([user_id, key], |row| row.get(0))
        .optional()?
        .ok_or(Refusal::ReceiptUnknown)
}

/// Stores the answer, in the transaction of its effect.
pub(crate) fn store(
    write: &Write<'_>,
    user_id: &str,
    key: &str,
    fingerprint: &Fingerprint,
    conversation_id: &str,
    answer: &Stored,
) -> Result<(), Refusal> {
    write
        .sql
        .prepare_cached(
            "INSERT INTO idempotency (user_id, key, fingerprint, status, body, at, conversation_id)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![user_id, key, fingerprint, answer.status, answer.body, ms(write.now), conversation_id])?;
    Ok(())
}

/// Forgets so many records that are old enough; how many there were.
pub(crate) fn forget_old(sql: &Connection, now: DateTime<Utc>, most: u32) -> rusqlite::Result<usize> {
    sql.execute(
        "DELETE FROM idempotency WHERE (user_id, key) IN (SELECT user_id, key FROM idempotency WHERE at < ?1 LIMIT ?2)",
        params![ms(now - REALLY_KEPT), most],
    )
}

/// The keys of requests that are running.
#[derive(Clone, Default)]
pub(crate) struct Running {
    keys: Arc<Mutex<HashSet<(String, String)>>>,
}

impl Running {
    /// Marks a key as running until the mark is dropped.
    ///
    /// # Errors
    /// [`Refusal::IdempotencyInProgress`] if it already is.
    pub(crate) fn begin(&self, user_id: &str, key: &str) -> Result<Mark, Refusal> {
        let key = (user_id.to_owned(), key.to_owned());
        if self.keys.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone()) {
            Ok(Mark { running: self.clone(), key })
        } else {
            Err(Refusal::IdempotencyInProgress)
        }
    }
}

/// Stands for a running request.
pub(crate) struct Mark {
    running: Running,
    key: (String, String),
}

impl Drop for Mark {
    fn drop(&mut self) {
        self.running.keys.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}
