//! The audit log (D52): append-only, which the file itself enforces.

use rusqlite::{Connection, params};
use serde_json::Value;
use signoff_wire::contract::{
    audit::AuditEntry,
    pages::Page,
    sessions::{User, UserRef},
};

use crate::{
    refusal::Refusal,
    store::{Write, ms, time},
};

/// Appends an entry.
pub(crate) fn append(write: &mut Write<'_>, who: &User, what: &str, from: &Value, to: &Value) -> Result<(), Refusal> {
    let id = write.id("audit");
    write
        .sql
        .prepare_cached(
            "INSERT INTO audit_log (id, at, who_id, who_name, what, before, after)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![id, ms(write.now), who.id, who.name, what, from.to_string(), to.to_string()])?;
    Ok(())
}

/// A page, newest first.
pub(crate) fn page(sql: &Connection, after: Option<i64>, limit: i64) -> Result<Page<AuditEntry>, Refusal> {
    let mut statement = sql.prepare_cached(
        "SELECT nr, id, at, who_id, who_name, what, before, after FROM audit_log
         WHERE nr < ?1 ORDER BY nr DESC LIMIT ?2",
    )?;
    let mut rows = statement
        .query_map(params![after.unwrap_or(i64::MAX), limit + 1], |row| {
            let entry = AuditEntry {
                id: row.get(1)?,
                at: time(row.get(2)?),
                who: UserRef { id: row.get(3)?, name: row.get(4)? },
                what: row.get(5)?,
                from: serde_json::from_str(&row.get::<_, String>(6)?).unwrap_or_default(),
                to: serde_json::from_str(&row.get::<_, String>(7)?).unwrap_or_default(),
            };
            Ok((row.get::<_, i64>(0)?, entry))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(crate::paging::page(&mut rows, limit))
}
