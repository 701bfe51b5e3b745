//! The demo's past: some weeks of conversations, up to the moment of the first start.
//!
//! The stories are acted out, not written down: every message, reply, note and closing goes through the same code as a
//! real one, only with the clock of its own time. So the demo cannot show anything that the platform would not do, and
//! its figures add up. Nothing is announced; nobody was listening.

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::OptionalExtension;
use signoff_wire::contract::{
    channels::{DeliveryReport, Inbound, InboundCustomer, InboundMessage},
    requests::{Assign, CloseConversation, ClosingReply, NewNote, NewReply, Origin, SetTags, Switch},
    sessions::{Role, User},
    surveys::SurveyAnswer,
    timeline::DeliveryStatus,
};

use super::{
    blueprint::user_id,
    content::{self, Advisor, Author, ClosingSurvey, Outcome, Story, stories},
};
use crate::{
    chance::Chance,
    channels::{deliveries, inbound},
    clicks::{self, Click},
    conversations::Record,
    refusal::Refusal,
    sessions::Caller,
    store::Write,
    surveys,
};

/// The demo is the same for everybody.
const SEED: u64 = 2026;
/// Of a hundred conversations that wait for the customer, so many wait in vain: the last reply was never delivered (D12).
const UNDELIVERED_PERCENT: i64 = 6;

/// Acts the past out, inside the transaction that founds the demo.
pub(crate) fn conversations(write: &mut Write<'_>) -> Result<(), Refusal> {
    let now = write.now;
    let mut chance = Chance::seeded(SEED);
    let mut scenes: Vec<Scene> = stories(SEED).into_iter().map(|story| Scene::new(story, now, &mut chance)).collect();
    // In the order of time across all conversations, as it would have happened; within one as it was told.
    let mut order: Vec<(DateTime<Utc>, usize)> = Vec::new();
    for (index, scene) in scenes.iter().enumerate() {
        order.extend(scene.cues.iter().map(|(at, _)| (*at, index)));
    }
    order.sort();

    // D13 and R1: the past has closings by advisors, although the switch is off today. It was on then.
    write.sql.execute("UPDATE workspace SET allow_manual_close = 1", [])?;
    write.silent = true;
    for (at, index) in order {
        write.now = at;
        scenes[index].play_next(write)?;
    }
    write.silent = false;
    write.now = now;
    write.sql.execute("UPDATE workspace SET allow_manual_close = 0", [])?;
    Ok(())
}

/// One conversation being acted out.
struct Scene {
    story: Story,
    conversation_id: Option<String>,
    cues: VecDeque<(DateTime<Utc>, Cue)>,
}

