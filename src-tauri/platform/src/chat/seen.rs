//! Who has seen what: the customer what was answered, an advisor what was asked.

use rusqlite::{Connection, OptionalExtension, named_params, params};
use signoff_wire::contract::{channels::DeliveryReport, chat::ChatSeen, timeline::DeliveryStatus};

use super::visitors::Known;
use crate::{
    channels::deliveries, conversations::Record, fields, presence::VisitorKey, refusal::Refusal, store::Write,
};

/// Replies reported on at once; the next report takes up the rest.
const AT_ONCE: usize = 50;

/// The page has entries up to a place, and the customer has seen them up to another.
pub(crate) fn by_customer(write: &mut Write<'_>, visitor: &Known, seen: ChatSeen) -> Result<(), Refusal> {
    for (name, place) in [("delivered_to", seen.delivered_to), ("read_to", seen.read_to)] {
        if place < 0 {
            return Err(fields::invalid(name, "has to be 0 or more"));
        }
    }
    write
        .sql
        .prepare_cached("UPDATE visitors SET seen_nr = max(seen_nr, ?3) WHERE channel_id = ?1 AND external_id = ?2")?
        .execute(params![visitor.channel_id, visitor.external_id, seen.read_to])?;
    report(write, visitor, seen.read_to, "'pending', 'sent', 'delivered'", &DeliveryStatus::Read)?;
    report(write, visitor, seen.delivered_to, "'pending', 'sent'", &DeliveryStatus::Delivered)
}

fn report(
    write: &mut Write<'_>,
    visitor: &Known,
    to: i64,
    from: &'static str,
    status: &DeliveryStatus,
) -> Result<(), Refusal> {
    let replies: Vec<String> = write
        .sql
        .prepare_cached(&format!(
            "SELECT n.id FROM customers cu JOIN conversations c ON c.customer_id = cu.id
                JOIN entries n ON n.conversation_nr = c.nr
             WHERE cu.channel_id = :channel AND cu.external_id = :visitor AND n.kind = 'reply' AND n.nr <= :to
                AND n.delivery_status IN ({from}) ORDER BY n.nr DESC LIMIT {AT_ONCE}"
        ))?
        .query_map(
            named_params! { ":channel": visitor.channel_id, ":visitor": visitor.external_id, ":to": to },
            |row| row.get(0),
        )?
        .collect::<rusqlite::Result<_>>()?;
    for reply_id in replies.into_iter().rev() {
        let report = DeliveryReport { reply_id, status: status.clone(), reason: None };
        deliveries::report(write, &visitor.channel_id, &report)?;
    }
    Ok(())
}

/// What an advisor's reading led to.
pub(crate) struct Read {
    /// Who is to be told.
    pub(crate) visitor: VisitorKey,
    /// The channel's id of the newest message that was read now for the first time.
    pub(crate) message_external_id: Option<String>,
}

/// An advisor has opened a conversation, up to an entry or to its end.
pub(crate) fn by_advisor(write: &Write<'_>, record: &Record, entry_id: Option<&str>) -> Result<Read, Refusal> {
    let to: Option<i64> = match entry_id {
        Some(id) => write
            .sql
            .prepare_cached("SELECT nr FROM entries WHERE id = ?1 AND conversation_nr = ?2")?
            .query_row(params![id, record.nr], |row| row.get(0))
            .optional()?,
        None => write
            .sql
            .prepare_cached("SELECT max(nr) FROM entries WHERE conversation_nr = ?1")?
            .query_row([record.nr], |row| row.get(0))?,
    };
    let visitor = (record.view.channel.id.clone(), record.view.customer.external_id.clone());
    let Some(to) = to else { return Ok(Read { visitor, message_external_id: None }) };
    let message_external_id = newest_unread(write.sql, record.nr, to)?;
    write
        .sql
        .prepare_cached("UPDATE conversations SET read_nr = max(read_nr, ?2) WHERE nr = ?1")?
        .execute(params![record.nr, to])?;
    Ok(Read { visitor, message_external_id })
}

fn newest_unread(sql: &Connection, conversation_nr: i64, to: i64) -> rusqlite::Result<Option<String>> {
    let found: Option<Option<String>> = sql
        .prepare_cached(
            "SELECT n.external_id FROM entries n JOIN conversations c ON c.nr = n.conversation_nr
             WHERE n.conversation_nr = ?1 AND n.kind = 'message' AND n.nr > c.read_nr AND n.nr <= ?2
             ORDER BY n.nr DESC LIMIT 1",
        )?
        .query_row(params![conversation_nr, to], |row| row.get(0))
        .optional()?;
    Ok(found.flatten())
}
