//! Gives every customer a name of their own.

use rand::{Rng, rngs::StdRng};

use super::chains::Chain;
use crate::demo::content::{
    Customer, DemoChannel, Language,
    names::{ENGLISH_FAMILY, ENGLISH_GIVEN, FOREIGN, FRENCH_FAMILY, FRENCH_GIVEN},
};

/// A customer, and what of the chain belongs to the person.
#[derive(Debug)]
pub(super) struct Drawn {
    pub(super) channel: DemoChannel,
    pub(super) customer: Customer,
    /// What an advisor writes after "Hello".
    pub(super) first_name: String,
}

/// Every how many customers a name in another alphabet comes up.
const FOREIGN_EVERY: usize = 24;

/// The customer of chain `number`.
pub(super) fn draw(number: usize, chain: &Chain, rng: &mut StdRng) -> Drawn {
    let foreign = if number % FOREIGN_EVERY == 7 { FOREIGN.get(number / FOREIGN_EVERY) } else { None };
    let (name, first_name) = match foreign {
        Some((name, first_name)) => ((*name).to_owned(), (*first_name).to_owned()),
        None => combine(number, chain.language),
    };
    let external_id = match chain.channel {
        DemoChannel::WebChat => format!("visitor-{:08x}{number:03x}", rng.random::<u32>()),
        // 999 is no country's prefix, so no telephone rings.
        DemoChannel::WhatsApp => format!("999{:06}{number:03}", rng.random_range(0..1_000_000)),
        DemoChannel::Messenger => format!("psid-{:09}{number:03}", rng.random_range(0..1_000_000_000)),
    };
    let vip = rng.random_bool(0.08);
    Drawn {
        channel: chain.channel,
        customer: Customer { name, external_id, language: chain.language, vip },
        first_name,
    }
}

/// A pair that no other number gives: the two lists are walked at different paces.
fn combine(number: usize, language: Language) -> (String, String) {
    let (given, family) = match language {
        Language::English => (ENGLISH_GIVEN, ENGLISH_FAMILY),
        Language::French => (FRENCH_GIVEN, FRENCH_FAMILY),
    };
    let round = number / given.len();
    let first_name = given[number % given.len()];
    let family_name = family[(number * 7 + round * 3) % family.len()];
    (format!("{first_name} {family_name}"), first_name.to_owned())
}
