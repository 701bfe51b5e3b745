//! What no sealed day has: read from the actions themselves, and added up per day of the zone.

use std::collections::HashMap;

use rusqlite::Connection;

use super::{
    Span,
    calendar::{Day, Zone},
};
use crate::{
    actions::filter::{Filter, bound},
    refusal::Refusal,
    store::time,
};

/// Columns whose total counts conversations, each once (D50); the others count actions.
const ABOUT_CONVERSATIONS: &[&str] =
    &["close-conversation", "archive", "assign", "release", "hold", "help-request", "tag", "route"];

/// Whether the column is about conversations.
pub(super) fn is_about_conversations(kind: &str) -> bool {
    ABOUT_CONVERSATIONS.contains(&kind)
}

/// What actions of a day have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct ActionKey {
    pub(super) author_id: String,
    pub(super) author_is_bot: bool,
    pub(super) kind: String,
    pub(super) channel_id: String,
    pub(super) team_id: String,
}

/// Actions of one key.
#[derive(Clone, Debug, Default)]
pub(super) struct Actions {
    pub(super) count: u64,
    pub(super) author_name: String,
    /// The conversations' numbers, in any order and perhaps twice; none where the column is not about conversations.
    pub(super) conversations: Vec<i64>,
}

impl Actions {
    pub(super) fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.conversations.extend(&other.conversations);
    }
}

/// What first answers of a day have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct AnswerKey {
    pub(super) author_id: String,
    pub(super) channel_id: String,
    pub(super) team_id: String,
}

/// The first answer by a person in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FirstAnswer {
    /// When it was given.
    pub(super) at: i64,
    /// How long after the customer's first message, in milliseconds.
    pub(super) took: i64,
}

/// The actions that a filter lets through.
pub(super) fn actions(
    sql: &Connection,
    zone: Zone,
    filter: &Filter,
) -> Result<HashMap<(Day, ActionKey), Actions>, Refusal> {
    let (condition, values) = filter.condition();
    let mut statement = sql.prepare_cached(&format!(
        "SELECT a.at, a.author_id, a.author_is_bot, a.author_name, a.kind, a.channel_id, coalesce(a.team_id, 'none'),
            a.conversation_nr
         FROM actions a WHERE {condition}"
    ))?;
    let mut days = Days::new(zone);
    let mut found: HashMap<(Day, ActionKey), Actions> = HashMap::new();
    let mut rows = statement.query(bound(&values).as_slice())?;
    while let Some(row) = rows.next()? {
        let key = ActionKey {
            author_id: row.get(1)?,
            author_is_bot: row.get(2)?,
            kind: row.get(4)?,
            channel_id: row.get(5)?,
            team_id: row.get(6)?,
        };
        let conversation = is_about_conversations(&key.kind).then(|| row.get::<_, i64>(7)).transpose()?;
        let actions = found.entry((days.day(row.get(0)?), key)).or_default();
        actions.count += 1;
        actions.conversations.extend(conversation);
        row.get_ref(3)?.as_str().unwrap_or_default().clone_into(&mut actions.author_name);
    }
    Ok(found)
}

/// The first answers by people that a filter lets through. Of a conversation only the very first counts: whoever answers
/// second is in no figure, also when the filter asks for nobody else.
pub(super) fn first_answers(
    sql: &Connection,
    zone: Zone,
    filter: &Filter,
) -> Result<HashMap<(Day, AnswerKey), Vec<FirstAnswer>>, Refusal> {
    let (condition, values) = Filter { kind: None, ..filter.clone() }.condition();
    let mut statement = sql.prepare_cached(&format!(
        "SELECT a.at, a.author_id, a.channel_id, coalesce(a.team_id, 'none'), a.at - c.opened_at
         FROM actions a JOIN conversations c ON c.nr = a.conversation_nr
         WHERE {condition} AND a.kind = 'answer' AND NOT a.author_is_bot
            AND NOT EXISTS (SELECT 1 FROM actions earlier WHERE earlier.conversation_nr = a.conversation_nr
                AND earlier.nr < a.nr AND earlier.kind = 'answer' AND NOT earlier.author_is_bot)"
    ))?;
    let mut days = Days::new(zone);
    let mut found: HashMap<(Day, AnswerKey), Vec<FirstAnswer>> = HashMap::new();
    let mut rows = statement.query(bound(&values).as_slice())?;
    while let Some(row) = rows.next()? {
        let key = AnswerKey { author_id: row.get(1)?, channel_id: row.get(2)?, team_id: row.get(3)? };
        let (at, took) = (row.get(0)?, row.get::<_, i64>(4)?);
        // A clock that was set back between message and answer makes no answer quicker than at once.
        found.entry((days.day(at), key)).or_default().push(FirstAnswer { at, took: took.max(0) });
    }
    Ok(found)
}

/// The filter for a part of its range.
pub(super) fn within(filter: &Filter, span: Span) -> Filter {
    Filter { from: Some(time(span.from)), to: Some(time(span.to)), ..filter.clone() }
}

/// The days of times that mostly follow each other.
struct Days {
    zone: Zone,
    day: Day,
    span: Span,
}

impl Days {
    fn new(zone: Zone) -> Self {
        Self { zone, day: 0, span: Span { from: 0, to: 0 } }
    }

    fn day(&mut self, at: i64) -> Day {
        if !(self.span.from..self.span.to).contains(&at) {
            self.day = self.zone.day(at);
            self.span = Span { from: self.zone.starts_at(self.day), to: self.zone.starts_at(self.day + 1) };
        }
        self.day
    }
}
