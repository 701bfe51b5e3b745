//! Recording an action, and reading it back.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Row, params};
use serde_json::{Value, json};
use signoff_wire::contract::{
    actions::{Action, ActionOrigin, ActionStatus, ActionType},
    channels::ChannelType,
    receipts::SurveyStatus,
};

use crate::{
    actor::Actor,
    conversations::Record,
    figures::sealed,
    refusal::Refusal,
    store::{Write, ms, time},
};

/// The columns that [`read`] takes, of `actions a`.
pub(crate) const COLUMNS: &str = "a.id, a.kind, a.at, a.status, a.author_id, a.author_name, a.author_is_bot, a.origin, \
     a.conversation_id, a.previous_conversation_id, a.channel_id, a.channel_type, a.customer_id, a.team_id, \
     a.answer_action_id, a.survey_status, a.data";

/// Reads [`COLUMNS`].
pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Action> {
    let at: DateTime<Utc> = time(row.get(2)?);
    let status = row.get::<_, String>(3)?;
    let survey = row.get::<_, Option<String>>(15)?;
    Ok(Action {
        id: row.get(0)?,
        kind: ActionType::from(row.get::<_, String>(1)?.as_str()),
        at,
        date: at.format("%Y-%m-%d").to_string(),
        time: at.format("%H:%M:%S%.3f").to_string(),
        status: if status == "fail" { ActionStatus::Fail } else { ActionStatus::Ok },
        author_id: row.get(4)?,
        author_name: row.get(5)?,
        author_is_bot: row.get(6)?,
        origin: ActionOrigin::from(row.get::<_, String>(7)?.as_str()),
        conversation_id: row.get(8)?,
        previous_conversation_id: row.get(9)?,
        channel_id: row.get(10)?,
        channel_type: ChannelType::from(row.get::<_, String>(11)?.as_str()),
        customer_id: row.get(12)?,
        team_id: row.get(13)?,
        answer_action_id: row.get(14)?,
        survey_status: survey.map(|status| SurveyStatus::from(status.as_str())),
        data: serde_json::from_str(&row.get::<_, String>(16)?).unwrap_or_else(|_| json!({})),
    })
}

/// An action about to be recorded.
pub(crate) struct NewAction<'a> {
    /// What was done.
    pub(crate) kind: ActionType,
    /// By whom.
    pub(crate) author: &'a Actor,
    /// Whether it worked.
    pub(crate) status: ActionStatus,
    /// Where it was taken.
    pub(crate) origin: ActionOrigin,
    /// The answer that it belongs to.
    pub(crate) answer_action_id: Option<String>,
    /// What became of the survey.
    pub(crate) survey_status: Option<SurveyStatus>,
    /// What else belongs to it; an object.
    pub(crate) data: Value,
}

impl<'a> NewAction<'a> {
    /// A successful action in the console, with nothing special about it.
    pub(crate) fn new(kind: ActionType, author: &'a Actor) -> Self {
        Self {
            kind,
            author,
            status: ActionStatus::Ok,
            origin: ActionOrigin::Console,
            answer_action_id: None,
            survey_status: None,
            data: json!({}),
        }
    }
}

/// Records an action of now and returns it; announcing it is the caller's, after what it is about.
pub(crate) fn insert(write: &mut Write<'_>, conversation: &Record, new: NewAction<'_>) -> Result<Action, Refusal> {
    sealed::unseal(write, ms(write.now))?;
    let id = write.id("act");
    let (author_id, author_name, author_is_bot) = new.author.for_action();
    let view = &conversation.view;
    write
        .sql
        .prepare_cached(
            "INSERT INTO actions (id, kind, at, status, author_id, author_name, author_is_bot, origin, conversation_nr,
                conversation_id, previous_conversation_id, channel_id, channel_type, customer_id, team_id,
                answer_action_id, survey_status, data)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
        )?
        .execute(params![
            id,
            new.kind.as_str(),
            ms(write.now),
            match new.status {
                ActionStatus::Ok => "ok",
                ActionStatus::Fail => "fail",
            },
            author_id,
            author_name,
            author_is_bot,
            new.origin.as_str(),
            conversation.nr,
            view.id,
            view.previous_conversation_id,
            view.channel.id,
            view.channel.kind.as_str(),
            view.customer.id,
            conversation.team_id(),
            new.answer_action_id,
            new.survey_status.as_ref().map(SurveyStatus::as_str),
            new.data.to_string()
        ])?;
    Ok(by_id(write.sql, &id)?)
}

/// Everything that was done in a conversation, oldest first.
pub(crate) fn of_conversation(sql: &Connection, conversation_nr: i64) -> rusqlite::Result<Vec<Action>> {
    sql.prepare_cached(&format!("SELECT {COLUMNS} FROM actions a WHERE a.conversation_nr = ?1 ORDER BY a.nr"))?
        .query_map([conversation_nr], read)?
        .collect()
}

/// Says what became of the survey, once that is known.
pub(crate) fn set_survey(write: &Write<'_>, id: &str, status: &SurveyStatus) -> Result<Action, Refusal> {
    write.sql.prepare_cached("UPDATE actions SET survey_status = ?2 WHERE id = ?1")?.execute([id, status.as_str()])?;
    Ok(by_id(write.sql, id)?)
}

fn by_id(sql: &Connection, id: &str) -> rusqlite::Result<Action> {
    sql.prepare_cached(&format!("SELECT {COLUMNS} FROM actions a WHERE a.id = ?1"))?.query_row([id], read)
}
