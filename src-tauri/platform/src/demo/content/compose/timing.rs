//! When things are said: minutes between turns, and how long ago a conversation ended.

use rand::{Rng, rngs::StdRng};

use super::chains::Ending;
use crate::demo::content::{Author, DemoChannel};

const HOUR: u32 = 60;
const DAY: u32 = 24 * HOUR;

/// Minutes from one turn to the next. An advisor's answer stays below every channel's reply window (D9), a customer's
/// next message within the shortest conversation window (R9), whatever stands in between.
pub(super) fn gap(before: Author, after: Author, rng: &mut StdRng) -> u32 {
    match (before, after) {
        (_, Author::Scenario) => 0,
        (Author::Customer | Author::Scenario, Author::Customer) => rng.random_range(1..4),
        (Author::Advisor(_) | Author::Note(_), Author::Customer) => match rng.random_range(0..10) {
            0..6 => rng.random_range(2..40),
            6..9 => rng.random_range(40..8 * HOUR),
            _ => rng.random_range(12 * HOUR..26 * HOUR),
        },
        (Author::Advisor(_) | Author::Note(_), Author::Advisor(_)) => rng.random_range(1..15),
        (Author::Customer | Author::Scenario, Author::Advisor(_)) => match rng.random_range(0..10) {
            0..7 => rng.random_range(2..90),
            7..9 => rng.random_range(90..5 * HOUR),
            _ => rng.random_range(8 * HOUR..17 * HOUR),
        },
        (_, Author::Note(_)) => rng.random_range(1..8),
    }
}

/// Minutes from the last turn to now, for a conversation that is the customer's last.
pub(super) fn end_age(ending: Ending, channel: DemoChannel, rng: &mut StdRng) -> u32 {
    let replies_end = channel.facts().reply_window_h.is_some();
    match ending {
        Ending::Received | Ending::Ongoing | Ending::HelpRequested => match rng.random_range(0..10) {
            0..6 => rng.random_range(3..7 * HOUR),
            6..9 => rng.random_range(7 * HOUR..20 * HOUR),
            // A few have waited too long: where the channel has a reply window, it is over (D9).
            _ => rng.random_range(25 * HOUR..44 * HOUR),
        },
        // Who holds a conversation minds the channel's reply window.
        Ending::OnHold if replies_end => rng.random_range(2 * HOUR..20 * HOUR),
        Ending::OnHold => rng.random_range(2 * HOUR..44 * HOUR),
        // Together with the longest gap before an advisor's last reply this stays within 96 hours.
        Ending::Answered => rng.random_range(10..76 * HOUR),
        Ending::Archived => rng.random_range(HOUR..90 * HOUR),
        Ending::Advisor | Ending::Scenario | Ending::Window => rng.random_range(5 * HOUR..45 * DAY),
    }
}

/// Minutes from the end of a closed conversation to the first message of the customer's next one; `since_message` are
/// the minutes from the customer's last message to that end.
pub(super) fn until_return(ending: Ending, channel: DemoChannel, since_message: u32, rng: &mut StdRng) -> u32 {
    // R9: only a message after the window closes by the window.
    if ending == Ending::Window {
        let window = channel.facts().conversation_window_h * HOUR;
        return (window + rng.random_range(HOUR..18 * DAY)).saturating_sub(since_message);
    }
    // After a closing the window does not matter; many come back inside it.
    if rng.random_bool(0.5) { rng.random_range(10..3 * DAY) } else { rng.random_range(3 * DAY..20 * DAY) }
}
