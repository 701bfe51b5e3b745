//! One's own sessions: where one is signed in, and ending that.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, params};
use serde_json::{Value, json};
use signoff_wire::contract::access::OwnSession;

use super::Caller;
use crate::{
    audit,
    people::effects,
    refusal::Refusal,
    store::{Store, Write, ms, time},
};

/// How exact *last seen* is: requests are reads, and a write for each would cost more than it tells.
const EXACT: TimeDelta = TimeDelta::minutes(10);
/// Longest name of a device.
const DEVICE_LIMIT: usize = 120;

/// Sessions that were heard of, to be written down now and then.
#[derive(Default)]
pub(crate) struct Seen {
    unwritten: Mutex<HashMap<Vec<u8>, DateTime<Utc>>>,
}

impl Seen {
    /// Takes note of a request of this session.
    pub(crate) fn note(&self, token_hash: &[u8], now: DateTime<Utc>) {
        let mut unwritten = self.unwritten.lock().unwrap_or_else(PoisonError::into_inner);
        match unwritten.get_mut(token_hash) {
            Some(seen) => *seen = now,
            None => {
                unwritten.insert(token_hash.to_vec(), now);
            }
        }
    }

    /// Writes down what was noted.
    pub(crate) async fn keep(&self, store: &Store) -> Result<(), Refusal> {
        let noted = std::mem::take(&mut *self.unwritten.lock().unwrap_or_else(PoisonError::into_inner));
        if noted.is_empty() {
            return Ok(());
        }
        store
            .write(move |write| {
                for (token_hash, seen_at) in &noted {
                    write
                        .sql
                        .prepare_cached("UPDATE sessions SET last_seen_at = ?2 WHERE token_hash = ?1")?
                        .execute(params![token_hash, ms(*seen_at)])?;
                }
                Ok(())
            })
            .await
    }

    fn of(&self, token_hash: &[u8]) -> Option<DateTime<Utc>> {
        self.unwritten.lock().unwrap_or_else(PoisonError::into_inner).get(token_hash).copied()
    }
}

/// What signed in, as it called itself, fit to be shown.
pub(crate) fn device(said: Option<&str>) -> Option<String> {
    let said: String = said?.trim().chars().filter(|letter| !letter.is_control()).take(DEVICE_LIMIT).collect();
    (!said.is_empty()).then_some(said)
}

/// The caller's sessions that live, the newest first.
pub(crate) fn list(
    sql: &Connection,
    caller: &Caller,
    seen: &Seen,
    now: DateTime<Utc>,
) -> rusqlite::Result<Vec<OwnSession>> {
    let to_the_minutes =
        |at: DateTime<Utc>| at - TimeDelta::milliseconds(at.timestamp_millis().rem_euclid(EXACT.num_milliseconds()));
    sql.prepare_cached(
        "SELECT id, device, created_at, last_seen_at, expires_at, token_hash FROM sessions
         WHERE user_id = ?1 AND expires_at > ?2 ORDER BY created_at DESC, id DESC",
    )?
    .query_map(params![caller.user.id, ms(now)], |row| {
        let token_hash: Vec<u8> = row.get(5)?;
        let kept = row.get::<_, Option<i64>>(3)?.map(time);
        let current = token_hash == caller.token_hash;
        let last_seen_at = if current { Some(now) } else { seen.of(&token_hash).or(kept) };
        Ok(OwnSession {
            id: row.get(0)?,
            device: row.get(1)?,
            created_at: time(row.get(2)?),
            last_seen_at: last_seen_at.map(to_the_minutes),
            expires_at: time(row.get(4)?),
            current,
        })
    })?
    .collect()
}

/// Ends one of the caller's sessions.
pub(crate) fn end(write: &mut Write<'_>, caller: &Caller, id: &str) -> Result<(), Refusal> {
    let ended = write
        .sql
        .prepare_cached("DELETE FROM sessions WHERE id = ?1 AND user_id = ?2")?
        .execute(params![id, caller.user.id])?;
    if ended == 0 {
        return Err(Refusal::NotFound);
    }
    audit::append(write, &caller.user, "sign-out", &Value::Null, &json!({ "sessions": ended }))
}

/// Ends all of them, that of the caller included.
pub(crate) fn end_all(write: &mut Write<'_>, caller: &Caller) -> Result<(), Refusal> {
    let ended = effects::end_sessions(write, &caller.user.id)?;
    audit::append(write, &caller.user, "sign-out", &Value::Null, &json!({ "sessions": ended }))
}

/// Ends all but the caller's.
pub(crate) fn end_others(write: &Write<'_>, caller: &Caller) -> Result<usize, Refusal> {
    // R12: what a CRM's page holds is a way in as well.
    write.sql.prepare_cached("DELETE FROM widget_tokens WHERE user_id = ?1")?.execute([&caller.user.id])?;
    Ok(write
        .sql
        .prepare_cached("DELETE FROM sessions WHERE user_id = ?1 AND token_hash <> ?2")?
        .execute(params![caller.user.id, caller.token_hash])?)
}
