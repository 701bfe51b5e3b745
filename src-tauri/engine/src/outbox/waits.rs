//! How long to wait: full jitter under a growing, capped ceiling. Pure but for the chance that is passed in.

use std::time::Duration;

use crate::ports::Chance;

/// The first ceiling.
const FIRST: Duration = Duration::from_secs(1);
/// The last: a platform that was down for a day is asked for at most this long after it is back.
const LONGEST: Duration = Duration::from_secs(300);
/// No wait is shorter, or chance could make a loop of it.
const SHORTEST: Duration = Duration::from_millis(100);

/// The wait after `failures` failures in a row: anywhere between nothing and the ceiling, so that a thousand clients that lost the same
/// platform do not come back together.
#[must_use]
pub(super) fn after(failures: u32, luck: Luck) -> Duration {
    let doublings = failures.saturating_sub(1).min(16);
    let ceiling = FIRST.saturating_mul(1 << doublings).min(LONGEST);
    let share = f64::from(luck.0) / f64::from(u32::MAX);
    ceiling.mul_f64(share).max(SHORTEST)
}

/// What chance gives: drawn before, so that what depends on it is a function.
#[derive(Debug, Clone, Copy)]
pub(super) struct Luck(u32);

/// Asks chance.
pub(super) fn draw(chance: &dyn Chance) -> Luck {
    let mut bytes = [0; 4];
    chance.fill(&mut bytes);
    Luck(u32::from_le_bytes(bytes))
}
