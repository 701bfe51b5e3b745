//! Widget applications: made, changed, given a new secret, and taken away, by admins. What is taken away takes its tokens along at once.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Value, json};
use signoff_wire::contract::{
    sessions::{User, UserRef},
    widget::{WidgetApplication, WidgetApplicationDetails, WidgetApplicationMade},
};

use super::origins;
use crate::{
    audit,
    refusal::Refusal,
    sessions::hash_token,
    store::{Write, ms, time},
};

const LONGEST_NAME: usize = 80;
const FORMER_SECRET_AT_MOST_H: u32 = 168;

const SELECT: &str = "
SELECT a.id, a.name, a.origins, a.created_at, a.created_by_id, a.created_by_name, a.secret_made_at,
    CASE WHEN a.former_secret_until > :now THEN a.former_secret_until END, a.last_used_at,
    (SELECT count(*) FROM widget_tokens t WHERE t.application_id = a.id AND t.expires_at > :now), a.version
FROM widget_applications a";

/// All of them, by name.
pub(crate) fn all(sql: &Connection, now: DateTime<Utc>) -> rusqlite::Result<Vec<WidgetApplication>> {
    let mut statement = sql.prepare_cached(&format!("{SELECT} ORDER BY a.name"))?;
    let rows = statement.query_map(&[(":now", &ms(now))], read)?;
    rows.collect()
}

/// The one with this id.
pub(crate) fn one(sql: &Connection, id: &str, now: DateTime<Utc>) -> Result<WidgetApplication, Refusal> {
    sql.prepare_cached(&format!("{SELECT} WHERE a.id = :id"))?
        .query_row(rusqlite::named_params! { ":now": ms(now), ":id": id }, read)
        .optional()?
        .ok_or(Refusal::WidgetApplicationUnknown)
}

/// Makes one, with its first secret.
pub(crate) fn create(
    write: &mut Write<'_>,
    who: &User,
    details: &WidgetApplicationDetails,
) -> Result<WidgetApplicationMade, Refusal> {
    let details = settled(write.sql, details, None)?;
    let (id, secret) = (write.id("wapp"), new_secret(write));
    write
        .sql
        .prepare_cached(
            "INSERT INTO widget_applications (id, name, origins, created_at, created_by_id, created_by_name, secret_hash,
                secret_made_at, version)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?4, 1)",
        )?
        .execute(params![
            id,
            details.name,
            serde_json::to_string(&details.origins)?,
            ms(write.now),
            who.id,
            who.name,
            hash_token(&secret)
        ])?;
    let application = one(write.sql, &id, write.now)?;
    audit::append(write, who, "widget-application.created", &Value::Null, &described(&application))?;
    Ok(WidgetApplicationMade { application, secret })
}

/// Changes name and origins. What a page holds already goes on: its frame was allowed when it was opened, and its token ends soon.
pub(crate) fn change(
    write: &mut Write<'_>,
    who: &User,
    id: &str,
    details: &WidgetApplicationDetails,
    matches: impl FnOnce(i64) -> bool,
) -> Result<WidgetApplication, Refusal> {
    let before = seen(write, id, matches)?;
    let details = settled(write.sql, details, Some(id))?;
    if before.name == details.name && before.origins == details.origins {
        return Ok(before);
    }
    write
        .sql
        .prepare_cached("UPDATE widget_applications SET name = ?2, origins = ?3, version = version + 1 WHERE id = ?1")?
        .execute(params![id, details.name, serde_json::to_string(&details.origins)?])?;
    let after = one(write.sql, id, write.now)?;
    audit::append(write, who, "widget-application.changed", &described(&before), &described(&after))?;
    Ok(after)
}

/// A new secret. The one before is taken for as long as asked, so that the CRM can learn the new one without a gap.
pub(crate) fn renew_secret(
    write: &mut Write<'_>,
    who: &User,
    id: &str,
    former_valid_for_h: u32,
    matches: impl FnOnce(i64) -> bool,
) -> Result<WidgetApplicationMade, Refusal> {
    if former_valid_for_h > FORMER_SECRET_AT_MOST_H {
        let text = format!("the secret before is taken for {FORMER_SECRET_AT_MOST_H} hours at most");
        return Err(Refusal::InvalidBody(text));
    }
    seen(write, id, matches)?;
    let secret = new_secret(write);
    let until = (former_valid_for_h > 0).then(|| ms(write.now + TimeDelta::hours(i64::from(former_valid_for_h))));
    write
        .sql
        .prepare_cached(
            "UPDATE widget_applications SET secret_hash = ?2, secret_made_at = ?3, version = version + 1,
                former_secret_hash = CASE WHEN ?4 IS NULL THEN NULL ELSE secret_hash END, former_secret_until = ?4
             WHERE id = ?1",
        )?
        .execute(params![id, hash_token(&secret), ms(write.now), until])?;
    let application = one(write.sql, id, write.now)?;
    let to = json!({ "name": application.name, "former_valid_for_hours": former_valid_for_h });
    audit::append(write, who, "widget-application.secret-renewed", &Value::Null, &to)?;
    Ok(WidgetApplicationMade { application, secret })
}

