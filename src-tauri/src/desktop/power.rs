//! Waking the engine when the machine has slept.
//!
//! Nothing on the way tells every desktop program about a resume in the same way, but all clocks show it: a pause that was meant to take
//! seconds took minutes. The wall clock runs on through sleep everywhere, the monotonic one on some systems. A clock that was set
//! by hand looks the same, and costs one needless attempt.

use std::time::{Duration, Instant, SystemTime};

/// How often the clocks are looked at: the longest time that a resume goes unnoticed.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// What a busy machine may be late by without having slept.
const LATENESS: Duration = Duration::from_secs(20);

/// Calls `woken` whenever the machine has slept. Never ends.
pub(crate) async fn watch(woken: impl Fn()) {
    loop {
        let (moment, time) = (Instant::now(), SystemTime::now());
        tokio::time::sleep(LOOK_EVERY).await;
        if slept(moment.elapsed(), time.elapsed().ok()) {
            tracing::info!("the machine was asleep");
            woken();
        }
    }
}

/// Whether a pause of [`LOOK_EVERY`] was in truth a sleep. `wall` is `None` if the wall clock went backwards.
fn slept(monotonic: Duration, wall: Option<Duration>) -> bool {
    monotonic.max(wall.unwrap_or_default()) > LOOK_EVERY + LATENESS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sleep_shows_in_one_of_the_clocks() {
        let (pause, hour) = (LOOK_EVERY, Duration::from_secs(3600));
        assert!(!slept(pause, Some(pause)), "an ordinary pause");
        assert!(!slept(pause * 2, Some(pause * 2)), "a busy machine");
        assert!(slept(pause, Some(hour)), "the monotonic clock stood still, as on Linux and macOS");
        assert!(slept(hour, Some(hour)), "it ran on, as on Windows");
        assert!(!slept(pause, None), "the wall clock was set back");
    }
}
