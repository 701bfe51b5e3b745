//! Small facts by name: where the event stream stands, who is signed in, whether closing is on.

use rusqlite::{Connection, OptionalExtension, params};

/// The fact kept under `name`.
///
/// # Errors
/// SQLite's.
pub fn get(connection: &Connection, name: &str) -> rusqlite::Result<Option<String>> {
    connection
        .prepare_cached("SELECT value FROM meta WHERE name = ?1")?
        .query_row(params![name], |row| row.get("value"))
        .optional()
}

/// The number kept under `name`; text that is no number counts as nothing.
///
/// # Errors
/// SQLite's.
pub fn get_number(connection: &Connection, name: &str) -> rusqlite::Result<Option<i64>> {
    Ok(get(connection, name)?.and_then(|value| value.parse().ok()))
}

/// Keeps a fact under `name`, in place of what was there. Takes part in the caller's transaction.
///
/// # Errors
/// SQLite's.
pub fn set(connection: &Connection, name: &str, value: &str) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )?
        .execute(params![name, value])?;
    Ok(())
}

/// Forgets a fact.
///
/// # Errors
/// SQLite's.
pub fn remove(connection: &Connection, name: &str) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM meta WHERE name = ?1")?.execute(params![name])?;
    Ok(())
}
