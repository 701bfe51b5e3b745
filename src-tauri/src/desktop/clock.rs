//! This machine's clock and chance, for the engine.

use chrono::{DateTime, Utc};
use rand::{Rng as _, rngs::ThreadRng};
use signoff_engine::ports::{Chance, Clock};

/// The wall clock.
#[derive(Debug, Default)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// The operating system's randomness, stretched by a generator fit for keys.
#[derive(Debug, Default)]
pub(crate) struct SystemChance;

impl Chance for SystemChance {
    fn fill(&self, bytes: &mut [u8]) {
        ThreadRng::default().fill(bytes);
    }
}
