//! What a visitor sees: everything that was said between them and the company on this channel, across conversations, and
//! nothing that is for colleagues.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use signoff_wire::contract::{
    chat::{ChatEntry, ChatEntryKind, ChatSide, ChatState, ChatThread},
    timeline::{AuthorKind, Delivery, DeliveryStatus},
};

use super::visitors::{Known, client_id};
use crate::{refusal::Refusal, store::time, surveys::answers};

/// Rows of `entries n` that a visitor may see, of conversations of one customer.
const VISIBLE: &str = "
FROM customers cu JOIN conversations c ON c.customer_id = cu.id JOIN entries n ON n.conversation_nr = c.nr
WHERE cu.channel_id = :channel AND cu.external_id = :visitor
    AND (n.kind IN ('message', 'reply')
        OR (n.kind = 'event' AND n.event ->> '$.type' IN ('closed', 'survey-sent', 'survey-answered')))";

const COLUMNS: &str = "n.nr, n.id, c.id, n.kind, n.author_kind, n.author_name, n.text, n.at, n.delivery_status,
    n.delivery_reason, n.buttons, n.attachments, n.external_id, n.event ->> '$.type', n.event ->> '$.survey_id'";

/// A page of the thread: the newest `limit` entries before `before`, newest last.
pub(crate) fn page(
    sql: &Connection,
    visitor: &Known,
    before: Option<i64>,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<ChatThread, Refusal> {
    let mut items = rows(
        sql,
        visitor,
        &format!("SELECT {COLUMNS} {VISIBLE} AND n.nr < :place ORDER BY n.nr DESC LIMIT :limit"),
        before.unwrap_or(i64::MAX),
        limit + 1,
    )?;
    let more = i64::try_from(items.len()).unwrap_or(i64::MAX) > limit;
    items.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    items.reverse();
    let next = if more { items.first().map(|row| row.nr) } else { None };
    let state = state(sql, visitor)?;
    let position = newest(sql, visitor)?;
    let items =
        items.into_iter().filter_map(|row| entry(sql, visitor, row, now).transpose()).collect::<Result<_, _>>()?;
    Ok(ChatThread { items, next, position, state })
}

/// What came after `place`, oldest first, with the place that each leads to.
pub(crate) fn after(
    sql: &Connection,
    visitor: &Known,
    place: i64,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Vec<(i64, Option<ChatEntry>)>, Refusal> {
    let query = format!("SELECT {COLUMNS} {VISIBLE} AND n.nr > :place ORDER BY n.nr LIMIT :limit");
    rows(sql, visitor, &query, place, limit)?
        .into_iter()
        .map(|row| Ok((row.nr, entry(sql, visitor, row, now)?)))
        .collect()
}

/// The newest place there is.
pub(crate) fn newest(sql: &Connection, visitor: &Known) -> Result<i64, Refusal> {
    Ok(sql
        .prepare_cached(&format!("SELECT coalesce(max(n.nr), 0) {VISIBLE}"))?
        .query_row(named_params! { ":channel": visitor.channel_id, ":visitor": visitor.external_id }, |row| {
            row.get(0)
        })?)
}

/// How things stand.
pub(crate) fn state(sql: &Connection, visitor: &Known) -> Result<ChatState, Refusal> {
    let seen_to: i64 = sql
        .prepare_cached("SELECT seen_nr FROM visitors WHERE channel_id = ?1 AND external_id = ?2")?
        .query_row([&visitor.channel_id, &visitor.external_id], |row| row.get(0))?;
    let newest: Option<(bool, Option<String>, i64)> = sql
        .prepare_cached(
            "SELECT c.state <> 'closed', u.name, c.read_nr
             FROM customers cu JOIN conversations c ON c.customer_id = cu.id LEFT JOIN users u ON u.id = c.assignee_id
             WHERE cu.channel_id = ?1 AND cu.external_id = ?2 ORDER BY c.nr DESC LIMIT 1",
        )?
        .query_row([&visitor.channel_id, &visitor.external_id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((open, advisor, read_to)) = newest else { return Ok(ChatState { seen_to, ..ChatState::default() }) };
    Ok(ChatState { open, advisor: advisor.filter(|_| open), read_to, seen_to })
}

/// A row of [`COLUMNS`].
struct Seen {
    nr: i64,
    id: String,
    conversation_id: String,
    kind: String,
    author: AuthorKind,
    name: Option<String>,
    text: String,
    at: i64,
    delivery: Option<Delivery>,
    buttons: Option<String>,
    attachments: Option<String>,
    external_id: Option<String>,
    happening: Option<String>,
    survey_id: Option<String>,
}

fn rows(sql: &Connection, visitor: &Known, query: &str, place: i64, limit: i64) -> rusqlite::Result<Vec<Seen>> {
    sql.prepare_cached(query)?
        .query_map(
            named_params! {
                ":channel": visitor.channel_id,
                ":visitor": visitor.external_id,
                ":place": place,
                ":limit": limit,
            },
            read,
        )?
        .collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<Seen> {
    let status = row.get::<_, Option<String>>(8)?;
    let reason = row.get(9)?;
    Ok(Seen {
        nr: row.get(0)?,
        id: row.get(1)?,
        conversation_id: row.get(2)?,
        kind: row.get(3)?,
        author: AuthorKind::from(row.get::<_, String>(4)?.as_str()),
        name: row.get(5)?,
        text: row.get(6)?,
        at: row.get(7)?,
        delivery: status.map(|status| Delivery { status: DeliveryStatus::from(status.as_str()), reason }),
        buttons: row.get(10)?,
        attachments: row.get(11)?,
        external_id: row.get(12)?,
        happening: row.get(13)?,
        survey_id: row.get(14)?,
    })
}

/// A line of the page; `None` for what happened and leaves no line.
fn entry(sql: &Connection, visitor: &Known, row: Seen, now: DateTime<Utc>) -> Result<Option<ChatEntry>, Refusal> {
    let survey = match &row.survey_id {
        Some(survey_id) => answers::by_id(sql, survey_id)?.map(|survey| survey.on_the_page(sql, now)).transpose()?,
        None => None,
    };
    let kind = match row.happening.as_deref() {
        None => ChatEntryKind::Text,
        Some("closed") => ChatEntryKind::Closed,
        // The answer changes the survey's line; it gets none of its own.
        Some(_) if survey.is_some() => ChatEntryKind::Survey,
        Some(_) => return Ok(None),
    };
    let said = kind == ChatEntryKind::Text;
    let side = match row.author {
        AuthorKind::Customer if said => ChatSide::Customer,
        AuthorKind::Advisor if said => ChatSide::Advisor,
        AuthorKind::Scenario if said => ChatSide::Scenario,
        AuthorKind::Customer
        | AuthorKind::Advisor
        | AuthorKind::Scenario
        | AuthorKind::System
        | AuthorKind::Other(_) => ChatSide::System,
    };
    let by_company = matches!(side, ChatSide::Advisor | ChatSide::Scenario);
    let list = |json: Option<String>| json.unwrap_or_else(|| "[]".to_owned());
    Ok(Some(ChatEntry {
        position: row.nr,
        id: row.survey_id.map_or(row.id, |survey_id| format!("of-{survey_id}")),
        conversation_id: row.conversation_id,
        kind,
        side,
        name: row.name.filter(|_| by_company),
        // The sentences of events are for advisors; the page has its own.
        text: if said { row.text } else { String::new() },
        at: time(row.at),
        client_id: row.external_id.filter(|_| row.kind == "message").and_then(|id| client_id(visitor, &id)),
        delivery: row.delivery,
        buttons: serde_json::from_str(&list(row.buttons)).unwrap_or_default(),
        attachments: serde_json::from_str(&list(row.attachments)).unwrap_or_default(),
        survey,
    }))
}
