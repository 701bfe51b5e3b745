//! The own key, seen in what the platform says about a conversation, is the acknowledgement, even if no answer ever came (DESIGN, outbox 4).

use rusqlite::{Transaction, params};

use super::entry::State;
use super::machine::{Happening, Move, next};
use super::{rows, settle};
use crate::cache::CacheError;
use crate::store::StoreError;

/// Settles the entry whose key was seen in `conversation_id` at `version`. Says whether there was one that this settled.
///
/// An entry that was cancelled is settled too: its request was delayed for longer than anybody waited, and took effect all the same.
///
/// # Errors
/// SQLite's.
pub fn acknowledge_from_event(
    transaction: &Transaction<'_>,
    key: &str,
    conversation_id: &str,
    version: i64,
) -> Result<bool, CacheError> {
    let waits =
        transaction.prepare_cached("SELECT 1 FROM outbox WHERE key = ?1 AND state <> 'done'")?.exists(params![key])?;
    if !waits {
        return Ok(false);
    }
    let Some(mut entry) = rows::get(transaction, key).map_err(into_cache)? else { return Ok(false) };
    if entry.conversation_id != conversation_id || next(entry.standing(), Happening::SeenOnStream) == Move::Nothing {
        return Ok(false);
    }
    tracing::info!(
        entry = key,
        conversation = conversation_id,
        version,
        from = entry.state.word(),
        "seen on the stream"
    );
    entry.state = State::Done;
    entry.last_problem = None;
    settle::finish(transaction, &mut entry).map_err(into_cache)?;
    Ok(true)
}

fn into_cache(error: super::OutboxError) -> CacheError {
    match error {
        super::OutboxError::Cache(error) => error,
        super::OutboxError::Store(error) => CacheError::Store(error),
        super::OutboxError::Refused { .. } | super::OutboxError::EntryUnknown | super::OutboxError::NotOffered(_) => {
            CacheError::Store(StoreError::from(rusqlite::Error::InvalidQuery))
        }
    }
}
