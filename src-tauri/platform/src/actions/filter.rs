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

/// The filter over `actions a`, with the parameters of [`Filter::values`]. The conversation goes by its number, which the
/// index knows.
pub(crate) const CONDITION: &str = "a.at >= :from AND a.at < :to
    AND (:kind IS NULL OR a.kind = :kind)
    AND (:is_bot IS NULL OR a.author_is_bot = :is_bot)
    AND (:author IS NULL OR a.author_id = :author)
    AND (:conversation IS NULL OR a.conversation_nr = (SELECT nr FROM conversations WHERE id = :conversation))
    AND (:channel IS NULL OR a.channel_id = :channel)
    AND (:team IS NULL OR a.team_id = :team)";

/// Named values for a statement.
pub(crate) type Values = Vec<(&'static str, Value)>;

impl Filter {
    /// The values of [`CONDITION`].
    pub(crate) fn values(&self) -> Values {
        let (is_bot, author) = match &self.by {
            By::Anybody => (None, None),
            By::Advisors => (Some(false), None),
            By::Scenario => (Some(true), None),
            By::One(id) => (None, Some(id.clone())),
        };
        vec![
            (":from", self.from.map_or(i64::MIN, ms).into()),
            (":to", self.to.map_or(i64::MAX, ms).into()),
            (":kind", self.kind.clone().into()),
            (":is_bot", is_bot.into()),
            (":author", author.into()),
            (":conversation", self.conversation_id.clone().into()),
            (":channel", self.channel_id.clone().into()),
            (":team", self.team_id.clone().into()),
        ]
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
    let mut statement = sql.prepare_cached(&format!(
        "SELECT {COLUMNS}, a.nr FROM actions a JOIN conversations c ON c.nr = a.conversation_nr
         WHERE a.nr < :before AND {CONDITION} AND {}
         ORDER BY a.nr DESC LIMIT :limit",
        visibility::CONVERSATION
    ))?;
    let mut values = filter.values();
    values.push((":before", after.unwrap_or(i64::MAX).into()));
    values.push((":limit", (limit + 1).into()));
    values.push((":sees_all", visibility::sees_all(caller).into()));
    values.push((":user_id", caller.user.id.clone().into()));
    let mut rows = statement
        .query_map(bound(&values).as_slice(), |row| Ok((row.get(17)?, read(row)?)))?
        .collect::<rusqlite::Result<Vec<(i64, Action)>>>()?;
    Ok(crate::paging::page(&mut rows, limit))
}
