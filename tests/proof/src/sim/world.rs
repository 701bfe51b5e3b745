//! Time: one true time, and two wall clocks that may be wrong.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::Instant;

/// When every history begins: noon of a Monday.
const NOON_MS: i64 = 1_772_452_800_000;

/// The true time. It follows tokio's, and leaps when everybody sleeps: a laptop in a drawer counts no time, and no test wants to wait for a
/// month of heartbeats.
pub struct World {
    start: Instant,
    leapt_ms: AtomicI64,
}

impl World {
    /// Time begins. Has to be called on the runtime whose time it is.
    #[must_use]
    pub fn begin() -> Arc<Self> {
        Arc::new(Self { start: Instant::now(), leapt_ms: AtomicI64::new(0) })
    }

    /// The true time.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        let passed = i64::try_from(self.start.elapsed().as_millis()).unwrap_or(i64::MAX);
        let ms = NOON_MS.saturating_add(passed).saturating_add(self.leapt_ms.load(Ordering::Relaxed));
        DateTime::from_timestamp_millis(ms).unwrap_or_default()
    }

    /// Milliseconds since the beginning, leaps included.
    #[must_use]
    pub fn passed_ms(&self) -> i64 {
        self.now().timestamp_millis() - NOON_MS
    }

    /// Everybody sleeps.
    pub fn leaps(&self, by: TimeDelta) {
        self.leapt_ms.fetch_add(by.num_milliseconds(), Ordering::Relaxed);
    }
}

/// A wall clock.
pub struct WallClock {
    world: Arc<World>,
    error_ms: AtomicI64,
}

impl WallClock {
    /// A clock that is right.
    #[must_use]
    pub fn right(world: &Arc<World>) -> Arc<Self> {
        Arc::new(Self { world: Arc::clone(world), error_ms: AtomicI64::new(0) })
    }

    /// Sets it to so much ahead of the true time.
    pub fn is_ahead_by(&self, by: TimeDelta) {
        self.error_ms.store(by.num_milliseconds(), Ordering::Relaxed);
    }

    /// What it shows.
    #[must_use]
    pub fn shows(&self) -> DateTime<Utc> {
        self.world.now() + TimeDelta::milliseconds(self.error_ms.load(Ordering::Relaxed))
    }
}

impl signoff_engine::ports::Clock for WallClock {
    fn now(&self) -> DateTime<Utc> {
        self.shows()
    }
}

impl signoff_platform::Clock for WallClock {
    fn now(&self) -> DateTime<Utc> {
        self.shows()
    }
}
