//! Plans how many conversations end how, and whose they are.

use rand::{Rng, rngs::StdRng, seq::SliceRandom};

use crate::demo::content::{DemoChannel, Language};

/// How a conversation is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    Received,
    Ongoing,
    OnHold,
    HelpRequested,
    Answered,
    Archived,
    Advisor,
    Scenario,
    Window,
}

/// One customer's conversations, oldest first.
#[derive(Debug)]
pub(super) struct Chain {
    pub(super) channel: DemoChannel,
    pub(super) language: Language,
    pub(super) endings: Vec<Ending>,
}

/// Conversations that stand open, or archived.
const OPEN: &[(Ending, usize)] = &[
    (Ending::Received, 62),
    (Ending::Ongoing, 22),
    (Ending::OnHold, 8),
    (Ending::HelpRequested, 6),
    (Ending::Answered, 92),
    (Ending::Archived, 46),
];
/// What customers come back after. Everything closed by the window is here: it closes only because they do (R9).
const BEFORE_ANOTHER: &[(Ending, usize)] = &[(Ending::Window, 24), (Ending::Advisor, 22), (Ending::Scenario, 4)];
/// Chains of three: closed by an advisor, then one of the above, then an open one.
const CHAINS_OF_THREE: usize = 6;
/// Closed for good.
const CLOSED_AND_GONE: &[(Ending, usize)] = &[(Ending::Advisor, 48), (Ending::Scenario, 10)];

fn spread(counts: &[(Ending, usize)]) -> Vec<Ending> {
    counts.iter().flat_map(|&(ending, count)| std::iter::repeat_n(ending, count)).collect()
}

/// Everybody's conversations.
pub(super) fn plan(rng: &mut StdRng) -> Vec<Chain> {
    let mut open = spread(OPEN);
    open.shuffle(rng);
    let mut before = spread(BEFORE_ANOTHER);
    before.shuffle(rng);
    let mut chains = Vec::new();
    for (number, last) in open.into_iter().enumerate() {
        let mut endings = Vec::new();
        if let Some(previous) = before.pop() {
            if number < CHAINS_OF_THREE {
                endings.push(Ending::Advisor);
            }
            endings.push(previous);
        }
        endings.push(last);
        chains.push(chain(endings, rng));
    }
    chains.extend(spread(CLOSED_AND_GONE).into_iter().map(|ending| chain(vec![ending], rng)));
    chains.shuffle(rng);
    chains
}

fn chain(endings: Vec<Ending>, rng: &mut StdRng) -> Chain {
    // The demo's scenario listens for #bye in the web chat alone.
    let channel = if endings.contains(&Ending::Scenario) {
        DemoChannel::WebChat
    } else {
        DemoChannel::ALL[rng.random_range(0..DemoChannel::ALL.len())]
    };
    Chain { channel, language: Language::ALL[rng.random_range(0..Language::ALL.len())], endings }
}
