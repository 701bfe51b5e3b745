//! The files of a day's export, apart from `actions.csv`: which rows, in which columns.
//!
//! All of them are read a few rows at a time, each time after the last row read. Times are RFC 3339 in UTC.

use rusqlite::{Connection, named_params, types::ValueRef};
use signoff_wire::contract::millis;

use super::actions::{Chunk, Key};
use crate::{refusal::Refusal, spreadsheet::Sheet, store::time};

/// Rows per chunk.
const ROWS: usize = 2000;

/// A file.
pub(super) struct Table {
    pub(super) name: &'static str,
    /// Columns; those that end in `_at` are times.
    header: &'static [&'static str],
    /// Selects a row's place (two numbers), then the columns.
    sql: &'static str,
}

/// What was said, where, by whom and how it was rated; and who there is.
pub(super) const TABLES: &[Table] = &[
    Table {
        name: "conversations.csv",
        header: &[
            "id",
            "channel_id",
            "channel_type",
            "customer_id",
            "customer_external_id",
            "customer_name",
            "customer_language",
            "team_id",
            "assignee_id",
            "state",
            "tags",
            "opened_at",
            "closed_at",
            "closed_by_kind",
            "closed_by_id",
            "previous_conversation_id",
            "messages",
            "advisor_replies",
        ],
        // Those in whose timeline something happened, each where it first did: so every entry is looked at once.
        sql: "SELECT e.at, e.nr, c.id, c.channel_id, ch.kind, c.customer_id, cu.external_id, cu.name, cu.language, c.team_id,
                c.assignee_id, c.state, c.tags, c.opened_at, c.closed_at, c.closed_by_kind, c.closed_by_id, c.previous_id,
                c.message_count, c.advisor_replies
              FROM entries e JOIN conversations c ON c.nr = e.conversation_nr
                JOIN channels ch ON ch.id = c.channel_id JOIN customers cu ON cu.id = c.customer_id
              WHERE (e.at, e.nr) > (max(:after_at, :from - 1), :after_nr) AND e.at < :to
                AND NOT EXISTS (SELECT 1 FROM entries f WHERE f.conversation_nr = e.conversation_nr
                    AND f.at >= :from AND (f.at, f.nr) < (e.at, e.nr))
              ORDER BY e.at, e.nr LIMIT :limit",
    },
    Table {
        name: "messages.csv",
        header: &[
            "id",
            "conversation_id",
            "kind",
            "author_kind",
            "author_id",
            "author_name",
            "text",
            "sent_at",
            "delivery_status",
            "delivery_reason",
        ],
        sql: "SELECT e.at, e.nr, e.id, c.id, e.kind, e.author_kind, e.author_id, e.author_name, e.text, e.at,
                e.delivery_status, e.delivery_reason
              FROM entries e JOIN conversations c ON c.nr = e.conversation_nr
              WHERE (e.at, e.nr) > (max(:after_at, :from - 1), :after_nr) AND e.at < :to AND e.kind <> 'event'
              ORDER BY e.at, e.nr LIMIT :limit",
    },
    Table {
        name: "surveys.csv",
        header: &["id", "conversation_id", "kind", "sent_at", "answered_at", "rating", "comment"],
        sql: "SELECT s.sent_at, s.rowid, s.id, c.id, s.kind, s.sent_at, s.answered_at, s.rating, k.text
              FROM surveys s LEFT JOIN survey_comments k ON k.survey_id = s.id JOIN conversations c ON c.nr = s.conversation_nr
              WHERE (s.sent_at, s.rowid) > (:after_at, :after_nr)
                AND (s.sent_at >= :from AND s.sent_at < :to OR s.answered_at >= :from AND s.answered_at < :to)
              ORDER BY s.sent_at, s.rowid LIMIT :limit",
    },
    Table {
        name: "teams.csv",
        header: &["id", "name"],
        sql: "SELECT 0, nr, id, name FROM (SELECT row_number() OVER (ORDER BY id) AS nr, id, name FROM teams)
              WHERE (0, nr) > (:after_at, :after_nr) AND :from < :to ORDER BY nr LIMIT :limit",
    },
    Table {
        name: "users.csv",
        header: &["id", "name", "email", "role", "team_ids"],
        sql: "SELECT 0, nr, id, name, email, role, team_ids FROM (
                SELECT row_number() OVER (ORDER BY u.id) AS nr, u.id, u.name, u.email, u.role,
                    (SELECT coalesce(group_concat(t.team_id, ' ' ORDER BY t.team_id), '') FROM user_teams t
                     WHERE t.user_id = u.id) AS team_ids
                FROM users u)
              WHERE (0, nr) > (:after_at, :after_nr) AND :from < :to ORDER BY nr LIMIT :limit",
    },
];

/// Before the first row of any table.
pub(super) const BEGINNING: Key = (i64::MIN, i64::MAX);

impl Table {
    pub(super) fn header(&self) -> Result<Vec<u8>, Refusal> {
        let mut sheet = Sheet::new();
        sheet.line(self.header.iter().copied())?;
        sheet.into_bytes()
    }

    /// The next lines of what happened from then on, before then.
    pub(super) fn chunk(&self, sql: &Connection, from: i64, to: i64, after: Key) -> Result<Chunk, Refusal> {
        let mut statement = sql.prepare_cached(self.sql)?;
        let mut found = statement.query(named_params! {
            ":from": from,
            ":to": to,
            ":after_at": after.0,
            ":after_nr": after.1,
            ":limit": i64::try_from(ROWS).unwrap_or(i64::MAX),
        })?;
        let mut sheet = Sheet::new();
        let (mut rows, mut last) = (0, None);
        while let Some(row) = found.next()? {
            rows += 1;
            last = Some((row.get(0)?, row.get(1)?));
            for (column, name) in self.header.iter().enumerate() {
                match row.get_ref(column + 2)? {
                    ValueRef::Text(text) => sheet.cell(&String::from_utf8_lossy(text))?,
                    ValueRef::Integer(at) if name.ends_with("_at") => sheet.cell(&millis::format(&time(at)))?,
                    ValueRef::Integer(number) => sheet.number(number)?,
                    ValueRef::Null | ValueRef::Real(_) | ValueRef::Blob(_) => sheet.cell("")?,
                };
            }
            sheet.end()?;
        }
        let next = last.filter(|_| rows == ROWS as u64);
        Ok(Chunk { bytes: sheet.into_bytes()?, rows, next })
    }
}
