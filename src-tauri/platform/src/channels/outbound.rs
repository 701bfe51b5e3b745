//! What a channel has to deliver, in order.

use rusqlite::{Connection, Row, params};
use serde::Serialize;
use signoff_wire::contract::{
    channels::{InboundCustomer, OutboundItem, OutboundKind, OutboundPage},
    timeline::{Attachment, Button},
};

use super::provider;
use crate::{
    conversations::Record,
    refusal::Refusal,
    store::{Write, ms, time},
};

/// Hands something to the conversation's channel.
pub(crate) fn append(
    write: &Write<'_>,
    record: &Record,
    kind: OutboundKind,
    id: &str,
    text: &str,
    survey_token: Option<&str>,
) -> Result<(), Refusal> {
    append_with(write, record, kind, id, text, &With { survey_token, ..With::default() })
}

/// What goes with a text.
#[derive(Default)]
pub(crate) struct With<'a> {
    /// With a survey: what answers it.
    pub(crate) survey_token: Option<&'a str>,
    /// Buttons of the scenario.
    pub(crate) buttons: &'a [Button],
    /// Files.
    pub(crate) attachments: &'a [Attachment],
}

/// The same with buttons and files.
pub(crate) fn append_with(
    write: &Write<'_>,
    record: &Record,
    kind: OutboundKind,
    id: &str,
    text: &str,
    with: &With<'_>,
) -> Result<(), Refusal> {
    let kind = match kind {
        OutboundKind::Reply => "reply",
        OutboundKind::Survey => "survey",
    };
    let (channel_id, conversation_id) = (&record.view.channel.id, &record.view.id);
    write
        .sql
        .prepare_cached(
            "INSERT INTO outbound (channel_id, kind, id, conversation_id, text, survey_token, at, buttons, attachments)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            channel_id,
            kind,
            id,
            conversation_id,
            text,
            with.survey_token,
            ms(write.now),
            json(with.buttons)?,
            json(with.attachments)?
        ])?;
    provider::queue(write, write.sql.last_insert_rowid(), record)
}

/// A list, or NULL for an empty one.
fn json<T: Serialize>(list: &[T]) -> Result<Option<String>, Refusal> {
    if list.is_empty() { Ok(None) } else { Ok(Some(serde_json::to_string(list)?)) }
}

/// The columns that [`read`] takes, of `outbound o` joined with conversations and customers.
pub(crate) const COLUMNS: &str = "o.seq, o.kind, o.id, o.conversation_id, o.text, o.survey_token, o.at, o.buttons, \
     o.attachments, cu.external_id, cu.name";

/// How many [`COLUMNS`] are.
pub(crate) const WIDTH: usize = 11;

/// What [`COLUMNS`] are of.
pub(crate) const TABLES: &str = "outbound o JOIN conversations c ON c.id = o.conversation_id \
     JOIN customers cu ON cu.id = c.customer_id";

/// Reads [`COLUMNS`].
pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<OutboundItem> {
    let kind = row.get::<_, String>(1)?;
    let (buttons, attachments) = (row.get::<_, Option<String>>(7)?, row.get::<_, Option<String>>(8)?);
    Ok(OutboundItem {
        seq: row.get(0)?,
        kind: if kind == "survey" { OutboundKind::Survey } else { OutboundKind::Reply },
        id: row.get(2)?,
        conversation_id: row.get(3)?,
        customer: InboundCustomer { external_id: row.get(9)?, name: row.get(10)?, language: None },
        text: row.get(4)?,
        buttons: buttons.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default(),
        attachments: attachments.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default(),
        survey_token: row.get(5)?,
        at: time(row.get(6)?),
    })
}

/// How many replies of each channel wait for its report.
pub(crate) fn waiting(sql: &Connection) -> rusqlite::Result<Vec<(String, i64)>> {
    sql.prepare_cached(
        "SELECT c.channel_id, count(*) FROM entries n JOIN conversations c ON c.nr = n.conversation_nr
         WHERE n.delivery_status = 'pending' GROUP BY c.channel_id",
    )?
    .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
    .collect()
}

/// The same by the channels' names.
pub(crate) fn waiting_by_name(sql: &Connection) -> rusqlite::Result<Vec<(String, i64)>> {
    sql.prepare_cached(
        "SELECT ch.name, count(*) FROM entries n JOIN conversations c ON c.nr = n.conversation_nr
            JOIN channels ch ON ch.id = c.channel_id
         WHERE n.delivery_status = 'pending' GROUP BY ch.id ORDER BY ch.name",
    )?
    .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
    .collect()
}

/// Up to `limit` items after `after`.
pub(crate) fn page(sql: &Connection, channel_id: &str, after: i64, limit: i64) -> Result<OutboundPage, Refusal> {
    let mut statement = sql.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM {TABLES} WHERE o.channel_id = ?1 AND o.seq > ?2 ORDER BY o.seq LIMIT ?3"
    ))?;
    let items = statement.query_map(params![channel_id, after, limit], read)?.collect::<rusqlite::Result<Vec<_>>>()?;
    let next = items.last().map_or(after, |item| item.seq);
    Ok(OutboundPage { items, next })
}
