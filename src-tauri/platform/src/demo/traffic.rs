//! The demo's present: customers who write, answer surveys, and come back after a closing (R14).
//!
//! Their pace is gentle, a few events a minute, so that a newcomer can follow what happens. They use the same doors as
//! real ones, and chance and time are passed in, so a seed replays them.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Range,
    time::Duration,
};

use rusqlite::OptionalExtension;
use signoff_wire::contract::{
    channels::{Inbound, InboundCustomer, InboundMessage},
    conversations::{CloserKind, Conversation, ConversationStatus},
    events::{ConversationClosed, ReplySent, SurveySent},
    surveys::SurveyAnswer,
    timeline::AuthorKind,
};
use tokio::{sync::watch, time::Instant};

use super::content::{DemoChannel, traffic::Visitor};
use crate::{chance::Chance, channels::inbound, conversations::Record, refusal::Refusal, store::Store, surveys};

/// Between two new customers.
const NEW_CUSTOMER_S: Range<i64> = 25..70;
/// Until a customer who was closed is back: soon, so that a newcomer sees it happen.
const COMEBACK_S: Range<i64> = 8..20;
/// Until a survey is answered.
const RATING_S: Range<i64> = 5..15;
/// Until an answer is answered.
const ANSWER_S: Range<i64> = 20..50;
/// Between the halves of an opening.
const SECOND_MESSAGE_S: Range<i64> = 6..15;

/// Lets customers live until the platform stops.
pub(crate) async fn run(store: Store, chance: Chance, mut stopping: watch::Receiver<bool>) {
    let commits = store.commits();
    let seen = *commits.borrow();
    let mut town = Town {
        store,
        commits,
        chance,
        seen,
        visitors: HashMap::new(),
        plans: BTreeMap::new(),
        planned: 0,
        closings: 0,
    };
    tokio::select! {
        () = town.live() => {}
        _ = stopping.wait_for(|stop| *stop) => {}
    }
}

/// The simulated customers and what they are going to do.
struct Town {
    store: Store,
    commits: watch::Receiver<i64>,
    chance: Chance,
    /// The sequence up to which events were looked at.
    seen: i64,
    /// By the channel's id of the customer.
    visitors: HashMap<String, Visitor>,
    plans: BTreeMap<(Instant, u64), Plan>,
    planned: u64,
    closings: u32,
}

enum Plan {
    SomebodyNew,
    Write(Letter),
    /// Only while the conversation is open: nobody begins a new one to say thanks.
    Answer {
        conversation_id: String,
        letter: Letter,
    },
    Rate {
        token: String,
        answer: SurveyAnswer,
    },
}

/// Something a customer is going to write.
struct Letter {
    channel_id: &'static str,
    external_id: String,
    name: String,
    text: String,
}

impl Town {
    async fn live(&mut self) {
        self.plan(2..6, Plan::SomebodyNew);
        loop {
            let due = self.plans.first_key_value().map(|((at, _), _)| *at);
            let due = due.unwrap_or_else(|| Instant::now() + Duration::from_secs(60));
            let lived = tokio::select! {
                () = tokio::time::sleep_until(due) => self.carry_out_next().await,
                changed = self.commits.changed() => match changed {
                    Ok(()) => self.notice().await,
                    Err(_) => return,
                },
            };
            if let Err(refusal) = lived {
                tracing::debug!(code = %refusal.kind().0, "a simulated customer was refused");
            }
        }
    }

    fn plan(&mut self, in_seconds: Range<i64>, plan: Plan) {
        let ms = self.chance.between(in_seconds.start * 1000..in_seconds.end * 1000);
        let at = Instant::now() + Duration::from_millis(u64::try_from(ms).unwrap_or_default());
        self.planned += 1;
        self.plans.insert((at, self.planned), plan);
    }

    async fn carry_out_next(&mut self) -> Result<(), Refusal> {
        let Some((_, plan)) = self.plans.pop_first() else { return Ok(()) };
        match plan {
            Plan::SomebodyNew => self.somebody_new().await,
            Plan::Write(letter) => self.send(letter).await,
            Plan::Answer { conversation_id, letter } => {
                let now = self.store.now();
                let record = self.store.read(move |sql| Ok(Record::by_id(sql, &conversation_id, now)?)).await?;
                match record.map(|record| record.view.status) {
                    Some(ConversationStatus::Open) => self.send(letter).await,
                    Some(ConversationStatus::Closed) | None => Ok(()),
                }
            }
            Plan::Rate { token, answer } => {
                self.store.write(move |write| surveys::answer(write, &token, &answer)).await.map(|_| ())
            }
        }
    }

