//! The files of an entry, brought to the platform before its attempt names them (see [`files`](crate::files)).
//!
//! While they are on their way the entry is `sending`, and nothing has left this machine under its key: whatever goes wrong here did
//! nothing. A process that dies between an upload and the note of its id leaves a file there that nobody names.

use rusqlite::Transaction;

use super::claim::Claim;
use super::dispatcher::Context;
use super::entry::State;
use super::lane::{Way, in_time};
use super::rows;
use super::settle::NotUploaded;
use crate::files::{self, Waiting};
use crate::remote::{Attempt, RemoteError, Token};

/// Brings what the platform does not have yet, one file after the other. Answers with the attempt that names all of them.
pub(super) async fn bring(context: &Context, token: &Token, claim: &Claim, way: Way) -> Result<Attempt, NotUploaded> {
    let mut attempt = claim.attempt.clone();
    if claim.files.is_empty() {
        return Ok(attempt);
    }
    if !context.parts.platform.takes_files() {
        return Err(NotUploaded::NotTaken);
    }
    // Nobody is sent half of what was queued.
    if claim.files.iter().any(|file| file.uploaded_id.is_none() && !file.whole) {
        return Err(NotUploaded::Damaged);
    }
    if way == Way::Unproven && claim.files.iter().any(|file| file.uploaded_id.is_none()) {
        feel(context, token, &attempt).await?;
    }
    let mut ids = Vec::with_capacity(claim.files.len());
    for waiting in &claim.files {
        ids.push(match &waiting.uploaded_id {
            Some(id) => id.clone(),
            None => upload(context, token, claim, waiting).await?,
        });
    }
    attempt.act = attempt.act.with_files(ids);
    Ok(attempt)
}

/// Finds out with a small question whether the platform can be reached: an upload may take minutes, and conversations do not wait for each
/// other (D22).
async fn feel(context: &Context, token: &Token, attempt: &Attempt) -> Result<(), NotUploaded> {
    match in_time(context.parts.platform.look(token, attempt)).await {
        Ok(_) | Err(RemoteError::Refused(_)) => {
            context.heard.notify_one();
            Ok(())
        }
        Err(error) => Err(NotUploaded::Failed(error)),
    }
}

async fn upload(context: &Context, token: &Token, claim: &Claim, waiting: &Waiting) -> Result<String, NotUploaded> {
    let file = files::open(&context.parts.store, &waiting.file);
    let id = context.parts.platform.upload(token, file).await.map_err(NotUploaded::Failed)?;
    let kept = context.write_down(|| {
        let (key, file_id, id) = (claim.key.clone(), waiting.file.id.clone(), id.clone());
        move |transaction: &Transaction<'_>| {
            files::keep_upload(transaction, &key, &file_id, &id)?;
            let entry = rows::get(transaction, &key)?;
            Ok(entry.is_some_and(|entry| entry.state == State::Sending && !entry.undo_requested))
        }
    });
    match kept.await {
        Some(true) => Ok(id),
        Some(false) => Err(NotUploaded::TakenBack),
        None => Err(NotUploaded::Failed(RemoteError::Unreachable("the store was closed".to_owned()))),
    }
}