enum Cue {
    Message(String),
    Reply(Advisor, String),
    Close(Advisor, String),
    Note(Advisor, String),
    Tag(Advisor),
    Take(Advisor),
    Hold(Advisor),
    AskForHelp(Advisor),
    Archive(Advisor),
    Rate(u8, Option<&'static str>),
    FailToDeliver,
}

impl Scene {
    fn new(story: Story, now: DateTime<Utc>, chance: &mut Chance) -> Self {
        // Stories count in minutes; without this everything would have happened at the same second.
        let seconds = TimeDelta::milliseconds(chance.between(1_000..50_000));
        let at = |age: u32| now - TimeDelta::minutes(i64::from(age)) - seconds;
        let ages: Vec<u32> = story.turn_ages().collect();
        let last = story.turns.len().saturating_sub(1);
        let mut cues = VecDeque::new();
        let mut tagged = story.tags.is_empty();
        for (index, (turn, age)) in story.turns.iter().zip(&ages).enumerate() {
            let (when, text) = (at(*age), turn.text.clone());
            match turn.author {
                Author::Customer => cues.push_back((when, Cue::Message(text))),
                // The platform's own scenario says it.
                Author::Scenario => {}
                Author::Note(advisor) => cues.push_back((when, Cue::Note(advisor, text))),
                Author::Advisor(advisor) => {
                    if !std::mem::replace(&mut tagged, true) {
                        cues.push_back((when - TimeDelta::seconds(8), Cue::Tag(advisor)));
                    }
                    let closes = index == last && matches!(story.outcome, Outcome::ClosedByAdvisor { .. });
                    cues.push_back((when, if closes { Cue::Close(advisor, text) } else { Cue::Reply(advisor, text) }));
                }
            }
        }
        let end = at(story.end_age_minutes());
        let after = |seconds| end + TimeDelta::seconds(seconds);
        match &story.outcome {
            Outcome::Received | Outcome::ClosedByScenario | Outcome::ClosedByWindow => {}
            Outcome::Answered => {
                if chance.between(0..100) < UNDELIVERED_PERCENT {
                    cues.push_back((after(20), Cue::FailToDeliver));
                }
            }
            Outcome::Ongoing { assignee, on_hold, help_requested } => {
                cues.push_back((after(10), Cue::Take(*assignee)));
                if !tagged {
                    cues.push_back((after(20), Cue::Tag(*assignee)));
                }
                if *on_hold {
                    cues.push_back((after(30), Cue::Hold(*assignee)));
                }
                if *help_requested {
                    cues.push_back((after(35), Cue::AskForHelp(*assignee)));
                }
            }
            Outcome::Archived { by } => {
                if !tagged {
                    cues.push_back((after(10), Cue::Tag(*by)));
                }
                cues.push_back((after(30), Cue::Archive(*by)));
            }
            Outcome::ClosedByAdvisor { survey, .. } => {
                if let ClosingSurvey::Answered { rating, comment, minutes_after_closing } = survey {
                    let answered = end + TimeDelta::minutes(i64::from(*minutes_after_closing));
                    cues.push_back((answered, Cue::Rate(*rating, *comment)));
                }
            }
        }
        Self { story, conversation_id: None, cues }
    }

    fn play_next(&mut self, write: &mut Write<'_>) -> Result<(), Refusal> {
        match self.cues.pop_front() {
            Some((_, Cue::Message(text))) => self.message(write, text),
            Some((_, cue)) => self.act(write, cue),
            None => Ok(()),
        }
    }

    fn message(&mut self, write: &mut Write<'_>, text: String) -> Result<(), Refusal> {
        let (customer, channel_id) = (&self.story.customer, self.story.channel.facts().id);
        let inbound = Inbound {
            customer: InboundCustomer {
                external_id: customer.external_id.clone(),
                name: customer.name.clone(),
                language: None,
            },
            message: InboundMessage { external_id: write.chance.token(), text, at: None, attachments: Vec::new() },
        };
        let taken = inbound::take(write, channel_id, &inbound)?;
        write
            .sql
            .prepare_cached("UPDATE customers SET language = ?3, vip = ?4 WHERE channel_id = ?1 AND external_id = ?2")?
            .execute((channel_id, &customer.external_id, customer.language.code(), customer.vip))?;
        self.conversation_id = Some(taken.conversation_id);
        Ok(())
    }

