//! The outbox at work in this workplace: its dispatcher, the bell that calls it, and what becomes of its reports.

use std::collections::VecDeque;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use signoff_wire::contract::sessions::Me;
use signoff_wire::interface::Announcement;
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::Workplace;
use crate::account::Line;
use crate::outbox::dispatcher::{AT_ONCE, Parts};
use crate::outbox::{self, Dispatcher, Report, Sessions, State, Waker};
use crate::remote::{Platform, Token};

/// Where reports about the queue go: from the dispatcher, and from the synchronisation that sees the own key.
pub(crate) type Reports = mpsc::UnboundedSender<Report>;

/// Entries that are remembered as done, so that the live region says so once.
const REMEMBERED: usize = 64;
/// Between two tries to start the demo workspace.
const DEMO_PAUSE: Duration = Duration::from_secs(2);

/// Calls the dispatcher. Ringing before there is one is no loss: it begins by looking.
#[derive(Default)]
pub(crate) struct Bell {
    waker: OnceLock<Waker>,
}

impl Bell {
    /// Something was queued or decided.
    pub(crate) fn look(&self) {
        if let Some(waker) = self.waker.get() {
            waker.look();
        }
    }

    /// What waits only because attempts have failed is worth a try now.
    pub(crate) fn wake(&self) {
        if let Some(waker) = self.waker.get() {
            waker.wake();
        }
    }
}

impl Sessions for Line {
    fn token(&self) -> Option<Token> {
        Line::token(self)
    }

    fn over(&self, token: &Token) {
        self.expired(token);
    }
}

impl Workplace {
    /// Brings what is queued to the platform. Runs until it is dropped.
    pub(super) async fn deliver(self: Arc<Self>, me: Me, reports: Reports) {
        let dispatcher = Dispatcher::new(Parts {
            store: self.store.clone(),
            owner: self.owner.clone(),
            platform: self.reachable_platform().await,
            sessions: Arc::clone(&self.line) as Arc<dyn Sessions>,
            clock_was_ahead_by: self.line.clock_ahead_by(),
            idempotency_days: me.platform.idempotency_days,
            at_once: AT_ONCE,
            clock: Arc::clone(&self.ports.clock),
            chance: Arc::clone(&self.ports.chance),
            reports,
        });
        // A workplace has one dispatcher in its life.
        let _ = self.bell.waker.set(dispatcher.waker());
        dispatcher.run().await;
    }

    /// A client for the platform. Only the demo workspace, which has to be started first, can keep one waiting.
    async fn reachable_platform(&self) -> Arc<dyn Platform> {
        loop {
            match self.line.platform().await {
                Ok(platform) => return platform,
                Err(error) => tracing::warn!(%error, "no platform to bring actions to"),
            }
            sleep(DEMO_PAUSE).await;
        }
    }

    /// Tells what becomes of it. Runs until it is dropped.
    pub(super) async fn hear(self: Arc<Self>, mut reports: mpsc::UnboundedReceiver<Report>) {
        let mut done = VecDeque::with_capacity(REMEMBERED);
        while let Some(report) = reports.recv().await {
            match report {
                Report::Changed { conversation_id } => self.retell([conversation_id]).await,
                Report::Settled { entry_id, conversation_id, state } => {
                    self.retell([conversation_id]).await;
                    // The receipt and the own key on the stream both say that it is done. To need the advisor again is news.
                    let heard = state == State::Done && done.contains(&entry_id);
                    if state == State::Done {
                        done.truncate(REMEMBERED - 1);
                        done.push_front(entry_id.clone());
                    }
                    if !heard {
                        self.announce_settled(entry_id).await;
                    }
                    if state == State::Blocked {
                        self.tell.notify_one();
                    }
                }
                // What the outbox has reached, the synchronisation can reach.
                Report::Reached => self.wake_if_offline(),
                Report::NotReached(error) => tracing::debug!(%error, "an attempt did not get through"),
                Report::SignedOut => tracing::info!("the queue waits for a sign-in"),
                Report::StoreFailed(error) => tracing::error!(%error, "the outbox cannot write"),
            }
        }
    }

    /// For the live region.
    async fn announce_settled(&self, entry_id: String) {
        let owner = self.owner.clone();
        match self.store.read(move |connection| outbox::entry(connection, &owner, &entry_id)).await {
            Ok(entry) => self.frame.announce(Announcement::EntrySettled { entry: Box::new(entry) }),
            Err(error) => tracing::warn!(%error, "an entry that settled is gone"),
        }
    }
}
