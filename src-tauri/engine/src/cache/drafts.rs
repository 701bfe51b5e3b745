//! Drafts: what was typed and not sent. Never lost (D23), never anybody else's.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use signoff_wire::interface::Draft;

use super::CacheError;
use super::columns::millis;

/// Between what returned to a draft and what was typed since.
const BETWEEN: &str = "\n\n";

/// A draft as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// The text, word for word.
    pub text: String,
}

/// Keeps the draft of a conversation, word for word; an empty text removes it. What has returned to the draft since whoever typed the text
/// last saw it stays in it.
///
/// # Errors
/// SQLite's.
pub fn save_draft(
    transaction: &Transaction<'_>,
    owner: &str,
    draft: &Draft,
    now: DateTime<Utc>,
) -> Result<(), CacheError> {
    let Draft { conversation_id, text, instead_of } = draft;
    let there = self::draft(transaction, owner, conversation_id)?.unwrap_or_default();
    match (returned(&there, instead_of), text.as_str()) {
        (None, text) => put(transaction, owner, conversation_id, text, now),
        // The same text is not kept twice.
        (Some(returned), text) if text.is_empty() || text == returned => {
            put(transaction, owner, conversation_id, returned, now)
        }
        (Some(returned), text) => put(transaction, owner, conversation_id, &joined(returned, text), now),
    }
}

/// Takes a text that was queued off the draft: all of it, unless something has returned to it that whoever sent the text had not seen.
///
/// # Errors
/// SQLite's.
pub(crate) fn sent(
    transaction: &Transaction<'_>,
    owner: &str,
    conversation_id: &str,
    text: &str,
    now: DateTime<Utc>,
) -> Result<(), CacheError> {
    let there = draft(transaction, owner, conversation_id)?.unwrap_or_default();
    if text.trim_start().starts_with(there.trim()) {
        return remove(transaction, owner, conversation_id);
    }
    // A draft that has nothing to do with the text was not sent.
    returned(&there, text).map_or(Ok(()), |returned| put(transaction, owner, conversation_id, returned, now))
}

/// What has returned to a draft since it was seen: it was put before it.
fn returned<'a>(draft: &'a str, seen: &str) -> Option<&'a str> {
    match (draft, seen) {
        ("", _) => None,
        (_, "") => Some(draft),
        _ => draft.strip_suffix(seen)?.strip_suffix(BETWEEN),
    }
}

fn joined(returned: &str, newer: &str) -> String {
    format!("{returned}{BETWEEN}{newer}")
}

fn put(
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
    let joined = match self::draft(transaction, owner, conversation_id)? {
        // Files may have gone without a text.
        Some(newer) if text.is_empty() => newer,
        Some(newer) if newer != text => joined(text, &newer),
        Some(_) | None => text.to_owned(),
    };
    put(transaction, owner, conversation_id, &joined, now)?;
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
fn remove(transaction: &Transaction<'_>, owner: &str, conversation_id: &str) -> Result<(), CacheError> {
    transaction
        .prepare_cached("DELETE FROM drafts WHERE owner = ?1 AND conversation_id = ?2")?
        .execute(params![owner, conversation_id])?;
    Ok(())
}

/// Whether a person has drafts.
pub(crate) fn any(connection: &Connection, owner: &str) -> Result<bool, CacheError> {
    Ok(connection.prepare_cached("SELECT 1 FROM drafts WHERE owner = ?1")?.exists(params![owner])?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d15_what_returned_is_what_stands_before_what_was_seen() {
        assert_eq!(returned("", ""), None);
        assert_eq!(returned("typed", "typed"), None);
        assert_eq!(returned("taken back", ""), Some("taken back"));
        assert_eq!(returned("taken back\n\ntyped", "typed"), Some("taken back"));
        assert_eq!(returned("one\n\ntwo\n\ntyped", "typed"), Some("one\n\ntwo"));
        assert_eq!(returned("something else", "typed"), None);
    }
}
