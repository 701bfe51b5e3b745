//! Composes one conversation from a script.

use std::collections::HashSet;

use rand::{
    Rng,
    rngs::StdRng,
    seq::{IndexedRandom, SliceRandom},
};

use super::{chains::Ending, customers::Drawn, timing};
use crate::demo::content::{
    Advisor, Author, ClosingSurvey, Language, Outcome, Story, Turn, canned,
    scripts::{self, Line, Script},
    template::{Facts, fill},
    traffic,
    workspace::fixed_greeting,
};

/// What a customer writes in the web chat to leave (R10).
const BYE: &str = "#bye";
/// How often an opening message is drawn anew when somebody has already written the very same.
const MOST_DRAWS: usize = 50;

/// Remembers what was used, so that scripts take turns and no two conversations begin alike.
#[derive(Debug, Default)]
pub(super) struct Composer {
    openings: HashSet<String>,
    /// Scripts still to be used before any comes up again, by language.
    decks: [Vec<&'static Script>; 2],
}

impl Composer {
    /// Composes a conversation with this ending. `next_age` is the age of the customer's next one, if there is one.
    pub(super) fn compose(
        &mut self,
        ending: Ending,
        drawn: &Drawn,
        next_age: Option<u32>,
        topics: &mut HashSet<&'static str>,
        rng: &mut StdRng,
    ) -> Story {
        let customer = &drawn.customer;
        let script = self.next_script(customer.language, topics, rng);
        let advisor = advisor(rng);
        let facts = Facts::draw(customer.language, &drawn.first_name, &script.texts(), rng);
        let lines = cut(script.lines, ending, rng);
        let mut spoken: Vec<(Author, String)> = lines
            .iter()
            .map(|line| match *line {
                Line::Customer(text) => (Author::Customer, fill(text, &facts, rng)),
                Line::Advisor(text) => (Author::Advisor(advisor), fill(text, &facts, rng)),
                Line::Note(text) => (Author::Note(advisor), fill(text, &facts, rng)),
            })
            .collect();
        if let (Some(Line::Customer(template)), Some((_, opening))) = (lines.first(), spoken.first_mut()) {
            self.make_unique(template, opening, &facts, rng);
        }
        end(&mut spoken, ending, customer.language, advisor, &facts, rng);
        spoken.insert(1, (Author::Scenario, fixed_greeting(drawn.channel)));
        let turns = with_gaps(spoken, rng);
        let seen = turns.iter().any(|turn| matches!(turn.author, Author::Advisor(_)));
        let mut story = Story {
            channel: drawn.channel,
            customer: customer.clone(),
            topic: script.topic,
            tags: if seen || rng.random_bool(0.25) { script.tags.to_vec() } else { Vec::new() },
            team: Some(script.team).filter(|_| seen || rng.random_bool(0.85)),
            turns,
            outcome: outcome(ending, advisor),
            age_minutes: 0,
            returning: None,
        };
        set_age(&mut story, ending, next_age, rng);
        story
    }

    fn next_script(
        &mut self,
        language: Language,
        topics: &mut HashSet<&'static str>,
        rng: &mut StdRng,
    ) -> &'static Script {
        let deck = &mut self.decks[language as usize];
        if deck.len() < 4 {
            let mut fresh = scripts::all(language);
            fresh.shuffle(rng);
            deck.splice(0..0, fresh);
        }
        let at = deck.iter().rposition(|script| !topics.contains(script.topic)).unwrap_or_default();
        let script = deck.remove(at);
        topics.insert(script.topic);
        script
    }

    fn make_unique(&mut self, template: &str, opening: &mut String, facts: &Facts, rng: &mut StdRng) {
        for _ in 0..MOST_DRAWS {
            if self.openings.insert(opening.clone()) {
                return;
            }
            *opening = fill(template, facts, rng);
        }
    }
}

fn advisor(rng: &mut StdRng) -> Advisor {
    match rng.random_range(0..20) {
        0..9 => Advisor::Alice,
        9..17 => Advisor::Bob,
        _ => Advisor::Admin,
    }
}

