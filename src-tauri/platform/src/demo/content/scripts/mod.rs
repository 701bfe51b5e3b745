//! The exchanges that stories are cut from: what customers ask, how advisors settle it.
//!
//! A script begins with the customer and ends with an advisor's reply that settles the matter but does not say goodbye:
//! that is left to the closing sentence (R13). Slots and choices are `template`'s. French avoids forms that depend on
//! whether the writer is a man or a woman, since any customer and any advisor may get any script.

mod english;
mod french;

use super::Language;

/// One line of a script.
#[derive(Clone, Copy, Debug)]
pub(super) enum Line {
    /// The customer.
    Customer(&'static str),
    /// The advisor who takes care of it.
    Advisor(&'static str),
    /// A note of that advisor's.
    Note(&'static str),
}

/// One exchange.
#[derive(Debug)]
pub(super) struct Script {
    /// What it is about.
    pub(super) topic: &'static str,
    /// The team.
    pub(super) team: &'static str,
    /// The tags an advisor gives it.
    pub(super) tags: &'static [&'static str],
    /// What is said.
    pub(super) lines: &'static [Line],
}

impl Script {
    /// Everything that is said.
    pub(super) fn texts(&self) -> Vec<&'static str> {
        let text = |line: &Line| match *line {
            Line::Customer(text) | Line::Advisor(text) | Line::Note(text) => text,
        };
        self.lines.iter().map(text).collect()
    }
}

const fn script(
    topic: &'static str,
    team: &'static str,
    tags: &'static [&'static str],
    lines: &'static [Line],
) -> Script {
    Script { topic, team, tags, lines }
}

/// All scripts of a language.
pub(super) fn all(language: Language) -> Vec<&'static Script> {
    let subjects = match language {
        Language::English => english::SUBJECTS,
        Language::French => french::SUBJECTS,
    };
    subjects.iter().copied().flatten().collect()
}
