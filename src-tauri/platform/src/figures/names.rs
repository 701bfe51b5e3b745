//! The names that rows are shown under.

use std::collections::HashMap;

use rusqlite::Connection;

use super::GroupBy;

/// Names by key. A day has none, and shows its key.
pub(super) fn names(sql: &Connection, group_by: GroupBy) -> rusqlite::Result<HashMap<String, String>> {
    let statement = match group_by {
        GroupBy::Day | GroupBy::Week | GroupBy::Month => return Ok(HashMap::new()),
        GroupBy::Author => "SELECT id, name FROM users",
        GroupBy::Channel => "SELECT id, name FROM channels",
        GroupBy::Team => "SELECT id, name FROM teams",
    };
    sql.prepare_cached(statement)?.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}
