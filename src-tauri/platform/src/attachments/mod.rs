//! Files of customers and advisors.
//!
//! A file lies in the data directory under the SHA-256 of its content, so the same picture sent twice lies there once. A row says
//! who brought it, what it is called and which entry it went with; it is written in one transaction with that use. What nobody
//! used within a day is swept away, row first and file after, and only when no other row names the same content.
//!
//! What a file is, is found out by looking at it ([`kinds`]); its name is made harmless ([`names`]). It is never served as
//! anything that a browser would run.

use rusqlite::{Connection, OptionalExtension, Row, params};
use signoff_wire::contract::{channel_settings::AttachmentLimits, requests::AttachmentRef, timeline::Attachment};

use crate::{
    refusal::Refusal,
    store::{Write, ms},
};

pub(crate) mod folder;
pub(crate) mod intake;
mod kinds;
mod names;
pub(crate) mod sweep;

/// The largest file that any channel may be set to take.
pub(crate) const LARGEST: u64 = 25 * 1024 * 1024;
/// The most files that may go with one text.
pub(crate) const MOST: usize = 20;
/// Bytes that a visitor's files may have that were not sent yet, and those of all visitors.
const UNSENT: (i64, i64) = (100 * 1024 * 1024, 1024 * 1024 * 1024);
/// When there may be room again.
const UNSENT_AGAIN_AFTER_S: u64 = 60;

/// Who brought a file, and alone may use it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// A user.
    User(String),
    /// A channel's connector.
    Channel(String),
    /// A visitor of the chat page, by channel and external id.
    Visitor(String, String),
}

impl Owner {
    fn columns(&self) -> (&'static str, String) {
        match self {
            Self::User(id) => ("user", id.clone()),
            Self::Channel(id) => ("channel", id.clone()),
            Self::Visitor(channel, external_id) => ("visitor", format!("{channel} {external_id}")),
        }
    }
}

/// The files that an owner wants to send, if they are theirs, unused, and as many and of the kinds that the channel takes.
pub(crate) fn claim(
    sql: &Connection,
    asked: &[AttachmentRef],
    owner: &Owner,
    limits: &AttachmentLimits,
) -> Result<Vec<Attachment>, Refusal> {
    if asked.len() > usize::try_from(limits.max_count).unwrap_or(MOST).min(MOST) {
        return Err(Refusal::AttachmentsTooMany { limit: limits.max_count });
    }
    let (kind, id) = owner.columns();
    let mut claimed: Vec<Attachment> = Vec::with_capacity(asked.len());
    for wanted in asked {
        let found: Option<Attachment> = sql
            .prepare_cached(
                "SELECT id, name, media_type, size FROM attachments
                 WHERE id = ?1 AND owner_kind = ?2 AND owner_id = ?3 AND entry_nr IS NULL",
            )?
            .query_row(params![wanted.id, kind, id], read)
            .optional()?;
        let found = found.filter(|found| claimed.iter().all(|other| other.id != found.id));
        let found = found.ok_or(Refusal::AttachmentUnknown)?;
        require_taken(limits, &found.media_type, found.size)?;
        claimed.push(found);
    }
    Ok(claimed)
}

/// Whether a channel takes a file of this kind and size.
pub(crate) fn require_taken(limits: &AttachmentLimits, media_type: &str, size: u64) -> Result<(), Refusal> {
    if size > limits.max_bytes {
        return Err(Refusal::AttachmentTooLarge { limit: limits.max_bytes });
    }
    if kinds::is_among(media_type, &limits.types) {
        Ok(())
    } else {
        Err(Refusal::AttachmentRefused(media_type.to_owned()))
    }
}

/// Notes which entry the files went with.
pub(crate) fn use_up(write: &Write<'_>, entry_nr: i64, attachments: &[Attachment]) -> Result<(), Refusal> {
    for attachment in attachments {
        write
            .sql
            .prepare_cached("UPDATE attachments SET entry_nr = ?2 WHERE id = ?1 AND entry_nr IS NULL")?
            .execute(params![attachment.id, entry_nr])?;
    }
    Ok(())
}

/// A file as it can be served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    /// What clients see of it.
    pub(crate) attachment: Attachment,
    /// The content's name in the folder.
    pub(crate) content: String,
    /// The conversation of the entry that it went with.
    pub(crate) conversation_nr: Option<i64>,
    owner_kind: String,
    owner_id: String,
}

impl Stored {
    /// Whether this owner brought it.
    pub(crate) fn is_of(&self, owner: &Owner) -> bool {
        let (kind, id) = owner.columns();
        self.owner_kind == kind && self.owner_id == id
    }
}

/// The file with this id.
pub(crate) fn find(sql: &Connection, id: &str) -> rusqlite::Result<Option<Stored>> {
    sql.prepare_cached(
        "SELECT a.id, a.name, a.media_type, a.size, a.content, a.owner_kind, a.owner_id, n.conversation_nr
         FROM attachments a LEFT JOIN entries n ON n.nr = a.entry_nr WHERE a.id = ?1",
    )?
    .query_row([id], |row| {
        Ok(Stored {
            attachment: read(row)?,
            content: row.get(4)?,
            owner_kind: row.get(5)?,
            owner_id: row.get(6)?,
            conversation_nr: row.get(7)?,
        })
    })
    .optional()
}

/// Reads id, name, media type and size.
fn read(row: &Row<'_>) -> rusqlite::Result<Attachment> {
    let size = u64::try_from(row.get::<_, i64>(3)?).unwrap_or_default();
    Ok(Attachment { id: row.get(0)?, name: row.get(1)?, media_type: row.get(2)?, size })
}

fn insert(write: &mut Write<'_>, content: &str, attachment: &Attachment, owner: &Owner) -> Result<(), Refusal> {
    let (kind, id) = owner.columns();
    if matches!(owner, Owner::Visitor(..)) {
        require_room_for_visitor(write.sql, &id, attachment.size)?;
    }
    write
        .sql
        .prepare_cached(
            "INSERT INTO attachments (id, content, name, media_type, size, owner_kind, owner_id, at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            attachment.id,
            content,
            attachment.name,
            attachment.media_type,
            i64::try_from(attachment.size).unwrap_or(i64::MAX),
            kind,
            id,
            ms(write.now)
        ])?;
    Ok(())
}

/// Anybody may be a visitor: what they never send must not fill the disk.
fn require_room_for_visitor(sql: &Connection, id: &str, size: u64) -> Result<(), Refusal> {
    let (own, all): (i64, i64) = sql
        .prepare_cached(
            "SELECT coalesce(sum(size) FILTER (WHERE owner_id = ?1), 0), coalesce(sum(size), 0) FROM attachments
             WHERE entry_nr IS NULL AND owner_kind = 'visitor'",
        )?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    if own.saturating_add(size) > UNSENT.0 || all.saturating_add(size) > UNSENT.1 {
        return Err(Refusal::RateLimited { retry_after_s: UNSENT_AGAIN_AFTER_S });
    }
    Ok(())
}
