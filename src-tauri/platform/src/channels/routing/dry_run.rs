//! Explaining what the rules would do with a message, without doing it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension};
use signoff_wire::contract::{
    routing::{DryRun, DryRunMessage, DryRunMoment, DryRunResult, DryRunSubject},
    timeline::Happening,
};

use super::{
    document,
    judge::{Act, Subject, judge},
    office, subject,
    waiting::{self, Waiting},
};
use crate::{
    channels::{language, named::Named, scenario::template},
    conversations::Record,
    refusal::Refusal,
    store::time,
    tags,
};

/// What every rule would make of it.
pub(crate) fn run(sql: &Connection, asked: &DryRun, now: DateTime<Utc>) -> Result<DryRunResult, Refusal> {
    let rules = match &asked.rules {
        Some(rules) => {
            document::require_shape(rules)?;
            rules.clone()
        }
        None => document::rules(sql)?,
    };
    let mut subject = match &asked.on {
        DryRunSubject::Message(message) => made_up(sql, message, now)?,
        DryRunSubject::Conversation { conversation_id, moment } => of_conversation(sql, conversation_id, *moment, now)?,
    };
    subject.office = office(sql, &rules, subject.at)?;
    let mut result = DryRunResult {
        rules: Vec::new(),
        team_id: subject.team_id.clone(),
        tags: subject.tags.clone(),
        archived: subject.archived,
        replies: Vec::new(),
        language: subject.language.clone(),
    };
    let (verdicts, acts) = judge(&rules, subject, &Named::of(sql)?);
    result.rules = verdicts;
    for (_, act) in acts {
        match act {
            Act::Route(team_id) => result.team_id = Some(team_id),
            Act::Tag(tags) => result.tags = tags,
            Act::Archive => result.archived = true,
            Act::Reply(text) => result.replies.push(text),
        }
    }
    Ok(result)
}

fn made_up(sql: &Connection, message: &DryRunMessage, now: DateTime<Utc>) -> Result<Subject, Refusal> {
    let (channel_name, reply_limit) = sql
        .prepare_cached("SELECT name, reply_limit FROM channels WHERE id = ?1")?
        .query_row([&message.channel_id], |row| Ok((row.get(0)?, row.get::<_, u32>(1)?)))
        .optional()?
        .ok_or(Refusal::ChannelUnknown)?;
    let said = message.language.clone().filter(|language| !language.is_empty());
    Ok(Subject {
        channel_id: message.channel_id.clone(),
        channel_name,
        reply_limit: reply_limit as usize,
        may_reply: true,
        text: message.text.clone(),
        at: message.at.unwrap_or(now),
        office: None,
        said: message.new_conversation.then(|| message.text.clone()),
        conversation_id: template::TRIED.1.to_owned(),
        customer_id: template::TRIED.0.to_owned(),
        customer_name: message.customer_name.clone(),
        language: said.or_else(|| language::of_writer(&message.text, None)),
        vip: message.vip,
        variables: message.variables.clone(),
        team_id: message.team_id.clone(),
        tags: message.tags.clone(),
        archived: false,
        advisor_has_it: false,
        answered: BTreeSet::new(),
    })
}

