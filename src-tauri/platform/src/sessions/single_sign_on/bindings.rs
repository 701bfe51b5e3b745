//! Which account at the provider is whose here.
//!
//! A person has one account at an issuer. Another one that claims the same address is somebody else until an admin says otherwise:
//! companies give the addresses of those who left to those who come.

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::json;
use signoff_wire::contract::people::ProviderAccount;

use crate::{
    audit::{self, Who},
    people::{self, effects},
    refusal::Refusal,
    store::{Write, ms, time},
};

/// A binding, and whose it is.
pub(super) struct Binding {
    pub(super) id: String,
    pub(super) user_id: String,
}

/// The binding of this account.
pub(super) fn find(sql: &Connection, issuer: &str, subject: &str) -> rusqlite::Result<Option<Binding>> {
    sql.prepare_cached("SELECT id, user_id FROM provider_subjects WHERE issuer = ?1 AND subject = ?2")?
        .query_row([issuer, subject], |row| Ok(Binding { id: row.get(0)?, user_id: row.get(1)? }))
        .optional()
}

/// Whose binding this is, as long as it is one to the provider in use.
pub(super) fn holder(sql: &Connection, id: &str) -> rusqlite::Result<Option<String>> {
    sql.prepare_cached(
        "SELECT p.user_id FROM provider_subjects p JOIN single_sign_on s ON s.issuer = p.issuer
         WHERE p.id = ?1 AND s.enabled",
    )?
    .query_row([id], |row| row.get(0))
    .optional()
}

/// Binds an account to a person who has none there.
pub(super) fn bind(
    write: &mut Write<'_>,
    issuer: &str,
    subject: &str,
    person: audit::Subject<'_>,
) -> Result<String, Refusal> {
    let bound: bool = write
        .sql
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM provider_subjects WHERE issuer = ?1 AND user_id = ?2)")?
        .query_row([issuer, person.0], |row| row.get(0))?;
    if bound {
        return Err(Refusal::PersonBoundOtherwise);
    }
    let id = write.id("binding");
    write
        .sql
        .prepare_cached(
            "INSERT INTO provider_subjects (issuer, subject, user_id, bound_at, id) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![issuer, subject, person.0, ms(write.now), id])?;
    let to = json!({ "issuer": issuer, "subject": subject });
    audit::append_about(write, Who::person(person.0, person.1), "user.bind", person, &json!(null), &to)?;
    Ok(id)
}

/// The accounts of a person, the first one first.
pub(crate) fn of(sql: &Connection, user_id: &str) -> rusqlite::Result<Vec<ProviderAccount>> {
    sql.prepare_cached(
        "SELECT id, issuer, subject, bound_at FROM provider_subjects WHERE user_id = ?1 ORDER BY bound_at, id",
    )?
    .query_map([user_id], |row| {
        Ok(ProviderAccount { id: row.get(0)?, issuer: row.get(1)?, subject: row.get(2)?, bound_at: time(row.get(3)?) })
    })?
    .collect()
}

/// Takes a binding back. All sessions of the person end: which of them came by this account is not known, and whoever takes it back may do
/// so because it is in the wrong hands.
///
/// # Errors
/// [`Refusal::NotFound`], if the person has no such binding.
pub(crate) fn unbind(write: &mut Write<'_>, by: Who<'_>, user_id: &str, id: &str) -> Result<(), Refusal> {
    let person = people::one(write.sql, user_id, write.now)?;
    let account = of(write.sql, user_id)?.into_iter().find(|account| account.id == id).ok_or(Refusal::NotFound)?;
    write.sql.prepare_cached("DELETE FROM provider_subjects WHERE id = ?1")?.execute([id])?;
    let ended = effects::end_sessions(write, user_id)?;
    let from = json!({ "issuer": account.issuer, "subject": account.subject });
    audit::append_about(write, by, "user.unbind", (user_id, &person.name), &from, &json!({ "sessions": ended }))
}
