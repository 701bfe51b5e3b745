//! The side that faces the customer: what channels hand in and what they have to deliver.

use rusqlite::{Connection, OptionalExtension};

use crate::{refusal::Refusal, sessions::hash_token};

pub(crate) mod deliveries;
pub(crate) mod inbound;
pub(crate) mod language;
pub(crate) mod outbound;
pub(crate) mod routing;
pub(crate) mod scenario;

/// Checks a channel's key. An unknown channel looks like a wrong key.
pub(crate) fn require_key(sql: &Connection, channel_id: &str, key: &str) -> Result<(), Refusal> {
    let hash: Option<Vec<u8>> = sql
        .prepare_cached("SELECT key_hash FROM channels WHERE id = ?1")?
        .query_row([channel_id], |row| row.get(0))
        .optional()?;
    // Hashes are compared, not keys: how long it takes says nothing about the key.
    if hash.as_deref() == Some(hash_token(key).as_slice()) { Ok(()) } else { Err(Refusal::ChannelKeyWrong) }
}
