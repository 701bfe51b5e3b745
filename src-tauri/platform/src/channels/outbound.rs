//! What a channel has to deliver, in order.

use rusqlite::{Connection, params};
use signoff_wire::contract::channels::{OutboundItem, OutboundKind, OutboundPage};

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
    let kind = match kind {
        OutboundKind::Reply => "reply",
        OutboundKind::Survey => "survey",
    };
    write
        .sql
        .prepare_cached(
            "INSERT INTO outbound (channel_id, kind, id, conversation_id, text, survey_token, at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![record.view.channel.id, kind, id, record.view.id, text, survey_token, ms(write.now)])?;
    Ok(())
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

/// Up to `limit` items after `after`.
pub(crate) fn page(sql: &Connection, channel_id: &str, after: i64, limit: i64) -> Result<OutboundPage, Refusal> {
    let mut statement = sql.prepare_cached(
        "SELECT seq, kind, id, conversation_id, text, survey_token, at FROM outbound
         WHERE channel_id = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
    )?;
    let items = statement
        .query_map(params![channel_id, after, limit], |row| {
            let kind = row.get::<_, String>(1)?;
            Ok(OutboundItem {
                seq: row.get(0)?,
                kind: if kind == "survey" { OutboundKind::Survey } else { OutboundKind::Reply },
                id: row.get(2)?,
                conversation_id: row.get(3)?,
                text: row.get(4)?,
                survey_token: row.get(5)?,
                at: time(row.get(6)?),
            })
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let next = items.last().map_or(after, |item| item.seq);
    Ok(OutboundPage { items, next })
}
