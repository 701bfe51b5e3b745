//! The event log: what `/v1/events` streams and `/v1/changes` pages through.
//!
//! An event is written in the transaction of the change that it announces and gets its sequence there, so whoever has
//! read up to a sequence has missed nothing before it.

use rusqlite::{Connection, named_params, params};
use serde::Serialize;
use serde_json::Value;
use signoff_wire::contract::events::{Changes, Event, EventType};

use crate::{
    conversations::visibility,
    refusal::Refusal,
    sessions::Caller,
    store::{Write, ms},
};

pub(crate) mod fanout;
pub(crate) mod stream;

/// A widget that was away for longer reads its conversation anew: looking for the few events of one conversation among all costs more.
const WIDGET_READS_BACK: i64 = 20_000;

/// Who may see an event. All `None`: everybody.
#[derive(Default)]
pub(crate) struct Audience<'a> {
    /// The conversation's channel.
    pub(crate) channel_id: Option<&'a str>,
    /// Its team.
    pub(crate) team_id: Option<&'a str>,
    /// Its team before the change.
    pub(crate) team_before_id: Option<&'a str>,
    /// This person alone.
    pub(crate) user_id: Option<&'a str>,
}

/// Appends an event to the log.
pub(crate) fn append<E: Serialize>(
    write: &Write<'_>,
    kind: &EventType,
    audience: &Audience<'_>,
    data: &E,
) -> Result<(), Refusal> {
    if write.silent {
        return Ok(());
    }
    write
        .sql
        .prepare_cached(
            "INSERT INTO events (kind, at, channel_id, team_id, team_before_id, user_id, data)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            kind.as_str(),
            ms(write.now),
            audience.channel_id,
            audience.team_id,
            audience.team_before_id,
            audience.user_id,
            serde_json::to_string(data)?
        ])?;
    Ok(())
}

/// The sequence of the newest event ever written; 0 if there is none.
pub(crate) fn newest_seq(sql: &Connection) -> rusqlite::Result<i64> {
    // Not max(seq): the newest event may have been deleted with age.
    sql.prepare_cached("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0)")?
        .query_row([], |row| row.get(0))
}

/// One stored event, its details still as text.
pub(crate) struct StoredEvent {
    /// Its sequence.
    pub(crate) seq: i64,
    /// Its type.
    pub(crate) kind: String,
    /// Its details as JSON.
    pub(crate) data: String,
}

/// What the caller has to read after `after`.
pub(crate) enum Batch {
    /// `after` is older than the log, or from another workspace: synchronise anew, then go on after this sequence.
    Reset(i64),
    /// Visible events, and where to go on.
    Events {
        /// Oldest first.
        events: Vec<StoredEvent>,
        /// The next `after`; beyond the last visible event if what follows it is for others.
        next: i64,
        /// Whether more is there already.
        more: bool,
    },
}

/// Up to `limit` events after `after` that the caller may see.
pub(crate) fn after(sql: &Connection, caller: &Caller, after: i64, limit: i64) -> rusqlite::Result<Batch> {
    let newest = newest_seq(sql)?;
    let deleted_to: i64 =
        sql.prepare_cached("SELECT events_deleted_to FROM workspace")?.query_row([], |row| row.get(0))?;
    let too_far = caller.confined_to.is_some() && newest - after > WIDGET_READS_BACK;
    if after < deleted_to || after > newest || too_far {
        return Ok(Batch::Reset(newest));
    }
    let mut statement = sql.prepare_cached(&format!(
        "SELECT ev.seq, ev.kind, ev.data FROM events ev
         WHERE ev.seq > :after AND {} AND {} ORDER BY ev.seq LIMIT :limit",
        visibility::EVENT,
        visibility::EVENT_OF_ONE
    ))?;
    let parameters = named_params! {
        ":after": after,
        ":limit": limit + 1,
        ":sees_all": visibility::sees_all(caller),
        ":user_id": caller.user.id,
        ":only": caller.confined_to,
    };
    let rows = statement
        .query_map(parameters, |row| Ok(StoredEvent { seq: row.get(0)?, kind: row.get(1)?, data: row.get(2)? }))?;
    let mut events = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    let more = i64::try_from(events.len()).unwrap_or(i64::MAX) > limit;
    events.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = if more { events.last().map_or(after, |event| event.seq) } else { newest };
    Ok(Batch::Events { events, next, more })
}

/// The same as an answer of `/v1/changes`.
pub(crate) fn changes(sql: &Connection, caller: &Caller, seq: i64, limit: i64) -> Result<Changes, Refusal> {
    match after(sql, caller, seq, limit)? {
        Batch::Reset(newest) => {
            let reset = Event { seq: newest, kind: EventType::Reset, data: Value::Object(serde_json::Map::new()) };
            Ok(Changes { items: vec![reset], next: newest, more: false })
        }
        Batch::Events { events, next, more } => {
            let items = events
                .into_iter()
                .map(|event| {
                    Ok(Event {
                        seq: event.seq,
                        kind: EventType::from(event.kind.as_str()),
                        data: serde_json::from_str(&event.data)?,
                    })
                })
                .collect::<Result<Vec<_>, serde_json::Error>>()?;
            Ok(Changes { items, next, more })
        }
    }
}
