//! Signing in and out, and who a token belongs to.
//!
//! Passwords are kept as Argon2id hashes, tokens as SHA-256: whoever reads the file can sign in as nobody.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use signoff_wire::contract::sessions::{Session, TeamRef, User};

use crate::{
    audit, people,
    refusal::Refusal,
    store::{Store, Write, ms, time},
};

mod callers;
mod challenges;
mod doorkeeper;
mod failures;
pub(crate) mod links;
mod lockout;
pub(crate) mod own;
pub(crate) mod password;
pub(crate) mod rules;
pub(crate) mod second_factor;
pub(crate) mod single_sign_on;

pub(crate) use callers::Callers;
pub(crate) use doorkeeper::Doorkeeper;

const TOKEN_LIVES: TimeDelta = TimeDelta::days(30);

/// Who asks, as the token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    /// The user.
    pub(crate) user: User,
    /// The hash of the token used.
    pub(crate) token_hash: Vec<u8>,
    /// The one conversation that a widget's token opens (R12); `None`: all that the user sees.
    pub(crate) confined_to: Option<String>,
}

/// What is kept of a token or a channel key.
pub(crate) fn hash_token(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// Opens a session for somebody who has shown who they are. The token is new, and nobody else has ever had it.
fn open_session(write: &mut Write<'_>, user: User, device: Option<String>, how: &Value) -> Result<Session, Refusal> {
    let (id, token) = (write.id("session"), write.chance.token());
    let expires_at = write.now + TOKEN_LIVES;
    write
        .sql
        .prepare_cached(
            "INSERT INTO sessions (token_hash, id, user_id, device, created_at, last_seen_at, expires_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6)",
        )?
        .execute(params![hash_token(&token), id, user.id, device, ms(write.now), ms(expires_at)])?;
    let mut to = if how.is_object() { how.clone() } else { json!({}) };
    to["device"] = json!(device);
    audit::append(write, &user, "sign-in", &Value::Null, &to)?;
    Ok(Session { token, expires_at, user, recovery_codes: Vec::new() })
}

/// A living session.
#[derive(Clone, Debug)]
pub(crate) struct LiveSession {
    /// Whose it is.
    pub(crate) caller: Caller,
    /// When it ends by itself.
    pub(crate) expires_at: DateTime<Utc>,
}

/// The session of this token, if it lives.
pub(crate) fn session(sql: &Connection, token: &str, now: DateTime<Utc>) -> Result<LiveSession, Refusal> {
    let token_hash = hash_token(token);
    let session: Option<(String, i64)> = sql
        .prepare_cached("SELECT user_id, expires_at FROM sessions WHERE token_hash = ?1")?
        .query_row([&token_hash], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (user_id, expires_at) =
        session.filter(|(_, expires_at)| now < time(*expires_at)).ok_or(Refusal::Unauthenticated)?;
    let user = user_by_id(sql, &user_id)?.ok_or(Refusal::Unauthenticated)?;
    let caller = Caller { user, token_hash, confined_to: None };
    Ok(LiveSession { caller, expires_at: time(expires_at) })
}

/// The active user with this id or e-mail address.
pub(crate) fn user_named(sql: &Connection, name: &str) -> rusqlite::Result<Option<User>> {
    sql.prepare_cached("SELECT id, name, email, role FROM users WHERE (id = ?1 OR email = ?2) AND active")?
        .query_row(params![name, name.trim().to_lowercase()], |row| read_user(sql, row))
        .optional()
}

/// Ends the caller's session.
pub(crate) async fn sign_out(store: &Store, caller: Caller) -> Result<(), Refusal> {
    store
        .write(move |write| {
            write.sql.prepare_cached("DELETE FROM sessions WHERE token_hash = ?1")?.execute([&caller.token_hash])?;
            audit::append(write, &caller.user, "sign-out", &Value::Null, &Value::Null)
        })
        .await
}

/// Somebody with the address that was typed.
struct Known {
    user: User,
    active: bool,
    password_hash: String,
    second_factor: bool,
}

impl Known {
    /// The hash to compare with, of whoever is active and has a password.
    fn may_enter_with(&self) -> Option<&str> {
        (self.active && !self.password_hash.is_empty()).then_some(self.password_hash.as_str())
    }
}

fn find(sql: &Connection, email: &str) -> rusqlite::Result<Option<Known>> {
    sql.prepare_cached(
        "SELECT id, name, email, role, password_hash, active,
            EXISTS (SELECT 1 FROM second_factors f WHERE f.user_id = users.id)
         FROM users WHERE email = ?1",
    )?
    .query_row([email], |row| {
        Ok(Known {
            user: read_user(sql, row)?,
            password_hash: row.get(4)?,
            active: row.get(5)?,
            second_factor: row.get(6)?,
        })
    })
    .optional()
}

fn user_by_id(sql: &Connection, id: &str) -> rusqlite::Result<Option<User>> {
    sql.prepare_cached("SELECT id, name, email, role FROM users WHERE id = ?1 AND active")?
        .query_row([id], |row| read_user(sql, row))
        .optional()
}

fn read_user(sql: &Connection, row: &rusqlite::Row<'_>) -> rusqlite::Result<User> {
    let id: String = row.get(0)?;
    let teams = sql
        .prepare_cached(
            "SELECT t.id, t.name FROM user_teams ut JOIN teams t ON t.id = ut.team_id WHERE ut.user_id = ?1
             ORDER BY t.name",
        )?
        .query_map([&id], |row| Ok(TeamRef { id: row.get(0)?, name: row.get(1)? }))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let role = people::role(&row.get::<_, String>(3)?);
    Ok(User { id, name: row.get(1)?, email: row.get(2)?, role, teams })
}
