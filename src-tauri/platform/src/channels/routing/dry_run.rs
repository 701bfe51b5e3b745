//! Explaining what the rules would do with a message, without doing it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension};
use signoff_wire::contract::{
    actions::ActionOrigin,
    routing::{DryRun, DryRunMessage, DryRunResult, DryRunSubject},
};

use super::{
    document,
    judge::{Act, Subject, judge},
    office, subject,
};
use crate::{
    channels::{language, named::Named, scenario::template},
    conversations::Record,
    refusal::Refusal,
    store::time,
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
        DryRunSubject::Conversation { conversation_id } => of_conversation(sql, conversation_id, now)?,
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
        new_conversation: message.new_conversation,
        conversation_id: template::TRIED.1.to_owned(),
        customer_id: template::TRIED.0.to_owned(),
        customer_name: message.customer_name.clone(),
        language: said.or_else(|| language::guess(&message.text).map(str::to_owned)),
        vip: message.vip,
        variables: message.variables.clone(),
        team_id: message.team_id.clone(),
        tags: message.tags.clone(),
        archived: false,
        advisor_has_it: false,
        answered: BTreeSet::new(),
    })
}

/// The newest message of a conversation. The one that began it is looked at as it was then: with no more than what the scenario
/// had done.
fn of_conversation(sql: &Connection, id: &str, now: DateTime<Utc>) -> Result<Subject, Refusal> {
    let record = Record::by_id(sql, id, now)?.ok_or(Refusal::ConversationUnknown)?;
    let (text, at): (String, i64) = sql
        .prepare_cached(
            "SELECT text, at FROM entries WHERE conversation_nr = ?1 AND kind = 'message' ORDER BY nr DESC LIMIT 1",
        )?
        .query_row([record.nr], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?
        .ok_or(Refusal::ConversationUnknown)?;
    let at = time(at);
    let subject = Subject { at, ..subject(sql, &record, &text, at)? };
    if record.view.message_count != 1 {
        return Ok(subject);
    }
    let routed: Option<String> = sql
        .prepare_cached(
            "SELECT json_extract(data, '$.team_id') FROM actions
             WHERE conversation_nr = ?1 AND kind = 'route' AND origin = ?2 ORDER BY nr DESC LIMIT 1",
        )?
        .query_row((record.nr, ActionOrigin::Scenario.as_str()), |row| row.get(0))
        .optional()?
        .flatten();
    Ok(Subject {
        new_conversation: true,
        team_id: routed,
        tags: Vec::new(),
        archived: false,
        advisor_has_it: false,
        answered: BTreeSet::new(),
        ..subject
    })
}
