//! What became of the surveys that closings sent (D10, D11).

use rand::{Rng, rngs::StdRng, seq::IndexedRandom};

use crate::demo::content::{
    ClosingSurvey, Outcome, Story,
    traffic::{self, SurveyAnswer},
};

/// D10's quiet days and D11's time to answer, both at their default of seven days.
const WEEK: u32 = 7 * 24 * 60;

/// Draws the surveys of one customer's stories, given oldest first.
pub(super) fn draw(stories: &mut [Story], rng: &mut StdRng) {
    let mut last_sent_age = None;
    for story in stories {
        let closed_age = story.end_age_minutes();
        let (channel, language) = (story.channel, story.customer.language);
        let Outcome::ClosedByAdvisor { survey, .. } = &mut story.outcome else { continue };
        let Some(range) = channel.facts().ratings else { continue };
        if last_sent_age.is_some_and(|sent| sent - closed_age < WEEK) {
            *survey = ClosingSurvey::SkippedQuietDays;
            continue;
        }
        last_sent_age = Some(closed_age);
        let minutes_after_closing = rng.random_range(1..600);
        let answers: Vec<&SurveyAnswer> =
            traffic::survey_answers(language).iter().filter(|answer| answer.rating_in(range).is_some()).collect();
        let answer = answers.choose(rng).filter(|_| minutes_after_closing < closed_age && rng.random_bool(0.5));
        *survey = match answer.and_then(|answer| Some((answer.rating_in(range)?, answer.comment))) {
            Some((rating, comment)) => ClosingSurvey::Answered { rating, comment, minutes_after_closing },
            None => ClosingSurvey::Sent,
        };
    }
}
