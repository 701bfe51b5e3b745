//! The task that brings entries to the platform: heads that are due, a bounded number at once, each conversation strictly in order.
//!
//! A conversation with several entries due is worked through by one [lane](super::lane), which gives its place up after a while.
//!
//! The task holds no state that matters: it can be dropped at any point, and another one goes on from what is on disk.
//!
//! It never spins. Every turn ends in waiting for an attempt's end, for the time of the next head, or for somebody who wakes it; when
//! the disk fails, it waits with growing pauses as well.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::{FuturesUnordered, StreamExt};
use rusqlite::Transaction;
use secrecy::ExposeSecret;
use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, sleep_until};

use super::claim::{self, Claim, Claimed, Moment};
use super::entry::{Entry, State};
use super::lane::{self, LaneEnd, Way};
use super::link::Link;
use super::{LONGEST_WAIT, OutboxError, upkeep};
use crate::backoff::{self, Luck};
use crate::cache::CacheError;
use crate::ports::{Chance, Clock};
use crate::remote::{Platform, RemoteError, Token};
use crate::store::{Store, StoreError};

/// Conversations served at once.
pub const AT_ONCE: usize = 16;
/// Entries that a lane brings before others get its place. Few, so that at the end of a long queue no place stands empty while another one
/// still has much to bring.
const LANE_LENGTH: usize = 8;
/// However far away the next head is: a clock that was set is noticed by then.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);
/// The platform keeps keys for some days; the last of them is not relied on, since two clocks are involved.
const KEY_MARGIN: TimeDelta = TimeDelta::days(1);

/// Where the token comes from, and who has to know that it is over (D25).
pub trait Sessions: Send + Sync {
    /// The token of the signed-in person; `None` while a sign-in is needed.
    fn token(&self) -> Option<Token>;
    /// The platform does not know this token any more: from now on [`Sessions::token`] does not give it out again.
    fn over(&self, token: &Token);
}

/// What a dispatcher works with.
pub struct Parts {
    /// Where the entries are.
    pub store: Store,
    /// Whose entries: [`facts::owner`](crate::cache::facts::owner).
    pub owner: String,
    /// Where they go.
    pub platform: Arc<dyn Platform>,
    /// The session.
    pub sessions: Arc<dyn Sessions>,
    /// The platform's clock minus this machine's, as an earlier run found it: holds until the platform is heard in this one.
    pub clock_was_ahead_by: Option<TimeDelta>,
    /// Days for which the platform keeps keys.
    pub idempotency_days: u32,
    /// Conversations served at once; [`AT_ONCE`] unless there is a reason.
    pub at_once: usize,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
    /// Jitter.
    pub chance: Arc<dyn Chance>,
    /// Who is told what happens.
    pub reports: mpsc::UnboundedSender<Report>,
}

/// What the dispatcher tells.
#[derive(Debug, Clone)]
pub enum Report {
    /// Something about the queue or the shown state of a conversation changed.
    Changed {
        /// Which conversation.
        conversation_id: String,
    },
    /// An entry has ended, or needs the advisor.
    Settled {
        /// Which entry.
        entry_id: String,
        /// Its conversation.
        conversation_id: String,
        /// How.
        state: State,
    },
    /// The platform has answered: whoever waits for it can go on.
    Reached,
    /// The platform did not answer.
    NotReached(RemoteError),
    /// The session is over; the queue waits for a sign-in (D25).
    SignedOut,
    /// The disk does not take what has to be written. The dispatcher keeps trying.
    StoreFailed(StoreError),
}

/// Wakes a dispatcher. Cheap, may be called from anywhere and as often as one likes.
#[derive(Clone)]
pub struct Waker {
    signal: Arc<Signal>,
}

#[derive(Default)]
struct Signal {
    notify: Notify,
    hurry: AtomicBool,
}

impl Waker {
    /// Something was queued or decided: look whether it is due.
    pub fn look(&self) {
        self.signal.notify.notify_one();
    }

    /// The platform may be reachable again (connectivity, resume from sleep, focus, sign-in, another success): try now what
    /// waits only because attempts have failed.
    pub fn wake(&self) {
        self.signal.hurry.store(true, Ordering::Release);
        self.signal.notify.notify_one();
    }
}

/// The dispatcher of one person's outbox at one platform. There is one at a time.
pub struct Dispatcher {
    context: Arc<Context>,
    signal: Arc<Signal>,
}

/// What the lanes share.
pub(super) struct Context {
    pub(super) parts: Parts,
    key_is_kept: TimeDelta,
    /// A token that the platform has refused, in case somebody gives it out again.
    pub(super) refused: Mutex<Option<Token>>,
    /// The platform has answered in an attempt that is not over yet: nobody else need wait for its end.
    pub(super) heard: Notify,
}

