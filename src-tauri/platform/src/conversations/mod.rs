//! Conversations: how they are read, listed, and changed.
//!
//! Every change goes through [`change`], which raises the version, stores the event with the snapshot that clients
//! replace their row with, and so keeps lists, streams and details telling the same story.

pub(crate) mod change;
pub(crate) mod entries;
pub(crate) mod list;
pub(crate) mod record;
pub(crate) mod sync;
pub(crate) mod visibility;

pub(crate) use record::Record;
