//! The list of conversations: a tab's rows, oldest conversation first, page by page (D40).
//!
//! Pages are found by the key of the last row, never by counting, so that a page costs the same wherever it is and rows that come
//! or go do not shift it.

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};
use signoff_wire::contract::channels::{ChannelRef, ChannelType};
use signoff_wire::contract::conversations::ConversationState;
use signoff_wire::contract::sessions::Me;
use signoff_wire::interface::{InboxPage, InboxQuery, InboxRow, Scope, TabCounts};

use crate::cache::columns::{from_json, from_json_option, get_state, get_time, state_word};
use crate::cache::{CacheError, facts, search};
use crate::outbox;

/// Rows of a page at most.
const LONGEST_PAGE: u32 = 500;

/// A page of the inbox.
///
/// # Errors
/// SQLite's.
pub fn inbox(connection: &Connection, query: &InboxQuery, me: &Me) -> Result<InboxPage, CacheError> {
    let limit = query.limit.clamp(1, LONGEST_PAGE) as usize;
    let from = query.after.as_deref().and_then(Cursor::parse);
    let mut keys: Vec<Cursor> = Vec::new();
    for (rank, part) in parts(query).into_iter().enumerate() {
        // One more than asked for tells whether there is another page.
        let missing = limit + 1 - keys.len();
        if missing == 0 || from.as_ref().is_some_and(|from| from.rank > rank) {
            continue;
        }
        let after = from.as_ref().filter(|from| from.rank == rank);
        keys.extend(keys_of(connection, query, part, rank, after, missing, me)?);
    }
    let next = if keys.len() > limit { keys.get(limit - 1).map(Cursor::text) } else { None };
    keys.truncate(limit);
    let any_queued = outbox::has_open(connection, &facts::owner(me))?;
    let rows = keys.iter().map(|key| row(connection, key.num, me, any_queued)).collect::<Result<_, _>>()?;
    Ok(InboxPage { rows, next, counts: counts(connection, me)?, channels: channels(connection)? })
}

/// Which rows of a tab, in one run of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    All,
    Mine,
    Others,
    /// Of what was searched for: in the open tab.
    Here,
    /// Of what was searched for: in the other tabs.
    Elsewhere,
}

/// The runs of which a list consists. *Ongoing* shows mine first; a search finds everywhere, and shows the open tab's first.
fn parts(query: &InboxQuery) -> Vec<Part> {
    if query.search.as_deref().is_some_and(|typed| search::query(typed).is_some()) {
        return vec![Part::Here, Part::Elsewhere];
    }
    match (query.tab, query.scope) {
        (ConversationState::Ongoing, Scope::All) => vec![Part::Mine, Part::Others],
        (ConversationState::Ongoing, Scope::Mine) => vec![Part::Mine],
        (ConversationState::Ongoing, Scope::Others) => vec![Part::Others],
        (
            ConversationState::Received
            | ConversationState::Answered
            | ConversationState::Archived
            | ConversationState::Closed,
            Scope::All | Scope::Mine | Scope::Others,
        ) => vec![Part::All],
    }
}

/// The place of a row in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cursor {
    rank: usize,
    opened_at: i64,
    num: i64,
}

impl Cursor {
    fn text(&self) -> String {
        format!("{}.{}.{}", self.rank, self.opened_at, self.num)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split('.');
        let cursor = Self {
            rank: numbers.next()?.parse().ok()?,
            opened_at: numbers.next()?.parse().ok()?,
            num: numbers.next()?.parse().ok()?,
        };
        if numbers.next().is_none() { Some(cursor) } else { None }
    }
}

