//! The first synchronisation: pages of conversations with their newest entries, two statements per page.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, named_params};
use signoff_wire::contract::{
    sync::{ConversationSnapshot, SyncPage},
    timeline::TimelineEntry,
};

use super::{Record, entries, record::SELECT, visibility};
use crate::{events, refusal::Refusal, sessions::Caller};

/// A page of everything the caller sees, newest conversation first, valid at the sequence that it carries.
pub(crate) fn page(
    sql: &Connection,
    caller: &Caller,
    after: Option<i64>,
    limit: i64,
    entries_each: i64,
    now: DateTime<Utc>,
) -> Result<SyncPage, Refusal> {
    let (sees_all, user_id) = (visibility::sees_all(caller), &caller.user.id);
    let before = after.unwrap_or(i64::MAX);
    let mut statement = sql.prepare_cached(&statement())?;
    let mut records = statement
        .query_map(
            named_params! { ":before": before, ":limit": limit + 1, ":sees_all": sees_all, ":user_id": user_id },
            |row| Record::read(row, now),
        )?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = records.len() > limit;
    records.truncate(limit);
    let next = if more { records.last().map(|record| record.nr.to_string()) } else { None };

    let mut timelines = match (records.last(), records.first()) {
        (Some(oldest), Some(newest)) => newest_entries(sql, caller, oldest.nr, newest.nr, entries_each)?,
        _ => HashMap::new(),
    };
    let items = records
        .into_iter()
        .map(|record| {
            let Timeline { entries, more } = timelines.remove(&record.nr).unwrap_or_default();
            let entries_next = if more { entries.first().map(|entry| entry.position.to_string()) } else { None };
            ConversationSnapshot { conversation: record.view, entries, entries_next }
        })
        .collect();
    let total: i64 = sql
        .prepare_cached(&count())?
        .query_row(named_params! { ":sees_all": sees_all, ":user_id": user_id }, |row| row.get(0))?;
    Ok(SyncPage { items, next, seq: events::newest_seq(sql)?, total: u64::try_from(total).unwrap_or_default() })
}

/// A page of conversations.
pub(crate) fn statement() -> String {
    format!("{SELECT} WHERE c.nr < :before AND {} ORDER BY c.nr DESC LIMIT :limit", visibility::CONVERSATION)
}

/// How many there are.
pub(crate) fn count() -> String {
    format!("SELECT count(*) FROM conversations c WHERE {}", visibility::CONVERSATION)
}

#[derive(Default)]
struct Timeline {
    entries: Vec<TimelineEntry>,
    more: bool,
}

/// One pass over the range of conversations, backwards through each timeline; rows beyond the wanted number are skipped
/// unread. Between two conversations that the caller sees there may be thousands that others see: their entries are not read.
fn newest_entries(
    sql: &Connection,
    caller: &Caller,
    from_nr: i64,
    to_nr: i64,
    each: i64,
) -> rusqlite::Result<HashMap<i64, Timeline>> {
    let each = usize::try_from(each).unwrap_or(usize::MAX);
    let mut statement = sql.prepare_cached(&newest())?;
    let mut rows = statement.query(named_params! {
        ":from": from_nr,
        ":to": to_nr,
        ":sees_all": visibility::sees_all(caller),
        ":user_id": caller.user.id,
    })?;
    let mut timelines: HashMap<i64, Timeline> = HashMap::new();
    while let Some(row) = rows.next()? {
        let timeline = timelines.entry(row.get(entries::WIDTH)?).or_default();
        if timeline.entries.len() < each {
            timeline.entries.push(entries::read(row)?);
        } else {
            timeline.more = true;
        }
    }
    for timeline in timelines.values_mut() {
        timeline.entries.reverse();
    }
    Ok(timelines)
}

/// The entries of a range of conversations, each timeline backwards.
pub(crate) fn newest() -> String {
    format!(
        "SELECT {}, n.conversation_nr FROM entries n JOIN conversations c ON c.nr = n.conversation_nr
         WHERE n.conversation_nr BETWEEN :from AND :to AND {}
         ORDER BY n.conversation_nr DESC, n.nr DESC",
        entries::COLUMNS,
        visibility::CONVERSATION
    )
}
