//! What can go wrong with the file, by what somebody does about it.

use std::cell::Cell;
use std::sync::Arc;

use rusqlite::ErrorCode;

thread_local! {
    /// Damage met on this thread since it was last asked for. A job wraps what it met into an error of its own area, so the thread
    /// that runs jobs could not see it otherwise.
    static DAMAGE_MET: Cell<bool> = const { Cell::new(false) };

    /// Whether the connection that was used on this thread since it was last asked for can still be. SQLCipher remembers a page that it
    /// could not read and refuses everything from then on, also when the disk works again.
    static SPOILT: Cell<bool> = const { Cell::new(false) };
}

/// Whether a connection met something on this thread, since the last call, that it does not recover from.
pub(super) fn take_spoilt() -> bool {
    SPOILT.replace(false)
}

/// Whether damage was met on this thread since the last call.
pub(super) fn take_damage_met() -> bool {
    DAMAGE_MET.replace(false)
}

/// A read or a write did not work. Nothing of a failed write remains.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// No room: the click answers so, and its text stays where it was typed.
    #[error("the disk is full")]
    DiskFull,
    /// The file or its folder has become read-only, or another program has the file in hand.
    #[error("the file cannot be written")]
    Unwritable,
    /// A page does not say what was written to it. The next start sets the file aside.
    #[error("the file is damaged")]
    Corrupt,
    /// The store was closed while the job waited.
    #[error("the store is closed")]
    Closed,
    /// Anything else is a fault of ours or of the machine.
    #[error("{0}")]
    Sql(Arc<rusqlite::Error>),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let rusqlite::Error::SqliteFailure(cause, _) = &error else {
            return Self::Sql(Arc::new(error));
        };
        if does_not_recover(cause) {
            SPOILT.set(true);
        }
        // A full disk shows itself while the shared-memory file of the WAL grows, too.
        if cause.code == ErrorCode::DiskFull || cause.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE {
            return Self::DiskFull;
        }
        if is_unwritable(cause) {
            return Self::Unwritable;
        }
        if is_damage(cause) {
            DAMAGE_MET.set(true);
            return Self::Corrupt;
        }
        Self::Sql(Arc::new(error))
    }
}

/// The file, its folder or the disk takes no writes, or somebody else's program has the file in hand: of ours there is one.
fn is_unwritable(cause: &rusqlite::ffi::Error) -> bool {
    let codes = [ErrorCode::ReadOnly, ErrorCode::CannotOpen, ErrorCode::PermissionDenied, ErrorCode::DatabaseBusy];
    codes.contains(&cause.code)
        || matches!(
            cause.extended_code,
            rusqlite::ffi::SQLITE_IOERR_WRITE
                | rusqlite::ffi::SQLITE_IOERR_FSYNC
                | rusqlite::ffi::SQLITE_IOERR_DIR_FSYNC
                | rusqlite::ffi::SQLITE_IOERR_TRUNCATE
        )
}

fn does_not_recover(cause: &rusqlite::ffi::Error) -> bool {
    matches!(
        cause.code,
        ErrorCode::SystemIoFailure | ErrorCode::OutOfMemory | ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase
    )
}

/// SQLite found nonsense, or SQLCipher a page whose seal is broken. A read that is short (a truncated file) counts as well.
fn is_damage(cause: &rusqlite::ffi::Error) -> bool {
    matches!(cause.code, ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
        || matches!(
            cause.extended_code,
            rusqlite::ffi::SQLITE_IOERR_SHORT_READ
                | rusqlite::ffi::SQLITE_IOERR_DATA
                | rusqlite::ffi::SQLITE_IOERR_CORRUPTFS
        )
}

/// The file could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Written by a newer version of Signoff; left alone.
    #[error("the file has schema {found}, this version knows {known}")]
    Newer {
        /// The file's schema.
        found: usize,
        /// The newest schema that this version knows.
        known: usize,
    },
    /// The key is not the one that the file was written with; the file is left alone.
    #[error("the key does not fit the file")]
    KeyDoesNotFit,
    /// The file or its folder cannot be written.
    #[error("the file cannot be written: {0}")]
    Unwritable(String),
    /// There is no room to open it.
    #[error("the disk is full")]
    DiskFull,
    /// Anything else is a fault of ours or of the machine.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for OpenError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::DiskFull => Self::DiskFull,
            StoreError::Unwritable => Self::Unwritable("SQLite could not write".to_owned()),
            StoreError::Corrupt | StoreError::Closed | StoreError::Sql(_) => Self::Store(error),
        }
    }
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        StoreError::from(error).into()
    }
}

impl From<std::io::Error> for OpenError {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::StorageFull {
            Self::DiskFull
        } else {
            Self::Unwritable(error.kind().to_string())
        }
    }
}
