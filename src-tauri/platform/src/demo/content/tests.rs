//! The stories keep the rules that the platform would have kept, had they happened.

use std::collections::{HashMap, HashSet};

use super::{
    Advisor, Author, ClosingSurvey, DemoChannel, Language, Outcome, Story, TAGS, canned_replies, fixed_greeting,
    scripts, stories, teams,
    traffic::{Visitor, survey_answers},
};

const HOUR: u32 = 60;
const DAY: u32 = 24 * HOUR;
const SEEDS: [u64; 4] = [0, 1, 2026, u64::MAX];

/// Checks every story of several seeds.
fn for_each(check: impl Fn(&[Story], &Story)) {
    for seed in SEEDS {
        let told = stories(seed);
        for story in &told {
            check(&told, story);
        }
    }
}

fn count(told: &[Story], which: impl Fn(&Outcome) -> bool) -> usize {
    told.iter().filter(|story| which(&story.outcome)).count()
}

fn is_advisors(author: Author) -> bool {
    matches!(author, Author::Advisor(_))
}

/// Who wrote last: the customer or an advisor to the customer.
fn last_person(story: &Story) -> Author {
    let person = |author: &Author| matches!(author, Author::Customer | Author::Advisor(_));
    story.turns.iter().map(|turn| turn.author).rfind(person).expect("a person wrote")
}

#[test]
fn the_same_seed_tells_the_same_stories() {
    assert_eq!(stories(7), stories(7));
    assert_ne!(stories(7), stories(8));
}

#[test]
fn every_tab_of_the_inbox_is_well_filled_d40() {
    for seed in SEEDS {
        let told = stories(seed);
        assert!(told.len() >= 320, "{}", told.len());
        assert!((55..=70).contains(&count(&told, |outcome| *outcome == Outcome::Received)));
        assert!((30..=40).contains(&count(&told, |outcome| matches!(outcome, Outcome::Ongoing { .. }))));
        assert!((85..=95).contains(&count(&told, |outcome| *outcome == Outcome::Answered)));
        assert!((40..=50).contains(&count(&told, |outcome| matches!(outcome, Outcome::Archived { .. }))));
        assert!((100..=125).contains(&count(&told, Outcome::is_closed)));
        for advisor in Advisor::ALL {
            let has = |outcome: &Outcome| matches!(outcome, Outcome::Ongoing { assignee, .. } if *assignee == advisor);
            assert!(count(&told, has) > 0, "{advisor:?} has nothing to do with seed {seed}");
        }
        assert!(count(&told, |outcome| matches!(outcome, Outcome::Ongoing { on_hold: true, .. })) >= 5);
        assert!(count(&told, |outcome| matches!(outcome, Outcome::Ongoing { help_requested: true, .. })) >= 5);
    }
}

#[test]
fn both_languages_and_all_channels_are_used() {
    for seed in SEEDS {
        let told = stories(seed);
        let share =
            |which: &dyn Fn(&Story) -> bool| told.iter().filter(|story| which(story)).count() * 100 / told.len();
        assert!((35..=65).contains(&share(&|story| story.customer.language == Language::English)));
        for channel in DemoChannel::ALL {
            assert!(share(&|story| story.channel == channel) >= 20, "{channel:?}");
        }
        assert!((3..=15).contains(&share(&|story| story.customer.vip)));
    }
}

#[test]
fn there_are_many_scripts_of_many_topics() {
    for language in Language::ALL {
        let scripts = scripts::all(language);
        assert!(scripts.len() >= 35, "{} in {language:?}", scripts.len());
        let topics: HashSet<_> = scripts.iter().map(|script| script.topic).collect();
        assert!(topics.len() >= 20, "{} in {language:?}", topics.len());
        for script in scripts {
            assert!(matches!(script.lines.first(), Some(scripts::Line::Customer(_))), "{script:?}");
            assert!(matches!(script.lines.last(), Some(scripts::Line::Advisor(_))), "{script:?}");
            assert!(script.tags.iter().all(|tag| TAGS.contains(tag)), "{script:?}");
            assert!(teams().iter().any(|team| team.id == script.team), "{script:?}");
        }
    }
}

#[test]
fn a_story_begins_with_the_customer_and_the_fixed_greeting() {
    for_each(|_, story| {
        assert_eq!((story.turns[0].author, story.turns[0].minutes_after_previous), (Author::Customer, 0));
        let greeting = &story.turns[1];
        assert_eq!((greeting.author, greeting.minutes_after_previous), (Author::Scenario, 0));
        assert_eq!(greeting.text, fixed_greeting(story.channel));
        assert!(story.turns[2..].iter().all(|turn| turn.author != Author::Scenario), "it greets once");
    });
}

#[test]
fn nothing_happens_in_the_future() {
    for_each(|_, story| {
        let length: u32 = story.turns.iter().map(|turn| turn.minutes_after_previous).sum();
        assert!(length <= story.age_minutes, "{story:?}");
    });
}

