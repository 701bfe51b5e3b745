//! Simulated customers: what they write while the demo runs, whatever the advisor answered.
//!
//! A [`Visitor`] keeps its own chance and its own facts, so one that comes back still has the same order number.

mod english;
mod french;

use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};

use super::{
    Language,
    names::{ENGLISH_FAMILY, ENGLISH_GIVEN, FRENCH_FAMILY, FRENCH_GIVEN},
    scripts::{self, Line, Script},
    template::{Facts, fill},
};

/// The lines of one language.
#[derive(Debug)]
struct Lines {
    follow_ups: &'static [&'static str],
    thanks: &'static [&'static str],
    comebacks: &'static [&'static str],
    survey_answers: &'static [SurveyAnswer],
    hold_notes: &'static [&'static str],
    help_notes: &'static [&'static str],
}

fn lines(language: Language) -> &'static Lines {
    match language {
        Language::English => &english::LINES,
        Language::French => &french::LINES,
    }
}

/// What a customer thinks of the service: a mood, and words for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SurveyAnswer {
    /// From 0, furious, to 10, delighted.
    pub mood: u8,
    /// Many give none.
    pub comment: Option<&'static str>,
}

impl SurveyAnswer {
    /// The mood as a rating of a survey with this range; `None` if the range is empty.
    #[must_use]
    pub fn rating_in(&self, (lowest, highest): (u8, u8)) -> Option<u8> {
        let width = highest.checked_sub(lowest)?;
        Some(lowest + (self.mood.min(10) * width + 5) / 10)
    }
}

/// Answers to surveys.
#[must_use]
pub fn survey_answers(language: Language) -> &'static [SurveyAnswer] {
    lines(language).survey_answers
}

pub(super) fn thanks(language: Language) -> &'static [&'static str] {
    lines(language).thanks
}

pub(super) fn hold_notes(language: Language) -> &'static [&'static str] {
    lines(language).hold_notes
}

pub(super) fn help_notes(language: Language) -> &'static [&'static str] {
    lines(language).help_notes
}

/// A simulated customer.
#[derive(Debug)]
pub struct Visitor {
    /// The language of everything this customer writes.
    pub language: Language,
    /// The name.
    pub name: String,
    script: Option<&'static Script>,
    facts: Facts,
    rng: StdRng,
}

impl Visitor {
    /// The same seed, the same customer, who says the same things in the same order.
    #[must_use]
    pub fn draw(seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let language = Language::ALL[rng.random_range(0..Language::ALL.len())];
        let (given, family) = match language {
            Language::English => (ENGLISH_GIVEN, ENGLISH_FAMILY),
            Language::French => (FRENCH_GIVEN, FRENCH_FAMILY),
        };
        let given = given.choose(&mut rng).copied().unwrap_or_default();
        let family = family.choose(&mut rng).copied().unwrap_or_default();
        let script = scripts::all(language).choose(&mut rng).copied();
        let lines = script.map(Script::texts).unwrap_or_default();
        let facts = Facts::draw(language, given, &lines, &mut rng);
        Self { language, name: format!("{given} {family}"), script, facts, rng }
    }

    /// What a new conversation begins with; some customers need two messages to say it.
    pub fn opening(&mut self) -> Vec<String> {
        let lines = self.script.map_or(&[][..], |script| script.lines);
        lines
            .iter()
            .map_while(|line| match line {
                Line::Customer(text) => Some(fill(text, &self.facts, &mut self.rng)),
                Line::Advisor(_) | Line::Note(_) => None,
            })
            .collect()
    }

    /// Something more, before or after an answer.
    pub fn follow_up(&mut self) -> String {
        self.one_of(lines(self.language).follow_ups)
    }

    /// Thanks for an answer.
    pub fn thanks(&mut self) -> String {
        self.one_of(lines(self.language).thanks)
    }

    /// The first message after a closing: it refers to the answer given before (R9, D13).
    pub fn comeback(&mut self) -> String {
        self.one_of(lines(self.language).comebacks)
    }

    /// An answer to a survey with this range (D11).
    pub fn survey_answer(&mut self, range: (u8, u8)) -> Option<(u8, Option<&'static str>)> {
        let answer = survey_answers(self.language).choose(&mut self.rng)?;
        Some((answer.rating_in(range)?, answer.comment))
    }

    fn one_of(&mut self, lines: &[&str]) -> String {
        let line = lines.choose(&mut self.rng).copied().unwrap_or_default();
        fill(line, &self.facts, &mut self.rng)
    }
}

#[cfg(test)]
mod tests {
    use super::SurveyAnswer;

    #[test]
    fn moods_become_ratings_of_either_scale() {
        let rate = |mood, range| SurveyAnswer { mood, comment: None }.rating_in(range);
        assert_eq!([0, 5, 10].map(|mood| rate(mood, (0, 10))), [Some(0), Some(5), Some(10)]);
        assert_eq!([0, 5, 10].map(|mood| rate(mood, (1, 5))), [Some(1), Some(3), Some(5)]);
    }
}