impl Dispatcher {
    /// A dispatcher that does nothing until [`Dispatcher::run`].
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let kept = TimeDelta::days(i64::from(parts.idempotency_days)) - KEY_MARGIN;
        let key_is_kept = kept.max(TimeDelta::zero());
        let context = Context { parts, key_is_kept, refused: Mutex::new(None), heard: Notify::new() };
        Self { context: Arc::new(context), signal: Arc::default() }
    }

    /// A handle that wakes it.
    #[must_use]
    pub fn waker(&self) -> Waker {
        Waker { signal: Arc::clone(&self.signal) }
    }

    /// Works until it is dropped, or until the store is closed.
    pub async fn run(self) {
        let context = Arc::clone(&self.context);
        let mut desk = Desk::new(self.context);
        loop {
            if self.signal.hurry.swap(false, Ordering::AcqRel) {
                desk.hurry();
            }
            let wake_at = match desk.start_lanes().await {
                Ok(at) => at,
                Err(OutboxError::Store(StoreError::Closed)) => return,
                Err(error) => desk.rest(error),
            };
            // In a fixed order: a simulation replays then.
            tokio::select! {
                biased;
                Some(end) = desk.lanes.next(), if !desk.lanes.is_empty() => desk.lane_ended(end),
                () = context.heard.notified() => desk.heard(),
                () = self.signal.notify.notified() => {}
                () = sleep_until(wake_at) => {}
            }
        }
    }
}

/// What the dispatcher has in its hands. Everything of it can be lost.
struct Desk {
    context: Arc<Context>,
    lanes: FuturesUnordered<BoxFuture<'static, LaneEnd>>,
    under_way: Vec<String>,
    had_their_turn: Vec<String>,
    link: Link,
    recovered: bool,
    hurry: bool,
    last_time: Option<DateTime<Utc>>,
    store_failures: u32,
    resting_until: Option<Instant>,
}

impl Desk {
    fn new(context: Arc<Context>) -> Self {
        Self {
            context,
            lanes: FuturesUnordered::new(),
            under_way: Vec::new(),
            had_their_turn: Vec::new(),
            link: Link::unproven(),
            recovered: false,
            hurry: false,
            last_time: None,
            store_failures: 0,
            resting_until: None,
        }
    }

    fn hurry(&mut self) {
        self.link.wake();
        self.hurry = true;
        self.resting_until = None;
    }

    /// Starts what is due, as far as there is room. Answers when to look again.
    async fn start_lanes(&mut self) -> Result<Instant, OutboxError> {
        let latest = Instant::now() + LONGEST_SLEEP;
        if let Some(until) = self.resting_until.filter(|until| *until > Instant::now()) {
            return Ok(until);
        }
        self.put_in_order().await?;
        let room = self.link.width(Instant::now(), self.context.parts.at_once).saturating_sub(self.lanes.len());
        if room == 0 || self.context.token().is_none() {
            // A rest that is over opens no place that is taken; the attempt's end says when to look again.
            let closed_until = self.link.closed_until().filter(|until| *until > Instant::now());
            return Ok(closed_until.map_or(latest, |until| until.min(latest)));
        }
        let mut due = self.context.next_due(&self.under_way).await?;
        let now = self.context.now();
        if due.is_some_and(|due| due <= now) {
            self.start_up_to(room).await?;
            // What there is room for has been started; what is left waits for an end or for its time.
            due = self.context.next_due(&self.under_way).await?.filter(|due| *due > now);
        }
        self.store_failures = 0;
        Ok(due.map_or(latest, |due| at(due, now).min(latest)))
    }

    /// What has to be done once, after somebody called, or after the clock was set back.
    async fn put_in_order(&mut self) -> Result<(), OutboxError> {
        let now = self.context.now();
        let clock_was_set_back = self.last_time.is_some_and(|last| now < last);
        let (recover, hurry) = (!self.recovered, self.hurry);
        if recover || hurry || clock_was_set_back {
            let owner = self.context.parts.owner.clone();
            self.context
                .parts
                .store
                .write(move |transaction| {
                    if recover {
                        upkeep::recover(transaction, &owner, now)?;
                    }
                    if clock_was_set_back {
                        upkeep::end_waits_of_other_clocks(transaction, &owner, now)?;
                    }
                    if hurry {
                        upkeep::hurry(transaction, &owner, now)?;
                    }
                    Ok::<_, OutboxError>(())
                })
                .await?;
        }
        self.recovered = true;
        self.hurry = false;
        self.last_time = Some(now);
        Ok(())
    }

    /// Starts lanes for up to `room` conversations. Those that have just given their place up come last.
    async fn start_up_to(&mut self, room: usize) -> Result<(), OutboxError> {
        let had_their_turn = std::mem::take(&mut self.had_their_turn);
        let left = self.start_all_but(&had_their_turn, room).await?;
        if left > 0 && !had_their_turn.is_empty() {
            self.start_all_but(&[], left).await?;
        }
        Ok(())
    }

    /// Starts what is due outside of `passed_over`. Answers how much room is left.
    async fn start_all_but(&mut self, passed_over: &[String], room: usize) -> Result<usize, OutboxError> {
        let mut left = room;
        loop {
            let passed_over = [self.under_way.as_slice(), passed_over].concat();
            let Claimed { claims, set_aside } = self.context.claim(left, &passed_over).await?;
            left -= claims.len();
            claims.into_iter().for_each(|claim| self.start(claim));
            // What was set aside took the place of something that can be sent.
            if set_aside.is_empty() || left == 0 {
                return Ok(left);
            }
        }
    }

