//! Routing rules (R9): tried in order on new conversations, or on every message, after the scenario's own actions.
//!
//! [`judge`] decides and does nothing; here it is carried out, in the transaction that takes the message in, and [`dry_run`] only
//! tells. A team that somebody chose, the scenario above all, stands unless a rule says that it overrules.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};
use signoff_wire::contract::{
    actions::{ActionOrigin, ActionType},
    conversations::ConversationState,
    routing::{RoutingRule, RuleOccasion},
    workspace::OfficeMoment,
};

pub(crate) mod document;
pub(crate) mod dry_run;
mod faults;
mod judge;
mod waiting;

use judge::{Act, Subject};
use waiting::Waiting;

use super::{effects, named::Named};
use crate::{
    actions::record::{self, NewAction},
    actor::Actor,
    clicks::reply,
    conversations::{Record, change::announce_action},
    office::hours,
    refusal::Refusal,
    store::Write,
};

/// A message that came in and has been through the scenario.
#[derive(Clone, Copy)]
pub(crate) struct Came<'a> {
    /// The message.
    pub(crate) text: &'a str,
    /// When it was written.
    pub(crate) at: DateTime<Utc>,
    /// Whether it began the conversation.
    pub(crate) new_conversation: bool,
    /// Whether the scenario waits for something: the customer, another system, time.
    pub(crate) scenario_waits: bool,
}

/// Tries the rules on a message. Those for new conversations are tried once, when the scenario comes to rest for the first time (R9).
pub(crate) fn on_message(write: &mut Write<'_>, record: Record, came: Came<'_>) -> Result<Record, Refusal> {
    let (rules, message) = (document::rules(write.sql)?, (came.text, came.at));
    if came.scenario_waits {
        if came.new_conversation {
            waiting::begin(write, record.nr)?;
        }
        return apply(write, record, &rules, message, None);
    }
    if came.new_conversation {
        return apply(write, record, &rules, message, Some(came.text.to_owned()));
    }
    let said = if wait(write.sql, &record)? { Some(wait_no_longer(write, &record, came.at)?) } else { None };
    apply(write, record, &rules, message, said)
}

/// The same when the scenario comes to rest by itself: a delay is over, or another system has answered. Rules for every message were tried
/// on the message.
pub(crate) fn at_rest(write: &mut Write<'_>, record: Record, text: &str) -> Result<Record, Refusal> {
    if !wait(write.sql, &record)? {
        return Ok(record);
    }
    let now = write.now;
    let said = wait_no_longer(write, &record, now)?;
    let mut rules = document::rules(write.sql)?;
    rules.retain(|rule| rule.on == RuleOccasion::NewConversation);
    apply(write, record, &rules, (text, now), Some(said))
}

/// Whether rules for new conversations wait. An advisor who has the conversation, or has answered, decides where it belongs.
fn wait(sql: &Connection, record: &Record) -> rusqlite::Result<bool> {
    let advisors = record.view.state == ConversationState::Ongoing || record.survey.advisor_replies > 0;
    Ok(!advisors && matches!(waiting::look(sql, record.nr)?, Waiting::Still))
}

/// What the customer has said meanwhile.
fn wait_no_longer(write: &Write<'_>, record: &Record, at: DateTime<Utc>) -> rusqlite::Result<String> {
    waiting::end(write, record.nr, at)?;
    waiting::said(write.sql, record.nr, i64::MAX)
}

/// Tries the rules and does what they say; those for new conversations with everything that was `said`.
fn apply(
    write: &mut Write<'_>,
    mut record: Record,
    rules: &[RoutingRule],
    (text, at): (&str, DateTime<Utc>),
    said: Option<String>,
) -> Result<Record, Refusal> {
    if rules.is_empty() {
        return Ok(record);
    }
    let office = office(write.sql, rules, at)?;
    let subject = Subject { at, said, office, ..subject(write.sql, &record, text, write.now)? };
    let (_, acts) = judge::judge(rules, subject, &Named::of(write.sql)?);
    for (nr, act) in acts {
        if let Some(rule) = rules.get(nr) {
            record = perform(write, record, rule, act)?;
        }
    }
    Ok(record)
}

fn perform(write: &mut Write<'_>, record: Record, rule: &RoutingRule, act: Act) -> Result<Record, Refusal> {
    let actor = Actor::Rule { id: rule.id.clone(), name: rule.name.clone() };
    match act {
        Act::Route(team_id) => match effects::team(write.sql, &team_id)? {
            Some(team) => effects::route(write, record, &actor, team),
            None => Ok(record),
        },
        Act::Tag(tags) => effects::tag(write, record, &actor, tags),
        Act::Archive => effects::archive(write, record, &actor),
        Act::Reply(text) => answer(write, &record, rule, &text),
    }
}

/// A reply is an advisor's or a scenario's: to the customer a rule is the latter. Its action tells them apart.
fn answer(write: &mut Write<'_>, record: &Record, rule: &RoutingRule, text: &str) -> Result<Record, Refusal> {
    let actor = Actor::Scenario { id: rule.id.clone(), name: rule.name.clone() };
    let action = NewAction { origin: ActionOrigin::RoutingRule, ..NewAction::new(ActionType::Answer, &actor) };
    let action = record::insert(write, record, action)?;
    let outgoing = reply::Outgoing { text, buttons: &[], client_key: None, action: &action };
    let sent = reply::send(write, record, &actor, &outgoing)?;
    announce_action(write, &sent.record, action)?;
    write
        .sql
        .prepare_cached("INSERT OR IGNORE INTO routing_replies (conversation_nr, rule_id) VALUES (?1, ?2)")?
        .execute(params![record.nr, rule.id])?;
    Ok(sent.record)
}

/// A conversation as the rules see it, with this as its newest message.
fn subject(sql: &Connection, record: &Record, text: &str, now: DateTime<Utc>) -> rusqlite::Result<Subject> {
    let view = &record.view;
    Ok(Subject {
        channel_id: view.channel.id.clone(),
        channel_name: view.channel.name.clone(),
        reply_limit: view.channel.reply_limit as usize,
        may_reply: record.takes_automatic_replies(now),
        text: text.to_owned(),
        at: now,
        office: None,
        said: None,
        conversation_id: view.id.clone(),
        customer_id: view.customer.id.clone(),
        customer_name: view.customer.name.clone(),
        language: view.customer.language.clone(),
        vip: view.customer.vip,
        variables: sql
            .prepare_cached("SELECT name, value FROM customer_variables WHERE customer_id = ?1")?
            .query_map([&view.customer.id], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?,
        team_id: record.team_id().map(str::to_owned),
        tags: view.tags.clone(),
        archived: view.state == ConversationState::Archived,
        advisor_has_it: view.state == ConversationState::Ongoing,
        answered: sql
            .prepare_cached("SELECT rule_id FROM routing_replies WHERE conversation_nr = ?1")?
            .query_map([record.nr], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?,
    })
}

/// How the office hours stand at a time, if a rule asks.
fn office(sql: &Connection, rules: &[RoutingRule], at: DateTime<Utc>) -> Result<Option<OfficeMoment>, Refusal> {
    let asked = rules.iter().any(|rule| rule.when.office_hours.is_some());
    if asked { hours::moment(sql, at).map(Some) } else { Ok(None) }
}
