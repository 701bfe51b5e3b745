//! *Inbox options* (R1): one switch, versioned, with its history in the audit log.

use rusqlite::{Connection, params};
use serde_json::json;
use signoff_wire::contract::{
    events::{EventType, SettingsChanged},
    sessions::{User, UserRef},
    settings::{InboxOptions, UpdateInboxOptions},
};

use crate::{
    audit,
    documents::IfMatch,
    events::{self, Audience},
    refusal::Refusal,
    store::{Write, ms, time},
};

/// The settings with their version.
pub(crate) struct Versioned {
    /// What clients see.
    pub(crate) options: InboxOptions,
    /// The `ETag`, without quotes.
    pub(crate) version: i64,
}

/// The settings as they are.
pub(crate) fn inbox_options(sql: &Connection) -> rusqlite::Result<Versioned> {
    sql.prepare_cached(
        "SELECT w.allow_manual_close, w.settings_changed_at, u.id, u.name, w.settings_version
         FROM workspace w LEFT JOIN users u ON u.id = w.settings_changed_by",
    )?
    .query_row([], |row| {
        let changed_by = row.get::<_, Option<String>>(2)?.zip(row.get::<_, Option<String>>(3)?);
        Ok(Versioned {
            options: InboxOptions {
                allow_manual_close: row.get(0)?,
                changed_at: row.get::<_, Option<i64>>(1)?.map(time),
                changed_by: changed_by.map(|(id, name)| UserRef { id, name }),
            },
            version: row.get(4)?,
        })
    })
}

/// R1, for whoever only needs the switch.
pub(crate) fn allow_manual_close(sql: &Connection) -> rusqlite::Result<bool> {
    sql.prepare_cached("SELECT allow_manual_close FROM workspace")?.query_row([], |row| row.get(0))
}

/// Changes the switch if the version that is there was seen. Setting what is already set is no change: no new
/// version, no audit entry.
pub(crate) fn update(
    write: &mut Write<'_>,
    user: &User,
    new: UpdateInboxOptions,
    seen: &IfMatch,
) -> Result<Versioned, Refusal> {
    let before = inbox_options(write.sql)?;
    if !seen.accepts(before.version) {
        return Err(Refusal::Stale);
    }
    let (from, to) = (before.options.allow_manual_close, new.allow_manual_close);
    if from == to {
        return Ok(before);
    }
    write
        .sql
        .prepare_cached(
            "UPDATE workspace SET allow_manual_close = ?1, settings_changed_at = ?2, settings_changed_by = ?3,
                settings_version = settings_version + 1",
        )?
        .execute(params![to, ms(write.now), user.id])?;
    audit::append(write, user, "settings.allow_manual_close", &json!(from), &json!(to))?;
    let after = inbox_options(write.sql)?;
    let event = SettingsChanged { allow_manual_close: to, version: after.version };
    events::append(write, &EventType::SettingsChanged, &Audience::default(), &event)?;
    Ok(after)
}
