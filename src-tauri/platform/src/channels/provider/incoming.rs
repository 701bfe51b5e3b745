//! What a provider says to a channel, taken in one transaction with its signature: said again, it is refused, and what it said
//! stays done once.

use base64::{Engine, engine::general_purpose::STANDARD};
use rusqlite::{Connection, OptionalExtension};
use signoff_wire::contract::{
    channels::{Inbound, InboundAttachment},
    requests::AttachmentRef,
};

use crate::{
    attachments::{
        MOST, Owner,
        intake::{self, Prepared},
    },
    channels::settings,
    refusal::Refusal,
    store::{Store, Write, time},
};

/// The secrets that a channel's provider may sign with now. None for a channel that has no webhook.
pub(crate) fn secrets(
    sql: &Connection,
    channel_id: &str,
    now: chrono::DateTime<chrono::Utc>,
) -> rusqlite::Result<Vec<String>> {
    let found: Option<(Option<String>, Option<String>, Option<i64>)> = sql
        .prepare_cached(
            "SELECT secret, former_secret, former_secret_until FROM channels WHERE id = ?1 AND webhook_url IS NOT NULL",
        )?
        .query_row([channel_id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((secret, former, until)) = found else { return Ok(Vec::new()) };
    let former = former.filter(|_| until.is_some_and(|until| now < time(until)));
    Ok(secret.into_iter().chain(former).collect())
}

/// A file of a message: uploaded before, or just come in with it.
pub(crate) enum File {
    /// By its id.
    Uploaded(AttachmentRef),
    /// By its content.
    New(Box<Prepared>),
}

/// Brings the files that stand in a message onto the disk. They are the channel's once the message is taken.
pub(crate) async fn files(store: &Store, channel_id: &str, inbound: &Inbound) -> Result<Vec<File>, Refusal> {
    let asked = &inbound.message.attachments;
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let id = channel_id.to_owned();
    let limits = store.read(move |sql| settings::attachment_limits(sql, &id)).await?;
    if asked.len() > MOST {
        return Err(Refusal::AttachmentsTooMany { limit: limits.max_count });
    }
    let mut files = Vec::with_capacity(asked.len());
    for attachment in asked {
        files.push(match attachment {
            InboundAttachment::Uploaded(uploaded) => File::Uploaded(uploaded.clone()),
            InboundAttachment::Inline(inline) => {
                let content = STANDARD
                    .decode(inline.data.as_bytes())
                    .map_err(|_| Refusal::InvalidValue("data has to be base64".to_owned()))?;
                File::New(Box::new(intake::bytes(store, &inline.name, content, limits.max_bytes).await?))
            }
        });
    }
    Ok(files)
}

/// Gives the files to the channel and says what they are called now.
pub(crate) fn place(write: &mut Write<'_>, channel_id: &str, files: Vec<File>) -> Result<Vec<AttachmentRef>, Refusal> {
    let owner = Owner::Channel(channel_id.to_owned());
    files
        .into_iter()
        .map(|file| match file {
            File::Uploaded(uploaded) => Ok(uploaded),
            File::New(prepared) => Ok(AttachmentRef { id: prepared.place(write, &owner)?.id }),
        })
        .collect()
}
