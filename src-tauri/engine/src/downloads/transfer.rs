//! The work of one download, to its end.

use std::path::PathBuf;
use std::time::Duration;

use futures_util::StreamExt;
use signoff_wire::contract::problems::ProblemCode;
use signoff_wire::interface::{Code, DownloadState, Failure};

use super::Downloads;
use super::part::{self, Part};
use crate::remote::RemoteError;
use crate::remote::download::{Incoming, Source, There};
use crate::workplace::Workplace;

/// Bytes written at once: enough that the disk is not asked for every packet.
const PIECE: usize = 256 * 1024;

/// How an attempt ended.
enum Ended {
    /// The file is whole.
    Whole,
    /// There is more to ask for.
    More,
    /// It broke off.
    Broke(RemoteError),
    /// The disk does not take it.
    Disk(Failure),
}

/// Fetches until the file is whole or nothing helps.
pub(super) async fn run(
    downloads: &Downloads,
    workplace: &Workplace,
    id: &str,
    source: Source,
    destination: PathBuf,
    mut part: Part,
) {
    let mut failures = 0;
    let failure = loop {
        let before = part.bytes;
        let (kept, ended) = attempt(downloads, workplace, id, &source, part).await;
        let Some(kept) = kept else { return fail(downloads, id, Failure::new(Code::Internal), None) };
        part = kept;
        // Whatever came farther is no failure in a row.
        failures = if part.bytes > before { 1 } else { failures + 1 };
        match ended {
            Ended::Whole => {
                let place = destination.clone();
                let finished = downloads.threads.blocking(move || {
                    let finished = part.finish(&place);
                    (part, finished)
                });
                match finished.await {
                    Some((done, Ok(()))) => {
                        downloads.change(id, |saving| {
                            saving.shown.state = DownloadState::Done;
                            saving.shown.received = done.bytes;
                            saving.shown.total = Some(done.bytes);
                        });
                        return;
                    }
                    Some((kept, Err(error))) => {
                        part = kept;
                        break part::failure(&error);
                    }
                    None => return,
                }
            }
            Ended::More => failures = 0,
            Ended::Broke(error) if passes(&error) => {
                downloads.change(id, |saving| saving.shown.state = DownloadState::Waiting);
                wait(workplace, &error, failures).await;
                downloads.change(id, |saving| saving.shown.state = DownloadState::Running);
            }
            Ended::Broke(error) => break of_refusal(error),
            Ended::Disk(failure) => break failure,
        }
    };
    fail(downloads, id, failure, Some(part));
}

fn fail(downloads: &Downloads, id: &str, failure: Failure, part: Option<Part>) {
    tracing::warn!(code = ?failure.code, "a file could not be saved");
    downloads.change(id, |saving| {
        saving.shown.state = DownloadState::Failed;
        saving.shown.failure = Some(failure);
        saving.part = part;
    });
}

/// Asks once for what is missing, and writes what comes. No part comes back if writing it panicked.
async fn attempt(
    downloads: &Downloads,
    workplace: &Workplace,
    id: &str,
    source: &Source,
    mut part: Part,
) -> (Option<Part>, Ended) {
    let there = part.tag.clone().filter(|_| part.bytes > 0).map(|tag| There { bytes: part.bytes, tag });
    let asked =
        workplace.call(|platform, token| async move { platform.download(&token, source, there.as_ref()).await }).await;
    let Incoming { start, tag, length, partial, mut bytes } = match asked {
        Ok(incoming) => incoming,
        Err(error) => return (Some(part), Ended::Broke(error)),
    };
    if start != part.bytes || !partial {
        if start != 0 {
            // What it has is not what is missing here. Without a tag the next attempt begins anew.
            part.tag = None;
            return (Some(part), Ended::Broke(RemoteError::Nonsense("another part of the file".to_owned())));
        }
        if let Err(error) = part.empty() {
            return (Some(part), Ended::Disk(part::failure(&error)));
        }
    }
    part.tag = tag;
    downloads.change(id, |saving| (saving.shown.received, saving.shown.total) = (part.bytes, length));

    let mut waiting = Vec::new();
    loop {
        let next = bytes.next().await;
        let (more, broke) = match next {
            Some(Ok(piece)) => {
                waiting.extend_from_slice(&piece);
                (true, None)
            }
            Some(Err(error)) => (false, Some(error)),
            None => (false, None),
        };
        if waiting.len() >= PIECE || !more && !waiting.is_empty() {
            let piece = std::mem::take(&mut waiting);
            let written = downloads.threads.blocking(move || {
                let written = part.append(&piece);
                (part, written)
            });
            let Some((kept, written)) = written.await else {
                return (None, Ended::Disk(Failure::new(Code::Internal)));
            };
            part = kept;
            if let Err(error) = written {
                return (Some(part), Ended::Disk(part::failure(&error)));
            }
            downloads.change(id, |saving| saving.shown.received = part.bytes);
        }
        if let Some(error) = broke {
            return (Some(part), Ended::Broke(error));
        }
        if !more {
            let ended = match length {
                Some(length) if part.bytes >= length => Ended::Whole,
                None if !partial => Ended::Whole,
                Some(_) | None if partial && part.bytes > start => Ended::More,
                Some(_) | None => Ended::Broke(RemoteError::Interrupted("the file ended too early".to_owned())),
            };
            return (Some(part), ended);
        }
    }
}

/// Whether the same may work later, without anybody's doing.
fn passes(error: &RemoteError) -> bool {
    match error {
        RemoteError::Unreachable(_)
        | RemoteError::Interrupted(_)
        | RemoteError::Fault(_)
        | RemoteError::Unavailable { .. }
        | RemoteError::InProgress
        | RemoteError::Nonsense(_)
        | RemoteError::SignedOut => true,
        RemoteError::Certificate(_) | RemoteError::KeyReused | RemoteError::Refused(_) => false,
    }
}

/// Until there is a session, and a little time has passed or something makes another attempt worth while.
async fn wait(workplace: &Workplace, error: &RemoteError, failures: u32) {
    let mut pause = workplace.pause_after(failures);
    if let RemoteError::Unavailable { retry_after: Some(at_least), .. } = error {
        pause = pause.max(*at_least).min(Duration::from_secs(60 * 60));
    }
    tokio::time::sleep(pause).await;
    workplace.line().await_token().await;
}

fn of_refusal(error: RemoteError) -> Failure {
    let gone = [ProblemCode::NotFound, ProblemCode::ExportUnknown];
    let is_gone = matches!(&error, RemoteError::Refused(refusal) if gone.contains(&refusal.code));
    if is_gone { Failure::new(Code::FileUnknown).with_detail(error.to_string()) } else { error.into() }
}
