//! Which files a conversation's channel takes: what is certain to be refused is said when a file is attached, and again at the click.

use rusqlite::{Connection, OptionalExtension, params};
use signoff_wire::contract::channel_settings::AttachmentLimits;
use signoff_wire::interface::{AttachedFile, Code};

use super::{kinds, rows};
use crate::cache::CacheError;
use crate::outbox::OutboxError;

/// What the channel of a conversation takes; `None`: no files at all, as far as is known here.
pub(crate) fn limits(connection: &Connection, conversation_id: &str) -> Result<Option<AttachmentLimits>, CacheError> {
    let kept: Option<Option<String>> = connection
        .prepare_cached(
            "SELECT ch.attachments FROM conversations c JOIN channels ch ON ch.id = c.channel_id WHERE c.id = ?1",
        )?
        .query_row(params![conversation_id], |row| row.get("attachments"))
        .optional()?;
    let kept = kept.ok_or(CacheError::ConversationUnknown)?;
    let limits: Option<AttachmentLimits> = kept.map(|json| serde_json::from_str(&json)).transpose()?;
    Ok(limits.filter(|limits| limits.max_bytes > 0 && limits.max_count > 0 && !limits.types.is_empty()))
}

/// The files of a draft that a click names, in its order, if all of them are there, whole, and such as the channel takes.
///
/// # Errors
/// [`OutboxError::Refused`] with `FilesChanged`, `FileDamaged`, or what the platform would certainly refuse.
pub fn check(
    connection: &Connection,
    owner: &str,
    conversation_id: &str,
    ids: &[String],
) -> Result<Vec<AttachedFile>, OutboxError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut there = rows::of_draft(connection, owner, conversation_id)?;
    let mut files = Vec::with_capacity(ids.len());
    for id in ids {
        let at = there.iter().position(|file| file.id == *id).ok_or_else(|| refuse(Code::FilesChanged))?;
        files.push(there.remove(at));
    }
    require_taken(limits(connection, conversation_id)?.as_ref(), &files)?;
    for file in &files {
        if !rows::is_whole(connection, file)? {
            return Err(refuse(Code::FileDamaged));
        }
    }
    Ok(files)
}

/// Whether a channel takes these files with one reply, in the order in which the platform checks.
pub(super) fn require_taken(limits: Option<&AttachmentLimits>, files: &[AttachedFile]) -> Result<(), OutboxError> {
    let limits = limits.ok_or_else(|| refuse(Code::FilesNotTaken))?;
    if u32::try_from(files.len()).unwrap_or(u32::MAX) > limits.max_count {
        return Err(OutboxError::Refused { code: Code::FilesTooMany, limit: Some(limits.max_count) });
    }
    for file in files {
        if file.size > limits.max_bytes {
            let limit = u32::try_from(limits.max_bytes).ok();
            return Err(OutboxError::Refused { code: Code::FileTooLarge, limit });
        }
        if !kinds::is_among(&file.media_type, &limits.types) {
            return Err(refuse(Code::FileKindRefused));
        }
    }
    Ok(())
}

/// A refusal that its code says all about.
pub(crate) fn refuse(code: Code) -> OutboxError {
    OutboxError::Refused { code, limit: None }
}
