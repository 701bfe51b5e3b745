//! How values of the contract stand in columns.

use chrono::{DateTime, Utc};
use rusqlite::types::{FromSql, Type};
use rusqlite::{Row, RowIndex};
use serde::Serialize;
use serde::de::DeserializeOwned;
use signoff_wire::contract::conversations::ConversationState;

/// Milliseconds since 1970: sorts and compares as a number.
pub(crate) fn millis(at: DateTime<Utc>) -> i64 {
    at.timestamp_millis()
}

/// The time behind milliseconds; what no calendar knows becomes its beginning.
pub(crate) fn time(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or(DateTime::UNIX_EPOCH)
}

/// A value that is only ever shown whole.
pub(crate) fn json<T: Serialize>(value: &T) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

/// The same for a value that may be missing.
pub(crate) fn json_option<T: Serialize>(value: Option<&T>) -> rusqlite::Result<Option<String>> {
    value.map(json).transpose()
}

/// Reads a column of JSON.
pub(crate) fn from_json<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    parse(row, column, &text)
}

/// Reads a column of JSON that may be NULL.
pub(crate) fn from_json_option<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<T>> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| parse(row, column, &text)).transpose()
}

/// Reads a time.
pub(crate) fn get_time(row: &Row<'_>, column: &str) -> rusqlite::Result<DateTime<Utc>> {
    Ok(time(row.get(column)?))
}

/// Reads a time that may be NULL.
pub(crate) fn get_time_option(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<DateTime<Utc>>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(time))
}

/// The columns of a row, one after the other as its `SELECT` names them. A name would be looked for among all of them each time: for a row of
/// thirty columns that takes longer than reading it.
pub(crate) struct Columns<'row, 'statement> {
    row: &'row Row<'statement>,
    at: usize,
}

impl<'row, 'statement> Columns<'row, 'statement> {
    /// From the first one on.
    pub(crate) fn of(row: &'row Row<'statement>) -> Self {
        Self { row, at: 0 }
    }

    /// Reads the next one.
    pub(crate) fn next<T: FromSql>(&mut self) -> rusqlite::Result<T> {
        let value = self.row.get(self.at)?;
        self.at += 1;
        Ok(value)
    }

    /// Reads a time.
    pub(crate) fn next_time(&mut self) -> rusqlite::Result<DateTime<Utc>> {
        Ok(time(self.next()?))
    }

    /// Reads a time that may be NULL.
    pub(crate) fn next_time_option(&mut self) -> rusqlite::Result<Option<DateTime<Utc>>> {
        Ok(self.next::<Option<i64>>()?.map(time))
    }

    /// Reads JSON that may be NULL.
    pub(crate) fn next_json_option<T: DeserializeOwned>(&mut self) -> rusqlite::Result<Option<T>> {
        let at = self.at;
        let unreadable =
            |error: serde_json::Error| rusqlite::Error::FromSqlConversionFailure(at, Type::Text, Box::new(error));
        self.next::<Option<String>>()?.map(|text| serde_json::from_str(&text).map_err(unreadable)).transpose()
    }
}

/// A state as its word.
pub(crate) fn state_word(state: ConversationState) -> &'static str {
    match state {
        ConversationState::Received => "received",
        ConversationState::Ongoing => "ongoing",
        ConversationState::Answered => "answered",
        ConversationState::Archived => "archived",
        ConversationState::Closed => "closed",
    }
}

/// Reads a state.
pub(crate) fn get_state(row: &Row<'_>, column: &str) -> rusqlite::Result<ConversationState> {
    let word: String = row.get(column)?;
    Ok(match word.as_str() {
        "received" => ConversationState::Received,
        "ongoing" => ConversationState::Ongoing,
        "answered" => ConversationState::Answered,
        "archived" => ConversationState::Archived,
        "closed" => ConversationState::Closed,
        _ => return Err(unreadable(row, column, "no state".into())),
    })
}

fn parse<T: DeserializeOwned>(row: &Row<'_>, column: &str, text: &str) -> rusqlite::Result<T> {
    serde_json::from_str(text).map_err(|error| unreadable(row, column, Box::new(error)))
}

fn unreadable(row: &Row<'_>, column: &str, why: Box<dyn std::error::Error + Send + Sync>) -> rusqlite::Error {
    let at = column.idx(row.as_ref()).unwrap_or_default();
    rusqlite::Error::FromSqlConversionFailure(at, Type::Text, why)
}

/// A number of rows, for `LIMIT`.
pub(crate) fn count(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
