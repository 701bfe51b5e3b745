//! Synchronisation: the cache follows the platform, whatever the network does.
//!
//! A *round* is one stretch of being connected ([`round`]): who am I, everything from the start if the cache is empty or too far behind
//! ([`first`]), what was missed, and then the stream of what happens ([`follow`]). A round ends with a reason, and the next one begins
//! after a wait ([`backoff`](crate::backoff)) that anything promising cuts short: a click on refresh, the network coming back, the window getting focus,
//! a resume from sleep.
//!
//! - The sequence of the last event stands in the cache and moves in the transaction that applies the events: what was applied is not
//!   asked for again, what was not is.
//! - Snapshot and stream meet without a gap, because the snapshot's sequence is its **first** page's: what happened while it was paged is
//!   heard again, and versions make that harmless.
//! - A failure here never touches the queue. An expired session pauses everything until somebody signs in (D25).

mod apply;
mod first;
mod follow;
mod round;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use signoff_wire::contract::sessions::Me;
use signoff_wire::interface::{Code, ConnectionStatus, Preferences};
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep};

use crate::account::Line;
use crate::backoff::{self, Luck};
use crate::cache::{CacheError, facts};
use crate::frame::Frame;
use crate::notify::{Person, Teller};
use crate::ports::{Chance, Clock};
use crate::remote::{RemoteError, Token};
use crate::store::{Store, StoreError};
use crate::workplace::{Bell, Previews, Reports};

pub(crate) use apply::{Known, known};

/// How long a connection has to hold to count as one.
const STEADY: Duration = Duration::from_secs(10);
/// The number of failures as which the end of a connection counts that held: the first wait after it is anywhere below eight seconds. A platform
/// that restarts ends every stream at the same moment, and a thousand desks are not to be back within one second.
const BREAK: u32 = 4;
/// The longest that is waited for the network: somebody may be sitting before the screen.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// How far the clocks may be apart before the person is told.
const CLOCKS_APART: chrono::Duration = chrono::Duration::minutes(5);

/// What a synchronisation needs of its account.
pub(crate) struct Setting {
    /// Where everything goes.
    pub(crate) store: Store,
    /// Where it comes from.
    pub(crate) line: Arc<Line>,
    /// Who is told that something changed.
    pub(crate) frame: Arc<Frame>,
    /// Who tells the person.
    pub(crate) teller: Arc<Teller>,
    /// How the person wants to be told.
    pub(crate) preferences: watch::Receiver<Preferences>,
    /// The wall clock.
    pub(crate) clock: Arc<dyn Clock>,
    /// Jitter.
    pub(crate) chance: Arc<dyn Chance>,
    /// Cuts a wait short, and asks the platform at once while connected.
    pub(crate) wake: Arc<Notify>,
    /// The outbox, which may have waited for what is reached or applied here.
    pub(crate) outbox: Arc<Bell>,
    /// What the platform says about surveys, which its settings change.
    pub(crate) previews: Arc<Previews>,
    /// Who hears that a queued action was seen to have taken effect.
    pub(crate) reports: Reports,
    /// The person, as last known.
    pub(crate) me: Me,
}

/// The synchronisation of one account.
pub(crate) struct Synchronisation {
    store: Store,
    /// Whose queue is told about.
    owner: String,
    line: Arc<Line>,
    frame: Arc<Frame>,
    teller: Arc<Teller>,
    preferences: watch::Receiver<Preferences>,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    wake: Arc<Notify>,
    outbox: Arc<Bell>,
    previews: Arc<Previews>,
    reports: Reports,
    person: Mutex<Person>,
    /// The clocks were apart when they were last compared: who dismissed the notice does not want it again.
    clocks_apart: AtomicBool,
}

