//! Bringing a thousand entries of one conversation, one after the other, to a platform that answers at once: ours through the real
//! dispatcher, with every step on disk that a crash may interrupt; the others' as their own queues do it.

use anyhow::Result;
use signoff_turns::Task;

use super::contenders::{Peer, Player, Which};
use crate::options::Programs;
use crate::report::{Figure, ms, progress};
use crate::samples::Samples;

const ENTRIES: usize = 1000;

/// Measures.
pub(super) fn measure(programs: &Programs, rounds: usize) -> Result<()> {
    let mut ours = (Player::ours(programs, Which::Ours)?, Samples::default());
    let mut others = vec![("floor, encrypted", Player::ours(programs, Which::Floor)?, None, Samples::default())];
    for peer in [Peer::MatrixEncrypted, Peer::Matrix, Peer::QueueFile] {
        let aim = (peer == Peer::MatrixEncrypted).then_some(0.1);
        others.push((peer.name(), Player::peer(programs, peer)?, aim, Samples::default()));
    }
    for round in 1..=rounds {
        progress(&format!("draining {ENTRIES} entries of one conversation, round {round}"));
        let all = std::iter::once((&mut ours.0, &mut ours.1))
            .chain(others.iter_mut().map(|(_, player, _, samples)| (player, samples)));
        for (player, samples) in all {
            player.takes(Task::Fill(ENTRIES))?;
            samples.push(player.takes(Task::Drain)?);
        }
    }
    for (name, _, aim, samples) in &others {
        let figure = Figure::new(&format!("Drain {ENTRIES}; {name}"), ms(ours.1.median()))
            .over(ms(samples.median()), ours.1.ratio_to(samples));
        match aim {
            Some(factor) => figure.at_most_times(*factor).print(),
            None => figure.print(),
        }
    }
    Ok(())
}
