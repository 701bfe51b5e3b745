//! What is held on a customer: to find them, and to hand it out to them.

use rusqlite::{Connection, OptionalExtension, Row, named_params, params};
use signoff_wire::contract::{
    channels::{ChannelRef, ChannelType},
    customers::{CustomerData, CustomerSummary, HeldConversation, HeldSurvey},
    pages::Page,
};

use crate::{
    actions::record as actions,
    conversations::{Record, entries},
    refusal::Refusal,
    store::time,
};

const SELECT: &str = "
SELECT cu.rowid, cu.id, cu.external_id, cu.name, cu.language, cu.vip, cu.erased_at, ch.id, ch.kind, ch.name, ch.reply_limit,
    (SELECT count(*) FROM conversations c WHERE c.customer_id = cu.id),
    (SELECT coalesce(sum(c.message_count), 0) FROM conversations c WHERE c.customer_id = cu.id),
    (SELECT max(c.last_customer_message_at) FROM conversations c WHERE c.customer_id = cu.id),
    (SELECT coalesce(sum(c.version), 0) FROM conversations c WHERE c.customer_id = cu.id) + (cu.erased_at IS NOT NULL)
FROM customers cu JOIN channels ch ON ch.id = cu.channel_id";

/// A customer and the version of what is held on them: it rises with each of their conversations.
pub(crate) struct Held {
    pub(crate) summary: CustomerSummary,
    pub(crate) version: i64,
}

fn read(row: &Row<'_>) -> rusqlite::Result<(i64, Held)> {
    let summary = CustomerSummary {
        id: row.get(1)?,
        external_id: row.get(2)?,
        name: row.get(3)?,
        language: row.get(4)?,
        vip: row.get(5)?,
        erased_at: row.get::<_, Option<i64>>(6)?.map(time),
        channel: ChannelRef {
            id: row.get(7)?,
            kind: ChannelType::from(row.get::<_, String>(8)?.as_str()),
            name: row.get(9)?,
            reply_limit: row.get(10)?,
        },
        conversations: row.get(11)?,
        messages: row.get(12)?,
        last_message_at: row.get::<_, Option<i64>>(13)?.map(time),
    };
    Ok((row.get(0)?, Held { summary, version: row.get(14)? }))
}

/// Customers whose name contains what was asked for, or whose id here or on their channel begins with it.
pub(crate) fn find(
    sql: &Connection,
    asked: &str,
    after: Option<i64>,
    limit: i64,
) -> Result<Page<CustomerSummary>, Refusal> {
    let escaped = asked.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let mut statement = sql.prepare_cached(&format!(
        "{SELECT} WHERE cu.rowid > :after AND (cu.name LIKE :inside ESCAPE '\\'
            OR cu.external_id LIKE :beginning ESCAPE '\\' OR cu.id LIKE :beginning ESCAPE '\\')
         ORDER BY cu.rowid LIMIT :limit"
    ))?;
    let mut rows = statement
        .query_map(
            named_params! {
                ":after": after.unwrap_or(0),
                ":inside": format!("%{escaped}%"),
                ":beginning": format!("{escaped}%"),
                ":limit": limit + 1,
            },
            |row| read(row).map(|(nr, held)| (nr, held.summary)),
        )?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(crate::paging::page(&mut rows, limit))
}

/// One customer.
pub(crate) fn one(sql: &Connection, id: &str) -> Result<Held, Refusal> {
    let found = sql.prepare_cached(&format!("{SELECT} WHERE cu.id = ?1"))?.query_row([id], read).optional()?;
    found.map(|(_, held)| held).ok_or(Refusal::CustomerUnknown)
}

/// Everything that is held on a customer.
pub(crate) fn everything(
    sql: &Connection,
    id: &str,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<(CustomerData, i64), Refusal> {
    let Held { summary, version } = one(sql, id)?;
    let conversations = numbers(sql, id)?
        .into_iter()
        .map(|nr| {
            Ok(HeldConversation {
                conversation: Record::by_nr(sql, nr, now)?.view,
                entries: entries::all(sql, nr)?,
                surveys: surveys(sql, nr)?,
                actions: actions::of_conversation(sql, nr)?,
            })
        })
        .collect::<Result<Vec<_>, Refusal>>()?;
    let variables = sql
        .prepare_cached("SELECT name, value FROM customer_variables WHERE customer_id = ?1 ORDER BY name")?
        .query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok((CustomerData { customer: summary, variables, conversations }, version))
}

/// The numbers of a customer's conversations, oldest first.
pub(crate) fn numbers(sql: &Connection, customer_id: &str) -> rusqlite::Result<Vec<i64>> {
    sql.prepare_cached("SELECT nr FROM conversations WHERE customer_id = ?1 ORDER BY nr")?
        .query_map([customer_id], |row| row.get(0))?
        .collect()
}

fn surveys(sql: &Connection, nr: i64) -> rusqlite::Result<Vec<HeldSurvey>> {
    sql.prepare_cached(
        "SELECT s.id, s.kind, s.sent_at, s.answered_at, s.rating, k.text FROM surveys s
            LEFT JOIN survey_comments k ON k.survey_id = s.id
         WHERE s.conversation_nr = ?1 ORDER BY s.sent_at",
    )?
    .query_map(params![nr], |row| {
        Ok(HeldSurvey {
            id: row.get(0)?,
            kind: row.get(1)?,
            sent_at: time(row.get(2)?),
            answered_at: row.get::<_, Option<i64>>(3)?.map(time),
            rating: row.get(4)?,
            comment: row.get(5)?,
        })
    })?
    .collect()
}
