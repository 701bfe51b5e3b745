//! Small facts about the whole cache: who it belongs to, where the event stream stands, whether closing is on.

use rusqlite::{Connection, Transaction};
use signoff_wire::contract::sessions::Me;

use super::CacheError;
use crate::store::meta;

const EVENT_SEQUENCE: &str = "sync.event_sequence";
const ME: &str = "account.me";
const SETTINGS_VERSION: &str = "settings.version";

/// Whose drafts and queued actions: one workspace, one person.
///
/// The same person in another workspace is somebody else, and so is another person at the same desk: a queued action is sent
/// with the session of whoever clicked, or not at all.
#[must_use]
pub fn owner(me: &Me) -> String {
    format!("{}/{}", me.workspace.id, me.user.id)
}

/// Up to where the platform's events are in the cache; `None` before the first synchronisation is complete.
///
/// # Errors
/// SQLite's.
pub fn event_sequence(connection: &Connection) -> Result<Option<i64>, CacheError> {
    Ok(meta::get_number(connection, EVENT_SEQUENCE)?)
}

/// Moves [`event_sequence`], in the transaction that applied the events. `None`: synchronise anew.
///
/// # Errors
/// SQLite's.
pub fn set_event_sequence(transaction: &Transaction<'_>, sequence: Option<i64>) -> Result<(), CacheError> {
    match sequence {
        Some(sequence) => meta::set(transaction, EVENT_SEQUENCE, &sequence.to_string())?,
        None => meta::remove(transaction, EVENT_SEQUENCE)?,
    }
    Ok(())
}

/// Who is signed in, with the features and the platform's traits as last known; also offline and after the session expired.
///
/// # Errors
/// SQLite's; what cannot be read counts as nothing.
pub fn me(connection: &Connection) -> Result<Option<Me>, CacheError> {
    Ok(meta::get(connection, ME)?.and_then(|text| serde_json::from_str(&text).ok()))
}

/// Keeps what the platform said about the person, and whether closing is on (R1).
///
/// # Errors
/// SQLite's.
pub fn set_me(transaction: &Transaction<'_>, me: &Me) -> Result<(), CacheError> {
    meta::set(transaction, ME, &serde_json::to_string(me)?)?;
    crate::outbox::close_switched(transaction, me.features.close_conversation)?;
    Ok(())
}

/// Forgets who was signed in. Drafts and queued actions stay for when they are back.
///
/// # Errors
/// SQLite's.
pub fn forget_me(transaction: &Transaction<'_>) -> Result<(), CacheError> {
    Ok(meta::remove(transaction, ME)?)
}

/// Whether closing by advisors is on, as last known (R1, D1).
///
/// # Errors
/// SQLite's.
pub fn close_enabled(connection: &Connection) -> Result<bool, CacheError> {
    Ok(me(connection)?.is_some_and(|me| me.features.close_conversation))
}

/// Takes in a change of the switch, unless a newer one is known. Says whether anything changed.
pub(super) fn switch_close(transaction: &Transaction<'_>, enabled: bool, version: i64) -> Result<bool, CacheError> {
    if meta::get_number(transaction, SETTINGS_VERSION)?.is_some_and(|known| known >= version) {
        return Ok(false);
    }
    meta::set(transaction, SETTINGS_VERSION, &version.to_string())?;
    let Some(mut me) = me(transaction)? else { return Ok(false) };
    let changed = me.features.close_conversation != enabled;
    me.features.close_conversation = enabled;
    set_me(transaction, &me)?;
    Ok(changed)
}
