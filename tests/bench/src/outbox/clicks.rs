//! From the click until nothing can take it back: ours, the floor's, and everybody else's, in turn.

use anyhow::Result;
use signoff_turns::Task;

use super::contenders::{Peer, Player, Which};
use crate::options::Programs;
use crate::report::{Figure, ms, per_second, progress};
use crate::samples::Samples;

/// Turns of a round, and clicks of a turn: small enough that a disturbance meets neighbours alike.
const TURNS: usize = 4;
const CLICKS: usize = 25;

/// One contender and what was measured of it.
struct Measured {
    name: &'static str,
    player: Player,
    /// The largest p50 of ours, as a multiple of this one's, that is aimed at.
    aim: Option<f64>,
    clicks: Samples,
    p50: Samples,
    p99: Samples,
    rate: Samples,
}

impl Measured {
    fn new(name: &'static str, player: Player, aim: Option<f64>) -> Self {
        let [clicks, p50, p99, rate] = std::array::from_fn(|_| Samples::default());
        Self { name, player, aim, clicks, p50, p99, rate }
    }

    fn takes_a_turn(&mut self) -> Result<()> {
        let mut turn = Samples::default();
        self.player.does(Task::Click(CLICKS))?.into_iter().for_each(|took| turn.push(took));
        self.p50.push(turn.median());
        self.p99.push(turn.percentile(99.0));
        self.rate.push(1000.0 / turn.mean());
        self.clicks.extend(&turn);
        Ok(())
    }
}

/// Measures.
pub(super) fn measure(programs: &Programs, rounds: usize) -> Result<()> {
    progress("every queue is opened");
    let mut all = vec![
        Measured::new("Click", Player::ours(programs, Which::Ours)?, None),
        Measured::new("Click through the engine", Player::ours(programs, Which::Facade)?, None),
        Measured::new("floor, encrypted", Player::ours(programs, Which::Floor)?, Some(1.3)),
        Measured::new("floor, plain", Player::ours(programs, Which::FloorPlain)?, None),
    ];
    for peer in [Peer::MatrixEncrypted, Peer::Matrix, Peer::Effectum, Peer::QueueFile, Peer::Apalis] {
        let aim = (peer == Peer::MatrixEncrypted).then_some(0.5);
        all.push(Measured::new(peer.name(), Player::peer(programs, peer)?, aim));
    }
    progress(&format!("{} turns of {CLICKS} clicks each", rounds * TURNS));
    for turn in 0..=rounds * TURNS {
        all.iter_mut().try_for_each(Measured::takes_a_turn)?;
        if turn == 0 {
            // Statements are prepared and files are grown now.
            all.iter_mut().for_each(Measured::forget);
        }
    }
    let [ours, through_the_engine, others @ ..] = all.as_slice() else { return Ok(()) };
    for other in others {
        print(ours, other, other.aim);
    }
    for floor in others.iter().take(1) {
        print(through_the_engine, floor, None);
    }
    Ok(())
}

impl Measured {
    fn forget(&mut self) {
        for samples in [&mut self.clicks, &mut self.p50, &mut self.p99, &mut self.rate] {
            *samples = Samples::default();
        }
    }
}

fn print(ours: &Measured, other: &Measured, aim: Option<f64>) {
    let name = |what: &str| format!("{}, {what}; {}", ours.name, other.name);
    let p50 = Figure::new(&name("p50"), ms(ours.clicks.median()))
        .over(ms(other.clicks.median()), ours.p50.ratio_to(&other.p50));
    match aim {
        Some(factor) => p50.at_most_times(factor).print(),
        None => p50.print(),
    }
    let [p99, their_p99] = [ours, other].map(|measured| ms(measured.clicks.percentile(99.0)));
    Figure::new(&name("p99"), p99).over(their_p99, ours.p99.ratio_to(&other.p99)).print();
    let [rate, their_rate] = [ours, other].map(|measured| per_second(1000.0 / measured.clicks.mean()));
    Figure::new(&name("rate"), rate).over(their_rate, ours.rate.ratio_to(&other.rate)).print();
}