    fn act(&self, write: &mut Write<'_>, cue: Cue) -> Result<(), Refusal> {
        match cue {
            Cue::Message(_) => {}
            Cue::Reply(advisor, text) => {
                let reply = NewReply {
                    text,
                    attachments: Vec::new(),
                    trigger_survey: false,
                    last_seen_message_id: None,
                    origin: Origin::Console,
                };
                let click = self.click(write, advisor)?;
                let receipt = clicks::reply::apply(write, &click, &reply)?;
                self.deliver(write, receipt.reply.map(|reply| reply.message_id), DeliveryStatus::Delivered)?;
            }
            Cue::Close(advisor, text) => {
                let click = self.click(write, advisor)?;
                let record = Record::by_id(write.sql, &click.conversation_id, write.now)?;
                let asked = CloseConversation {
                    reply: ClosingReply { text, attachments: Vec::new() },
                    last_seen_message_id: record.and_then(|record| record.view.last_customer_message_id),
                    origin: Origin::Console,
                };
                let receipt = clicks::close::apply(write, &click, &asked)?;
                self.deliver(write, receipt.reply.map(|reply| reply.message_id), DeliveryStatus::Delivered)?;
            }
            Cue::Note(advisor, text) => {
                let click = self.click(write, advisor)?;
                clicks::note::apply(write, &click, &NewNote { text })?;
            }
            Cue::Tag(advisor) => {
                let click = self.click(write, advisor)?;
                let tags = self.story.tags.iter().map(|&tag| tag.to_owned()).collect();
                clicks::tag::apply(write, &click, &SetTags { tags })?;
            }
            Cue::Take(advisor) => {
                let click = self.click(write, advisor)?;
                let to_self = Assign { user_id: Some(user_id(advisor).to_owned()) };
                clicks::assign::apply(write, &click, &to_self)?;
            }
            Cue::Hold(advisor) => {
                let click = self.click(write, advisor)?;
                clicks::flag::hold(write, &click, Switch { on: true })?;
            }
            Cue::AskForHelp(advisor) => {
                let click = self.click(write, advisor)?;
                clicks::flag::help_request(write, &click, Switch { on: true })?;
            }
            Cue::Archive(advisor) => {
                let click = self.click(write, advisor)?;
                clicks::archive::apply(write, &click)?;
            }
            Cue::Rate(rating, comment) => self.rate(write, i64::from(rating), comment)?,
            Cue::FailToDeliver => {
                let reply = self.newest_reply(write)?;
                self.deliver(write, reply, DeliveryStatus::Failed)?;
            }
        }
        Ok(())
    }

    fn click(&self, write: &mut Write<'_>, advisor: Advisor) -> Result<Click, Refusal> {
        let conversation_id = self.conversation_id.clone().ok_or(Refusal::ConversationUnknown)?;
        let person = content::people().into_iter().find(|person| person.advisor == advisor);
        let user = User {
            id: user_id(advisor).to_owned(),
            name: person.map(|person| person.name).unwrap_or_default().to_owned(),
            email: advisor.email().to_owned(),
            // Everybody of the demo sees everything.
            role: Role::Admin,
            teams: Vec::new(),
        };
        let caller = Caller { user, token_hash: Vec::new(), confined_to: None };
        Ok(Click { caller, conversation_id, key: write.id("demo") })
    }

    fn deliver(&self, write: &mut Write<'_>, reply: Option<String>, status: DeliveryStatus) -> Result<(), Refusal> {
        let Some(reply_id) = reply else { return Ok(()) };
        let reason = (status == DeliveryStatus::Failed).then(|| "recipient unavailable".to_owned());
        deliveries::report(write, self.story.channel.facts().id, &DeliveryReport { reply_id, status, reason })
    }

    fn rate(&self, write: &mut Write<'_>, rating: i64, comment: Option<&str>) -> Result<(), Refusal> {
        let token: Option<String> = write
            .sql
            .prepare_cached(
                "SELECT s.token FROM surveys s JOIN conversations c ON c.nr = s.conversation_nr WHERE c.id = ?1",
            )?
            .query_row([&self.conversation_id], |row| row.get(0))
            .optional()?;
        if let Some(token) = token {
            surveys::answer(write, &token, &SurveyAnswer { rating, comment: comment.map(str::to_owned) })?;
        }
        Ok(())
    }

    fn newest_reply(&self, write: &Write<'_>) -> Result<Option<String>, Refusal> {
        Ok(write
            .sql
            .prepare_cached(
                "SELECT n.id FROM entries n JOIN conversations c ON c.nr = n.conversation_nr
                 WHERE c.id = ?1 AND n.kind = 'reply' ORDER BY n.nr DESC LIMIT 1",
            )?
            .query_row([&self.conversation_id], |row| row.get(0))
            .optional()?)
    }
}
