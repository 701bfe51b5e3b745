//! Coming back after a day offline: a thousand actions in a hundred conversations, at a round trip of 50 ms.
//!
//! The ideal is what the order allows (D22): within a conversation each action waits for the one before it, and no more than
//! [`AT_ONCE`] conversations are under way. So it is the longer of one conversation's actions in a row, and of all actions spread evenly over
//! that many places; nothing else takes any time in it, neither disk nor processor. What the order alone would allow, with every conversation
//! under way at once, is printed as well: the bound is there for the platform's sake.

use std::time::Duration;

use anyhow::Result;
use signoff_engine::outbox::dispatcher::AT_ONCE;
use signoff_turns::CONVERSATIONS;

use super::ours::Ours;
use crate::options::Programs;
use crate::report::{Figure, ms, progress};
use crate::samples::Samples;

const ACTIONS: usize = 1000;
const ROUND_TRIP: Duration = Duration::from_millis(50);

/// Measures.
pub(super) fn measure(programs: &Programs, rounds: usize) -> Result<()> {
    let in_a_row = ACTIONS.div_ceil(CONVERSATIONS);
    let spread = ACTIONS.div_ceil(AT_ONCE);
    let ideal = ROUND_TRIP.as_secs_f64() * 1000.0 * in_a_row.max(spread) as f64;
    progress(&format!(
        "{ACTIONS} actions in {CONVERSATIONS} conversations at {ROUND_TRIP:?}: the ideal is the longer of {in_a_row} in a row and \
         {ACTIONS} over {AT_ONCE} places, {spread} round trips"
    ));
    let (mut took, mut ideals) = (Samples::default(), Samples::default());
    for _ in 0..rounds {
        let folder = programs.workbench()?;
        let mut ours = Ours::open(folder.path())?;
        ours.fill(ACTIONS)?;
        took.push_ms(ours.bring(ROUND_TRIP)?);
        ideals.push(ideal);
    }
    let name = format!("{ACTIONS} actions in {CONVERSATIONS} conversations; {spread} round trips of {ROUND_TRIP:?}");
    Figure::new(&name, ms(took.median())).over(ms(ideal), took.ratio_to(&ideals)).at_most_times(1.25).print();
    let unbounded = ROUND_TRIP.as_secs_f64() * 1000.0 * in_a_row as f64;
    let name = format!("the same; {in_a_row} round trips, all conversations at once");
    Figure::new(&name, ms(took.median())).over(ms(unbounded), took.median() / unbounded).print();
    Ok(())
}
