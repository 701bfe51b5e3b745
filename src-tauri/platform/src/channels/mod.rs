//! The side that faces the customer: what channels hand in and what they have to deliver.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, params};

use crate::{refusal::Refusal, sessions::hash_token, store::ms};

pub(crate) mod administration;
pub(crate) mod deliveries;
mod effects;
mod fold;
pub(crate) mod inbound;
pub(crate) mod kinds;
pub(crate) mod language;
mod named;
pub(crate) mod old;
pub(crate) mod outbound;
pub(crate) mod provider;
pub(crate) mod routing;
pub(crate) mod scenario;
pub(crate) mod settings;
mod week;

/// Checks a channel's key: the present one, or the one before while that is still good. An unknown channel looks like a wrong key.
pub(crate) fn require_key(sql: &Connection, channel_id: &str, key: &str, now: DateTime<Utc>) -> Result<(), Refusal> {
    // Hashes are compared, not keys: how long it takes says nothing about the key.
    let good: Option<bool> = sql
        .prepare_cached(
            "SELECT key_hash = ?2 OR coalesce(former_key_hash = ?2 AND former_key_until > ?3, 0) FROM channels
             WHERE id = ?1",
        )?
        .query_row(params![channel_id, hash_token(key), ms(now)], |row| row.get(0))
        .optional()?;
    if good == Some(true) { Ok(()) } else { Err(Refusal::ChannelKeyWrong) }
}

/// Whether the channel takes messages.
///
/// # Errors
/// [`Refusal::ChannelUnknown`], [`Refusal::ChannelArchived`].
pub(crate) fn require_in_use(sql: &Connection, channel_id: &str) -> Result<(), Refusal> {
    let archived: Option<bool> = sql
        .prepare_cached("SELECT archived_at IS NOT NULL FROM channels WHERE id = ?1")?
        .query_row([channel_id], |row| row.get(0))
        .optional()?;
    match archived {
        None => Err(Refusal::ChannelUnknown),
        Some(true) => Err(Refusal::ChannelArchived),
        Some(false) => Ok(()),
    }
}
