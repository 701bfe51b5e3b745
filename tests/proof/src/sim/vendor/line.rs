//! The connector of one process, and the line between it and the vendor. Every request gets a fate when it leaves, as on our own platform's
//! [`network`](crate::sim::network); what it may be is in [`vendor`](super).

use std::future::pending;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::ExposeSecret;
use signoff_engine::ports::{AddressInvalid, Clock, Connector};
use signoff_engine::remote::{Platform, RemoteError, Token};
use signoff_wire::contract::problems::ProblemCode;
use signoff_wire::contract::sessions::UserRef;
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

use super::books::Books;
use super::{Does, Handled, Vendor};
use crate::sim::fuse::{Edge, Fuse};
use crate::sim::weather::Fate;

const MS: Duration = Duration::from_millis(1);
/// How long an answer is waited for.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// As late as a request or an answer can be.
const LATE_AT_MOST: Duration = Duration::from_secs(600);
/// As late as a change can take effect after the client has given it up: just within what the outbox waits for.
const STRAGGLES: Duration = Duration::from_millis(119_500);

/// Connects one process.
pub(super) struct Plug {
    pub(super) vendor: Vendor,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) fuse: Arc<Fuse>,
}

impl Connector for Plug {
    fn connect(&self, _address: &str) -> Result<Arc<dyn Platform>, AddressInvalid> {
        Ok(Arc::new(Line {
            vendor: self.vendor.clone(),
            clock: Arc::clone(&self.clock),
            fuse: Arc::clone(&self.fuse),
            ahead_ms: AtomicI64::new(UNKNOWN),
        }))
    }
}

/// Stands in `ahead_ms` while the vendor has not told the time.
const UNKNOWN: i64 = i64::MIN;

/// The vendor as a [`Platform`]; its calls are in [`calls`](super::calls).
pub(super) struct Line {
    pub(super) vendor: Vendor,
    clock: Arc<dyn Clock>,
    pub(super) fuse: Arc<Fuse>,
    ahead_ms: AtomicI64,
}

/// What is asked.
pub(super) struct Question {
    /// In words, for the trace.
    pub(super) what: String,
    /// The key of the entry, if it changes something.
    pub(super) key: Option<String>,
    /// Whether it opens a stream, of which only the head is an answer.
    pub(super) is_stream: bool,
}

impl Question {
    pub(super) fn about(what: &str) -> Self {
        Self { what: what.to_owned(), key: None, is_stream: false }
    }
}

/// What comes back, and what the vendor's clock showed then.
enum Back<T> {
    Answer(Result<T, RemoteError>, DateTime<Utc>),
    Refused,
    Broken,
}

impl Line {
    /// Asks, and gives up after a while.
    pub(super) async fn asks<T, W>(&self, question: Question, work: W) -> Result<T, RemoteError>
    where
        T: Send + 'static,
        W: FnOnce(&mut Books) -> Result<T, RemoteError> + Send + 'static,
    {
        timeout(PATIENCE, self.exchange(question, work))
            .await
            .unwrap_or_else(|_| Err(interrupted("no answer in time")))
            .map(|(answer, _)| answer)
    }

    /// The same for somebody with a session.
    pub(super) async fn asks_as<T, W>(&self, token: &Token, what: &str, work: W) -> Result<T, RemoteError>
    where
        T: Send + 'static,
        W: FnOnce(&mut Books, &UserRef) -> Result<T, RemoteError> + Send + 'static,
    {
        self.asks(Question::about(what), self.signed_in(token, work)).await
    }

    pub(super) fn signed_in<T, W>(
        &self,
        token: &Token,
        work: W,
    ) -> impl FnOnce(&mut Books) -> Result<T, RemoteError> + use<T, W>
    where
        W: FnOnce(&mut Books, &UserRef) -> Result<T, RemoteError>,
    {
        let token = token.expose_secret().to_owned();
        *self.vendor.token.lock().unwrap_or_else(PoisonError::into_inner) = Some(token.clone());
        move |books: &mut Books| {
            let who = books.sessions.get(&token).cloned().ok_or(RemoteError::SignedOut)?;
            work(books, &who)
        }
    }