#[test]
fn stories_come_oldest_first() {
    for_each(|told, _| assert!(told.is_sorted_by_key(|story| std::cmp::Reverse(story.age_minutes))));
}

#[test]
fn a_conversation_holds_together_by_its_window_r9() {
    for_each(|_, story| {
        let window = story.channel.facts().conversation_window_h * HOUR;
        let ages: Vec<u32> = (story.turns.iter().zip(story.turn_ages()))
            .filter_map(|(turn, age)| (turn.author == Author::Customer).then_some(age))
            .collect();
        assert!(ages.windows(2).all(|pair| pair[0] - pair[1] < window), "{story:?}");
    });
}

#[test]
fn what_is_open_is_still_within_its_window_r9() {
    for_each(|_, story| {
        let window = story.channel.facts().conversation_window_h * HOUR;
        assert!(story.outcome.is_closed() || story.last_message_age_minutes() < window, "{story:?}");
    });
}

#[test]
fn advisors_answered_within_the_reply_window_d9() {
    for_each(|_, story| {
        let Some(window) = story.channel.facts().reply_window_h else { return };
        let mut since_message = 0;
        for turn in &story.turns {
            since_message += turn.minutes_after_previous;
            match turn.author {
                Author::Customer => since_message = 0,
                Author::Advisor(_) => assert!(since_message < window * HOUR, "{story:?}"),
                Author::Scenario | Author::Note(_) => {}
            }
        }
    });
}

#[test]
fn the_last_turn_fits_the_outcome() {
    for_each(|_, story| {
        let last = story.turns.last().expect("turns");
        match &story.outcome {
            Outcome::Received => {
                assert_eq!(last_person(story), Author::Customer);
                assert!(story.end_age_minutes() <= 2 * DAY);
            }
            Outcome::Ongoing { assignee, on_hold, help_requested } => {
                assert_eq!(last_person(story), Author::Customer);
                let explained = last.author == Author::Note(*assignee);
                assert_eq!(explained, *on_hold || *help_requested, "{story:?}");
            }
            Outcome::Answered => assert!(is_advisors(last.author)),
            // R4: finished without an answer.
            Outcome::Archived { .. } => assert_eq!(last.author, Author::Customer),
            // R4: a closing carries a reply.
            Outcome::ClosedByAdvisor { by, .. } => assert_eq!(last.author, Author::Advisor(*by)),
            Outcome::ClosedByScenario => {
                assert_eq!(story.channel, DemoChannel::WebChat, "the demo's scenario closes there alone (R10)");
                assert_eq!(last.text, "#bye");
            }
            Outcome::ClosedByWindow => assert!(is_advisors(last.author)),
        }
    });
}

#[test]
fn customers_come_back_only_after_a_closing_r9_d13() {
    for_each(|told, story| {
        let Some(previous) = story.returning else { return };
        let previous = &told[previous];
        assert_eq!((previous.channel, &previous.customer), (story.channel, &story.customer));
        assert!(previous.outcome.is_closed());
        assert!(previous.end_age_minutes() > story.age_minutes, "one conversation at a time");
        assert_ne!(previous.topic, story.topic);
        let since_message = previous.last_message_age_minutes() - story.age_minutes;
        let window = story.channel.facts().conversation_window_h * HOUR;
        assert!(previous.outcome != Outcome::ClosedByWindow || since_message > window, "{story:?}");
    });
}

#[test]
fn who_is_closed_by_the_window_has_come_back_r9() {
    for seed in SEEDS {
        let told = stories(seed);
        let returned_to: HashMap<usize, usize> =
            told.iter().enumerate().filter_map(|(index, story)| Some((story.returning?, index))).collect();
        for (index, story) in told.iter().enumerate() {
            assert!(story.outcome != Outcome::ClosedByWindow || returned_to.contains_key(&index));
        }
        let returns = told.iter().filter(|story| story.returning.is_some()).count();
        assert_eq!(returned_to.len(), returns, "a conversation has one successor");
        let within_window = told.iter().filter(|story| {
            story.returning.is_some_and(|previous| {
                told[previous].last_message_age_minutes() - story.age_minutes
                    < story.channel.facts().conversation_window_h * HOUR
            })
        });
        assert!(within_window.count() >= 5, "R9 shows when customers return inside the window");
    }
}

#[test]
fn a_customer_has_one_open_conversation() {
    for seed in SEEDS {
        let mut open = HashSet::new();
        for story in stories(seed).iter().filter(|story| !story.outcome.is_closed()) {
            assert!(open.insert((story.channel, story.customer.external_id.clone())), "{:?}", story.customer);
        }
    }
}

