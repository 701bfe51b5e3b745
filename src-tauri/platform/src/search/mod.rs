//! Search: conversations in which something was written, newest find first.
//!
//! A conversation is found once, at the newest entry that fits. What the caller does not see is passed over; where much of it is passed over
//! a page may be shorter than asked for, and `next` goes on behind it, so that no search reads without an end.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, named_params, params};
use signoff_wire::contract::{conversations::Conversation, pages::Page};

use crate::{
    conversations::{Record, list::Filter, visibility},
    refusal::Refusal,
    sessions::Caller,
};

pub(crate) mod index;
mod words;

/// Entries that a page looks at, at most.
const LOOKED_AT: usize = 5_000;

/// A page of what is found before the cursor.
pub(crate) fn page(
    sql: &Connection,
    caller: &Caller,
    typed: &str,
    filter: &Filter,
    before: Option<i64>,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Page<Conversation>, Refusal> {
    let Some(query) = words::query(typed) else { return Ok(Page { items: Vec::new(), next: None }) };
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut entries = sql.prepare_cached(
        "SELECT s.rowid, e.conversation_nr FROM search s JOIN entries e ON e.nr = s.rowid
         WHERE s.search MATCH :query AND s.rowid < :before ORDER BY s.rowid DESC",
    )?;
    let before = before.unwrap_or(i64::MAX);
    let mut rows = entries.query(named_params! { ":query": query, ":before": before })?;
    let (mut items, mut seen, mut next, mut looked_at) = (Vec::new(), HashSet::new(), None, 0);
    while let Some(row) = rows.next()? {
        let (entry_nr, conversation_nr): (i64, i64) = (row.get(0)?, row.get(1)?);
        if items.len() == limit || looked_at == LOOKED_AT {
            // The page ends with the entry before this one.
            next = Some((entry_nr + 1).to_string());
            break;
        }
        looked_at += 1;
        if seen.insert(conversation_nr)
            && fits(sql, caller, filter, conversation_nr)?
            && !was_found_before(sql, &query, conversation_nr, before)?
        {
            items.push(Record::by_nr(sql, conversation_nr, now)?.view);
        }
    }
    Ok(Page { items, next })
}

fn fits(sql: &Connection, caller: &Caller, filter: &Filter, nr: i64) -> rusqlite::Result<bool> {
    let found = sql
        .prepare_cached(&format!(
            "SELECT 1 FROM conversations c
             WHERE c.nr = :nr AND (:tab IS NULL OR c.state = :tab) AND (:customer IS NULL OR c.customer_id = :customer)
                AND (NOT :mine OR c.assignee_id = :user_id) AND (:channel IS NULL OR c.channel_id = :channel)
                AND (:team IS NULL OR c.team_id = :team) AND {}",
            visibility::CONVERSATION
        ))?
        .query_row(
            named_params! {
                ":nr": nr,
                ":tab": filter.tab,
                ":customer": filter.customer_id,
                ":mine": filter.mine,
                ":channel": filter.channel_id,
                ":team": filter.team_id,
                ":sees_all": visibility::sees_all(caller),
                ":user_id": caller.user.id,
            },
            |_| Ok(()),
        )
        .optional()?;
    Ok(found.is_some())
}

/// Whether a page before this one has the conversation already.
fn was_found_before(sql: &Connection, query: &str, conversation_nr: i64, from: i64) -> rusqlite::Result<bool> {
    let mut later = sql.prepare_cached("SELECT nr FROM entries WHERE conversation_nr = ?1 AND nr >= ?2")?;
    let mut found = sql.prepare_cached("SELECT 1 FROM search WHERE search MATCH ?1 AND rowid = ?2")?;
    let mut rows = later.query([conversation_nr, from])?;
    while let Some(row) = rows.next()? {
        let nr: i64 = row.get(0)?;
        if found.exists(params![query, nr])? {
            return Ok(true);
        }
    }
    Ok(false)
}
