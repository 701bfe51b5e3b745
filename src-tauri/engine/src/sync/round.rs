//! One round: from the first request to the end of the stream.

use std::sync::PoisonError;

use rusqlite::Transaction;
use signoff_wire::contract::sessions::Me;
use signoff_wire::interface::{Announcement, ConnectionStatus};
use tokio::time::Instant;

use super::apply::{keep_clock_ahead_by, keep_current_as_of};
use super::{Ended, Synchronisation, person};
use crate::cache::{self, Applied, CacheError, facts};
use crate::frame;
use crate::remote::{Platform, Token};

/// Events per page of catching up.
const CHANGES: u32 = 500;

impl Synchronisation {
    /// Runs a round to its end, which always comes.
    pub(super) async fn round(&self, token: &Token, online_since: &mut Option<Instant>) -> Ended {
        match self.connected_round(token, online_since).await {
            Ok(()) => Ended::Over,
            Err(ended) => ended,
        }
    }

    async fn connected_round(&self, token: &Token, online_since: &mut Option<Instant>) -> Result<(), Ended> {
        let platform = self.line.platform().await?;
        self.greet(&*platform, token).await?;
        // Whoever can be greeted can be sent to: the outbox does not wait for the synchronisation to be complete.
        self.outbox.wake();
        self.directory(&*platform, token).await?;
        self.everything(&*platform, token).await?;
        self.catch_up(&*platform, token).await?;
        self.teller.in_one(&self.wanted()).await?;
        *online_since = Some(Instant::now());
        self.status(ConnectionStatus::Online, None, None);
        tracing::info!("online");
        self.follow(&*platform, token).await
    }

    /// Asks who is signed in: role, teams and the switch may have changed (R1, D1).
    pub(super) async fn greet(&self, platform: &dyn Platform, token: &Token) -> Result<(), Ended> {
        let me = platform.me(token).await?;
        self.compare_clocks(platform.clock_ahead_by());
        *self.person.lock().unwrap_or_else(PoisonError::into_inner) = person(&me);
        let kept = me.clone();
        let changed = self
            .store
            .write_in_background(move |transaction: &Transaction<'_>| {
                let differs = facts::me(transaction)?.as_ref() != Some(&kept);
                if differs {
                    facts::set_me(transaction, &kept)?;
                }
                Ok::<_, CacheError>(differs)
            })
            .await?;
        if changed {
            self.show(&me);
        }
        Ok(())
    }

    /// Asks for what happened since the last event, page by page.
    pub(super) async fn catch_up(&self, platform: &dyn Platform, token: &Token) -> Result<(), Ended> {
        loop {
            let after = self.store.read(facts::event_sequence).await?.unwrap_or_default();
            let changes = platform.changes(token, after, CHANGES).await?;
            let more = changes.more && changes.next > after;
            // What is not for this person moves the sequence all the same.
            if !changes.items.is_empty() || changes.next > after {
                let applied = self.apply(changes.items, Some(changes.next)).await?;
                if applied.reset {
                    return Err(Ended::Over);
                }
                self.follow_directory(&applied, platform, token).await?;
            }
            if !more {
                break;
            }
        }
        self.current().await
    }

    /// Channels, tags and the like follow the platform at once (D1), and so does what is said about surveys.
    pub(super) async fn follow_directory(
        &self,
        applied: &Applied,
        platform: &dyn Platform,
        token: &Token,
    ) -> Result<(), Ended> {
        if !applied.directory_changed {
            return Ok(());
        }
        self.greet(platform, token).await?;
        self.directory(platform, token).await?;
        self.previews.outdated();
        self.frame.everything_changed();
        self.frame.announce(Announcement::SettingsChanged);
        Ok(())
    }

    async fn directory(&self, platform: &dyn Platform, token: &Token) -> Result<(), Ended> {
        let directory = platform.directory(token).await?;
        let put = move |transaction: &Transaction<'_>| cache::put_directory(transaction, &directory);
        Ok(self.store.write_in_background::<_, CacheError, _>(put).await?)
    }

    /// The cache is the platform's truth as of now; also for an offline start later.
    async fn current(&self) -> Result<(), Ended> {
        let now = self.clock.now();
        self.frame.update(|state| state.sync.current_as_of = Some(now));
        let ahead_by = self.line.clock_ahead_by();
        let keep = move |transaction: &Transaction<'_>| {
            keep_clock_ahead_by(transaction, ahead_by)?;
            keep_current_as_of(transaction, now)
        };
        Ok(self.store.write_in_background(keep).await?)
    }

    fn show(&self, me: &Me) {
        self.frame.update(|state| frame::show_person(state, me, self.line.is_demo(), self.line.address()));
        self.frame.everything_changed();
    }

    pub(super) fn wanted(&self) -> signoff_wire::interface::NotificationPreferences {
        self.preferences.borrow().notifications.clone()
    }
}
