//! What can go wrong with the cache.

use crate::store::StoreError;

/// The cache could not take in or give out something.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CacheError {
    /// The file.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The platform said something that does not have the shape that it should have. Nothing was changed.
    #[error("unreadable: {0}")]
    Unreadable(String),
    /// The conversation is not in the cache.
    #[error("no such conversation")]
    ConversationUnknown,
}

impl From<rusqlite::Error> for CacheError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<serde_json::Error> for CacheError {
    fn from(error: serde_json::Error) -> Self {
        // The category and the place, never the content: texts do not go into logs.
        Self::Unreadable(format!("{:?} at line {} column {}", error.classify(), error.line(), error.column()))
    }
}
