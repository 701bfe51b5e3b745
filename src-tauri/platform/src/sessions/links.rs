//! One-time links with which somebody sets a password: an invitation, or a reset by an admin.
//!
//! Whoever holds the link is let in, so the platform keeps only the hash of its token, a link works once and for a week, and a new one for the
//! same person ends the one before. Guessing one is hopeless: 256 bits.

use chrono::TimeDelta;
use rusqlite::{Connection, OptionalExtension, named_params, params};
use serde_json::{Value, json};
use signoff_wire::contract::{
    access::{AcceptLink, Link, LinkAccepted, LinkKind, NewInvitation, NewLink, OpenLink},
    sessions::{Role, UserRef},
};

use super::{hash_token, single_sign_on};
use crate::{
    audit::{self, Who},
    directory,
    people::{self, add::Newcomer, effects, names},
    refusal::Refusal,
    store::{Write, ms, time},
};

const LIVES: TimeDelta = TimeDelta::days(7);

/// Adds somebody without a password and makes the link with which they set one.
pub(crate) fn invite(write: &mut Write<'_>, by: (&str, &str), asked: &NewInvitation) -> Result<NewLink, Refusal> {
    let email = names::email(&asked.email)?;
    // Until somebody says a name, the address stands for it.
    let name = asked.name.as_deref().map_or_else(|| Ok(email.clone()), names::name)?;
    let newcomer = Newcomer {
        name,
        email,
        role: asked.role,
        teams: asked.teams.clone(),
        channels: asked.channels.clone(),
        password_hash: String::new(),
    };
    let person = people::add::add(write, Who::person(by.0, by.1), &newcomer)?;
    make(write, by, &person.id)
}