#[test]
fn customers_are_different_people() {
    for seed in SEEDS {
        let told = stories(seed);
        let people: HashSet<_> = told.iter().map(|story| (story.channel, &story.customer)).collect();
        let ids: HashSet<_> = told.iter().map(|story| (story.channel, &story.customer.external_id)).collect();
        let names: HashSet<_> = told.iter().map(|story| &story.customer.name).collect();
        assert_eq!(people.len(), ids.len());
        assert!(names.len() * 100 >= people.len() * 98, "{} names of {} people", names.len(), people.len());
        assert!(names.iter().filter(|name| name.chars().any(|c| c as u32 > 0x24F)).count() >= 8, "other alphabets");
    }
}

#[test]
fn no_two_conversations_begin_alike() {
    for seed in SEEDS {
        let mut openings = HashSet::new();
        for story in stories(seed) {
            let opening = story.turns[0].text.clone();
            assert!(openings.insert(opening.clone()), "twice: {opening}");
        }
    }
}

#[test]
fn surveys_keep_the_quiet_days_and_the_scale_d10_d11() {
    for_each(|told, story| {
        let Outcome::ClosedByAdvisor { survey, .. } = &story.outcome else { return };
        let ratings = story.channel.facts().ratings;
        let closed_age = story.end_age_minutes();
        let recent = |previous: usize| {
            let previous = &told[previous];
            let sent = matches!(
                &previous.outcome,
                Outcome::ClosedByAdvisor { survey: ClosingSurvey::Sent | ClosingSurvey::Answered { .. }, .. }
            );
            sent && previous.end_age_minutes() - closed_age < 7 * DAY
        };
        match survey {
            ClosingSurvey::NoSurvey => assert!(ratings.is_none()),
            ClosingSurvey::SkippedQuietDays => assert!(story.returning.is_some_and(recent)),
            ClosingSurvey::Sent => assert!(ratings.is_some() && !story.returning.is_some_and(recent)),
            ClosingSurvey::Answered { rating, minutes_after_closing, .. } => {
                let (lowest, highest) = ratings.expect("only a survey is answered");
                assert!((lowest..=highest).contains(rating) && !story.returning.is_some_and(recent));
                assert!(*minutes_after_closing < 7 * DAY && *minutes_after_closing < closed_age);
            }
        }
    });
}

fn assert_clean(text: &str, most: usize) {
    assert!(!text.trim().is_empty() && text.chars().count() <= most, "{text}");
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
    assert!(!text.contains(['{', '}', '[', ']', '|']), "a template shows through: {text}");
}

#[test]
fn texts_are_whole_and_fit_their_channel() {
    for_each(|_, story| {
        for turn in &story.turns {
            assert_clean(&turn.text, story.channel.facts().reply_limit);
        }
    });
}

#[test]
fn amounts_fit_the_article_that_a_story_is_about() {
    for_each(|_, story| {
        let about_the_tent = story.turns.iter().any(|turn| turn.text.contains("Nimba 3"));
        let says = |amount: &str| story.turns.iter().any(|turn| turn.text.contains(amount));
        // Tent poles are worth a tenth of the tent.
        if about_the_tent && story.topic == "damaged-goods" && says("Nimba 3 was bent") && story.turns.len() > 3 {
            assert!(says("€18.90"), "{story:?}");
        }
    });
}

#[test]
fn canned_replies_come_in_both_languages_with_closing_sentences_r13() {
    let replies = canned_replies();
    for language in Language::ALL {
        let own: Vec<_> = replies.iter().filter(|reply| reply.language == language).collect();
        let shortcuts: HashSet<_> = own.iter().map(|reply| reply.shortcut).collect();
        assert_eq!(shortcuts.len(), own.len(), "a shortcut finds one answer");
        assert!(own.iter().filter(|reply| reply.closing).count() >= 3);
    }
    for reply in replies {
        let text = reply.text.replace("{{customer}}", "Emma").replace("{{advisor}}", "Alice");
        assert_clean(&text, DemoChannel::Messenger.facts().reply_limit);
    }
}

#[test]
fn visitors_have_something_to_say_in_every_situation() {
    let mut languages = HashSet::new();
    for seed in 0..200 {
        let mut visitor = Visitor::draw(seed);
        let mut texts = visitor.opening();
        assert!(!texts.is_empty());
        texts.extend([visitor.follow_up(), visitor.thanks(), visitor.comeback(), visitor.name.clone()]);
        texts.iter().for_each(|text| assert_clean(text, DemoChannel::Messenger.facts().reply_limit));
        let (rating, _) = visitor.survey_answer((1, 5)).expect("visitors have an opinion");
        assert!((1..=5).contains(&rating));
        assert_eq!(texts[0], Visitor::draw(seed).opening()[0], "the same seed, the same visitor");
        languages.insert(visitor.language);
    }
    assert_eq!(languages.len(), 2);
    assert!(Language::ALL.iter().all(|language| survey_answers(*language).len() >= 10));
}
