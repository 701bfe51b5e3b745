//! Pictures that came with a text, small enough to be shown.
//!
//! What customers send is hostile until proven otherwise, and the window is the wrong place to find out. So the window never fetches a
//! file and never sees one: the engine fetches it under the session, [draws](draw) it anew, and hands over pixels of its own making. What
//! cannot be drawn is a file like any other, to be saved.
//!
//! What has been drawn is kept in the encrypted store, within a [bound](crate::cache::pictures), so that a conversation that was read once
//! looks the same with no network (D20).

mod draw;

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::StreamExt;
use signoff_wire::contract::problems::ProblemCode;
use signoff_wire::interface::{Code, Failure, Picture, PictureQuery};
use tokio::sync::Semaphore;

use crate::cache::pictures::{self, Kept};
use crate::remote::RemoteError;
use crate::remote::download::{Incoming, Source};
use crate::store::Threads;
use crate::workplace::Workplace;

/// The largest file that is fetched only to be shown.
const LARGEST: usize = 25 * 1024 * 1024;
/// Longest side of what stands in a timeline: twice what it is shown at, for dense screens.
const SMALL: u32 = 640;
/// Longest side of what is opened.
const LARGE: u32 = 2_048;
/// Files fetched at once: a timeline that is scrolled through is no reason to keep clicks waiting.
const FETCHED_AT_ONCE: usize = 3;
/// Files remembered as no pictures. Beyond that some are tried again.
const MOST_UNDRAWABLE: usize = 1_000;

/// The gate to work that takes memory and time.
pub(crate) struct Pictures {
    threads: Threads,
    fetching: Semaphore,
    /// One at a time: that bounds what hostile files can take together.
    drawing: Semaphore,
    /// Files that turned out to be none: not fetched again each time somebody scrolls past.
    undrawable: Mutex<HashSet<String>>,
}

impl Pictures {
    pub(crate) fn new(threads: Threads) -> Self {
        Self {
            threads,
            fetching: Semaphore::new(FETCHED_AT_ONCE),
            drawing: Semaphore::new(1),
            undrawable: Mutex::default(),
        }
    }

    /// The picture, as it was drawn before or as it is drawn now.
    pub(crate) async fn picture(&self, workplace: &Workplace, query: PictureQuery) -> Result<Picture, Failure> {
        let side = if query.large { LARGE } else { SMALL };
        let PictureQuery { conversation_id, attachment_id, .. } = query;
        let (in_conversation, id) = (conversation_id.clone(), attachment_id.clone());
        let found = workplace.store().read(move |sql| pictures::find(sql, &in_conversation, &id, side)).await?;
        let known = found.ok_or_else(|| Failure::new(Code::FileUnknown))?;
        if let Some(kept) = known.kept {
            let (id, now) = (attachment_id, workplace.platform_now());
            let used = move |transaction: &rusqlite::Transaction<'_>| pictures::used(transaction, &id, side, now);
            if let Err(error) = workplace.store().write_in_background(used).await {
                tracing::debug!(%error, "when a picture was last shown could not be noted");
            }
            return Ok(shown(&kept));
        }
        let is_worth_fetching =
            draw::is_drawable(&known.attachment.media_type) && known.attachment.size <= LARGEST as u64;
        if !is_worth_fetching || self.undrawable().contains(&attachment_id) {
            return Err(Failure::new(Code::PictureUnreadable));
        }
        let bytes = {
            let _turn = self.fetching.acquire().await;
            fetch(workplace, &attachment_id).await?
        };
        let drawn = {
            let _turn = self.drawing.acquire().await;
            self.threads.blocking(move || draw::draw(&bytes, side)).await
        };
        // A decoder that gives up in its own way has met nothing that can be shown either.
        let Some(Ok(kept)) = drawn else {
            let mut undrawable = self.undrawable();
            if undrawable.len() >= MOST_UNDRAWABLE {
                undrawable.clear();
            }
            undrawable.insert(attachment_id);
            return Err(Failure::new(Code::PictureUnreadable));
        };
        let (put, now) = (kept.clone(), workplace.platform_now());
        let put = move |transaction: &rusqlite::Transaction<'_>| {
            pictures::put(transaction, &conversation_id, &attachment_id, side, &put, now)
        };
        if let Err(error) = workplace.store().write_in_background(put).await {
            // It is shown all the same, and fetched again the next time.
            tracing::warn!(%error, "a picture could not be kept");
        }
        Ok(shown(&kept))
    }

    fn undrawable(&self) -> MutexGuard<'_, HashSet<String>> {
        self.undrawable.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The file as the window would see it, with its longer side at most `side`; `None` if it is no picture that can be shown.
#[must_use]
pub fn drawn(file: &[u8], side: u32) -> Option<Picture> {
    draw::draw(file, side).ok().map(|kept| shown(&kept))
}

/// The whole file, if it is not larger than it says.
async fn fetch(workplace: &Workplace, attachment_id: &str) -> Result<Vec<u8>, Failure> {
    let source = Source::attachment(attachment_id);
    let Incoming { mut bytes, .. } = workplace
        .call(|platform, token| async move { platform.download(&token, &source, None).await })
        .await
        .map_err(of_refusal)?;
    let mut whole = Vec::new();
    while let Some(piece) = bytes.next().await {
        let piece = piece.map_err(Failure::from)?;
        if whole.len() + piece.len() > LARGEST {
            return Err(Failure::new(Code::PictureUnreadable));
        }
        whole.extend_from_slice(&piece);
    }
    Ok(whole)
}

fn of_refusal(error: RemoteError) -> Failure {
    let is_gone = matches!(&error, RemoteError::Refused(refusal) if refusal.code == ProblemCode::NotFound);
    if is_gone { Failure::new(Code::FileUnknown).with_detail(error.to_string()) } else { error.into() }
}

fn shown(kept: &Kept) -> Picture {
    use base64::Engine as _;
    let data = base64::engine::general_purpose::STANDARD.encode(&kept.bytes);
    Picture { url: format!("data:{};base64,{data}", kept.media_type), width: kept.width, height: kept.height }
}