    fn start(&mut self, claim: Claim) {
        self.under_way.push(claim.conversation_id.clone());
        self.context.changed(&claim.conversation_id);
        // The way has to be found open first, and then it is for all.
        let way = if self.link.is_open() { Way::Open { length: LANE_LENGTH } } else { Way::Unproven };
        self.lanes.push(Box::pin(lane::bring(Arc::clone(&self.context), claim, way)));
    }

    fn lane_ended(&mut self, end: LaneEnd) {
        self.under_way.retain(|conversation_id| *conversation_id != end.conversation_id);
        if end.gave_way {
            self.had_their_turn.push(end.conversation_id);
        }
        // What was heard on the way is older news than a failure at the end.
        let was_heard = self.context.heard.notified().now_or_never().is_some();
        if end.answered || (was_heard && end.last_error.is_none()) {
            self.heard();
        }
        if let Some(error) = end.last_error {
            let wait = self.context.wait_after(self.link.failures() + 1);
            self.link.failed(&error, Instant::now(), wait);
            if error != RemoteError::SignedOut {
                self.context.report(Report::NotReached(error));
            }
        }
    }

    /// The platform has answered.
    fn heard(&mut self) {
        if self.link.answered() {
            // Whatever else waits because attempts have failed need not wait any longer.
            self.hurry = true;
            self.context.report(Report::Reached);
        }
    }

    /// The disk failed. Answers when to try again: later each time.
    fn rest(&mut self, error: OutboxError) -> Instant {
        self.store_failures = self.store_failures.saturating_add(1);
        self.context.store_failed(error);
        let until = Instant::now() + self.context.wait_after(self.store_failures + 1);
        self.resting_until = Some(until);
        until
    }
}

impl Context {
    fn now(&self) -> DateTime<Utc> {
        self.parts.clock.now()
    }

    pub(super) fn moment(&self) -> Moment {
        let here = self.now();
        let ahead_by = self.parts.platform.clock_ahead_by().or(self.parts.clock_was_ahead_by);
        // An unheard clock is taken to be right. If it is not, an age seems wrong once it is heard, and the platform or the advisor is
        // asked once too often; a sign-in is an answer, so that takes a platform that does not tell the time at first.
        let there = here + ahead_by.unwrap_or_default();
        Moment { here, there, key_is_kept: self.key_is_kept }
    }

    async fn next_due(&self, under_way: &[String]) -> Result<Option<DateTime<Utc>>, OutboxError> {
        let (owner, under_way) = (self.parts.owner.clone(), under_way.to_vec());
        self.parts.store.read(move |connection| claim::next_due(connection, &owner, &under_way)).await
    }

    async fn claim(&self, limit: usize, under_way: &[String]) -> Result<Claimed, OutboxError> {
        let (owner, under_way, now) = (self.parts.owner.clone(), under_way.to_vec(), self.moment());
        let platform = Arc::clone(&self.parts.platform);
        let claim = move |transaction: &Transaction<'_>| {
            claim::claim(transaction, &owner, platform.as_ref(), now, limit, &under_way)
        };
        let claimed = self.parts.store.write(claim).await?;
        claimed.set_aside.iter().for_each(|entry| self.tell(entry));
        Ok(claimed)
    }

    pub(super) fn luck(&self) -> Luck {
        Luck::draw(self.parts.chance.as_ref())
    }

    pub(super) fn wait_after(&self, failures: u32) -> Duration {
        backoff::after(failures, LONGEST_WAIT, self.luck())
    }

    /// The token, unless the platform has refused it already.
    pub(super) fn token(&self) -> Option<Token> {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        self.parts
            .sessions
            .token()
            .filter(|token| refused.as_ref().is_none_or(|refused| refused.expose_secret() != token.expose_secret()))
    }

    /// Tells how far an entry has come.
    pub(super) fn tell(&self, entry: &Entry) {
        tracing::info!(
            entry = entry.key,
            conversation = entry.conversation_id,
            state = entry.state.word(),
            problem = ?entry.last_problem,
            "an entry has moved"
        );
        if !entry.state.is_open() || entry.state == State::Blocked {
            self.report(Report::Settled {
                entry_id: entry.key.clone(),
                conversation_id: entry.conversation_id.clone(),
                state: entry.state,
            });
        }
    }

    pub(super) fn changed(&self, conversation_id: &str) {
        self.report(Report::Changed { conversation_id: conversation_id.to_owned() });
    }

    pub(super) fn store_failed(&self, error: OutboxError) {
        tracing::error!(%error, "the outbox could not be read or written");
        if let OutboxError::Store(error) | OutboxError::Cache(CacheError::Store(error)) = error {
            self.report(Report::StoreFailed(error));
        }
    }

    pub(super) fn report(&self, report: Report) {
        // Nobody listening is fine: everything is on disk.
        drop(self.parts.reports.send(report));
    }
}

/// The moment of a wall-clock time, seen from now.
fn at(due: DateTime<Utc>, now: DateTime<Utc>) -> Instant {
    Instant::now() + (due - now).to_std().unwrap_or_default()
}