    /// One request and its answer, with the fate that they had.
    pub(super) async fn exchange<T, W>(&self, question: Question, work: W) -> Result<(T, Fate), RemoteError>
    where
        T: Send + 'static,
        W: FnOnce(&mut Books) -> Result<T, RemoteError> + Send + 'static,
    {
        if self.fuse.pass(Edge::RequestLeaves).is_err() {
            return pending().await;
        }
        let Vendor { sky, dice, trace, traffic, flights, .. } = &self.vendor;
        traffic.counts(0);
        let Question { what, key, is_stream } = question;
        let _waiting = key.as_deref().map(|key| flights.waits(key));
        let named = key.as_deref().unwrap_or_default();
        if sky.is_cut_off() {
            trace.note("line", format_args!("{what} {named} meets nobody"));
            return self.nowhere().await;
        }
        let mut fate = sky.fate(dice, is_stream);
        if matches!(fate, Fate::Doubled | Fate::AtOnce | Fate::InProgress) {
            // Nobody could tell a copy from a second reply, and no key is in progress.
            fate = Fate::Works;
        }
        trace.note("line", format_args!("{what} {named} {fate:?}"));
        let soon = || dice.between(2 * MS, 300 * MS);
        match fate {
            Fate::Works | Fate::HeldBack | Fate::Cut | Fate::FaultAfter | Fate::Doubled | Fate::AtOnce => {
                let (there, back) = (soon(), soon());
                let back = self.sends(what, key, work, there, back);
                self.receives(back, fate, is_stream).await
            }
            Fate::AnswerLost => {
                drop(self.sends(what, key, work, soon(), MS));
                self.silence("reset by peer").await
            }
            Fate::Late => {
                let late = dice.between(1000 * MS, LATE_AT_MOST);
                // What a change does after its client has given it up is what the outbox has to wait for.
                let changes = key.is_some();
                let (there, back) = if dice.percent(if changes { 75 } else { 50 }) { (late, MS) } else { (MS, late) };
                let answered = self.sends(what, key, work, there, back);
                if changes && dice.percent(50) {
                    // It breaks for the client, and goes on.
                    drop(answered);
                    return self.silence("reset by peer").await;
                }
                self.receives(answered, fate, is_stream).await
            }
            Fate::Lost => {
                // Lost to its client; on its way all the same, every other time.
                if key.is_some() && dice.percent(50) {
                    drop(self.sends(what, key, work, dice.between(20_000 * MS, LATE_AT_MOST), MS));
                }
                self.silence("connection lost").await
            }
            Fate::Refused => {
                sleep(dice.between(MS, 200 * MS)).await;
                Err(RemoteError::Unreachable("connection refused".to_owned()))
            }
            Fate::FaultBefore => self.invents(self.fault()).await,
            Fate::Busy => self.invents(self.busy()).await,
            Fate::Portal | Fate::InProgress => self.invents(RemoteError::Nonsense("a page".to_owned())).await,
        }
    }

    /// Sends a request on its way. It goes on by itself: that nobody waits for it does not stop it, but what changes something does not
    /// outlast its client for longer than it may.
    fn sends<T, W>(
        &self,
        what: String,
        key: Option<String>,
        work: W,
        there: Duration,
        back: Duration,
    ) -> oneshot::Receiver<Back<T>>
    where
        T: Send + 'static,
        W: FnOnce(&mut Books) -> Result<T, RemoteError> + Send + 'static,
    {
        let (mut answer, answered) = oneshot::channel();
        let (vendor, fuse) = (self.vendor.clone(), Arc::clone(&self.fuse));
        let flight = key.as_deref().map(|key| vendor.flights.takes_off(key));
        let leaps = vendor.leaps();
        tokio::spawn(async move {
            let given_up = async {
                tokio::select! {
                    biased;
                    () = answer.closed() => {}
                    () = fuse.dies() => {}
                }
                sleep(STRAGGLES).await;
            };
            tokio::select! {
                biased;
                () = sleep(there) => {}
                () = given_up, if key.is_some() => {}
            }
            let is_lost = key.is_some() && vendor.leaps() != leaps;
            if vendor.sky.is_cut_off() || is_lost {
                return;
            }
            let does = if key.is_some() { Does::Change } else { Does::Nothing };
            let handled = vendor.handles(does, work);
            let stamp = vendor.books().now();
            let (named, said) = (key.unwrap_or_default(), said(&handled));
            vendor.trace.note("line", format_args!("{what} {named} is answered {said}"));
            let arrived = match handled {
                Handled::Answered(answer) => Back::Answer(answer, stamp),
                Handled::Refused => Back::Refused,
                Handled::Died => Back::Broken,
            };
            drop(flight);
            if fuse.pass(Edge::RequestArrived).is_err() {
                return;
            }
            sleep(back).await;
            if !vendor.sky.is_cut_off() {
                // Whoever asked may be gone.
                let _ = answer.send(arrived);
            }
        });
        answered
    }

