//! A lane: the entries of one conversation on their way, strictly one after the other.
//!
//! The transaction that settles an entry claims the next one as well, so that each entry costs one commit.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use rusqlite::Transaction;
use tokio::time::timeout;

use super::OutboxError;
use super::claim::{self, Call, Claim, Claimed};
use super::dispatcher::{Context, Report};
use super::entry::State;
use super::settle::{self, Circumstances, NotUploaded, Outcome};
use crate::remote::RemoteError;
use crate::store::StoreError;

/// An attempt that has not ended by then is given up on; what became of it is asked later.
const ATTEMPT: Duration = Duration::from_secs(90);

/// How the platform is reached when a lane begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Nobody knows whether it can be: one entry is tried, and all others wait for what comes of it.
    Unproven,
    /// Others are on it. After so many entries they have their turn.
    Open {
        /// Entries.
        length: usize,
    },
}

/// How a lane came to its end.
pub(super) struct LaneEnd {
    pub(super) conversation_id: String,
    pub(super) answered: bool,
    pub(super) last_error: Option<RemoteError>,
    /// It ended only so that others have their turn.
    pub(super) gave_way: bool,
}

/// Brings the entries of one conversation until none is due, one fails, or others have their turn.
pub(super) async fn bring(context: Arc<Context>, first: Claim, way: Way) -> LaneEnd {
    let length = match way {
        Way::Unproven => 1,
        Way::Open { length } => length,
    };
    let mut end =
        LaneEnd { conversation_id: first.conversation_id.clone(), answered: false, last_error: None, gave_way: false };
    let mut claim = Some(first);
    let mut brought = 0;
    while let Some(current) = claim.take() {
        let outcome = context.attempt(&current, way).await;
        end.last_error = match &outcome {
            Outcome::Performed(Err(error))
            | Outcome::Looked(Err(error))
            | Outcome::NotUploaded(NotUploaded::Failed(error)) => Some(error.clone()),
            Outcome::Performed(Ok(_)) | Outcome::Looked(Ok(_)) => {
                end.answered = true;
                None
            }
            Outcome::NotSignedIn | Outcome::NotUploaded(_) => None,
        };
        brought += 1;
        end.gave_way = end.last_error.is_none() && brought >= length;
        let go_on = end.last_error.is_none() && !end.gave_way;
        claim = context.settle(&current, outcome, go_on).await;
    }
    end
}

impl Context {
    async fn attempt(&self, claim: &Claim, way: Way) -> Outcome {
        let Some(token) = self.token() else { return Outcome::NotSignedIn };
        let platform = &self.parts.platform;
        let outcome = match claim.call {
            Call::Perform => match super::uploads::bring(self, &token, claim, way).await {
                Ok(attempt) => Outcome::Performed(in_time(platform.perform(&token, &attempt)).await),
                Err(why) => Outcome::NotUploaded(why),
            },
            Call::Look => Outcome::Looked(in_time(platform.look(&token, &claim.attempt)).await),
        };
        if let Outcome::Performed(Err(RemoteError::SignedOut))
        | Outcome::Looked(Err(RemoteError::SignedOut))
        | Outcome::NotUploaded(NotUploaded::Failed(RemoteError::SignedOut)) = &outcome
        {
            *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = Some(token.clone());
            self.parts.sessions.over(&token);
            self.report(Report::SignedOut);
        }
        outcome
    }

    /// Writes an outcome down and claims what follows, in one transaction. Until that is done the outcome is nowhere else, so a failing
    /// disk is waited for. If the process dies meanwhile, the entry is `sending` on disk, and its receipt will be asked for.
    async fn settle(&self, claim: &Claim, outcome: Outcome, go_on: bool) -> Option<Claim> {
        let settled = self.write_down(|| {
            let at = Circumstances { now: self.moment(), luck: self.luck(), first: claim.first };
            let (key, step, outcome) = (claim.key.clone(), claim.attempt.step, outcome.clone());
            let (owner, conversation_id) = (self.parts.owner.clone(), claim.conversation_id.clone());
            let platform = Arc::clone(&self.parts.platform);
            move |transaction: &Transaction<'_>| {
                let entry = settle::settle(transaction, &key, step, outcome, at)?;
                let next = match &entry {
                    Some(entry) if entry.state == State::Sending => Claimed::to_send(transaction, entry)?,
                    Some(_) | None if go_on => {
                        claim::claim_next(transaction, &owner, &conversation_id, platform.as_ref(), at.now)?
                    }
                    Some(_) | None => Claimed::default(),
                };
                Ok((entry, next))
            }
        });
        let (entry, next) = settled.await?;
        self.changed(&claim.conversation_id);
        entry.iter().chain(&next.set_aside).for_each(|entry| self.tell(entry));
        next.claims.into_iter().next()
    }

    /// Writes what came from the platform, however long the disk fails. `None`: the store was closed.
    pub(super) async fn write_down<T, J>(&self, job: impl Fn() -> J) -> Option<T>
    where
        T: Send + 'static,
        J: FnOnce(&Transaction<'_>) -> Result<T, OutboxError> + Send + 'static,
    {
        let mut failures = 0;
        loop {
            match self.parts.store.write(job()).await {
                Ok(written) => return Some(written),
                Err(OutboxError::Store(StoreError::Closed)) => return None,
                Err(error) => {
                    failures += 1;
                    self.store_failed(error);
                    tokio::time::sleep(self.wait_after(failures + 1)).await;
                }
            }
        }
    }
}

/// Gives an attempt up after a while. It may take effect all the same.
pub(super) async fn in_time<T>(attempt: impl Future<Output = Result<T, RemoteError>>) -> Result<T, RemoteError> {
    match timeout(ATTEMPT, attempt).await {
        Ok(answer) => answer,
        Err(_) => Err(RemoteError::Interrupted("no answer in time".to_owned())),
    }
}
