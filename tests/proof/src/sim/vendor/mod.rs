//! A platform of the usual kind (DESIGN, outbox 10): a call each for reply, survey and closing, no atomic close, no idempotency keys. It does
//! what it is asked, as often as it is asked; whoever sends a reply twice has sent two.
//!
//! - [`books`]: what it knows, and what each request does. It notes invisibly under which of the app's keys something was done, so that the
//!   oracle can judge what no app could see ([`truth`]).
//! - [`looking`]: what a connector can find out by reading conversations, and the advisor in the vendor's own console. In some seeds
//!   the connector is *blind*: conversations cannot be read, and nobody but the advisor can tell what became of a broken attempt.
//! - [`line`], [`calls`], [`tail`]: the connector of one process, and all that goes wrong between it and the vendor.
//! - [`counter`]: customers, colleagues and admins, who come by the same calls as to our own platform.
//!
//! # What the line may do, and what not
//! A request without a key cannot be told from its copy, so no client can prevent that a copy adds a second reply: the line doubles nothing
//! that changes something. And it delays such a request for at most the time that the outbox waits for stragglers, two minutes after
//! the client has given it up or has died, by the vendor's clock. When a clock leaps, whatever is on its way is lost: no wait
//! of any client could have outlasted it. All else is allowed: lost before it arrives or after its effect, late, 5xx before and after the effect,
//! nonsense, cut, refused, 429 and 503, a session that is over, and the vendor's death at any point.
//!
//! What is in memory here is the vendor's disk: its death loses nothing that was done, and whoever had asked does not hear of it.

mod books;
mod calls;
mod counter;
mod line;
mod looking;
mod places;
mod tail;
mod truth;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use signoff_engine::ports::{Clock, Connector};
use signoff_engine::remote::RemoteError;
use signoff_wire::interface::QueueEntry;
use tokio::sync::watch;

use self::books::Books;
use self::line::Plug;
use super::counterpart::Counterpart;
use super::fuse::{Edge, Fuse, Plan};
use super::network::{Flights, Traffic};
use super::trace::Trace;
use super::weather::Sky;
use super::world::WallClock;
use crate::actors::Attempts;
use crate::api::Api;
use crate::dice::Dice;
use crate::journal::Journal;
use crate::view::View;

/// The vendor, and the ways to it. Clones are the same.
#[derive(Clone)]
pub struct Vendor {
    house: Arc<House>,
    /// Conversations cannot be read by the connector.
    blind: bool,
    sky: Sky,
    /// What becomes of requests.
    dice: Dice,
    trace: Trace,
    flights: Flights,
    traffic: Arc<Traffic>,
    /// Who is told that a click's request leaves, and what it is answered.
    journal: Journal,
    /// The token that was last used.
    token: Arc<Mutex<Option<String>>>,
}

/// The vendor itself.
struct House {
    books: Mutex<Books>,
    running: Mutex<Option<Arc<Fuse>>>,
    /// The sequence of the newest event.
    commits: watch::Sender<i64>,
    /// How often a clock has leapt.
    leaps: Mutex<u64>,
}

/// What came of a request.
enum Handled<T> {
    /// An answer.
    Answered(Result<T, RemoteError>),
    /// Nobody was there: it was certainly not handled.
    Refused,
    /// The vendor died over it.
    Died,
}

/// Whether a request changes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Does {
    Change,
    Nothing,
}

impl Vendor {
    /// A vendor with nothing in its books.
    #[must_use]
    pub fn new(own: &Dice, way: Dice, clock: Arc<WallClock>, journal: Journal, trace: Trace) -> Self {
        let (books, commits) = (Mutex::new(Books::empty(clock)), watch::Sender::new(0));
        let house = House { books, running: Mutex::default(), commits, leaps: Mutex::default() };
        let blind = own.percent(30);
        journal.goes_blind(blind);
        Self {
            house: Arc::new(house),
            blind,
            sky: Sky::default(),
            dice: way,
            trace,
            flights: Flights::default(),
            traffic: Arc::default(),
            journal,
            token: Arc::default(),
        }
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.house.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn running(&self) -> MutexGuard<'_, Option<Arc<Fuse>>> {
        self.house.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn leaps(&self) -> u64 {
        *self.house.leaps.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a request in. Around what it changes the vendor can die like any process.
    fn handles<T>(&self, does: Does, work: impl FnOnce(&mut Books) -> Result<T, RemoteError>) -> Handled<T> {
        let Some(fuse) = self.running().clone().filter(|fuse| !fuse.is_blown()) else { return Handled::Refused };
        if fuse.pass(Edge::RequestArrived).is_err() {
            return Handled::Died;
        }
        if does == Does::Change && fuse.pass(Edge::BeforeCommit).is_err() {
            return Handled::Died;
        }
        let (answer, seq) = {
            let mut books = self.books();
            (work(&mut books), books.seq())
        };
        self.house.commits.send_replace(seq);
        if does == Does::Change && fuse.pass(Edge::AfterCommit).is_err() {
            return Handled::Died;
        }
        if fuse.pass(Edge::AnswerArrives).is_err() {
            return Handled::Died;
        }
        Handled::Answered(answer)
    }
}

#[async_trait]
impl Counterpart for Vendor {
    async fn starts(&self, plan: Plan) -> bool {
        self.trace.note("vendor", format_args!("starts, to die at {plan:?}; blind: {}", self.blind));
        self.books().forget();
        *self.running() = Some(Fuse::with(plan));
        true
    }

    fn is_up(&self) -> bool {
        self.running().as_ref().is_some_and(|fuse| !fuse.is_blown())
    }

    fn is_dead(&self) -> bool {
        self.running().as_ref().is_some_and(|fuse| fuse.is_blown())
    }

    fn dies(&self) {
        if let Some(fuse) = self.running().take() {
            fuse.blow();
            self.trace.note("vendor", format_args!("is dead, {:?}", fuse.died_at()));
        }
    }

    async fn stops(&self) {
        if let Some(fuse) = self.running().take() {
            fuse.blow();
            self.trace.note("vendor", format_args!("has stopped"));
        }
    }

    fn clocks_leap(&self) {
        *self.house.leaps.lock().unwrap_or_else(PoisonError::into_inner) += 1;
    }

    fn api(&self) -> &dyn Api {
        self
    }

    fn connector(&self, clock: Arc<dyn Clock>, fuse: Arc<Fuse>) -> Arc<dyn Connector> {
        Arc::new(Plug { vendor: self.clone(), clock, fuse })
    }

    fn sky(&self) -> &Sky {
        &self.sky
    }

    fn attempts(&self) -> &dyn Attempts {
        self
    }

    fn is_quiet(&self) -> bool {
        self.flights.are_over()
    }

    fn requests(&self) -> usize {
        self.traffic.requests()
    }

    async fn revoke(&self) -> Option<u16> {
        let token = self.token.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        let ended = self.books().sessions.remove(&token);
        Some(if ended.is_some() { 204 } else { 401 })
    }

    async fn view(&self, _keys: &[String]) -> Result<View, String> {
        Ok(self.books().view())
    }
}

impl Attempts for Vendor {
    fn under_way(&self, key: &str) -> bool {
        self.flights.under_way(key)
    }

    fn waited_for(&self, key: &str) -> bool {
        self.flights.waited_for(key)
    }

    /// In the vendor's own console, which works when nothing else does.
    fn went_through(&self, entry: &QueueEntry) -> Option<bool> {
        Some(looking::advisor_finds(&self.books(), entry))
    }
}
