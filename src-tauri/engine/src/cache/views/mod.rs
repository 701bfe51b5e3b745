//! What the interface asks of the cache. Every view is one read transaction and is answered from this machine alone.

mod conversation;
mod inbox;
mod timeline;

use rusqlite::{Transaction, params};

pub use conversation::{close_question, conversation};
pub use inbox::inbox;
pub use timeline::{Timeline, timeline};

use super::CacheError;

/// Notes that the conversation was looked at: its row is no longer unread on this machine. Says whether it was.
///
/// # Errors
/// SQLite's.
pub fn mark_seen(transaction: &Transaction<'_>, conversation_id: &str) -> Result<bool, CacheError> {
    let changed = transaction
        .prepare_cached("UPDATE conversations SET unread = 0 WHERE id = ?1 AND unread = 1")?
        .execute(params![conversation_id])?;
    Ok(changed > 0)
}
