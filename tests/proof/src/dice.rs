//! Chance from one seed. Every part of the world draws from a source of its own, so that a new draw in one place does not change what
//! happens everywhere else.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, RngCore, SeedableRng};

/// A source of chance. Clones share it.
#[derive(Clone)]
pub struct Dice {
    rng: Arc<Mutex<StdRng>>,
}

impl Dice {
    /// The source of a seed.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self { rng: Arc::new(Mutex::new(StdRng::seed_from_u64(seed))) }
    }

    /// A source of its own.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self::seeded(self.number())
    }

    /// Any number.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.rng().next_u64()
    }

    /// Bytes.
    pub fn fill(&self, bytes: &mut [u8]) {
        self.rng().fill_bytes(bytes);
    }

    /// True `percent` times of a hundred.
    #[must_use]
    pub fn percent(&self, percent: u32) -> bool {
        self.rng().random_range(0..100) < percent
    }

    /// A number of a range, its end excluded.
    #[must_use]
    pub fn below(&self, end: usize) -> usize {
        self.rng().random_range(0..end.max(1))
    }

    /// A time between two, drawn so that short and long ones are about as likely as each other.
    #[must_use]
    pub fn between(&self, from: Duration, to: Duration) -> Duration {
        let (from, to) = (from.as_secs_f64().max(0.001), to.as_secs_f64().max(0.001));
        let exponent: f64 = self.rng().random_range(0.0..=1.0);
        Duration::from_secs_f64(from * (to / from).powf(exponent))
    }

    /// One of several.
    #[must_use]
    pub fn pick<'a, T>(&self, items: &'a [T]) -> Option<&'a T> {
        if items.is_empty() { None } else { items.get(self.below(items.len())) }
    }

    /// One of several, each as often as its weight says.
    #[must_use]
    pub fn weighed<T: Copy>(&self, items: &[(u32, T)]) -> Option<T> {
        let sum: u32 = items.iter().map(|(weight, _)| weight).sum();
        let mut drawn = self.rng().random_range(0..sum.max(1));
        items.iter().find_map(|(weight, item)| {
            if drawn < *weight {
                return Some(*item);
            }
            drawn -= weight;
            None
        })
    }

    fn rng(&self) -> MutexGuard<'_, StdRng> {
        self.rng.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