    async fn somebody_new(&mut self) -> Result<(), Refusal> {
        self.plan(NEW_CUSTOMER_S, Plan::SomebodyNew);
        let mut visitor = Visitor::draw(self.chance.seed());
        let channel_id = self.chance.pick(&DemoChannel::ALL).facts().id;
        let external_id = format!("visitor-{}", &self.chance.token()[..12]);
        let name = visitor.name.clone();
        let mut letters = visitor.opening().into_iter().map(|text| Letter {
            channel_id,
            external_id: external_id.clone(),
            name: name.clone(),
            text,
        });
        let first = letters.next();
        for letter in letters {
            self.plan(SECOND_MESSAGE_S, Plan::Write(letter));
        }
        self.visitors.insert(external_id, visitor);
        match first {
            Some(letter) => self.send(letter).await,
            None => Ok(()),
        }
    }

    async fn send(&mut self, letter: Letter) -> Result<(), Refusal> {
        let inbound = Inbound {
            customer: InboundCustomer { external_id: letter.external_id, name: letter.name, language: None },
            message: InboundMessage {
                external_id: self.chance.token(),
                text: letter.text,
                at: None,
                attachments: Vec::new(),
            },
        };
        self.store.write(move |write| inbound::take(write, letter.channel_id, &inbound)).await.map(|_| ())
    }

    /// Looks at what happened, and has customers react.
    async fn notice(&mut self) -> Result<(), Refusal> {
        let after = self.seen;
        let events = self
            .store
            .read(move |sql| {
                Ok(sql
                    .prepare_cached("SELECT seq, kind, data FROM events WHERE seq > ?1 ORDER BY seq LIMIT 500")?
                    .query_map([after], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                    .collect::<rusqlite::Result<Vec<(i64, String, String)>>>()?)
            })
            .await?;
        for (seq, kind, data) in events {
            self.seen = seq;
            match kind.as_str() {
                "conversation.closed" => self.somebody_was_closed(&serde_json::from_str(&data)?),
                "survey.sent" => self.somebody_was_asked(&serde_json::from_str(&data)?).await?,
                "reply.sent" => self.somebody_was_answered(&serde_json::from_str(&data)?),
                _ => {}
            }
        }
        Ok(())
    }

    /// The first always comes back, so that nobody waits in vain for the notification; later ones often do.
    fn somebody_was_closed(&mut self, event: &ConversationClosed) {
        if event.closed_by.kind == CloserKind::Window {
            return;
        }
        self.closings += 1;
        if self.closings == 1 || self.chance.happens(0.7) {
            let text = self.visitor(&event.conversation).comeback();
            if let Some(letter) = letter(&event.conversation, text) {
                self.plan(COMEBACK_S, Plan::Write(letter));
            }
        }
    }

    async fn somebody_was_asked(&mut self, event: &SurveySent) -> Result<(), Refusal> {
        let channel = DemoChannel::ALL.into_iter().find(|channel| channel.facts().id == event.conversation.channel.id);
        let Some(range) = channel.and_then(|channel| channel.facts().ratings).filter(|_| self.chance.happens(0.6))
        else {
            return Ok(());
        };
        let id = event.survey_id.clone();
        let token: Option<String> = self
            .store
            .read(move |sql| {
                Ok(sql
                    .prepare_cached("SELECT token FROM surveys WHERE id = ?1")?
                    .query_row([id], |row| row.get(0))
                    .optional()?)
            })
            .await?;
        let rating = self.visitor(&event.conversation).survey_answer(range);
        if let Some((token, (rating, comment))) = token.zip(rating) {
            let answer = SurveyAnswer { rating: i64::from(rating), comment: comment.map(str::to_owned) };
            self.plan(RATING_S, Plan::Rate { token, answer });
        }
        Ok(())
    }

    fn somebody_was_answered(&mut self, event: &ReplySent) {
        if event.entry.author.kind != AuthorKind::Advisor || !self.chance.happens(0.4) {
            return;
        }
        let grateful = self.chance.happens(0.5);
        let visitor = self.visitor(&event.conversation);
        let text = if grateful { visitor.thanks() } else { visitor.follow_up() };
        if let Some(letter) = letter(&event.conversation, text) {
            self.plan(ANSWER_S, Plan::Answer { conversation_id: event.conversation_id.clone(), letter });
        }
    }

    /// The conversation's customer. One from before the start gets a character now, of the same language.
    fn visitor(&mut self, conversation: &Conversation) -> &mut Visitor {
        let customer = &conversation.customer;
        let language = customer.language.as_deref().unwrap_or("en");
        let chance = &mut self.chance;
        self.visitors.entry(customer.external_id.clone()).or_insert_with(|| {
            loop {
                let visitor = Visitor::draw(chance.seed());
                if visitor.language.code() == language || !["en", "fr"].contains(&language) {
                    return visitor;
                }
            }
        })
    }
}

/// A letter of the conversation's customer, if the conversation is on one of the demo's channels.
fn letter(conversation: &Conversation, text: String) -> Option<Letter> {
    let channel = DemoChannel::ALL.into_iter().find(|channel| channel.facts().id == conversation.channel.id)?;
    Some(Letter {
        channel_id: channel.facts().id,
        external_id: conversation.customer.external_id.clone(),
        name: conversation.customer.name.clone(),
        text,
    })
}
