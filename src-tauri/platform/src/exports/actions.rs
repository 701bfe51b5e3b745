//! `actions.csv` (R6, D51): one row per action, oldest first.
//!
//! An export of ten million actions takes minutes, so it holds nothing for that long: neither the rows in memory nor a
//! snapshot of the file, which would keep the write-ahead log from being folded in. What makes it one consistent file all
//! the same is that actions are only ever appended: the export ends at the newest action of its first moment
//! ([`Edition::upto`]) and reads a few rows at a time. Where a recorded action is changed after all, because a customer's
//! data was erased, the file counts a new edition, and an older export cannot be continued.

use rusqlite::{Connection, types::ValueRef};
use sha2::{Digest, Sha256};

use crate::{
    actions::filter::{By, Filter, bound},
    refusal::Refusal,
    spreadsheet::Sheet,
    store::{ms, time},
};

/// The columns, as SPEC D51 names them.
const HEADER: [&str; 18] = [
    "id",
    "type",
    "date",
    "time",
    "status",
    "author_id",
    "author_name",
    "author_is_bot",
    "origin",
    "conversation_id",
    "previous_conversation_id",
    "channel_id",
    "channel_type",
    "customer_id",
    "team_id",
    "answer_action_id",
    "survey_status",
    "data",
];
/// Rows per chunk.
const ROWS: usize = 1000;

/// Which file it is: the same edition of the same filter is the same bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edition {
    /// The last action in it.
    pub(crate) upto: i64,
    /// How often recorded actions were changed before.
    changes: i64,
    /// The filter's, so that nobody continues one export with another.
    fingerprint: String,
}

impl Edition {
    /// The file as it would be now.
    pub(crate) fn now(sql: &Connection, filter: &Filter) -> Result<Self, Refusal> {
        let (upto, changes) = sql
            .prepare_cached("SELECT (SELECT coalesce(max(nr), 0) FROM actions), (SELECT changes FROM actions_changed)")?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Self { upto, changes, fingerprint: fingerprint(filter) })
    }

    /// What it is called in `ETag` and `If-Range`.
    pub(crate) fn tag(&self) -> String {
        format!("\"{}.{}.{}\"", self.upto, self.changes, self.fingerprint)
    }

    /// The edition that a tag names, if it can still be made.
    pub(crate) fn named(sql: &Connection, filter: &Filter, tag: &str) -> Result<Option<Self>, Refusal> {
        let now = Self::now(sql, filter)?;
        let upto = tag.trim_matches('"').split('.').next().and_then(|upto| upto.parse().ok());
        let named = upto.filter(|upto| (0..=now.upto).contains(upto)).map(|upto| Self { upto, ..now });
        Ok(named.filter(|edition| edition.tag() == tag))
    }
}

fn fingerprint(filter: &Filter) -> String {
    let Filter { from, to, kind, by, conversation_id, channel_id, team_id } = filter;
    let by = match by {
        By::Anybody => None,
        By::Advisors => Some(("people", "")),
        By::Scenario => Some(("scenario", "")),
        By::One(id) => Some(("one", id.as_str())),
    };
    let asked = (from.map(ms), to.map(ms), kind, by, conversation_id, channel_id, team_id);
    let hash = Sha256::digest(format!("{asked:?}"));
    hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The header line.
pub(crate) fn header() -> Result<Vec<u8>, Refusal> {
    let mut sheet = Sheet::new();
    sheet.line(HEADER)?;
    sheet.into_bytes()
}

/// A place between two rows: time and number of the row before it.
pub(crate) type Key = (i64, i64);

/// Some lines of a file.
pub(crate) struct Chunk {
    /// The lines.
    pub(crate) bytes: Vec<u8>,
    /// How many.
    pub(crate) rows: u64,
    /// Where to go on; `None`: this was the end.
    pub(crate) next: Option<Key>,
}

/// Before the first row that the filter lets through.
pub(crate) fn beginning(filter: &Filter) -> Key {
    (filter.from.map_or(i64::MIN, |from| ms(from) - 1), i64::MAX)
}

/// The lines of the next actions after a place, oldest first.
pub(crate) fn chunk(sql: &Connection, filter: &Filter, after: Key, upto: i64) -> Result<Chunk, Refusal> {
    // The place is the lower end of the range: two of them, and the wrong one might be looked up in the index.
    let (condition, mut values) = Filter { from: None, ..filter.clone() }.condition();
    values.push((":after_at", after.0.into()));
    values.push((":after_nr", after.1.into()));
    values.push((":upto", upto.into()));
    values.push((":limit", i64::try_from(ROWS).unwrap_or(i64::MAX).into()));
    let mut statement = sql.prepare_cached(&format!(
        "SELECT a.nr, a.id, a.kind, a.at, a.status, a.author_id, a.author_name, a.author_is_bot, a.origin,
            a.conversation_id, a.previous_conversation_id, a.channel_id, a.channel_type, a.customer_id, a.team_id,
            a.answer_action_id, a.survey_status, a.data
         FROM actions a WHERE (a.at, a.nr) > (:after_at, :after_nr) AND a.nr <= :upto AND {condition}
         ORDER BY a.at, a.nr LIMIT :limit"
    ))?;
    let mut sheet = Sheet::new();
    let (mut rows, mut last) = (0, None);
    let mut found = statement.query(bound(&values).as_slice())?;
    while let Some(row) = found.next()? {
        rows += 1;
        let at = row.get(3)?;
        last = Some((at, row.get(0)?));
        for column in 1..18 {
            match (column, row.get_ref(column)?) {
                (3, _) => {
                    let at = time(at);
                    sheet.cell(&at.format("%Y-%m-%d").to_string())?;
                    sheet.cell(&at.format("%H:%M:%S%.3f").to_string())?
                }
                (_, ValueRef::Text(text)) => sheet.cell(&String::from_utf8_lossy(text))?,
                (_, ValueRef::Integer(is_bot)) => sheet.cell(if is_bot == 0 { "false" } else { "true" })?,
                (_, ValueRef::Null | ValueRef::Real(_) | ValueRef::Blob(_)) => sheet.cell("")?,
            };
        }
        sheet.end()?;
    }
    let next = last.filter(|_| rows == ROWS as u64);
    Ok(Chunk { bytes: sheet.into_bytes()?, rows, next })
}
