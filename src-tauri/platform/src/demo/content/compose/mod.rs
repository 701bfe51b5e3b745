//! Composes the stories: who comes back after what, what each conversation says, and when.
//!
//! A customer's conversations form a chain of which all but the last are closed. A chain is composed from its end, since
//! the end has to fit the present: where the last conversation stands says how long ago it can have been. Each earlier
//! one is then put far enough before the next.

mod chains;
mod conversation;
mod customers;
mod surveys;
mod timing;

use std::collections::HashSet;

use rand::{SeedableRng, rngs::StdRng};

use self::{chains::Chain, conversation::Composer};
use super::Story;

/// The stories of the demo workspace, oldest first. The same seed gives the same stories.
#[must_use]
pub fn stories(seed: u64) -> Vec<Story> {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut composer = Composer::default();
    let mut told = Vec::new();
    for (number, chain) in chains::plan(&mut rng).into_iter().enumerate() {
        let customer = customers::draw(number, &chain, &mut rng);
        tell(&chain, &customer, &mut composer, &mut told, &mut rng);
    }
    oldest_first(told)
}

/// Tells the conversations of one customer, the last one first, and appends them in the order of time.
fn tell(chain: &Chain, customer: &customers::Drawn, composer: &mut Composer, told: &mut Vec<Story>, rng: &mut StdRng) {
    let mut topics = HashSet::new();
    let mut newest_first: Vec<Story> = Vec::new();
    for ending in chain.endings.iter().rev() {
        let next = newest_first.last().map(|story| story.age_minutes);
        newest_first.push(composer.compose(*ending, customer, next, &mut topics, rng));
    }
    let start = told.len();
    for (place, mut story) in newest_first.into_iter().rev().enumerate() {
        story.returning = place.checked_sub(1).map(|previous| start + previous);
        told.push(story);
    }
    surveys::draw(&mut told[start..], rng);
}

fn oldest_first(told: Vec<Story>) -> Vec<Story> {
    let mut order: Vec<usize> = (0..told.len()).collect();
    // Of one customer's two stories the earlier is always the older, so links keep pointing backwards.
    order.sort_by_key(|&index| std::cmp::Reverse(told[index].age_minutes));
    let mut place = vec![0; told.len()];
    for (new, &old) in order.iter().enumerate() {
        place[old] = new;
    }
    let mut sorted: Vec<(usize, Story)> = told.into_iter().enumerate().collect();
    sorted.sort_by_key(|(old, _)| place[*old]);
    sorted
        .into_iter()
        .map(|(_, story)| Story { returning: story.returning.map(|previous| place[previous]), ..story })
        .collect()
}