    async fn receives<T>(
        &self,
        back: oneshot::Receiver<Back<T>>,
        fate: Fate,
        is_stream: bool,
    ) -> Result<(T, Fate), RemoteError> {
        let Ok(back) = back.await else { return pending().await };
        if self.fuse.pass(Edge::AnswerArrives).is_err() {
            return pending().await;
        }
        let (answer, stamp) = match back {
            Back::Answer(answer, stamp) => (answer, stamp),
            Back::Refused => return Err(RemoteError::Unreachable("connection refused".to_owned())),
            Back::Broken => return Err(interrupted("reset by peer")),
        };
        if fate == Fate::FaultAfter {
            return Err(self.fault());
        }
        self.hears(stamp);
        if fate == Fate::Cut && !is_stream {
            let cut = if self.vendor.dice.percent(50) { interrupted("reset by peer") } else { half() };
            return Err(cut);
        }
        answer.map(|answer| (answer, fate))
    }

    /// The vendor's clock minus this machine's, as of the latest answer.
    pub(super) fn ahead_by(&self) -> Option<TimeDelta> {
        match self.ahead_ms.load(Ordering::Relaxed) {
            UNKNOWN => None,
            ms => Some(TimeDelta::milliseconds(ms)),
        }
    }

    /// Compares the clocks.
    fn hears(&self, stamp: DateTime<Utc>) {
        let ahead = stamp.signed_duration_since(self.clock.now());
        self.ahead_ms.store(ahead.num_milliseconds(), Ordering::Relaxed);
    }

    /// Cut off: refused by the own machine, given up by it, or swallowed.
    async fn nowhere<T>(&self) -> Result<T, RemoteError> {
        match self.vendor.dice.below(3) {
            0 => sleep(self.vendor.dice.between(MS, 50 * MS)).await,
            1 => sleep(Duration::from_secs(10)).await,
            _ => return pending().await,
        }
        Err(RemoteError::Unreachable("no route".to_owned()))
    }

    /// Nothing comes back: at once, or without ever saying so.
    async fn silence<T>(&self, said: &str) -> Result<T, RemoteError> {
        if self.vendor.dice.percent(50) {
            return pending().await;
        }
        sleep(self.vendor.dice.between(10 * MS, 5000 * MS)).await;
        Err(interrupted(said))
    }

    /// Something on the way answers in the vendor's place.
    async fn invents<T>(&self, error: RemoteError) -> Result<T, RemoteError> {
        sleep(self.vendor.dice.between(2 * MS, 300 * MS)).await;
        if self.fuse.pass(Edge::AnswerArrives).is_err() {
            return pending().await;
        }
        Err(error)
    }

    fn fault(&self) -> RemoteError {
        RemoteError::Fault(if self.vendor.dice.percent(50) { 500 } else { 502 })
    }

    fn busy(&self) -> RemoteError {
        let wait = self.vendor.dice.between(Duration::from_secs(1), Duration::from_secs(300));
        let retry_after = self.vendor.dice.percent(66).then_some(wait);
        RemoteError::Unavailable { retry_after, code: ProblemCode::Overloaded }
    }
}

fn said<T>(handled: &Handled<T>) -> String {
    match handled {
        Handled::Answered(Ok(_)) => "yes".to_owned(),
        Handled::Answered(Err(error)) => error.to_string(),
        Handled::Refused => "by nobody".to_owned(),
        Handled::Died => "by a death".to_owned(),
    }
}

fn half() -> RemoteError {
    RemoteError::Nonsense("half an answer".to_owned())
}

pub(super) fn interrupted(said: &str) -> RemoteError {
    RemoteError::Interrupted(said.to_owned())
}
