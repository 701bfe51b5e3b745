//! Signing in and out, and who a token belongs to.
//!
//! Passwords are kept as Argon2id hashes, tokens as SHA-256: whoever reads the file can sign in as nobody.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value;
use sha2::{Digest, Sha256};
use signoff_wire::contract::sessions::{NewSession, Session, TeamRef, User};
use tokio::sync::Semaphore;

use crate::{
    audit,
    chance::Chance,
    people,
    refusal::Refusal,
    store::{Store, ms, time},
};

mod callers;
mod failures;
mod lockout;
pub(crate) mod password;

pub(crate) use callers::Callers;
use lockout::Lockout;

const TOKEN_LIVES: TimeDelta = TimeDelta::days(30);
/// Argon2id wants 19 MiB and a core per verification; more at once would only make each slower.
const VERIFICATIONS_AT_ONCE: usize = 2;

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

/// The door.
pub(crate) struct Doorkeeper {
    lockout: Lockout,
    failures: failures::Recorder,
    verifications: Arc<Semaphore>,
    chance: Arc<Mutex<Chance>>,
}

impl Doorkeeper {
    pub(crate) fn new(chance: Chance) -> Self {
        Self {
            lockout: Lockout::default(),
            failures: failures::Recorder::default(),
            verifications: Arc::new(Semaphore::new(VERIFICATIONS_AT_ONCE)),
            chance: Arc::new(Mutex::new(chance)),
        }
    }

    /// Signs in. Attempts for one address run one after the other, so that a burst cannot outrun the count.
    pub(crate) async fn sign_in(&self, store: &Store, new: NewSession) -> Result<Session, Refusal> {
        let email = new.email.trim().to_lowercase();
        let mut attempts = self.lockout.attempts(&email, store.now()).await;
        attempts.require_free(store.now())?;

        let asked = email.clone();
        let found = store.read(move |sql| Ok(find(sql, &asked)?)).await?;
        let hash = found.as_ref().and_then(Known::may_enter_with);
        let (may_enter, hash) = (hash.is_some(), hash.unwrap_or(NOBODYS_HASH).to_owned());
        let right = self.in_turn(store, move || password::is_right(&new.password, &hash)).await? && may_enter;
        let user = match found.map(|known| known.user) {
            Some(user) if right => user,
            known => {
                let locked = attempts.failed(store.now());
                self.failures.record(store, email, known, locked).await?;
                return Err(Refusal::BadCredentials);
            }
        };
        attempts.succeeded();
        drop(attempts);

        store
            .write(move |write| {
                let token = write.chance.token();
                let expires_at = write.now + TOKEN_LIVES;
                write
                    .sql
                    .prepare_cached(
                        "INSERT INTO sessions (token_hash, user_id, created_at, expires_at) VALUES (?1, ?2, ?3, ?4)",
                    )?
                    .execute(params![hash_token(&token), user.id, ms(write.now), ms(expires_at)])?;
                audit::append(write, &user, "sign-in", &Value::Null, &Value::Null)?;
                Ok(Session { token, expires_at, user })
            })
            .await
    }

    /// Hashes a new password. Never inside a write: it takes longer than a hundred of those.
    pub(crate) async fn hash(&self, store: &Store, new: String) -> Result<String, Refusal> {
        let chance = Arc::clone(&self.chance);
        self.in_turn(store, move || password::hash(&new, &mut chance.lock().unwrap_or_else(PoisonError::into_inner)))
            .await?
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        store: &Store,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let permit = Arc::clone(&self.verifications).acquire_owned().await.map_err(|_| Refusal::Overloaded)?;
        let done = store.threads().blocking(move || {
            let _permit = permit;
            work()
        });
        done.await.ok_or(Refusal::Internal)
    }
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
    let user = sql
        .prepare_cached("SELECT id, name, email, role FROM users WHERE id = ?1 AND active")?
        .query_row([user_id], |row| read_user(sql, row))
        .optional()?
        .ok_or(Refusal::Unauthenticated)?;
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
}

impl Known {
    /// The hash to compare with, of whoever is active and has a password.
    fn may_enter_with(&self) -> Option<&str> {
        (self.active && !self.password_hash.is_empty()).then_some(self.password_hash.as_str())
    }
}

fn find(sql: &Connection, email: &str) -> rusqlite::Result<Option<Known>> {
    sql.prepare_cached("SELECT id, name, email, role, password_hash, active FROM users WHERE email = ?1")?
        .query_row([email], |row| {
            Ok(Known { user: read_user(sql, row)?, password_hash: row.get(4)?, active: row.get(5)? })
        })
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

/// Verified when the address is unknown, so that the time to an answer does not tell which addresses exist.
const NOBODYS_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c2lnbm9mZi1ub2JvZHk$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
