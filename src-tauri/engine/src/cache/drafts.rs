//! Drafts: what was typed and not sent. Never lost (D23), never anybody else's.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::CacheError;
use super::columns::millis;

/// A draft as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// The text, word for word.
    pub text: String,
}

/// Keeps the draft of a conversation, word for word; an empty text removes it.
///
/// # Errors
/// SQLite's.
pub fn save_draft(
    transaction: &Transaction<'_>,
    owner: &str,
    conversation_id: &str,
    text: &str,
    now: DateTime<Utc>,
) -> Result<(), CacheError> {
    if text.is_empty() {
        return remove(transaction, owner, conversation_id);
    }
    transaction
        .prepare_cached(
            "INSERT INTO drafts (owner, conversation_id, text, saved_at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (owner, conversation_id) DO UPDATE SET text = excluded.text, saved_at = excluded.saved_at",
        )?
        .execute(params![owner, conversation_id, text, millis(now)])?;
    Ok(())
}

/// Puts the text of an action that was taken back into the draft (D15). A draft that was begun since then is not overwritten: it
/// follows after an empty line, because both were typed.
///
/// # Errors
/// SQLite's.
pub fn put_back(
    transaction: &Transaction<'_>,
    owner: &str,
    conversation_id: &str,
    text: &str,
    now: DateTime<Utc>,
) -> Result<Saved, CacheError> {
    let joined = match draft(transaction, owner, conversation_id)? {
        Some(newer) if newer != text => format!("{text}\n\n{newer}"),
        Some(_) | None => text.to_owned(),
    };
    save_draft(transaction, owner, conversation_id, &joined, now)?;
    Ok(Saved { text: joined })
}

/// The draft of a conversation.
pub(super) fn draft(connection: &Connection, owner: &str, conversation_id: &str) -> Result<Option<String>, CacheError> {
    let text = connection
        .prepare_cached("SELECT text FROM drafts WHERE owner = ?1 AND conversation_id = ?2")?
        .query_row(params![owner, conversation_id], |row| row.get("text"))
        .optional()?;
    Ok(text)
}

/// Removes the draft of a conversation.
pub(crate) fn remove(transaction: &Transaction<'_>, owner: &str, conversation_id: &str) -> Result<(), CacheError> {
    transaction
        .prepare_cached("DELETE FROM drafts WHERE owner = ?1 AND conversation_id = ?2")?
        .execute(params![owner, conversation_id])?;
    Ok(())
}

/// Whether a person has drafts.
pub(crate) fn any(connection: &Connection, owner: &str) -> Result<bool, CacheError> {
    Ok(connection.prepare_cached("SELECT 1 FROM drafts WHERE owner = ?1")?.exists(params![owner])?)
}
