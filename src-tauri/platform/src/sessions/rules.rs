//! What the workspace asks of everybody at sign-in, and what an admin does for whoever cannot get in any more.

use rusqlite::{Connection, params};
use serde_json::{Value, json};
use signoff_wire::contract::{second_factor::SignInRules, sessions::User};

use super::second_factor;
use crate::{audit, people, refusal::Refusal, store::Write};

/// The rules with their version.
pub(crate) fn read(sql: &Connection) -> rusqlite::Result<(SignInRules, i64)> {
    sql.prepare_cached("SELECT second_factor_required, sign_in_rules_version FROM workspace")?
        .query_row([], |row| Ok((SignInRules { second_factor_required: row.get(0)? }, row.get(1)?)))
}

/// Changes them if `matches` accepts the version that is there.
pub(crate) fn update(
    write: &mut Write<'_>,
    user: &User,
    new: SignInRules,
    matches: impl FnOnce(i64) -> bool,
) -> Result<(SignInRules, i64), Refusal> {
    let (before, version) = read(write.sql)?;
    if !matches(version) {
        return Err(Refusal::Stale);
    }
    if new == before {
        return Ok((before, version));
    }
    write
        .sql
        .prepare_cached(
            "UPDATE workspace SET second_factor_required = ?1, sign_in_rules_version = sign_in_rules_version + 1",
        )?
        .execute(params![new.second_factor_required])?;
    let (from, to) = (json!(before.second_factor_required), json!(new.second_factor_required));
    audit::append(write, user, "settings.second_factor_required", &from, &to)?;
    Ok(read(write.sql)?)
}

/// Forgets a person's second factor. Where the workspace requires one, they set up another at the next sign-in.
pub(crate) fn reset(write: &mut Write<'_>, by: &User, id: &str) -> Result<(), Refusal> {
    let person = people::one(write.sql, id, write.now)?;
    if second_factor::remove(write, id)? {
        audit::append_about(write, by, "two-step.reset", (id, &person.name), &Value::Null, &Value::Null)?;
    }
    Ok(())
}
