//! How a file comes in: streamed to the disk while it is hashed and counted, looked at, and then either placed with its row in a
//! transaction or gone.
//!
//! What comes in is collected and written in pieces: a client that is slow keeps a little memory, never a thread.

use std::{
    fs::{self, File},
    io::Write as _,
    mem,
    path::PathBuf,
};

use axum::body::Body;
use futures_util::StreamExt;
use sha2::{Digest, Sha256};
use signoff_wire::contract::timeline::Attachment;

use super::{
    Owner,
    folder::Folder,
    insert,
    kinds::{self, HEAD, Kind},
    names,
};
use crate::{
    refusal::Refusal,
    store::{Store, Threads, Write},
};

/// Written at a time.
const PIECE: usize = 256 * 1024;

/// A file that is on the disk and not yet anybody's. Dropped, it is gone.
#[derive(Debug)]
pub(crate) struct Prepared {
    folder: Folder,
    incoming: PathBuf,
    content: String,
    size: u64,
    name: String,
    kind: Kind,
}

impl Prepared {
    /// What it was found to be.
    pub(crate) fn media_type(&self) -> &str {
        self.kind.media_type
    }

    /// In bytes.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Gives it to an owner. Part of a transaction: jobs of the writer run one after the other, so no sweep comes between the
    /// file and its row.
    pub(crate) fn place(self, write: &mut Write<'_>, owner: &Owner) -> Result<Attachment, Refusal> {
        let attachment = Attachment {
            id: write.id("att"),
            name: self.name.clone(),
            media_type: self.kind.media_type.to_owned(),
            size: self.size,
        };
        insert(write, &self.content, &attachment, owner)?;
        self.folder.place(&self.incoming, &self.content).map_err(on_disk)?;
        Ok(attachment)
    }
}

impl Drop for Prepared {
    fn drop(&mut self) {
        // Placed, it is no longer there.
        let _ = fs::remove_file(&self.incoming);
    }
}

/// Takes a body in as a file called `name`.
///
/// # Errors
/// [`Refusal::AttachmentTooLarge`] over `limit` bytes, [`Refusal::MessageEmpty`] without any, [`Refusal::StorageFull`].
pub(crate) async fn stream(store: &Store, name: &str, body: Body, limit: u64) -> Result<Prepared, Refusal> {
    let (threads, folder) = (store.threads(), store.attachments());
    let mut coming = work(threads, move || Coming::begin(folder)).await?;
    let mut body = body.into_data_stream();
    let (mut seen, mut piece) = (0_u64, Vec::new());
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|_| Refusal::InvalidBody("it broke off".to_owned()))?;
        seen = seen.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        // What is too large is read on for a while: a client that is busy writing would see a broken connection, not the answer.
        if seen > limit.saturating_mul(2).saturating_add(1024 * 1024) {
            break;
        }
        if seen > limit {
            piece = Vec::new();
            continue;
        }
        piece.extend_from_slice(&chunk);
        if piece.len() >= PIECE {
            let full = mem::take(&mut piece);
            coming = work(threads, move || coming.with(&full)).await?;
        }
    }
    if seen > limit {
        return Err(Refusal::AttachmentTooLarge { limit });
    }
    if seen == 0 {
        return Err(Refusal::MessageEmpty);
    }
    let name = name.to_owned();
    work(threads, move || coming.with(&piece)?.end(&name)).await
}

async fn work<T: Send + 'static>(
    threads: Threads,
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    threads.blocking(work).await.unwrap_or(Err(Refusal::Internal))
}

/// Takes bytes in as a file called `name`.
pub(crate) async fn bytes(store: &Store, name: &str, content: Vec<u8>, limit: u64) -> Result<Prepared, Refusal> {
    stream(store, name, Body::from(content), limit).await
}

/// A file of which a part is there. Dropped, it is gone.
struct Coming {
    prepared: Prepared,
    file: File,
    hash: Sha256,
    head: Vec<u8>,
}

impl Coming {
    fn begin(folder: Folder) -> Result<Self, Refusal> {
        folder.require_room()?;
        let (incoming, file) = folder.incoming().map_err(on_disk)?;
        let prepared = Prepared {
            folder,
            incoming,
            content: String::new(),
            size: 0,
            name: String::new(),
            kind: Kind { media_type: "application/octet-stream", endings: &["bin"] },
        };
        Ok(Self { prepared, file, hash: Sha256::new(), head: Vec::with_capacity(HEAD) })
    }

    fn with(mut self, piece: &[u8]) -> Result<Self, Refusal> {
        self.prepared.folder.require_room()?;
        self.hash.update(piece);
        let missing = HEAD.saturating_sub(self.head.len()).min(piece.len());
        self.head.extend_from_slice(&piece[..missing]);
        self.prepared.size += u64::try_from(piece.len()).unwrap_or_default();
        self.file.write_all(piece).map_err(on_disk)?;
        Ok(self)
    }

    fn end(self, name: &str) -> Result<Prepared, Refusal> {
        let Self { mut prepared, file, hash, head } = self;
        file.sync_all().map_err(on_disk)?;
        let whole = prepared.size <= u64::try_from(HEAD).unwrap_or_default();
        prepared.kind = kinds::look(&head, whole, name);
        prepared.name = names::clean(name, prepared.kind);
        prepared.content = hex(&hash.finalize());
        Ok(prepared)
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn on_disk(error: std::io::Error) -> Refusal {
    tracing::error!(%error, "cannot keep a file");
    Refusal::Internal
}
