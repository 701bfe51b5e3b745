//! How long to wait before the next attempt: full jitter under a cap, so that a thousand desks that lost the same platform do not come
//! back in step. A platform's own wish is the least that is waited.

use std::time::Duration;

use crate::ports::Chance;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);
/// Under this an attempt would be a busy loop.
const SHORTEST: Duration = Duration::from_millis(250);

/// Failures in a row, and what to wait because of them.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
}

impl Backoff {
    pub(super) fn succeeded(&mut self) {
        self.failures = 0;
    }

    /// The wait after one more failure.
    pub(super) fn failed(&mut self, asked_for: Option<Duration>, chance: &dyn Chance) -> Duration {
        let ceiling = FIRST.saturating_mul(1 << self.failures.min(16)).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        let mut bytes = [0; 4];
        chance.fill(&mut bytes);
        let share = f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX);
        ceiling.mul_f64(share).max(SHORTEST).max(asked_for.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Always(u8);

    impl Chance for Always {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn waits_grow_to_the_cap_and_begin_anew_after_a_success() {
        let mut backoff = Backoff::default();
        let waits: Vec<u64> = (0..9).map(|_| backoff.failed(None, &Always(255)).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        backoff.succeeded();
        assert_eq!(backoff.failed(None, &Always(255)).as_secs(), 1);
    }

    #[test]
    fn chance_spreads_the_waits_over_their_whole_range() {
        let mut backoff = Backoff { failures: 30 };
        assert_eq!(backoff.failed(None, &Always(0)), SHORTEST);
        assert_eq!(backoff.failed(None, &Always(127)).as_secs(), 29);
    }

    #[test]
    fn the_platforms_own_wish_is_the_least_that_is_waited() {
        let wish = Some(Duration::from_secs(300));
        assert_eq!(Backoff::default().failed(wish, &Always(0)), Duration::from_secs(300));
    }
}
