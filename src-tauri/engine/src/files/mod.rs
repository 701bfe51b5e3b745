//! Files that advisors send with replies (D41), from the moment they are attached until the platform has delivered them to the outbox's
//! receipt.
//!
//! A file is written whole, in one transaction, before anybody calls it attached: from then on it is as durable as a queued click (D21). It
//! belongs to the draft of a conversation. A click takes it along to its entry in the transaction that queues it; whatever
//! gives the text back to the draft gives the files back as well (D15, D23); and the transaction that ends the entry removes their bytes.
//!
//! The bytes stand apart from the rows, in pieces. So nothing that lists files reads them, and an upload holds one piece in memory. All files of
//! a profile together are bounded: what waits for a month without a network must not fill the disk that the clicks need.

mod kinds;
mod names;
mod rows;
mod taken;
mod upload;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Transaction};
use signoff_wire::interface::{AttachedFile, Code};

use crate::cache::CacheError;
use crate::outbox::{OutboxError, new_key};
use crate::ports::Chance;

pub(crate) use rows::{adopt_orphans, any_of_drafts, give_back, remove_of_entry, take_along};
pub use taken::check;
pub(crate) use taken::{limits, refuse};
pub(crate) use upload::{Waiting, keep_upload, lost_again, open, upload_again, waiting};

/// Bytes of all files of a profile together.
pub const MOST_BYTES: u64 = 256 * 1024 * 1024;

/// A file that is to be attached.
pub struct Brought {
    id: String,
    name: String,
    media_type: &'static str,
    bytes: Vec<u8>,
}

impl Brought {
    /// Looks at what was brought. `name` may be anything; what the file is, its content says.
    #[must_use]
    pub fn new(name: &str, bytes: Vec<u8>, now: DateTime<Utc>, chance: &dyn Chance) -> Self {
        let media_type = kinds::look(&bytes, name);
        Self { id: new_key(now, chance), name: names::clean(name), media_type, bytes }
    }

    /// Its name, made harmless.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    fn file(&self) -> AttachedFile {
        AttachedFile {
            id: self.id.clone(),
            name: self.name.clone(),
            media_type: self.media_type.to_owned(),
            size: u64::try_from(self.bytes.len()).unwrap_or(u64::MAX),
        }
    }
}

/// Attaches a file to the draft of a conversation, in the caller's transaction.
///
/// # Errors
/// [`OutboxError::Refused`] with what the platform would certainly refuse, or `FilesFull`: nothing was attached.
pub fn attach(
    transaction: &Transaction<'_>,
    owner: &str,
    conversation_id: &str,
    brought: &Brought,
) -> Result<(), OutboxError> {
    let file = brought.file();
    let mut files = rows::of_draft(transaction, owner, conversation_id)?;
    files.push(file.clone());
    if file.size == 0 {
        return Err(refuse(Code::FileEmpty));
    }
    taken::require_taken(limits(transaction, conversation_id)?.as_ref(), &files)?;
    if rows::bytes_together(transaction)?.saturating_add(file.size) > MOST_BYTES {
        let limit = u32::try_from(MOST_BYTES).ok();
        return Err(OutboxError::Refused { code: Code::FilesFull, limit });
    }
    rows::insert(transaction, owner, conversation_id, &file, &brought.bytes)?;
    Ok(())
}

/// Takes a file off the draft of a conversation; one that it does not have is no error.
///
/// # Errors
/// SQLite's.
pub fn detach(transaction: &Transaction<'_>, owner: &str, conversation_id: &str, id: &str) -> Result<(), CacheError> {
    if rows::of_draft(transaction, owner, conversation_id)?.iter().any(|file| file.id == id) {
        rows::remove(transaction, id)?;
    }
    Ok(())
}

/// The files of a draft, in the order in which they were attached.
///
/// # Errors
/// SQLite's.
pub fn attached(connection: &Connection, owner: &str, conversation_id: &str) -> Result<Vec<AttachedFile>, CacheError> {
    rows::of_draft(connection, owner, conversation_id)
}