fn keys_of(
    connection: &Connection,
    query: &InboxQuery,
    part: Part,
    rank: usize,
    after: Option<&Cursor>,
    limit: usize,
    me: &Me,
) -> Result<Vec<Cursor>, CacheError> {
    let mut sql = String::from("SELECT c.opened_at, c.num FROM conversations c WHERE ");
    let mut values: Vec<Value> = Vec::new();
    let words = query.search.as_deref().and_then(search::query);
    let searching = words.is_some();
    match words {
        // What is searched for is searched for everywhere.
        Some(words) => {
            sql.push_str("c.num IN (SELECT rowid FROM search WHERE search MATCH ?)");
            values.push(words.into());
        }
        None => {
            sql.push_str("c.shown_state = ?");
            values.push(state_word(query.tab).to_owned().into());
        }
    }
    match part {
        Part::All => {}
        Part::Mine => {
            sql.push_str(" AND c.shown_assignee_id = ?");
            values.push(me.user.id.clone().into());
        }
        Part::Others => {
            sql.push_str(" AND c.shown_assignee_id IS NOT ?");
            values.push(me.user.id.clone().into());
        }
        Part::Here => {
            sql.push_str(" AND c.shown_state = ?");
            values.push(state_word(query.tab).to_owned().into());
        }
        Part::Elsewhere => {
            sql.push_str(" AND c.shown_state <> ?");
            values.push(state_word(query.tab).to_owned().into());
        }
    }
    if let Some(channel) = &query.channel_id {
        sql.push_str(" AND c.channel_id = ?");
        values.push(channel.clone().into());
    }
    if let Some(after) = after {
        sql.push_str(" AND (c.opened_at, c.num) > (?, ?)");
        values.push(after.opened_at.into());
        values.push(after.num.into());
    }
    sql.push_str(" ORDER BY c.opened_at, c.num LIMIT ?");
    values.push(i64::try_from(limit).unwrap_or(i64::MAX).into());
    let found = connection
        .prepare_cached(&sql)?
        .query_map(params_from_iter(values), |row| {
            Ok(Cursor { rank, opened_at: row.get("opened_at")?, num: row.get("num")? })
        })?
        .collect::<Result<Vec<_>, _>>();
    match found {
        // A word that Unicode calls letters and the tokenizer does not: nothing can be indexed under it.
        Err(rusqlite::Error::SqliteFailure(error, _))
            if searching && error.extended_code == rusqlite::ffi::SQLITE_ERROR =>
        {
            Ok(Vec::new())
        }
        found => Ok(found?),
    }
}

fn row(connection: &Connection, num: i64, me: &Me, any_queued: bool) -> Result<InboxRow, CacheError> {
    let mut row = connection
        .prepare_cached(
            "SELECT c.id, c.shown_state, c.opened_at, c.last_at, c.message_count, c.last_author, c.last_text, c.tags,
                 c.shown_assignee_id, c.shown_assignee_name, c.unread, c.channel_id,
                 k.name AS customer_name, k.vip, k.language, ch.kind AS channel_kind, ch.name AS channel_name, ch.reply_limit
             FROM conversations c JOIN customers k ON k.id = c.customer_id JOIN channels ch ON ch.id = c.channel_id
             WHERE c.num = ?1",
        )?
        .query_row([num], |row| read(row, me))?;
    if any_queued {
        row.queue = outbox::state_of(connection, &facts::owner(me), &row.id)?;
    }
    Ok(row)
}

fn read(row: &Row<'_>, me: &Me) -> rusqlite::Result<InboxRow> {
    let assignee: Option<String> = row.get("shown_assignee_id")?;
    Ok(InboxRow {
        id: row.get("id")?,
        tab: get_state(row, "shown_state")?,
        customer_name: row.get("customer_name")?,
        channel: read_channel(row)?,
        opened_at: get_time(row, "opened_at")?,
        last_at: get_time(row, "last_at")?,
        message_count: row.get("message_count")?,
        last_author: from_json_option(row, "last_author")?,
        last_text: row.get("last_text")?,
        tags: from_json(row, "tags")?,
        vip: row.get("vip")?,
        language: row.get("language")?,
        assignee_name: row.get("shown_assignee_name")?,
        mine: assignee.as_deref() == Some(me.user.id.as_str()),
        unread: row.get("unread")?,
        queue: None,
    })
}

fn counts(connection: &Connection, me: &Me) -> Result<TabCounts, CacheError> {
    let mut counts = TabCounts::default();
    let mut statement = connection
        .prepare_cached("SELECT shown_state, count(*) AS how_many FROM conversations GROUP BY shown_state")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let how_many = row.get("how_many")?;
        match get_state(row, "shown_state")? {
            ConversationState::Received => counts.received = how_many,
            ConversationState::Ongoing => counts.ongoing = how_many,
            ConversationState::Answered => counts.answered = how_many,
            ConversationState::Archived => counts.archived = how_many,
            ConversationState::Closed => counts.closed = how_many,
        }
    }
    counts.mine = connection
        .prepare_cached("SELECT count(*) FROM conversations WHERE shown_state = 'ongoing' AND shown_assignee_id = ?1")?
        .query_row([&me.user.id], |row| row.get(0))?;
    Ok(counts)
}

fn channels(connection: &Connection) -> Result<Vec<ChannelRef>, CacheError> {
    let channels = connection
        .prepare_cached(
            "SELECT id AS channel_id, kind AS channel_kind, name AS channel_name, reply_limit FROM channels ORDER BY name, id",
        )?
        .query_map([], read_channel)?
        .collect::<Result<_, _>>()?;
    Ok(channels)
}

fn read_channel(row: &Row<'_>) -> rusqlite::Result<ChannelRef> {
    Ok(ChannelRef {
        id: row.get("channel_id")?,
        kind: ChannelType::from(row.get_ref("channel_kind")?.as_str()?),
        name: row.get("channel_name")?,
        reply_limit: row.get("reply_limit")?,
    })
}
