//! The schema's history. Each migration stands beside its subject and runs in one transaction; an entry of the outbox is
//! converted by a migration, never dropped (DESIGN, outbox 2).

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

use super::{OpenError, StoreError};

/// In order. What was shipped is never changed; a new one goes to the end.
const HISTORY: &[M<'_>] = &[
    M::up(include_str!("../cache/migrations/1_cache.sql")),
    M::up(include_str!("../outbox/migrations/1_outbox.sql")),
    M::up(include_str!("../notify/migrations/1_ledger.sql")),
    M::up(include_str!("../outbox/migrations/2_steps.sql")),
    M::up(include_str!("../cache/migrations/2_attachments.sql")),
    M::up(include_str!("../cache/migrations/3_pictures.sql")),
    M::up(include_str!("../cache/migrations/4_taken_files.sql")),
    M::up(include_str!("../files/migrations/1_files.sql")),
];

/// Refuses a file that a newer version wrote, before anything is changed in it.
pub(super) fn refuse_newer(connection: &Connection) -> Result<(), OpenError> {
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let found = usize::try_from(version).unwrap_or_default();
    if found > HISTORY.len() {
        return Err(OpenError::Newer { found, known: HISTORY.len() });
    }
    Ok(())
}

/// Brings the file to this version's schema.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    Migrations::from_slice(HISTORY).to_latest(connection).map_err(|error| {
        if let rusqlite_migration::Error::RusqliteError { err, .. } = error {
            return err.into();
        }
        tracing::error!(%error, "the schema could not be brought up to date");
        StoreError::from(rusqlite::Error::InvalidQuery)
    })
}
