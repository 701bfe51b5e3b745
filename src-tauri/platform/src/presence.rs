//! What is true for a moment only: who types, and that a visitor of the chat page has something new to read. Never stored, no
//! sequence; whoever is not there misses it, and misses nothing.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use signoff_wire::contract::events;
use tokio::sync::{Notify, broadcast};

/// Told to advisors' streams that asked for it: a customer types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CustomerTyping {
    /// The conversation's number, for the question who may see it.
    pub(crate) conversation_nr: i64,
    /// What is told.
    pub(crate) said: events::CustomerTyping,
}

/// Told to a visitor's streams.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Nudge {
    /// There may be something new: look.
    Changed,
    /// An advisor types.
    Typing {
        /// The advisor.
        name: String,
        /// Whether they still do.
        on: bool,
    },
}

/// A visitor: channel and external id.
pub(crate) type VisitorKey = (String, String);

/// Who is to be told.
#[derive(Clone)]
pub(crate) struct Presence {
    customers_typing: broadcast::Sender<CustomerTyping>,
    visitors: Arc<Mutex<HashMap<VisitorKey, broadcast::Sender<Nudge>>>>,
    /// Whether somebody turns commits into nudges already.
    tailing: Arc<AtomicBool>,
    /// Rung when an admin changes a channel: couriers look again.
    pub(crate) channels_changed: Arc<Notify>,
}

/// Missed by a stream that is further behind: what it misses is over by then.
const KEPT: usize = 64;

impl Presence {
    /// Nobody is there.
    pub(crate) fn new() -> Self {
        Self {
            customers_typing: broadcast::channel(KEPT).0,
            visitors: Arc::default(),
            tailing: Arc::default(),
            channels_changed: Arc::default(),
        }
    }

    /// A customer types.
    pub(crate) fn customer_types(&self, typing: CustomerTyping) {
        // Nobody there is nobody told.
        let _ = self.customers_typing.send(typing);
    }

    /// Customers' typing from now on.
    pub(crate) fn customers_typing(&self) -> broadcast::Receiver<CustomerTyping> {
        self.customers_typing.subscribe()
    }

    /// A visitor's nudges from now on.
    pub(crate) fn of_visitor(&self, visitor: &VisitorKey) -> broadcast::Receiver<Nudge> {
        let mut visitors = self.visitors.lock().unwrap_or_else(PoisonError::into_inner);
        visitors.retain(|_, nudges| nudges.receiver_count() > 0);
        visitors.entry(visitor.clone()).or_insert_with(|| broadcast::channel(KEPT).0).subscribe()
    }

    /// Whether any visitor is there.
    pub(crate) fn has_visitors(&self) -> bool {
        let visitors = self.visitors.lock().unwrap_or_else(PoisonError::into_inner);
        visitors.values().any(|nudges| nudges.receiver_count() > 0)
    }

    /// Tells a visitor's streams.
    pub(crate) fn nudge(&self, visitor: &VisitorKey, nudge: Nudge) {
        let visitors = self.visitors.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(nudges) = visitors.get(visitor) {
            let _ = nudges.send(nudge);
        }
    }

    /// True for the first who asks.
    pub(crate) fn begin_tailing(&self) -> bool {
        !self.tailing.swap(true, Ordering::SeqCst)
    }
}
