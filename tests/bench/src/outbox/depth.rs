//! What ten times as many entries cost: ten thousand in one conversation, beside ten times a thousand in turn with them.

use anyhow::Result;
use signoff_turns::Task;

use super::contenders::{Player, Which};
use crate::options::Programs;
use crate::report::{Figure, ms, progress};
use crate::samples::Samples;

const FEW: usize = 1000;
const TIMES: usize = 10;
/// What linear means on a machine that is shared.
const LINEAR: f64 = 1.1;

/// Measures. A round takes half a minute, so there are fewer of them.
pub(super) fn measure(programs: &Programs, rounds: usize) -> Result<()> {
    let rounds = rounds.div_ceil(3);
    let [mut fill, mut fill_few, mut drain, mut drain_few] = std::array::from_fn(|_| Samples::default());
    for round in 1..=rounds {
        progress(&format!("{} entries deep, round {round} of {rounds}", FEW * TIMES));
        let (mut deep, mut shallow) = (Player::ours(programs, Which::Ours)?, Player::ours(programs, Which::Ours)?);
        let [mut filled, mut filled_few, mut drained_few] = [0.0; 3];
        for _ in 0..TIMES {
            filled += deep.takes(Task::Fill(FEW))?;
            filled_few += shallow.takes(Task::Fill(FEW))?;
            drained_few += shallow.takes(Task::Drain)?;
        }
        fill.push(filled);
        fill_few.push(filled_few);
        drain.push(deep.takes(Task::Drain)?);
        drain_few.push(drained_few);
    }
    let ten_times = |what: &str| format!("{what} {}; {TIMES} times {FEW}", FEW * TIMES);
    for (what, many, few) in [("Queue", &fill, &fill_few), ("Drain", &drain, &drain_few)] {
        Figure::new(&ten_times(what), ms(many.median()))
            .over(ms(few.median()), many.ratio_to(few))
            .at_most_times(LINEAR)
            .print();
    }
    through_the_engine(programs)
}

/// The same clicks through the engine, which also counts what is queued.
fn through_the_engine(programs: &Programs) -> Result<()> {
    progress("the same through the engine");
    let mut player = Player::ours(programs, Which::Facade)?;
    let (mut floor, mut first, mut last) = (Player::ours(programs, Which::Floor)?, None, None);
    for _ in 0..TIMES {
        let pair = (player.takes(Task::Fill(FEW))?, floor.takes(Task::Fill(FEW))?);
        first.get_or_insert(pair);
        last = Some(pair);
    }
    if let (Some(first), Some(last)) = (first, last) {
        // Minutes lie between the two, so each is taken by the floor beside it.
        let ratio = (last.0 / last.1) / (first.0 / first.1);
        Figure::new(&format!("The tenth {FEW} clicks through the engine; the first"), ms(last.0))
            .over(ms(first.0), ratio)
            .at_most_times(LINEAR)
            .print();
    }
    Ok(())
}
