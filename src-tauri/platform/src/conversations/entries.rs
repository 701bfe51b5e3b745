//! Timeline entries.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};
use signoff_wire::contract::{
    pages::Page,
    timeline::{Attachment, Author, AuthorKind, Button, Delivery, DeliveryStatus, EntryKind, Happening, TimelineEntry},
};

use crate::{
    actor::Actor,
    refusal::Refusal,
    store::{Write, ms, time},
};

/// The columns that [`read`] takes, of `entries n` joined with `conversations c`.
pub(crate) const COLUMNS: &str = "n.nr, n.id, c.id, n.kind, n.author_kind, n.author_id, n.author_name, n.text, n.at, \
     n.delivery_status, n.delivery_reason, n.client_key, n.buttons, n.event, n.attachments";

/// How many [`COLUMNS`] are.
pub(crate) const WIDTH: usize = 15;

/// Reads [`COLUMNS`].
pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<TimelineEntry> {
    let delivery = row.get::<_, Option<String>>(9)?;
    let reason = row.get(10)?;
    let buttons = row.get::<_, Option<String>>(12)?;
    let event = row.get::<_, Option<String>>(13)?;
    let attachments = row.get::<_, Option<String>>(14)?;
    Ok(TimelineEntry {
        position: row.get(0)?,
        id: row.get(1)?,
        conversation_id: row.get(2)?,
        kind: EntryKind::from(row.get::<_, String>(3)?.as_str()),
        author: Author {
            kind: AuthorKind::from(row.get::<_, String>(4)?.as_str()),
            id: row.get(5)?,
            name: row.get(6)?,
        },
        text: row.get(7)?,
        at: time(row.get(8)?),
        delivery: delivery.map(|status| Delivery { status: DeliveryStatus::from(status.as_str()), reason }),
        client_key: row.get(11)?,
        buttons: buttons.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default(),
        attachments: attachments.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default(),
        event: event.and_then(|json| serde_json::from_str(&json).ok()),
    })
}

/// The entry with this number, which exists.
pub(crate) fn by_nr(sql: &Connection, nr: i64) -> rusqlite::Result<TimelineEntry> {
    sql.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM entries n JOIN conversations c ON c.nr = n.conversation_nr WHERE n.nr = ?1"
    ))?
    .query_row([nr], read)
}

/// The entry with this id, with its number and its conversation's.
pub(crate) fn find(sql: &Connection, id: &str) -> rusqlite::Result<Option<(i64, i64)>> {
    sql.prepare_cached("SELECT nr, conversation_nr FROM entries WHERE id = ?1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
}

/// Rewrites the entry that tells of a survey's answer: the customer has said more.
pub(crate) fn answered(
    sql: &Connection,
    conversation_nr: i64,
    survey_id: &str,
    happening: &Happening,
) -> Result<Option<TimelineEntry>, Refusal> {
    let nr = sql
        .prepare_cached(
            "UPDATE entries SET event = ?3
             WHERE conversation_nr = ?1 AND event ->> 'type' = 'survey-answered' AND event ->> 'survey_id' = ?2
             RETURNING nr",
        )?
        .query_row(params![conversation_nr, survey_id, serde_json::to_string(happening)?], |row| row.get(0))
        .optional()?;
    Ok(nr.map(|nr| by_nr(sql, nr)).transpose()?)
}

/// A whole timeline, oldest first.
pub(crate) fn all(sql: &Connection, conversation_nr: i64) -> rusqlite::Result<Vec<TimelineEntry>> {
    sql.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM entries n JOIN conversations c ON c.nr = n.conversation_nr
         WHERE n.conversation_nr = ?1 ORDER BY n.nr"
    ))?
    .query_map([conversation_nr], read)?
    .collect()
}