/// A conversation at a moment.
fn of_conversation(
    sql: &Connection,
    id: &str,
    moment: Option<DryRunMoment>,
    now: DateTime<Utc>,
) -> Result<Subject, Refusal> {
    let record = Record::by_id(sql, id, now)?.ok_or(Refusal::ConversationUnknown)?;
    let newest = message(sql, record.nr, i64::MAX)?.ok_or(Refusal::ConversationUnknown)?;
    let first = first_message(sql, record.nr)?.unwrap_or(newest.nr);
    let (until, at, waited) = match waiting::look(sql, record.nr)? {
        Waiting::Never => (first_rest(sql, record.nr, first)?, None, false),
        Waiting::Over { entry_nr, at } => (entry_nr, Some(at), true),
        Waiting::Still => (i64::MAX, None, true),
    };
    let beginning = match moment {
        Some(moment) => moment == DryRunMoment::Beginning,
        None => newest.nr <= until,
    };
    if !beginning {
        return Ok(Subject { at: newest.at, ..subject(sql, &record, &newest.text, newest.at)? });
    }
    let last = message(sql, record.nr, until)?.unwrap_or(newest);
    let at = at.unwrap_or(last.at);
    let said = if waited { waiting::said(sql, record.nr, until)? } else { last.text.clone() };
    let (team_id, tags) = chosen(sql, record.nr, until)?;
    Ok(Subject {
        at,
        said: Some(said),
        team_id,
        tags,
        archived: false,
        advisor_has_it: false,
        answered: BTreeSet::new(),
        ..subject(sql, &record, &last.text, at)?
    })
}

/// A message of the customer.
struct Message {
    nr: i64,
    text: String,
    at: DateTime<Utc>,
}

/// The newest one up to an entry.
fn message(sql: &Connection, conversation_nr: i64, until: i64) -> rusqlite::Result<Option<Message>> {
    sql.prepare_cached(
        "SELECT nr, text, at FROM entries WHERE conversation_nr = ?1 AND kind = 'message' AND nr <= ?2
         ORDER BY nr DESC LIMIT 1",
    )?
    .query_row([conversation_nr, until], |row| {
        Ok(Message { nr: row.get(0)?, text: row.get(1)?, at: time(row.get(2)?) })
    })
    .optional()
}

fn first_message(sql: &Connection, conversation_nr: i64) -> rusqlite::Result<Option<i64>> {
    sql.prepare_cached("SELECT min(nr) FROM entries WHERE conversation_nr = ?1 AND kind = 'message'")?
        .query_row([conversation_nr], |row| row.get(0))
}

/// The last of the scenario's entries that follow the first message at once.
fn first_rest(sql: &Connection, conversation_nr: i64, first: i64) -> rusqlite::Result<i64> {
    sql.prepare_cached(
        "SELECT coalesce(min(nr) - 1, ?3) FROM entries
         WHERE conversation_nr = ?1 AND nr > ?2 AND author_kind <> 'scenario'",
    )?
    .query_row([conversation_nr, first, i64::MAX], |row| row.get(0))
}

/// The team and the tags that the conversation had at an entry. The timeline tells.
fn chosen(sql: &Connection, conversation_nr: i64, until: i64) -> Result<(Option<String>, Vec<String>), Refusal> {
    let (mut team_id, mut names) = (None, Vec::new());
    let mut statement = sql.prepare_cached(
        "SELECT event FROM entries WHERE conversation_nr = ?1 AND nr <= ?2 AND kind = 'event' ORDER BY nr",
    )?;
    let events = statement.query_map([conversation_nr, until], |row| row.get::<_, Option<String>>(0))?;
    for event in events {
        let happening = event?.and_then(|json| serde_json::from_str(&json).ok());
        match happening.unwrap_or(Happening::Unknown) {
            Happening::Routed { to } => team_id = Some(to.id),
            Happening::Unrouted { .. } => team_id = None,
            Happening::Tagged { tags } => names = tags,
            Happening::Assigned { .. }
            | Happening::Released { .. }
            | Happening::Hold { .. }
            | Happening::HelpRequest { .. }
            | Happening::Archived
            | Happening::SurveySent { .. }
            | Happening::SurveySkipped { .. }
            | Happening::SurveyFailed { .. }
            | Happening::SurveyAnswered { .. }
            | Happening::Closed { .. }
            | Happening::Erased
            | Happening::Unknown => {}
        }
    }
    let mut tags = Vec::with_capacity(names.len());
    for name in names {
        tags.push(tags::resolve(sql, &name)?.map_or(name, |(today, _)| today));
    }
    Ok((team_id, tags))
}
