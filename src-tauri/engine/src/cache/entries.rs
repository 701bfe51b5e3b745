//! The timelines.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params, params};
use signoff_wire::contract::conversations::Conversation;
use signoff_wire::contract::timeline::{Author, AuthorKind, Delivery, DeliveryStatus, EntryKind, TimelineEntry};

use super::CacheError;
use super::columns::{count, from_json_option, get_time, json_option, millis};

/// Takes in an entry of the conversation with number `num`, said when that conversation was at `version`. What was said later stays.
pub(super) fn put(
    transaction: &Transaction<'_>,
    num: i64,
    version: i64,
    entry: &TimelineEntry,
) -> Result<(), CacheError> {
    let buttons = if entry.buttons.is_empty() { None } else { Some(&entry.buttons) };
    let attachments = if entry.attachments.is_empty() { None } else { Some(&entry.attachments) };
    transaction
        .prepare_cached(
            "INSERT INTO entries (
                 conversation_num, position, id, version, kind, author_kind, author_id, author_name, text, at,
                 delivery_status, delivery_reason, client_key, buttons, event, attachments
             ) VALUES (
                 :conversation_num, :position, :id, :version, :kind, :author_kind, :author_id, :author_name, :text, :at,
                 :delivery_status, :delivery_reason, :client_key, :buttons, :event, :attachments
             ) ON CONFLICT (conversation_num, position) DO UPDATE SET
                 id = excluded.id, version = excluded.version, kind = excluded.kind, author_kind = excluded.author_kind,
                 author_id = excluded.author_id, author_name = excluded.author_name, text = excluded.text, at = excluded.at,
                 delivery_status = excluded.delivery_status, delivery_reason = excluded.delivery_reason,
                 client_key = excluded.client_key, buttons = excluded.buttons, event = excluded.event,
                 attachments = excluded.attachments
             WHERE excluded.version >= version",
        )?
        .execute(named_params! {
            ":conversation_num": num,
            ":position": entry.position,
            ":id": entry.id,
            ":version": version,
            ":kind": entry.kind.as_str(),
            ":author_kind": entry.author.kind.as_str(),
            ":author_id": entry.author.id,
            ":author_name": entry.author.name,
            ":text": entry.text,
            ":at": millis(entry.at),
            ":delivery_status": entry.delivery.as_ref().map(|delivery| delivery.status.as_str()),
            ":delivery_reason": entry.delivery.as_ref().and_then(|delivery| delivery.reason.as_deref()),
            ":client_key": entry.client_key,
            ":buttons": json_option(buttons)?,
            ":event": json_option(entry.event.as_ref())?,
            ":attachments": json_option(attachments)?,
        })?;
    Ok(())
}

/// Forgets what was said, and who the customer was. Events keep their sentences.
pub(super) fn erase(transaction: &Transaction<'_>, num: i64, conversation: &Conversation) -> Result<(), CacheError> {
    transaction
        .prepare_cached(
            "UPDATE entries SET
                 text = CASE kind WHEN 'event' THEN text ELSE '' END,
                 author_name = CASE author_kind WHEN 'customer' THEN ?2 ELSE author_name END,
                 delivery_reason = NULL, buttons = NULL, attachments = NULL, event = json_remove(event, '$.comment')
             WHERE conversation_num = ?1",
        )?
        .execute(params![num, conversation.customer.name])?;
    Ok(())
}

/// Up to `limit` entries before `before`, oldest first.
pub(super) fn page(
    connection: &Connection,
    conversation_id: &str,
    num: i64,
    before: Option<i64>,
    limit: usize,
) -> Result<Vec<TimelineEntry>, CacheError> {
    let mut entries = connection
        .prepare_cached(
            "SELECT * FROM entries WHERE conversation_num = ?1 AND position < ?2 ORDER BY position DESC LIMIT ?3",
        )?
        .query_map(params![num, before.unwrap_or(i64::MAX), count(limit)], |row| read(row, conversation_id))?
        .collect::<Result<Vec<_>, _>>()?;
    entries.reverse();
    Ok(entries)
}

/// The customer's messages after the one with id `seen`, oldest first (D6); with an unknown or no id, the newest one alone.
pub(crate) fn customer_messages_after(
    connection: &Connection,
    conversation_id: &str,
    seen: Option<&str>,
) -> Result<Vec<TimelineEntry>, CacheError> {
    let Some(num) = super::apply::number(connection, conversation_id)? else { return Ok(Vec::new()) };
    let position: Option<i64> = connection
        .prepare_cached("SELECT position FROM entries WHERE conversation_num = ?1 AND id = ?2")?
        .query_row(params![num, seen], |row| row.get("position"))
        .optional()?;
    let mut messages = connection
        .prepare_cached(
            "SELECT * FROM entries WHERE conversation_num = ?1 AND kind = 'message' AND position > ?2 ORDER BY position DESC LIMIT ?3",
        )?
        .query_map(params![num, position.unwrap_or(-1), if position.is_some() { 100 } else { 1 }], |row| {
            read(row, conversation_id)
        })?
        .collect::<Result<Vec<_>, _>>()?;
    messages.reverse();
    Ok(messages)
}

/// Whether the platform's entry with this id is in the cache.
pub(super) fn contains(connection: &Connection, num: i64, id: &str) -> Result<bool, CacheError> {
    Ok(connection
        .prepare_cached("SELECT 1 FROM entries WHERE conversation_num = ?1 AND id = ?2")?
        .exists(params![num, id])?)
}

fn read(row: &Row<'_>, conversation_id: &str) -> rusqlite::Result<TimelineEntry> {
    let status: Option<String> = row.get("delivery_status")?;
    let reason: Option<String> = row.get("delivery_reason")?;
    Ok(TimelineEntry {
        id: row.get("id")?,
        conversation_id: conversation_id.to_owned(),
        position: row.get("position")?,
        kind: EntryKind::from(row.get_ref("kind")?.as_str()?),
        author: Author {
            kind: AuthorKind::from(row.get_ref("author_kind")?.as_str()?),
            id: row.get("author_id")?,
            name: row.get("author_name")?,
        },
        text: row.get("text")?,
        at: get_time(row, "at")?,
        delivery: status.map(|status| Delivery { status: DeliveryStatus::from(status.as_str()), reason }),
        client_key: row.get("client_key")?,
        buttons: from_json_option(row, "buttons")?.unwrap_or_default(),
        attachments: from_json_option(row, "attachments")?.unwrap_or_default(),
        event: from_json_option(row, "event")?,
    })
}
