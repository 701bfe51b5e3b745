//! A dispatcher at work, with a platform that a test scripts.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::TimeDelta;
use secrecy::{ExposeSecret, SecretString};
use signoff_engine::outbox::dispatcher::{AT_ONCE, Parts};
use signoff_engine::outbox::{Dispatcher, Report, Sessions, Waker};
use signoff_engine::remote::{Platform, Token};
use signoff_wire::interface::EntryState;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::Desk;
use super::platform::Scripted;

/// Sign-ins, one after the other.
#[derive(Default)]
pub(crate) struct Session(Mutex<Option<SecretString>>);

impl Session {
    pub(crate) fn signs_in(&self, token: &str) {
        *self.0.lock().expect("nobody panics with the session in hand") = Some(SecretString::from(token));
    }
}

impl Sessions for Session {
    fn token(&self) -> Option<Token> {
        self.0.lock().expect("nobody panics with the session in hand").clone()
    }

    fn over(&self, token: &Token) {
        let mut current = self.0.lock().expect("nobody panics with the session in hand");
        if current.as_ref().is_some_and(|current| current.expose_secret() == token.expose_secret()) {
            *current = None;
        }
    }
}

/// A dispatcher at work. Dropping it is the end of its process, as far as the outbox can tell.
pub(crate) struct Shift {
    pub(crate) session: Arc<Session>,
    pub(crate) waker: Waker,
    pub(crate) reports: mpsc::UnboundedReceiver<Report>,
    task: JoinHandle<()>,
}

impl Drop for Shift {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shift {
    /// Starts a dispatcher for the desk's outbox.
    pub(crate) fn start(desk: &Desk, platform: &Scripted) -> Self {
        Self::start_with(desk, platform, AT_ONCE)
    }

    pub(crate) fn start_with(desk: &Desk, platform: &Scripted, at_once: usize) -> Self {
        let was_ahead_by = platform.script().was_ahead_by;
        Self::begin(desk, Arc::new(platform.clone()), at_once, was_ahead_by)
    }

    /// The same at a platform of another kind.
    pub(crate) fn start_at(desk: &Desk, platform: Arc<dyn Platform>, at_once: usize) -> Self {
        Self::begin(desk, platform, at_once, None)
    }

    fn begin(desk: &Desk, platform: Arc<dyn Platform>, at_once: usize, clock_was_ahead_by: Option<TimeDelta>) -> Self {
        let session = Arc::new(Session::default());
        session.signs_in("token-1");
        let (sender, reports) = mpsc::unbounded_channel();
        let dispatcher = Dispatcher::new(Parts {
            store: desk.store.clone(),
            owner: desk.owner(),
            platform,
            sessions: session.clone(),
            clock_was_ahead_by,
            idempotency_days: 30,
            at_once,
            clock: desk.clock.clone(),
            chance: desk.dice.clone(),
            reports: sender,
        });
        let waker = dispatcher.waker();
        let task = tokio::spawn(dispatcher.run());
        Self { session, waker, reports, task }
    }

    /// The process dies now.
    pub(crate) async fn dies(self) {
        self.task.abort();
        tokio::task::yield_now().await;
    }

    /// Everything that was reported so far.
    pub(crate) fn reported(&mut self) -> Vec<Report> {
        std::iter::from_fn(|| self.reports.try_recv().ok()).collect()
    }
}

/// Waits until `holds` does, in paused time; an hour of it is enough for everything here.
pub(crate) async fn until<F, W>(what: &str, mut holds: F)
where
    F: FnMut() -> W,
    W: Future<Output = bool>,
{
    for _ in 0..72_000 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("waited in vain until {what}");
}

impl Desk {
    /// Waits until an entry is in a state.
    pub(crate) async fn until_entry(&self, id: &str, state: EntryState) {
        until(&format!("the entry is {state:?}"), || async { self.entry(id).await.state == state }).await;
    }

    /// Waits until nothing is open any more.
    pub(crate) async fn until_quiet(&self) {
        until("nothing is open", || async { self.queue().await.iter().all(|entry| entry.state == EntryState::Done) })
            .await;
    }
}