/// Why a round ended.
#[derive(Debug, thiserror::Error)]
enum Ended {
    /// The platform or the way to it.
    #[error(transparent)]
    Remote(#[from] RemoteError),
    /// The cache.
    #[error(transparent)]
    Cache(#[from] CacheError),
    /// Nothing is wrong: the stream ended, or it is time to try another way.
    #[error("the round is over")]
    Over,
}

impl From<StoreError> for Ended {
    fn from(error: StoreError) -> Self {
        Self::Cache(error.into())
    }
}

impl Synchronisation {
    pub(crate) fn new(setting: Setting) -> Self {
        let Setting { store, line, frame, teller, preferences, clock, chance, wake, outbox, previews, reports, me } =
            setting;
        let owner = facts::owner(&me);
        let person = Mutex::new(person(&me));
        let clocks_apart = AtomicBool::new(false);
        Self {
            store,
            line,
            frame,
            teller,
            preferences,
            clock,
            chance,
            wake,
            outbox,
            previews,
            reports,
            owner,
            person,
            clocks_apart,
        }
    }

    /// Runs until it is dropped.
    pub(crate) async fn run(self) {
        let mut failures = 0;
        loop {
            if self.line.token().is_none() {
                self.status(ConnectionStatus::SignedOut, None, None);
            }
            let token = self.line.await_token().await;
            self.connecting();
            let mut online_since = None;
            let ended = tokio::select! {
                biased;
                // The queue may be the first to hear of it.
                () = self.line.is_over(&token) => Ended::Remote(RemoteError::SignedOut),
                ended = self.round(&token, &mut online_since) => ended,
            };
            // A connection that holds for a moment only is still a failing one: its ends must not become a loop.
            if online_since.is_some_and(|since: Instant| since.elapsed() >= STEADY) {
                failures = BREAK - 1;
            }
            let wait = self.take_stock(&ended, &token, &mut failures);
            tokio::select! {
                biased;
                () = sleep(wait) => {}
                () = self.wake.notified() => tracing::debug!("woken"),
                () = self.line.is_over(&token) => {}
            }
        }
    }

    /// Says what the end of a round means, and how long to wait until the next.
    fn take_stock(&self, ended: &Ended, token: &Token, failures: &mut u32) -> Duration {
        let asked_for = match ended {
            Ended::Over => return self.wait_after_failure(failures),
            Ended::Remote(RemoteError::SignedOut) => {
                self.session_over(token);
                return Duration::ZERO;
            }
            Ended::Remote(RemoteError::Unavailable { retry_after, .. }) => *retry_after,
            Ended::Remote(_) | Ended::Cache(_) => None,
        };
        let wait = self.wait_after_failure(failures).max(asked_for.unwrap_or_default());
        tracing::info!(reason = %ended, wait_ms = wait.as_millis(), "offline");
        self.status(ConnectionStatus::Offline, problem(ended), Some(wait));
        wait
    }

    fn wait_after_failure(&self, failures: &mut u32) -> Duration {
        *failures = failures.saturating_add(1);
        backoff::after(*failures, LONGEST_WAIT, Luck::draw(&*self.chance))
    }

    /// The platform does not know the session any more: everything can still be read, the queue waits (D25).
    fn session_over(&self, token: &Token) {
        if self.line.expired(token) {
            tracing::warn!("the session is over");
            self.status(ConnectionStatus::SignedOut, Some(Code::SessionExpired), None);
        }
    }

    /// Keeps quiet about an attempt after a round that went well: a stream that is renewed is no news.
    fn connecting(&self) {
        if self.frame.state().connection.status != ConnectionStatus::Online {
            self.status(ConnectionStatus::Connecting, None, None);
        }
    }

    fn status(&self, status: ConnectionStatus, problem: Option<Code>, retry_in: Option<Duration>) {
        let now = self.clock.now();
        self.frame.update(|state| {
            let connection = &mut state.connection;
            // Offline and trying again is one stretch of being offline.
            let connected = |status| status == ConnectionStatus::Online;
            if connected(connection.status) != connected(status) || connection.status == ConnectionStatus::SignedOut {
                connection.since = now;
            }
            connection.status = status;
            connection.problem = match status {
                // While an attempt is under way the old reason still stands.
                ConnectionStatus::Connecting => connection.problem,
                ConnectionStatus::Online | ConnectionStatus::Offline | ConnectionStatus::SignedOut => problem,
            };
            connection.retry_at =
                retry_in.and_then(|wait| chrono::Duration::from_std(wait).ok()).map(|wait| now + wait);
            connection.polling &= connected(status);
        });
    }

    /// The machine's clock is far from the platform's. Nothing depends on it; times on the screen look wrong.
    fn compare_clocks(&self, ahead_by: Option<chrono::Duration>) {
        let apart = ahead_by.is_some_and(|ahead| ahead.abs() > CLOCKS_APART);
        if self.clocks_apart.swap(apart, Ordering::Relaxed) != apart {
            self.frame.update(|state| {
                state.notices.retain(|code| *code != Code::ClockWrong);
                if apart {
                    state.notices.push(Code::ClockWrong);
                }
            });
        }
    }

    fn me(&self) -> Person {
        self.person.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What the person is told of an end; nothing for what is just no network.
fn problem(ended: &Ended) -> Option<Code> {
    match ended {
        Ended::Over | Ended::Remote(RemoteError::Unreachable(_) | RemoteError::Interrupted(_)) => None,
        Ended::Remote(RemoteError::Certificate(_)) => Some(Code::CertificateInvalid),
        Ended::Remote(RemoteError::Fault(_) | RemoteError::Unavailable { .. }) => Some(Code::PlatformUnavailable),
        Ended::Remote(RemoteError::SignedOut) => Some(Code::SessionExpired),
        Ended::Remote(RemoteError::Refused(_)) => Some(Code::RefusedOtherwise),
        Ended::Remote(RemoteError::Nonsense(_) | RemoteError::InProgress | RemoteError::KeyReused) => {
            Some(Code::PlatformNonsense)
        }
        Ended::Cache(CacheError::Store(StoreError::DiskFull)) => Some(Code::DiskFull),
        Ended::Cache(CacheError::Store(StoreError::Unwritable)) => Some(Code::CacheUnwritable),
        Ended::Cache(CacheError::Store(StoreError::Corrupt)) => Some(Code::CacheCorrupt),
        Ended::Cache(CacheError::Unreadable(_)) => Some(Code::PlatformNonsense),
        Ended::Cache(CacheError::Store(StoreError::Closed | StoreError::Sql(_)) | CacheError::ConversationUnknown) => {
            Some(Code::Internal)
        }
    }
}

/// The person, as far as the rules of notifications ask.
fn person(me: &Me) -> Person {
    Person { id: me.user.id.clone(), teams: me.user.teams.iter().map(|team| team.id.clone()).collect() }
}
