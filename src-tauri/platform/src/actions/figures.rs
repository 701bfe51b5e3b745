//! Volumes / Actions and Delays (R7, R11, D50), computed from the actions.

use std::collections::BTreeMap;

use rusqlite::Connection;
use signoff_wire::contract::{
    actions::ActionType,
    analytics::{ActionFigures, ActionFiguresRow, Delays},
};

use super::filter::{CONDITION, Filter, bound};
use crate::refusal::Refusal;

/// What the rows stand for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum GroupBy {
    /// Days in UTC.
    #[default]
    Day,
    /// People and scenarios.
    Author,
    /// Channels.
    Channel,
    /// Teams.
    Team,
}

/// Columns whose total counts conversations, each once (D50); the others count actions.
const ABOUT_CONVERSATIONS: &[&str] =
    &["close-conversation", "archive", "assign", "release", "hold", "help-request", "tag", "route"];

/// The table of actions per day, author, channel or team.
pub(crate) fn actions(sql: &Connection, filter: &Filter, group_by: GroupBy) -> Result<ActionFigures, Refusal> {
    let (key, name, join) = match group_by {
        GroupBy::Day => ("strftime('%Y-%m-%d', a.at / 1000, 'unixepoch')", "''", ""),
        GroupBy::Author => ("a.author_id", "max(a.author_name)", ""),
        GroupBy::Channel => ("a.channel_id", "max(ch.name)", "LEFT JOIN channels ch ON ch.id = a.channel_id"),
        GroupBy::Team => {
            ("coalesce(a.team_id, 'none')", "coalesce(max(t.name), '')", "LEFT JOIN teams t ON t.id = a.team_id")
        }
    };
    let mut rows: Vec<ActionFiguresRow> = Vec::new();
    let counts = format!(
        "SELECT {key} AS key, {name}, a.kind, count(*) FROM actions a {join} WHERE {CONDITION}
         GROUP BY key, a.kind ORDER BY key"
    );
    for (key, name, kind, count) in query(sql, &counts, filter)? {
        if rows.last().is_none_or(|row| row.key != key) {
            let name = if name.is_empty() { key.clone() } else { name };
            rows.push(ActionFiguresRow { key, name, counts: no_actions() });
        }
        if let Some(row) = rows.last_mut() {
            row.counts.insert(kind, count);
        }
    }

    let mut totals = no_actions();
    let distinct = ABOUT_CONVERSATIONS.join("', '");
    let all = format!(
        "SELECT '', '', a.kind,
            CASE WHEN a.kind IN ('{distinct}') THEN count(DISTINCT a.conversation_nr) ELSE count(*) END
         FROM actions a WHERE {CONDITION} GROUP BY a.kind"
    );
    for (_, _, kind, count) in query(sql, &all, filter)? {
        totals.insert(kind, count);
    }
    let columns = ActionType::KNOWN.iter().map(|&kind| kind.to_owned()).collect();
    Ok(ActionFigures { columns, rows, totals })
}

fn no_actions() -> BTreeMap<String, u64> {
    ActionType::KNOWN.iter().map(|&kind| (kind.to_owned(), 0)).collect()
}

fn query(sql: &Connection, statement: &str, filter: &Filter) -> rusqlite::Result<Vec<(String, String, String, u64)>> {
    sql.prepare_cached(statement)?
        .query_map(bound(&filter.values()).as_slice(), |row| {
            let count: i64 = row.get(3)?;
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, u64::try_from(count).unwrap_or_default()))
        })?
        .collect()
}

/// First human response time, per conversation: from the customer's first message to the first reply by an advisor that
/// the filter lets through. Closings have no part in it (R7).
pub(crate) fn delays(sql: &Connection, filter: &Filter) -> Result<Delays, Refusal> {
    let mut statement = sql.prepare_cached(&format!(
        "SELECT a.at - c.opened_at FROM actions a JOIN conversations c ON c.nr = a.conversation_nr
         WHERE a.kind = 'answer' AND NOT a.author_is_bot AND {CONDITION}
            AND a.nr = (SELECT min(first.nr) FROM actions first WHERE first.conversation_nr = a.conversation_nr
                AND first.kind = 'answer' AND NOT first.author_is_bot)
         ORDER BY 1"
    ))?;
    let delays_ms = statement
        .query_map(bound(&filter.values()).as_slice(), |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<i64>>>()?;
    Ok(Delays {
        count: u64::try_from(delays_ms.len()).unwrap_or(u64::MAX),
        median_s: percentile_s(&delays_ms, 50),
        p90_s: percentile_s(&delays_ms, 90),
    })
}

/// The percentile of sorted values, between neighbours where it falls between them.
#[expect(clippy::cast_precision_loss, reason = "delays are far below 2^53 ms")]
fn percentile_s(sorted_ms: &[i64], percent: usize) -> Option<f64> {
    let last = sorted_ms.len().checked_sub(1)?;
    let (whole, rest) = (last * percent / 100, last * percent % 100);
    let low = *sorted_ms.get(whole)? as f64;
    let high = *sorted_ms.get(whole + 1).unwrap_or(&sorted_ms[whole]) as f64;
    Some((low + (high - low) * rest as f64 / 100.0) / 1000.0)
}