/// Every page that is open loses its token; the CRM can ask for new ones.
pub(crate) fn revoke_tokens(
    write: &mut Write<'_>,
    who: &User,
    id: &str,
    matches: impl FnOnce(i64) -> bool,
) -> Result<(), Refusal> {
    let application = seen(write, id, matches)?;
    write.sql.prepare_cached("DELETE FROM widget_tokens WHERE application_id = ?1")?.execute([id])?;
    let from = json!({ "name": application.name, "open_tokens": application.open_tokens });
    audit::append(write, who, "widget-application.tokens-revoked", &from, &Value::Null)
}

/// Takes it away: no page may hold the frame any more, its secrets and its tokens are worth nothing.
pub(crate) fn delete(
    write: &mut Write<'_>,
    who: &User,
    id: &str,
    matches: impl FnOnce(i64) -> bool,
) -> Result<(), Refusal> {
    let application = seen(write, id, matches)?;
    write.sql.prepare_cached("DELETE FROM widget_tokens WHERE application_id = ?1")?.execute([id])?;
    write.sql.prepare_cached("DELETE FROM widget_applications WHERE id = ?1")?.execute([id])?;
    audit::append(write, who, "widget-application.deleted", &described(&application), &Value::Null)
}

/// The id of the application with this secret.
///
/// # Errors
/// [`Refusal::WidgetSecretWrong`].
pub(crate) fn by_secret(sql: &Connection, secret: &str, now: DateTime<Utc>) -> Result<String, Refusal> {
    sql.prepare_cached(
        "SELECT id FROM widget_applications
         WHERE secret_hash = ?1 OR (former_secret_hash = ?1 AND former_secret_until > ?2)",
    )?
    .query_row(params![hash_token(secret), ms(now)], |row| row.get(0))
    .optional()?
    .ok_or(Refusal::WidgetSecretWrong)
}

/// The same, noted as used.
pub(super) fn used_by_secret(write: &Write<'_>, secret: &str) -> Result<String, Refusal> {
    let id = by_secret(write.sql, secret, write.now)?;
    write
        .sql
        .prepare_cached("UPDATE widget_applications SET last_used_at = ?2 WHERE id = ?1")?
        .execute(params![id, ms(write.now)])?;
    Ok(id)
}

/// What people call it.
pub(super) fn name_of(sql: &Connection, id: &str) -> Result<String, Refusal> {
    let mut name = sql.prepare_cached("SELECT name FROM widget_applications WHERE id = ?1")?;
    Ok(name.query_row([id], |row| row.get(0))?)
}

/// The application as the caller has seen it.
fn seen(write: &Write<'_>, id: &str, matches: impl FnOnce(i64) -> bool) -> Result<WidgetApplication, Refusal> {
    let application = one(write.sql, id, write.now)?;
    if matches(application.version) { Ok(application) } else { Err(Refusal::Stale) }
}

fn settled(
    sql: &Connection,
    details: &WidgetApplicationDetails,
    of: Option<&str>,
) -> Result<WidgetApplicationDetails, Refusal> {
    let name = details.name.trim();
    let length = name.chars().count();
    if length == 0 || length > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(Refusal::InvalidValue(format!("a name has between 1 and {LONGEST_NAME} characters, on one line")));
    }
    let origins = origins::canonical(&details.origins)?;
    let taken: bool = sql
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM widget_applications WHERE name = ?1 AND id IS NOT ?2)")?
        .query_row(params![name, of], |row| row.get(0))?;
    if taken {
        Err(Refusal::WidgetApplicationExists)
    } else {
        Ok(WidgetApplicationDetails { name: name.to_owned(), origins })
    }
}

fn new_secret(write: &mut Write<'_>) -> String {
    format!("wsec_{}", write.chance.token())
}

fn described(application: &WidgetApplication) -> Value {
    json!({ "name": application.name, "origins": application.origins })
}

fn read(row: &Row<'_>) -> rusqlite::Result<WidgetApplication> {
    Ok(WidgetApplication {
        id: row.get(0)?,
        name: row.get(1)?,
        origins: serde_json::from_str(&row.get::<_, String>(2)?).unwrap_or_default(),
        created_at: time(row.get(3)?),
        created_by: UserRef { id: row.get(4)?, name: row.get(5)? },
        secret_made_at: time(row.get(6)?),
        former_secret_until: row.get::<_, Option<i64>>(7)?.map(time),
        last_used_at: row.get::<_, Option<i64>>(8)?.map(time),
        open_tokens: row.get(9)?,
        version: row.get(10)?,
    })
}
