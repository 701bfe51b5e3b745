//! One conversation as the file has it: the shape for clients, and beside it what the rules need.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, OptionalExtension, Row, types::FromSql};
use signoff_wire::contract::{
    channels::{ChannelRef, ChannelType, SurveyKind},
    conversations::{
        ClosedBy, CloserKind, Conversation, ConversationState, ConversationStatus, Customer, LastMessage, SurveyPreview,
    },
    sessions::{TeamRef, UserRef},
    timeline::{Author, AuthorKind},
};

use crate::{
    refusal::Refusal,
    store::time,
    surveys::eligibility::{Eligibility, SurveyFacts},
};

/// The columns that [`Record::read`] takes, in its order; to be followed by further joins or conditions.
///
/// Tags stand under what they are called today, so renaming one costs the same in a workspace of ten conversations and of
/// ten million.
pub(crate) const SELECT: &str = "
SELECT c.nr, c.id, c.state,
    ch.id, ch.kind, ch.name, ch.reply_limit,
    ch.conversation_window_h, ch.reply_window_h, ch.person_window_h, ch.survey, ch.survey_paused,
    cu.id, cu.external_id, cu.name, cu.language, cu.vip, cu.last_survey_at,
    t.id, t.name, u.id, u.name,
    c.on_hold, c.help_requested,
    CASE
        WHEN c.tags = '[]' OR NOT EXISTS (SELECT 1 FROM former_tag_names) THEN c.tags
        ELSE (
            SELECT json_group_array(coalesce(
                (SELECT now.name FROM former_tag_names f JOIN tags now ON now.id = f.tag_id WHERE f.name = had.value),
                had.value
            ) ORDER BY had.key) FROM json_each(c.tags) had
        ) END,
    c.opened_at, c.closed_at,
    c.closed_by_kind, c.closed_by_id, c.closed_by_name,
    c.previous_id, c.previous_closed_by_kind, c.previous_closed_by_id, c.previous_closed_by_name,
    c.last_customer_message_id, c.last_customer_message_at, c.message_count, c.advisor_replies, c.survey_sent,
    e.id, e.author_kind, e.author_id, e.author_name, iif(e.text = '', coalesce(e.attachments ->> '$[0].name', ''), e.text), e.at,
    coalesce(ch.survey_quiet_days, w.survey_quiet_days), w.survey_min_replies, c.version
FROM conversations c
    JOIN channels ch ON ch.id = c.channel_id
    JOIN customers cu ON cu.id = c.customer_id
    JOIN workspace w ON w.only_row = 1
    LEFT JOIN teams t ON t.id = c.team_id
    LEFT JOIN users u ON u.id = c.assignee_id
    LEFT JOIN entries e ON e.nr = c.last_message_nr";

/// A conversation with what the rules need.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    /// Its number: the order in which conversations began.
    pub(crate) nr: i64,
    /// What clients see.
    pub(crate) view: Conversation,
    /// R9: how long a customer may be silent.
    pub(crate) conversation_window: TimeDelta,
    /// What decides about a survey.
    pub(crate) survey: SurveyFacts,
}

impl Record {
    /// The conversation with this id.
    pub(crate) fn by_id(sql: &Connection, id: &str, now: DateTime<Utc>) -> rusqlite::Result<Option<Self>> {
        sql.prepare_cached(&format!("{SELECT} WHERE c.id = ?1"))?.query_row([id], |row| Self::read(row, now)).optional()
    }

    /// The conversation with this number, which exists.
    pub(crate) fn by_nr(sql: &Connection, nr: i64, now: DateTime<Utc>) -> rusqlite::Result<Self> {
        sql.prepare_cached(&format!("{SELECT} WHERE c.nr = ?1"))?.query_row([nr], |row| Self::read(row, now))
    }

