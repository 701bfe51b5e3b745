//! How long to wait after failures in a row: full jitter under a ceiling that doubles up to a cap. Pure but for the chance that is passed in.

use std::time::Duration;

use crate::ports::Chance;

/// The first ceiling.
const FIRST: Duration = Duration::from_secs(1);
/// No wait is shorter, or chance could make a loop of it.
const SHORTEST: Duration = Duration::from_millis(100);

/// The wait after `failures` failures in a row: anywhere below the ceiling, so that a thousand desks that lost the same platform do not
/// come back together. The ceiling ends at `longest`.
pub(crate) fn after(failures: u32, longest: Duration, luck: Luck) -> Duration {
    let doublings = failures.saturating_sub(1).min(16);
    let ceiling = FIRST.saturating_mul(1 << doublings).min(longest);
    let share = f64::from(luck.0) / f64::from(u32::MAX);
    ceiling.mul_f64(share).max(SHORTEST)
}

/// What chance gives: drawn before, so that what depends on it is a function.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Luck(u32);

impl Luck {
    /// Asks chance.
    pub(crate) fn draw(chance: &dyn Chance) -> Self {
        let mut bytes = [0; 4];
        chance.fill(&mut bytes);
        Self(u32::from_le_bytes(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONGEST: Duration = Duration::from_secs(60);

    #[test]
    fn waits_grow_to_the_cap() {
        let waits: Vec<u64> =
            (1..10).chain([u32::MAX]).map(|failures| after(failures, LONGEST, Luck(u32::MAX)).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
    }

    #[test]
    fn chance_spreads_the_waits_over_their_whole_range() {
        assert_eq!(after(30, LONGEST, Luck(0)), SHORTEST);
        assert_eq!(after(30, LONGEST, Luck(u32::MAX / 2)).as_secs(), 29);
    }
}
