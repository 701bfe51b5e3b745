//! How a file comes in: streamed to the disk while it is hashed and counted, looked at, and then either placed with its row in a
//! transaction or gone.

use std::{
    fs::{self, File},
    io::Write as _,
    path::PathBuf,
};

use axum::body::Body;
use futures_util::StreamExt;
use sha2::{Digest, Sha256};
use signoff_wire::contract::timeline::Attachment;
use tokio::sync::mpsc;

use super::{
    Owner,
    folder::Folder,
    insert,
    kinds::{self, HEAD, Kind},
    names,
};
use crate::{
    refusal::Refusal,
    store::{Store, Write},
};

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
        self.folder.place(&self.incoming, &self.content).map_err(on_disk)?;
        let attachment = Attachment {
            id: write.id("att"),
            name: self.name.clone(),
            media_type: self.kind.media_type.to_owned(),
            size: self.size,
        };
        insert(write, &self.content, &attachment, owner)?;
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
/// [`Refusal::AttachmentTooLarge`] over `limit` bytes, [`Refusal::MessageEmpty`] without any.
pub(crate) async fn stream(store: &Store, name: &str, body: Body, limit: u64) -> Result<Prepared, Refusal> {
    let (chunks, arriving) = mpsc::channel(4);
    let (folder, name) = (store.attachments(), name.to_owned());
    let writing = tokio::task::spawn_blocking(move || write_down(folder, &name, arriving));
    let mut body = body.into_data_stream();
    let mut seen: u64 = 0;
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|_| Refusal::InvalidBody("it broke off".to_owned()))?;
        seen = seen.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        // What is too large is read on for a while: a client that is busy writing would see a broken connection, not the answer.
        if seen > limit.saturating_mul(2).saturating_add(1024 * 1024) {
            break;
        }
        if seen <= limit && chunks.send(chunk.to_vec()).await.is_err() {
            break;
        }
    }
    drop(chunks);
    let prepared = writing.await.map_err(|_| Refusal::Internal)??;
    if seen > limit {
        return Err(Refusal::AttachmentTooLarge { limit });
    }
    if seen == 0 {
        return Err(Refusal::MessageEmpty);
    }
    Ok(prepared)
}

/// Takes bytes in as a file called `name`.
pub(crate) async fn bytes(store: &Store, name: &str, content: Vec<u8>, limit: u64) -> Result<Prepared, Refusal> {
    stream(store, name, Body::from(content), limit).await
}

fn write_down(folder: Folder, name: &str, mut arriving: mpsc::Receiver<Vec<u8>>) -> Result<Prepared, Refusal> {
    let (incoming, mut file) = folder.incoming().map_err(on_disk)?;
    // From here on the file is gone with `prepared`, whatever happens.
    let mut prepared = Prepared {
        folder,
        incoming,
        content: String::new(),
        size: 0,
        name: String::new(),
        kind: Kind { media_type: "application/octet-stream", endings: &["bin"] },
    };
    let (mut hash, mut head) = (Sha256::new(), Vec::with_capacity(HEAD));
    while let Some(chunk) = arriving.blocking_recv() {
        hash.update(&chunk);
        let missing = HEAD.saturating_sub(head.len()).min(chunk.len());
        head.extend_from_slice(&chunk[..missing]);
        prepared.size += u64::try_from(chunk.len()).unwrap_or_default();
        file.write_all(&chunk).map_err(on_disk)?;
    }
    file.sync_all().map_err(on_disk)?;
    drop::<File>(file);
    let whole = prepared.size <= u64::try_from(HEAD).unwrap_or_default();
    prepared.kind = kinds::look(&head, whole, name);
    prepared.name = names::clean(name, prepared.kind);
    prepared.content = hex(&hash.finalize());
    Ok(prepared)
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
