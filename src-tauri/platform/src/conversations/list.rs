//! The inbox list: oldest conversation first (D40). A message that a channel hands over late begins a conversation in the past, so the
//! order is that of the beginnings; the cursor is the number of the last row, whose beginning never changes.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, named_params};
use signoff_wire::contract::{conversations::Conversation, pages::Page};

use super::{Record, record::SELECT, visibility};
use crate::{refusal::Refusal, sessions::Caller};

/// What to list. Missing conditions always hold.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    /// The inbox tab, that is, the state.
    pub(crate) tab: Option<&'static str>,
    /// Only what the caller has taken.
    pub(crate) mine: bool,
    /// Only this channel.
    pub(crate) channel_id: Option<String>,
    /// Only this team.
    pub(crate) team_id: Option<String>,
    /// Only this customer's.
    pub(crate) customer_id: Option<String>,
}

/// A page after the cursor.
pub(crate) fn page(
    sql: &Connection,
    caller: &Caller,
    filter: &Filter,
    after: Option<i64>,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Page<Conversation>, Refusal> {
    let mut statement = sql.prepare_cached(&statement(filter))?;
    let parameters = named_params! {
        ":after": after.unwrap_or(0),
        ":tab": filter.tab,
        ":customer": filter.customer_id,
        ":mine": filter.mine,
        ":channel": filter.channel_id,
        ":team": filter.team_id,
        ":limit": limit + 1,
        ":sees_all": visibility::sees_all(caller),
        ":user_id": caller.user.id,
    };
    let mut rows = statement
        .query_map(parameters, |row| Record::read(row, now).map(|record| (record.nr, record.view)))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(crate::paging::page(&mut rows, limit))
}

/// Only what is asked for stands in the statement: a condition that is always true would cost the index. Of several the first decides which
/// index is read, since a customer has fewer conversations than an advisor, and an advisor fewer than a team; a plus keeps SQLite from
/// guessing. A channel has too many for any index of them to be of use.
pub(crate) fn statement(filter: &Filter) -> String {
    let mut is_led = false;
    let conditions = [
        (filter.customer_id.is_some(), "c.customer_id = :customer", ":customer IS NULL"),
        (filter.mine, "c.assignee_id = :user_id AND :mine", "NOT :mine"),
        (filter.team_id.is_some(), "c.team_id = :team", ":team IS NULL"),
        (filter.tab.is_some(), "c.state = :tab", ":tab IS NULL"),
    ]
    .map(|(is_asked, condition, otherwise)| match (is_asked, is_asked && std::mem::replace(&mut is_led, true)) {
        (false, _) => otherwise.to_owned(),
        (true, false) => condition.to_owned(),
        (true, true) => format!("+{condition}"),
    })
    .join(" AND ");
    let channel = if filter.channel_id.is_some() { "+c.channel_id = :channel" } else { ":channel IS NULL" };
    format!(
        "{SELECT}
         WHERE (c.opened_at, c.nr) > (coalesce((SELECT opened_at FROM conversations WHERE nr = :after), 0), :after)
            AND {conditions} AND {channel} AND {}
         ORDER BY c.opened_at, c.nr LIMIT :limit",
        visibility::CONVERSATION
    )
}