/// Makes a link for somebody who is there: an invitation as long as they have no password, a reset from then on.
pub(crate) fn make(write: &mut Write<'_>, by: (&str, &str), user_id: &str) -> Result<NewLink, Refusal> {
    let person = people::one(write.sql, user_id, write.now)?;
    if !person.active {
        return Err(Refusal::PersonInactive);
    }
    let kind = if person.has_password { LinkKind::Reset } else { LinkKind::Invitation };
    forget_of(write, user_id)?;
    let (id, token, expires_at) = (write.id("link"), write.chance.token(), write.now + LIVES);
    write
        .sql
        .prepare_cached(
            "INSERT INTO links (id, token_hash, user_id, kind, made_at, made_by, expires_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![id, hash_token(&token), user_id, kind.as_str(), ms(write.now), by.1, ms(expires_at)])?;
    let what = if kind == LinkKind::Reset { "user.reset-link" } else { "user.invite" };
    let to = json!({ "expires_at": signoff_wire::contract::millis::format(&expires_at) });
    audit::append_about(write, Who::person(by.0, by.1), what, (user_id, &person.name), &Value::Null, &to)?;
    Ok(NewLink { path: format!("/join#{token}"), expires_at, person })
}

/// The links that would still let somebody in, newest first.
pub(crate) fn open(sql: &Connection, now: chrono::DateTime<chrono::Utc>) -> rusqlite::Result<Vec<OpenLink>> {
    sql.prepare_cached(
        "SELECT l.id, l.kind, u.id, u.name, u.email, l.made_at, l.made_by, l.expires_at
         FROM links l JOIN users u ON u.id = l.user_id
         WHERE l.used_at IS NULL AND l.expires_at > :now AND u.active ORDER BY l.made_at DESC, l.id DESC",
    )?
    .query_map(named_params! { ":now": ms(now) }, |row| {
        Ok(OpenLink {
            id: row.get(0)?,
            kind: LinkKind::from(row.get::<_, String>(1)?.as_str()),
            user: UserRef { id: row.get(2)?, name: row.get(3)? },
            email: row.get(4)?,
            made_at: time(row.get(5)?),
            made_by: row.get(6)?,
            expires_at: time(row.get(7)?),
        })
    })?
    .collect()
}

/// Takes a link back.
pub(crate) fn revoke(write: &mut Write<'_>, by: (&str, &str), id: &str) -> Result<(), Refusal> {
    let link = open(write.sql, write.now)?.into_iter().find(|link| link.id == id).ok_or(Refusal::NotFound)?;
    write.sql.prepare_cached("DELETE FROM links WHERE id = ?1")?.execute([id])?;
    let subject = (link.user.id.as_str(), link.user.name.as_str());
    audit::append_about(write, Who::person(by.0, by.1), "user.revoke-link", subject, &Value::Null, &Value::Null)
}

/// Whom a token lets in.
struct Holder {
    link_id: String,
    kind: LinkKind,
    user_id: String,
    name: String,
    email: String,
    role: Role,
}

impl Holder {
    fn of(sql: &Connection, token: &str, now: chrono::DateTime<chrono::Utc>) -> Result<Self, Refusal> {
        sql.prepare_cached(
            "SELECT l.id, l.kind, u.id, u.name, u.email, u.role FROM links l JOIN users u ON u.id = l.user_id
             WHERE l.token_hash = ?1 AND l.used_at IS NULL AND l.expires_at > ?2 AND u.active",
        )?
        .query_row(params![hash_token(token), ms(now)], |row| {
            Ok(Self {
                link_id: row.get(0)?,
                kind: LinkKind::from(row.get::<_, String>(1)?.as_str()),
                user_id: row.get(2)?,
                name: row.get(3)?,
                email: row.get(4)?,
                role: people::role(&row.get::<_, String>(5)?),
            })
        })
        .optional()?
        .ok_or(Refusal::InvitationUnknown)
    }
}

/// What the link's page shows. Changes nothing: looking uses nothing up.
pub(crate) fn look(sql: &Connection, token: &str, now: chrono::DateTime<chrono::Utc>) -> Result<Link, Refusal> {
    let holder = Holder::of(sql, token, now)?;
    let workspace = sql.prepare_cached("SELECT name FROM workspace")?.query_row([], |row| row.get(0))?;
    let takes_password = single_sign_on::takes_password_of(sql, holder.role)?;
    let name = if holder.name == holder.email { String::new() } else { holder.name };
    let single_sign_on = single_sign_on::ways(sql)?.single_sign_on;
    Ok(Link { kind: holder.kind, workspace, email: holder.email, name, takes_password, single_sign_on })
}

/// The address of whoever the token lets in: what a new password must not contain is known before it is hashed.
///
/// # Errors
/// [`Refusal::InvitationUnknown`]; [`Refusal::PasswordsOff`] if a password would let nobody in.
pub(crate) fn address(sql: &Connection, token: &str, now: chrono::DateTime<chrono::Utc>) -> Result<String, Refusal> {
    let holder = Holder::of(sql, token, now)?;
    if single_sign_on::takes_password_of(sql, holder.role)? { Ok(holder.email) } else { Err(Refusal::PasswordsOff) }
}

/// Uses the link up: name and password are set, all sessions of before end.
pub(crate) fn accept(write: &mut Write<'_>, asked: &AcceptLink, password_hash: &str) -> Result<LinkAccepted, Refusal> {
    let holder = Holder::of(write.sql, &asked.token, write.now)?;
    let name = names::name(&asked.name)?;
    let used = write
        .sql
        .prepare_cached("UPDATE links SET used_at = ?2 WHERE id = ?1 AND used_at IS NULL")?
        .execute(params![holder.link_id, ms(write.now)])?;
    if used == 0 {
        return Err(Refusal::InvitationUnknown);
    }
    write
        .sql
        .prepare_cached("UPDATE users SET name = ?2, password_hash = ?3, version = version + 1 WHERE id = ?1")?
        .execute(params![holder.user_id, name, password_hash])?;
    effects::end_sessions(write, &holder.user_id)?;
    let what = if holder.kind == LinkKind::Invitation { "user.join" } else { "user.password" };
    let (who, subject) = (Who::person(&holder.user_id, &name), (holder.user_id.as_str(), name.as_str()));
    audit::append_about(write, who, what, subject, &Value::Null, &Value::Null)?;
    directory::announce_changed(write)?;
    Ok(LinkAccepted { email: holder.email })
}

/// Ends whatever link the person has.
pub(crate) fn forget_of(write: &Write<'_>, user_id: &str) -> Result<(), Refusal> {
    write.sql.prepare_cached("DELETE FROM links WHERE user_id = ?1 AND used_at IS NULL")?.execute([user_id])?;
    Ok(())
}
