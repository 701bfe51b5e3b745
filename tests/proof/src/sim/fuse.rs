//! Death of a process. A fuse is shared by everything through which a process reaches the world: its disk, its network, its keyring, its
//! notifications. It counts what passes and blows at a chosen point; from then on nothing passes.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use signoff_engine::store::StoreError;
use tokio::sync::Notify;

/// A point at which a process can die.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// A transaction is complete and not committed.
    BeforeCommit,
    /// A transaction is durable and nobody knows.
    AfterCommit,
    /// A request is about to leave.
    RequestLeaves,
    /// A request has just arrived at the other side.
    RequestArrived,
    /// An answer is about to arrive.
    AnswerArrives,
    /// A secret is about to be kept.
    SecretKept,
    /// A notification has just been shown.
    Notified,
}

/// Where a fuse blows: at the so manieth passing of an edge.
pub type Plan = Option<(Edge, u64)>;

/// A fuse. One per start of a process.
pub struct Fuse {
    plan: Plan,
    passed: AtomicU64,
    blown: AtomicBool,
    at: Mutex<Option<Edge>>,
    changed: Notify,
}

/// The process is dead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dead;

impl Fuse {
    /// A fuse with a plan.
    #[must_use]
    pub fn with(plan: Plan) -> Arc<Self> {
        let (passed, blown, at) = (AtomicU64::new(0), AtomicBool::new(false), Mutex::new(None));
        Arc::new(Self { plan, passed, blown, at, changed: Notify::new() })
    }

    /// Something passes an edge.
    ///
    /// # Errors
    /// [`Dead`], if it does not.
    pub fn pass(&self, edge: Edge) -> Result<(), Dead> {
        if self.is_blown() {
            return Err(Dead);
        }
        if let Some((planned, number)) = self.plan
            && planned == edge
            && self.passed.fetch_add(1, Ordering::Relaxed) + 1 == number
        {
            *self.at.lock().unwrap_or_else(PoisonError::into_inner) = Some(edge);
            self.blow();
            return Err(Dead);
        }
        Ok(())
    }

    /// The process dies now.
    pub fn blow(&self) {
        self.blown.store(true, Ordering::Relaxed);
        self.changed.notify_waiters();
    }

    /// Whether it is dead.
    #[must_use]
    pub fn is_blown(&self) -> bool {
        self.blown.load(Ordering::Relaxed)
    }

    /// The edge at which it died by plan.
    #[must_use]
    pub fn died_at(&self) -> Option<Edge> {
        *self.at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until it is dead.
    pub async fn dies(&self) {
        loop {
            let changed = self.changed.notified();
            if self.is_blown() {
                return;
            }
            changed.await;
        }
    }
}

impl signoff_engine::store::Disk for Fuse {
    fn before_commit(&self, _commit: u64) -> Result<(), StoreError> {
        self.pass(Edge::BeforeCommit).map_err(|Dead| StoreError::Closed)
    }

    fn after_commit(&self, _commit: u64) -> Result<(), StoreError> {
        self.pass(Edge::AfterCommit).map_err(|Dead| StoreError::Closed)
    }
}

impl signoff_platform::Disk for Fuse {
    fn before_commit(&self) -> Result<(), signoff_platform::Dies> {
        self.pass(Edge::BeforeCommit).map_err(|Dead| signoff_platform::Dies)
    }

    fn after_commit(&self) -> Result<(), signoff_platform::Dies> {
        self.pass(Edge::AfterCommit).map_err(|Dead| signoff_platform::Dies)
    }
}
