//! Time, passed in.
//!
//! Windows last days (R9), surveys a week (D11), keys a month: whoever tests such rules moves a clock instead of waiting.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

/// Where the platform reads the time.
pub trait Clock: Send + Sync + 'static {
    /// The present, in the platform's opinion.
    fn now(&self) -> DateTime<Utc>;
}

/// The machine's clock, moved by a fixed offset.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock {
    offset_s: i64,
}

impl SystemClock {
    /// `offset_s` seconds ahead of the machine's clock; negative is behind.
    #[must_use]
    pub fn with_offset_s(offset_s: i64) -> Self {
        Self { offset_s }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        let now = Utc::now();
        TimeDelta::try_seconds(self.offset_s).and_then(|offset| now.checked_add_signed(offset)).unwrap_or(now)
    }
}

/// A clock that stands still until it is moved, for tests and simulations.
#[derive(Debug)]
pub struct ManualClock {
    ms: AtomicI64,
}

impl ManualClock {
    /// Stands at `start`.
    #[must_use]
    pub fn at(start: DateTime<Utc>) -> Self {
        Self { ms: AtomicI64::new(start.timestamp_millis()) }
    }

    /// Moves by `delta`, backwards too.
    pub fn advance(&self, delta: TimeDelta) {
        self.ms.fetch_add(delta.num_milliseconds(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.ms.load(Ordering::SeqCst)).unwrap_or_default()
    }
}
