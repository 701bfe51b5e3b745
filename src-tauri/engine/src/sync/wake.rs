//! Waking up: an attempt that waits for its time is made at once when something says that it may work now.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep};

use crate::ports::Clock;

/// How often the clocks are compared.
const LOOK: Duration = Duration::from_secs(5);
/// How far they may be apart before the machine must have slept. Above what a clock that is being set right jumps.
const SLEPT: Duration = Duration::from_secs(10);

/// Watches for a resume from sleep and wakes whoever waits for `wake`.
///
/// On some systems the monotonic clock stands still during sleep and the wall clock does not; on others both go on and this task's own
/// timer is late. Either way the wall clock has moved further than the timer was set for.
pub(crate) async fn after_sleep(clock: Arc<dyn Clock>, wake: Arc<Notify>) {
    let mut before = (clock.now(), Instant::now());
    loop {
        sleep(LOOK).await;
        let now = (clock.now(), Instant::now());
        if slept(before, now) {
            tracing::info!("the machine has slept");
            wake.notify_one();
        }
        before = now;
    }
}

fn slept(before: (DateTime<Utc>, Instant), now: (DateTime<Utc>, Instant)) -> bool {
    let by_the_wall = now.0.signed_duration_since(before.0).to_std().unwrap_or_default();
    by_the_wall.max(now.1.duration_since(before.1)) > LOOK + SLEPT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wall_clock_that_ran_on_means_sleep_and_one_that_kept_step_does_not() {
        let (wall, steady) = (DateTime::UNIX_EPOCH, Instant::now());
        let five = Duration::from_secs(5);
        assert!(!slept((wall, steady), (wall + five, steady + five)));
        assert!(
            slept((wall, steady), (wall + Duration::from_secs(3600), steady + five)),
            "the steady clock stood still"
        );
        let hour = Duration::from_secs(3600);
        assert!(slept((wall, steady), (wall + hour, steady + hour)), "the timer was late");
        assert!(!slept((wall, steady), (wall - Duration::from_secs(3600), steady + five)), "the clock was set back");
    }
}
