//! Which actions are asked for. Lists, figures and exports share one filter, so that they count the same things.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, ToSql, types::Value};
use signoff_wire::contract::{actions::Action, pages::Page};

use super::record::{COLUMNS, read};
use crate::{conversations::visibility, refusal::Refusal, sessions::Caller, store::ms};

/// R11: the *Action author* filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum By {
    /// Everybody.
    #[default]
    Anybody,
    /// People.
    Advisors,
    /// The scenario.
    Scenario,
    /// One user or scenario.
    One(String),
}

/// Conditions; missing ones always hold.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    /// From then on.
    pub(crate) from: Option<DateTime<Utc>>,
    /// Before then.
    pub(crate) to: Option<DateTime<Utc>>,
    /// Only this type.
    pub(crate) kind: Option<String>,
    /// By whom.
    pub(crate) by: By,
    /// Only of this conversation.
    pub(crate) conversation_id: Option<String>,
    /// Only on this channel.
    pub(crate) channel_id: Option<String>,
    /// Only in this team.
    pub(crate) team_id: Option<String>,
}

/// Named values for a statement.
pub(crate) type Values = Vec<(&'static str, Value)>;

impl Filter {
    /// The filter over `actions a`, and its values. Only what is asked for stands in it, so that an index can help; the
    /// conversation goes by its number, which the index knows.
    pub(crate) fn condition(&self) -> (String, Values) {
        let mut condition = String::from("true");
        let mut values = Values::new();
        let mut add = |clause: &str, name, value: Option<Value>| {
            if let Some(value) = value {
                condition.push_str(" AND ");
                condition.push_str(clause);
                values.push((name, value));
            }
        };
        let (is_bot, author) = match &self.by {
            By::Anybody => (None, None),
            By::Advisors => (Some(false), None),
            By::Scenario => (Some(true), None),
            By::One(id) => (None, Some(id.clone())),
        };
        add("a.at >= :from", ":from", self.from.map(|at| ms(at).into()));
        add("a.at < :to", ":to", self.to.map(|at| ms(at).into()));
        add("a.kind = :kind", ":kind", self.kind.clone().map(Into::into));
        add("a.author_is_bot = :is_bot", ":is_bot", is_bot.map(Into::into));
        add("a.author_id = :author", ":author", author.map(Into::into));
        let conversation = "a.conversation_nr = (SELECT nr FROM conversations WHERE id = :conversation)";
        add(conversation, ":conversation", self.conversation_id.clone().map(Into::into));
        add("a.channel_id = :channel", ":channel", self.channel_id.clone().map(Into::into));
        // A conversation that was not routed yet is in no team, and that can be asked for.
        add("coalesce(a.team_id, 'none') = :team", ":team", self.team_id.clone().map(Into::into));
        (condition, values)
    }
}

/// The values as rusqlite takes them.
pub(crate) fn bound(values: &Values) -> Vec<(&str, &dyn ToSql)> {
    values.iter().map(|(name, value)| (*name, value as &dyn ToSql)).collect()
}

/// A page, newest first, of what the caller may see.
pub(crate) fn page(
    sql: &Connection,
    caller: &Caller,
    filter: &Filter,
    after: Option<i64>,
    limit: i64,
) -> Result<Page<Action>, Refusal> {
    let (statement, mut values) = statement(filter);
    let mut statement = sql.prepare_cached(&statement)?;
    values.push((":before", after.unwrap_or(i64::MAX).into()));
    values.push((":limit", (limit + 1).into()));
    values.push((":sees_all", visibility::sees_all(caller).into()));
    values.push((":user_id", caller.user.id.clone().into()));
    let mut rows = statement
        .query_map(bound(&values).as_slice(), |row| Ok((row.get(17)?, read(row)?)))?
        .collect::<rusqlite::Result<Vec<(i64, Action)>>>()?;
    Ok(crate::paging::page(&mut rows, limit))
}

/// A page of actions, and the values of its filter. Of one conversation they are read by its index, all others in the order of their numbers.
pub(crate) fn statement(filter: &Filter) -> (String, Values) {
    let (condition, values) = filter.condition();
    let index = match (filter.conversation_id.is_some(), filter.from.is_some() || filter.to.is_some()) {
        (true, _) => "INDEXED BY actions_by_conversation",
        (false, true) => "",
        (false, false) => "NOT INDEXED",
    };
    let statement = format!(
        "SELECT {COLUMNS}, a.nr FROM actions a {index} JOIN conversations c ON c.nr = a.conversation_nr
         WHERE a.nr < :before AND {condition} AND {}
         ORDER BY a.nr DESC LIMIT :limit",
        visibility::CONVERSATION
    );
    (statement, values)
}
