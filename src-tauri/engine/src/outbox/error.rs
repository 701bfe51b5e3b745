//! Why the outbox did not do what it was asked.

use signoff_wire::interface::{Choice, Code};

use crate::cache::CacheError;
use crate::store::StoreError;

/// Nothing was changed, and the text is where it was typed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum OutboxError {
    /// The file: with a full disk nothing is queued.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The cache.
    #[error(transparent)]
    Cache(#[from] CacheError),
    /// The platform would certainly refuse it: said at once instead of later.
    #[error("refused before it was queued: {code:?}")]
    Refused {
        /// Why.
        code: Code,
        /// The number that the sentence names: with `ReplyTooLong` the channel's limit.
        limit: Option<u32>,
    },
    /// The entry is not there any more: delivered and pruned, or another person's.
    #[error("no such entry")]
    EntryUnknown,
    /// The choice is not among those that the entry offers now.
    #[error("{0:?} is not offered now")]
    NotOffered(Choice),
}

impl OutboxError {
    /// The reason as the interface words it.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Store(error) | Self::Cache(CacheError::Store(error)) => code_of(error),
            Self::Cache(CacheError::ConversationUnknown) => Code::ConversationUnknown,
            Self::Cache(CacheError::Unreadable(_)) => Code::Internal,
            Self::Refused { code, .. } => *code,
            Self::EntryUnknown => Code::EntryUnknown,
            Self::NotOffered(_) => Code::EntryInFlight,
        }
    }
}

impl From<rusqlite::Error> for OutboxError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

fn code_of(error: &StoreError) -> Code {
    match error {
        StoreError::DiskFull => Code::DiskFull,
        StoreError::Unwritable => Code::CacheUnwritable,
        StoreError::Corrupt => Code::CacheCorrupt,
        StoreError::Closed | StoreError::Sql(_) => Code::Internal,
    }
}
