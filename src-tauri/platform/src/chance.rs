//! Chance, passed in: ids, tokens and the simulated customers draw from here.
//!
//! A seed makes a run repeatable; without one the operating system's entropy seeds a cryptographic generator, so tokens
//! cannot be guessed.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use rand::{Rng, RngCore, SeedableRng, rngs::StdRng};

/// A source of chance.
#[derive(Debug)]
pub struct Chance {
    rng: StdRng,
}

impl Chance {
    /// Seeded by the operating system; for everything that is not a simulation.
    #[must_use]
    pub fn from_os() -> Self {
        Self { rng: StdRng::from_os_rng() }
    }

    /// The same seed, the same run.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self { rng: StdRng::seed_from_u64(seed) }
    }

    /// A second source that depends on this one but does not disturb it.
    pub(crate) fn fork(&mut self) -> Self {
        Self { rng: StdRng::from_rng(&mut self.rng) }
    }

    /// An id such as `conv_0193…`: a UUIDv7, so that ids sort by age and indexes stay compact.
    pub(crate) fn id(&mut self, prefix: &str, now: DateTime<Utc>) -> String {
        format!("{prefix}_{}", self.uuid(now).simple())
    }

    /// A UUIDv7.
    pub(crate) fn uuid(&mut self, now: DateTime<Utc>) -> uuid::Uuid {
        let mut random = [0; 10];
        self.rng.fill_bytes(&mut random);
        let ms = u64::try_from(now.timestamp_millis()).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(ms, &random).into_uuid()
    }

    /// 256 bits that nobody guesses, in letters that fit into an address.
    pub(crate) fn token(&mut self) -> String {
        let mut random = [0; 32];
        self.rng.fill_bytes(&mut random);
        URL_SAFE_NO_PAD.encode(random)
    }

    /// Bytes that nobody guesses, for salts and secrets.
    pub(crate) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut random = [0; N];
        self.rng.fill_bytes(&mut random);
        random
    }

    /// A seed for a source of its own.
    pub(crate) fn seed(&mut self) -> u64 {
        self.rng.next_u64()
    }

    /// True with the given probability.
    pub(crate) fn happens(&mut self, probability: f64) -> bool {
        self.rng.random_bool(probability)
    }

    /// A number from the range, its end excluded; the start if the range is empty.
    pub(crate) fn between(&mut self, range: std::ops::Range<i64>) -> i64 {
        if range.is_empty() { range.start } else { self.rng.random_range(range) }
    }

    /// One of `items`, which has to have some.
    pub(crate) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.rng.random_range(0..items.len())]
    }
}