/// As much of the script as was said before the conversation came to stand where it stands.
fn cut(lines: &'static [Line], ending: Ending, rng: &mut StdRng) -> &'static [Line] {
    let ends_with = |customer: bool| -> Vec<usize> {
        (1..=lines.len())
            .filter(|&end| matches!(lines[end - 1], Line::Customer(_)) == customer)
            .filter(|&end| !matches!(lines[end - 1], Line::Note(_)))
            .filter(|&end| lines.get(end).is_none_or(|next| matches!(next, Line::Customer(_)) != customer))
            .collect()
    };
    let end = match ending {
        Ending::Received => early(&ends_with(true), 0.7, rng),
        Ending::Ongoing | Ending::OnHold | Ending::HelpRequested => early(&ends_with(true), 0.4, rng),
        Ending::Scenario => early(&ends_with(false), 0.6, rng),
        Ending::Answered | Ending::Window => early(&ends_with(false), 0.45, rng),
        Ending::Archived | Ending::Advisor => None,
    };
    &lines[..end.unwrap_or(lines.len())]
}

/// The first of the places with this probability, otherwise any.
fn early(places: &[usize], first: f64, rng: &mut StdRng) -> Option<usize> {
    if rng.random_bool(first) { places.first() } else { places.choose(rng) }.copied()
}

/// What is said last, because of how the conversation ends.
fn end(
    spoken: &mut Vec<(Author, String)>,
    ending: Ending,
    language: Language,
    advisor: Advisor,
    facts: &Facts,
    rng: &mut StdRng,
) {
    let one_of = |lines: &[&str], rng: &mut StdRng| fill(lines.choose(rng).copied().unwrap_or_default(), facts, rng);
    match ending {
        Ending::Received | Ending::Ongoing | Ending::Answered | Ending::Window => {}
        Ending::OnHold => spoken.push((Author::Note(advisor), one_of(traffic::hold_notes(language), rng))),
        Ending::HelpRequested => spoken.push((Author::Note(advisor), one_of(traffic::help_notes(language), rng))),
        Ending::Archived => spoken.push((Author::Customer, one_of(traffic::thanks(language), rng))),
        Ending::Scenario => spoken.push((Author::Customer, BYE.to_owned())),
        // R13: the reply that closes says goodbye.
        Ending::Advisor => {
            if let Some((_, last)) = spoken.last_mut() {
                last.push(' ');
                last.push_str(&one_of(canned::closing_sentences(language), rng));
            }
        }
    }
}

fn with_gaps(spoken: Vec<(Author, String)>, rng: &mut StdRng) -> Vec<Turn> {
    let mut before = None;
    spoken
        .into_iter()
        .map(|(author, text)| {
            let minutes_after_previous = before.map_or(0, |before| timing::gap(before, author, rng));
            before = Some(author);
            Turn { author, text, minutes_after_previous }
        })
        .collect()
}

fn outcome(ending: Ending, by: Advisor) -> Outcome {
    let ongoing = |on_hold, help_requested| Outcome::Ongoing { assignee: by, on_hold, help_requested };
    match ending {
        Ending::Received => Outcome::Received,
        Ending::Ongoing => ongoing(false, false),
        Ending::OnHold => ongoing(true, false),
        Ending::HelpRequested => ongoing(false, true),
        Ending::Answered => Outcome::Answered,
        Ending::Archived => Outcome::Archived { by },
        Ending::Advisor => Outcome::ClosedByAdvisor { by, survey: ClosingSurvey::NoSurvey },
        Ending::Scenario => Outcome::ClosedByScenario,
        Ending::Window => Outcome::ClosedByWindow,
    }
}

fn set_age(story: &mut Story, ending: Ending, next_age: Option<u32>, rng: &mut StdRng) {
    let length: u32 = story.turns.iter().map(|turn| turn.minutes_after_previous).sum();
    story.age_minutes = length;
    let since_message = story.last_message_age_minutes();
    let end_age = match next_age {
        Some(next) => next + timing::until_return(ending, story.channel, since_message, rng),
        None => timing::end_age(ending, story.channel, rng),
    };
    story.age_minutes = length + end_age;
}