    /// Reads a row of [`SELECT`].
    pub(crate) fn read(row: &Row<'_>, now: DateTime<Utc>) -> rusqlite::Result<Self> {
        let mut columns = Columns { row, next: 0 };
        let nr = columns.take()?;
        let id = columns.take()?;
        let state = state(&columns.take::<String>()?);
        let channel = ChannelRef {
            id: columns.take()?,
            kind: ChannelType::from(columns.take::<String>()?.as_str()),
            name: columns.take()?,
            reply_limit: columns.take()?,
        };
        let conversation_window = hours(columns.take()?);
        let reply_window = columns.take::<Option<i64>>()?.map(hours);
        let person_window = columns.take::<Option<i64>>()?.map(hours);
        let survey_kind = columns.take::<Option<String>>()?.map(|kind| SurveyKind::from(kind.as_str()));
        let survey_paused = columns.take()?;
        let customer = Customer {
            id: columns.take()?,
            external_id: columns.take()?,
            name: columns.take()?,
            language: columns.take()?,
            vip: columns.take()?,
        };
        let last_survey_at = columns.take::<Option<i64>>()?.map(time);
        let team = columns.pair()?.map(|(id, name)| TeamRef { id, name });
        let assignee = columns.pair()?.map(|(id, name)| UserRef { id, name });
        let on_hold = columns.take()?;
        let help_requested = columns.take()?;
        let tags = serde_json::from_str(&columns.take::<String>()?).unwrap_or_default();
        let opened_at = time(columns.take()?);
        let closed_at = columns.take::<Option<i64>>()?.map(time);
        let closed_by = columns.closed_by()?;
        let previous_conversation_id = columns.take()?;
        let previous_closed_by = columns.closed_by()?;
        let last_customer_message_id = columns.take()?;
        let last_customer_message_at = columns.take::<Option<i64>>()?.map(time);
        let message_count = columns.take()?;
        let advisor_replies = columns.take()?;
        let survey_sent = columns.take()?;
        let last_message = columns.last_message()?;
        let quiet_days = columns.take()?;
        let min_replies = columns.take()?;
        let version = columns.take()?;

        let after_last_message = |window| last_customer_message_at.map(|at: DateTime<Utc>| at + window);
        let any_reply_until = reply_window.and_then(after_last_message);
        let survey = SurveyFacts {
            kind: survey_kind,
            paused: survey_paused,
            sent_in_conversation: survey_sent,
            last_sent_to_customer_at: last_survey_at,
            quiet_days,
            advisor_replies,
            min_replies,
            automatic_until: any_reply_until,
        };
        let open = state != ConversationState::Closed;
        let preview = if open { survey.with_one_more_reply(now) } else { Eligibility::NoSurvey };
        let view = Conversation {
            id,
            status: if open { ConversationStatus::Open } else { ConversationStatus::Closed },
            state,
            channel,
            customer,
            team,
            assignee,
            on_hold,
            help_requested,
            tags,
            opened_at,
            closed_at,
            closed_by,
            previous_conversation_id,
            previous_closed_by,
            last_customer_message_id,
            last_customer_message_at,
            message_count,
            last_message,
            conversation_window_ends_at: if open { after_last_message(conversation_window) } else { None },
            reply_window_ends_at: any_reply_until
                .map(|until| person_window.and_then(after_last_message).map_or(until, |person| person.max(until))),
            survey_preview: match preview {
                Eligibility::Send => SurveyPreview { will_send: true, reason: None },
                Eligibility::Skip(reason) => SurveyPreview { will_send: false, reason: Some(reason) },
                Eligibility::NoSurvey => SurveyPreview { will_send: false, reason: None },
            },
            version,
        };
        Ok(Self { nr, view, conversation_window, survey })
    }

    /// D9: whether the channel takes a reply that no person wrote.
    pub(crate) fn takes_automatic_replies(&self, now: DateTime<Utc>) -> bool {
        self.survey.automatic_until.is_none_or(|until| now <= until)
    }

    /// D7: the customer's newest conversation, if it is not this one.
    pub(crate) fn newer(&self, sql: &Connection) -> rusqlite::Result<Option<String>> {
        sql.prepare_cached("SELECT id FROM conversations WHERE customer_id = ?1 AND nr > ?2 ORDER BY nr DESC LIMIT 1")?
            .query_row((&self.view.customer.id, self.nr), |row| row.get(0))
            .optional()
    }

    /// R8.
    pub(crate) fn require_open(&self, sql: &Connection) -> Result<(), Refusal> {
        match self.view.status {
            ConversationStatus::Open => Ok(()),
            ConversationStatus::Closed => Err(Refusal::ConversationClosed { newer_conversation_id: self.newer(sql)? }),
        }
    }

    /// Who has it, as an id.
    pub(crate) fn assignee_id(&self) -> Option<&str> {
        self.view.assignee.as_ref().map(|user| user.id.as_str())
    }

    /// The team's id.
    pub(crate) fn team_id(&self) -> Option<&str> {
        self.view.team.as_ref().map(|team| team.id.as_str())
    }
}

/// Takes one column after the other.
struct Columns<'a, 'b> {
    row: &'a Row<'b>,
    next: usize,
}

impl Columns<'_, '_> {
    fn take<T: FromSql>(&mut self) -> rusqlite::Result<T> {
        let value = self.row.get(self.next);
        self.next += 1;
        value
    }

    fn pair(&mut self) -> rusqlite::Result<Option<(String, String)>> {
        let (id, name) = (self.take::<Option<String>>()?, self.take::<Option<String>>()?);
        Ok(id.zip(name))
    }

    fn closed_by(&mut self) -> rusqlite::Result<Option<ClosedBy>> {
        let (kind, id, name) = (self.take::<Option<String>>()?, self.take()?, self.take()?);
        Ok(kind.map(|kind| ClosedBy { kind: CloserKind::from(kind.as_str()), id, name }))
    }

    fn last_message(&mut self) -> rusqlite::Result<Option<LastMessage>> {
        let (id, kind) = (self.take::<Option<String>>()?, self.take::<Option<String>>()?);
        let (author_id, name) = (self.take()?, self.take()?);
        let (text, at) = (self.take::<Option<String>>()?, self.take::<Option<i64>>()?);
        Ok(id.zip(kind).zip(text.zip(at)).map(|((id, kind), (text, at))| LastMessage {
            id,
            author: Author { kind: AuthorKind::from(kind.as_str()), id: author_id, name },
            text,
            at: time(at),
        }))
    }
}

fn hours(hours: i64) -> TimeDelta {
    TimeDelta::hours(hours)
}

fn state(text: &str) -> ConversationState {
    match text {
        "ongoing" => ConversationState::Ongoing,
        "answered" => ConversationState::Answered,
        "archived" => ConversationState::Archived,
        "closed" => ConversationState::Closed,
        // The table's CHECK leaves nothing else.
        _ => ConversationState::Received,
    }
}