/// A page of a timeline: the newest `limit` entries before `before`, newest last.
pub(crate) fn page(
    sql: &Connection,
    conversation_nr: i64,
    before: Option<i64>,
    limit: i64,
) -> rusqlite::Result<Page<TimelineEntry>> {
    let mut statement = sql.prepare_cached(&statement())?;
    let rows = statement.query_map(params![conversation_nr, before.unwrap_or(i64::MAX), limit + 1], read)?;
    let mut items = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    let more = i64::try_from(items.len()).unwrap_or(i64::MAX) > limit;
    items.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    items.reverse();
    let next = if more { items.first().map(|entry| entry.position.to_string()) } else { None };
    Ok(Page { items, next })
}

/// A page of a timeline.
pub(crate) fn statement() -> String {
    format!(
        "SELECT {COLUMNS} FROM entries n JOIN conversations c ON c.nr = n.conversation_nr
         WHERE n.conversation_nr = ?1 AND n.nr < ?2 ORDER BY n.nr DESC LIMIT ?3"
    )
}

/// An entry about to be written.
pub(crate) struct NewEntry<'a> {
    /// Message, reply, note or event.
    pub(crate) kind: EntryKind,
    /// Who.
    pub(crate) author: Author,
    /// The text, kept exactly.
    pub(crate) text: &'a str,
    /// When.
    pub(crate) at: DateTime<Utc>,
    /// The request's idempotency key (D5).
    pub(crate) client_key: Option<&'a str>,
    /// Buttons of a scenario's reply.
    pub(crate) buttons: &'a [Button],
    /// What an event tells.
    pub(crate) event: Option<&'a Happening>,
    /// A reply's `answer` action (D12).
    pub(crate) action_id: Option<&'a str>,
}

impl<'a> NewEntry<'a> {
    /// An event with its English sentence.
    pub(crate) fn event(actor: &Actor, at: DateTime<Utc>, text: &'a str, event: &'a Happening) -> Self {
        Self {
            kind: EntryKind::Event,
            author: actor.author(),
            text,
            at,
            client_key: None,
            buttons: &[],
            event: Some(event),
            action_id: None,
        }
    }
}

/// Writes an entry and returns it.
pub(crate) fn insert(
    write: &mut Write<'_>,
    conversation_nr: i64,
    new: &NewEntry<'_>,
) -> Result<TimelineEntry, Refusal> {
    let id = write.id(match new.kind {
        EntryKind::Message => "msg",
        EntryKind::Reply => "reply",
        EntryKind::Note => "note",
        EntryKind::Event | EntryKind::Other(_) => "event",
    });
    let delivery = (new.kind == EntryKind::Reply).then_some("pending");
    let buttons = if new.buttons.is_empty() { None } else { Some(serde_json::to_string(new.buttons)?) };
    let event = new.event.map(serde_json::to_string).transpose()?;
    write
        .sql
        .prepare_cached(
            "INSERT INTO entries (id, conversation_nr, kind, author_kind, author_id, author_name, text, at,
                delivery_status, client_key, buttons, event, action_id)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?
        .execute(params![
            id,
            conversation_nr,
            new.kind.as_str(),
            new.author.kind.as_str(),
            new.author.id,
            new.author.name,
            new.text,
            ms(new.at),
            delivery,
            new.client_key,
            buttons,
            event,
            new.action_id
        ])?;
    Ok(by_nr(write.sql, write.sql.last_insert_rowid())?)
}

/// Adds what came or went with an entry that was just written: files, and the channel's id of a message.
pub(crate) fn attach(
    write: &Write<'_>,
    entry_nr: i64,
    attachments: &[Attachment],
    external_id: Option<&str>,
) -> Result<TimelineEntry, Refusal> {
    let json = if attachments.is_empty() { None } else { Some(serde_json::to_string(attachments)?) };
    write
        .sql
        .prepare_cached("UPDATE entries SET attachments = ?2, external_id = ?3 WHERE nr = ?1")?
        .execute(params![entry_nr, json, external_id])?;
    crate::attachments::use_up(write, entry_nr, attachments)?;
    Ok(by_nr(write.sql, entry_nr)?)
}
