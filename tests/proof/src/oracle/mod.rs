//! The oracle: what must have become of everything that the advisor did, once all faults are healed and everything is quiet.
//!
//! It knows the rules, the [`journal`](crate::journal), what the platform says ([`view`](crate::view)) and what the advisor is shown
//! ([`Screen`]). It never looks into the engine's or the platform's files.
//!
//! | rule | held by |
//! |---|---|
//! | each queued click took effect once, or waits visibly, or was taken back or discarded by the advisor (D5, D15, D23) | [`effects`] |
//! | a close closes once, with its reply (R3, D4) | [`effects`] |
//! | within a conversation effects come in the order of the clicks (D22) | [`order`] |
//! | in steps: each once, in the order of R3, none of them silently left out, none sent blindly (DESIGN, outbox 10) | [`steps`] |
//! | every word that the app said it keeps is in a reply, a draft or the queue (D23) | [`texts`] |
//! | each event is told once (R14, D30) | [`telling`] |
//! | what the screen shows is what the platform has (DESIGN, outbox 8) | [`cache`] |

mod cache;
mod effects;
mod order;
mod screen;
mod steps;
mod telling;
mod texts;

use std::fmt;

pub use screen::Screen;
pub use telling::Shown;

use crate::journal::Pages;
use crate::view::View;

/// What is judged.
#[derive(Debug)]
pub struct Evidence<'a> {
    /// What the advisor did.
    pub pages: &'a Pages,
    /// What the platform has.
    pub view: &'a View,
    /// What the advisor is shown.
    pub screen: &'a Screen,
    /// The id of the advisor at the platform.
    pub advisor_id: &'a str,
    /// The platform takes actions in steps and knows no keys; [`View::steps`] says what it took.
    pub in_steps: bool,
    /// So much time has passed for the platform that it may have forgotten keys.
    pub keys_forgotten: bool,
    /// Every notification that was shown, in order.
    pub shown: &'a [Shown],
    /// The platform's clock has gone backwards, so that what is new cannot be told by its time.
    pub clock_went_back: bool,
}

/// A rule that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Which.
    pub rule: &'static str,
    /// How it shows.
    pub what: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.rule, self.what)
    }
}

/// Everything that is broken; nothing, if the promise holds.
#[must_use]
pub fn judge(evidence: &Evidence<'_>) -> Vec<Broken> {
    let mut broken = Vec::new();
    effects::judge(evidence, &mut broken);
    order::judge(evidence, &mut broken);
    steps::judge(evidence, &mut broken);
    texts::judge(evidence, &mut broken);
    cache::judge(evidence, &mut broken);
    telling::judge(evidence, &mut broken);
    broken
}

/// Whether everything has come to rest: nothing is on its way, and the screen shows what the platform has. Until then there is nothing to
/// judge; if it never comes, that is a fault of its own.
#[must_use]
pub fn at_rest(view: &View, screen: &Screen) -> Vec<Broken> {
    let mut unrest = Vec::new();
    effects::unrest(screen, &mut unrest);
    cache::compare(view, screen, &mut unrest);
    unrest
}
