//! Reading the audit log: filtered, a page at a time.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Row, ToSql, types::Value};
use signoff_wire::contract::{
    audit::{AuditEntry, Subject},
    pages::Page,
    sessions::UserRef,
};

use super::chain::hex;
use crate::{
    refusal::Refusal,
    store::{ms, time},
};

/// Conditions; missing ones always hold.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    /// Only by whoever has this id.
    pub(crate) who: Option<String>,
    /// Only about whatever has this id.
    pub(crate) subject: Option<String>,
    /// Only this kind, or the kinds that begin with it and a full stop.
    pub(crate) what: Option<String>,
    /// From then on.
    pub(crate) from: Option<DateTime<Utc>>,
    /// Before then.
    pub(crate) to: Option<DateTime<Utc>>,
    /// Somewhere in names, kind or values, in small or capital letters.
    pub(crate) text: Option<String>,
}

/// The columns that [`read`] takes.
pub(super) const COLUMNS: &str = "nr, id, at, who_id, who_name, what, subject_id, subject_name, before, after, hash";

/// The filter over `audit_log`.
pub(super) const CONDITION: &str = "at >= :from AND at < :to
    AND (:who IS NULL OR who_id = :who)
    AND (:subject IS NULL OR subject_id = :subject)
    AND (:what IS NULL OR what = :what OR substr(what, 1, length(:what) + 1) = :what || '.')
    AND (:text IS NULL OR instr(lower(who_name || ' ' || what || ' ' || coalesce(subject_name, '') || ' ' || before
        || ' ' || after), :text) > 0)";

pub(super) type Values = Vec<(&'static str, Value)>;

impl Filter {
    pub(super) fn values(&self) -> Values {
        vec![
            (":from", self.from.map_or(i64::MIN, ms).into()),
            (":to", self.to.map_or(i64::MAX, ms).into()),
            (":who", self.who.clone().into()),
            (":subject", self.subject.clone().into()),
            (":what", self.what.clone().into()),
            // SQLite's lower() knows ASCII only; for the rest the letters count as they are.
            (":text", self.text.as_ref().map(|text| text.to_ascii_lowercase()).into()),
        ]
    }
}

pub(super) fn bound(values: &Values) -> Vec<(&str, &dyn ToSql)> {
    values.iter().map(|(name, value)| (*name, value as &dyn ToSql)).collect()
}

/// A page, newest first.
pub(crate) fn page(
    sql: &Connection,
    filter: &Filter,
    after: Option<i64>,
    limit: i64,
) -> Result<Page<AuditEntry>, Refusal> {
    let mut statement = sql.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM audit_log WHERE nr < :before AND {CONDITION} ORDER BY nr DESC LIMIT :limit"
    ))?;
    let mut values = filter.values();
    values.push((":before", after.unwrap_or(i64::MAX).into()));
    values.push((":limit", (limit + 1).into()));
    let mut rows = statement
        .query_map(bound(&values).as_slice(), |row| read(row).map(|entry| (entry.nr, entry)))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(crate::paging::page(&mut rows, limit))
}

/// Reads [`COLUMNS`].
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<AuditEntry> {
    let subject = row.get::<_, Option<String>>(6)?.zip(row.get::<_, Option<String>>(7)?);
    Ok(AuditEntry {
        nr: row.get(0)?,
        id: row.get(1)?,
        at: time(row.get(2)?),
        who: UserRef { id: row.get(3)?, name: row.get(4)? },
        what: row.get(5)?,
        subject: subject.map(|(id, name)| Subject { id, name }),
        from: serde_json::from_str(&row.get::<_, String>(8)?).unwrap_or_default(),
        to: serde_json::from_str(&row.get::<_, String>(9)?).unwrap_or_default(),
        hash: hex(&row.get::<_, Vec<u8>>(10)?),
    })
}
