//! Who is let in: passwords, second steps, and whoever confirms something with their password.
//!
//! Whatever is guessed here counts towards the lockout of the e-mail address, and each attempt waits for the one before. A right password
//! alone does not end the count where a second step follows: otherwise a guesser who has the password could try codes without end.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, params};
use serde_json::{Value, json};
use signoff_wire::contract::{
    access::ChangePassword,
    second_factor::{ConfirmWithPassword, Enrolment, RecoveryCodes, SecondStep},
    sessions::{NewSession, Session, User},
};
use tokio::sync::Semaphore;

use super::{
    Caller, Known,
    challenges::{Challenges, Passed},
    failures, find, links,
    lockout::Lockout,
    open_session, own,
    own::Seen,
    password,
    second_factor::{self, Fresh},
    single_sign_on::{self, Acquaintance, Visits},
    user_by_id,
};
use crate::{
    audit::{self, Who},
    chance::Chance,
    refusal::Refusal,
    store::Store,
};

/// Argon2id wants 19 MiB and a core per verification; more at once would only make each slower.
const VERIFICATIONS_AT_ONCE: usize = 2;
/// Those and as many as wait: a few seconds' worth. Whoever comes then had better come again.
const VERIFICATIONS_WAITING: usize = 64;
/// How long a secret waits for its first code.
const ENROLMENT_LIVES: TimeDelta = TimeDelta::minutes(15);
/// Verified when the address is unknown, so that the time to an answer does not tell which addresses exist.
const NOBODYS_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c2lnbm9mZi1ub2JvZHk$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The door.
pub(crate) struct Doorkeeper {
    lockout: Lockout,
    /// Of people who are signed in and confirm something: no stranger's guess counts there.
    signed_in: Lockout,
    pub(super) failures: failures::Recorder,
    challenges: Challenges,
    /// Secrets that people are just setting up, by their ids.
    enrolments: Mutex<HashMap<String, (Fresh, DateTime<Utc>)>>,
    seen: Seen,
    pub(super) visits: Visits,
    pub(super) provider: Acquaintance,
    verifications: Arc<Semaphore>,
    queue: Arc<Semaphore>,
    chance: Arc<Mutex<Chance>>,
}

impl Doorkeeper {
    pub(crate) fn new(chance: Chance) -> Self {
        Self {
            lockout: Lockout::default(),
            signed_in: Lockout::default(),
            failures: failures::Recorder::default(),
            challenges: Challenges::default(),
            enrolments: Mutex::default(),
            seen: Seen::default(),
            visits: Visits::default(),
            provider: Acquaintance::default(),
            verifications: Arc::new(Semaphore::new(VERIFICATIONS_AT_ONCE)),
            queue: Arc::new(Semaphore::new(VERIFICATIONS_AT_ONCE + VERIFICATIONS_WAITING)),
            chance: Arc::new(Mutex::new(chance)),
        }
    }

    /// Which sessions were heard of lately.
    pub(crate) fn seen(&self) -> &Seen {
        &self.seen
    }

    /// Signs in. Attempts for one address run one after the other, so that a burst cannot outrun the count.
    pub(crate) async fn sign_in(
        &self,
        store: &Store,
        new: NewSession,
        agent: Option<String>,
    ) -> Result<Session, Refusal> {
        let email = new.email.trim().to_lowercase();
        let mut attempts = self.lockout.attempts(&email, store.now()).await;
        attempts.require_free(store.now()).inspect_err(|_| store.metrics().sign_in_failed())?;

        let asked = email.clone();
        let (found, required) =
            store.read(move |sql| Ok((find(sql, &asked)?, second_factor::is_required(sql)?))).await?;
        let hash = found.as_ref().and_then(Known::may_enter_with);
        let (may_enter, hash) = (hash.is_some(), hash.unwrap_or(NOBODYS_HASH).to_owned());
        let right = self.in_turn(store, move || password::is_right(&new.password, &hash)).await? && may_enter;
        let known = match found {
            Some(known) if right => known,
            known => {
                store.metrics().sign_in_failed();
                let locked = attempts.failed(store.now());
                self.failures.record(store, email, known.map(|known| known.user), locked).await?;
                return Err(Refusal::BadCredentials);
            }
        };
        let role = known.user.role;
        if !store.read(move |sql| single_sign_on::takes_password_of(sql, role)).await? {
            attempts.succeeded();
            return Err(Refusal::PasswordsOff);
        }
        let device = own::device(new.device.as_deref().or(agent.as_deref()));
        if known.second_factor || required {
            let (enrolled, now) = (known.second_factor, store.now());
            let passed = (known.user, known.password_hash);
            let challenge = self.challenges.open(&mut self.chance(), passed, device, enrolled, now)?;
            return Err(if enrolled {
                Refusal::SecondFactorRequired { challenge }
            } else {
                Refusal::SecondFactorEnrolmentRequired { challenge }
            });
        }
        attempts.succeeded();
        drop(attempts);
        store.write(move |write| open_session(write, known.user, device, &Value::Null)).await
    }

    /// The second step. Where a second factor had to be set up first, its first code also takes it into use, and the session brings the
    /// recovery codes.
    pub(crate) async fn second_step(&self, store: &Store, asked: SecondStep) -> Result<Session, Refusal> {
        let email = self.challenges.find(&asked.challenge, store.now())?.user.email;
        let mut attempts = self.lockout.attempts(&email, store.now()).await;
        attempts.require_free(store.now()).inspect_err(|_| store.metrics().sign_in_failed())?;
        // Whoever was before may have used it up.
        let passed = self.challenges.find(&asked.challenge, store.now())?;
        let (code, known) = (asked.code, passed.user.clone());
        let session = store
            .write(move |write| {
                let user = user_by_id(write.sql, &passed.user.id)?.ok_or(Refusal::ChallengeUnknown)?;
                require_same_password(write.sql, &passed)?;
                let whose = (user.id.as_str(), user.name.as_str());
                let recovery_codes = match &passed.enrolment {
                    // Set up meanwhile, by whoever was quicker: a password alone does not replace it.
                    Some(_) if second_factor::is_enabled(write.sql, &user.id)? => {
                        return Err(Refusal::ChallengeUnknown);
                    }
                    Some(secret) => match secret.check(&code, write.now) {
                        Some(step) => second_factor::enable(write, whose, secret, step)?,
                        None => return Ok(None),
                    },
                    None if second_factor::take(write, whose, &code)? => Vec::new(),
                    None => return Ok(None),
                };
                let session = open_session(write, user, passed.device, &json!({ "second_factor": true }))?;
                Ok(Some(Session { recovery_codes, ..session }))
            })
            .await?;
        match session {
            Some(session) => {
                attempts.code_succeeded();
                self.challenges.close(&asked.challenge);
                Ok(session)
            }
            None => {
                store.metrics().sign_in_failed();
                let locked = attempts.code_failed(store.now());
                self.failures.record(store, email, Some(known), locked).await?;
                Err(Refusal::SecondFactorWrong)
            }
        }
    }

    /// Gives the authenticator of whoever has to set one up at sign-in a secret.
    pub(crate) async fn enrol_at_sign_in(&self, store: &Store, challenge: String) -> Result<Enrolment, Refusal> {
        let passed = self.challenges.find(&challenge, store.now())?;
        if passed.enrolled {
            return Err(Refusal::ChallengeUnknown);
        }
        let still = passed.clone();
        store.read(move |sql| require_same_password(sql, &still)).await?;
        let secret = Fresh::draw(&mut self.chance());
        let enrolment = secret.enrolment(&workspace_name(store).await?, &passed.user.email)?;
        self.challenges.enrol(&challenge, secret);
        Ok(enrolment)
    }

    /// Gives the caller's authenticator a secret, which takes the place of an earlier one with its first code.
    pub(crate) async fn begin_enrolment(
        &self,
        store: &Store,
        caller: &Caller,
        shown: ConfirmWithPassword,
    ) -> Result<Enrolment, Refusal> {
        self.require_both(store, &caller.user, shown).await?;
        let secret = Fresh::draw(&mut self.chance());
        let enrolment = secret.enrolment(&workspace_name(store).await?, &caller.user.email)?;
        let now = store.now();
        let mut enrolments = self.enrolments.lock().unwrap_or_else(PoisonError::into_inner);
        enrolments.retain(|_, (_, until)| now < *until);
        enrolments.insert(caller.user.id.clone(), (secret, now + ENROLMENT_LIVES));
        Ok(enrolment)
    }

    /// Takes the caller's new second factor into use.
    pub(crate) async fn confirm_enrolment(
        &self,
        store: &Store,
        caller: Caller,
        code: String,
    ) -> Result<RecoveryCodes, Refusal> {
        let mut attempts = self.signed_in.attempts(&caller.user.email, store.now()).await;
        attempts.require_free(store.now())?;
        let begun = self.enrolments.lock().unwrap_or_else(PoisonError::into_inner).get(&caller.user.id).cloned();
        let (secret, until) = begun.ok_or(Refusal::EnrolmentUnknown)?;
        if store.now() >= until {
            return Err(Refusal::EnrolmentUnknown);
        }
        let Some(step) = secret.check(&code, store.now()) else {
            attempts.failed(store.now());
            return Err(Refusal::SecondFactorWrong);
        };
        attempts.succeeded();
        self.enrolments.lock().unwrap_or_else(PoisonError::into_inner).remove(&caller.user.id);
        let codes = store
            .write(move |write| second_factor::enable(write, (&caller.user.id, &caller.user.name), &secret, step))
            .await?;
        Ok(RecoveryCodes { codes })
    }

    /// Switches the caller's second factor off, unless the workspace requires one.
    pub(crate) async fn disable_second_factor(
        &self,
        store: &Store,
        caller: Caller,
        shown: ConfirmWithPassword,
    ) -> Result<(), Refusal> {
        if store.read(|sql| Ok(second_factor::is_required(sql)?)).await? {
            return Err(Refusal::SecondFactorCompulsory);
        }
        self.require_both(store, &caller.user, shown).await?;
        store
            .write(move |write| {
                if second_factor::is_required(write.sql)? {
                    return Err(Refusal::SecondFactorCompulsory);
                }
                if second_factor::remove(write, &caller.user.id)? {
                    audit::append(write, &caller.user, "two-step.disable", &Value::Null, &Value::Null)?;
                }
                Ok(())
            })
            .await
    }

    /// Replaces the caller's recovery codes.
    pub(crate) async fn renew_recovery_codes(
        &self,
        store: &Store,
        caller: Caller,
        shown: ConfirmWithPassword,
    ) -> Result<RecoveryCodes, Refusal> {
        self.require_both(store, &caller.user, shown).await?;
        let codes = store
            .write(move |write| {
                if !second_factor::is_enabled(write.sql, &caller.user.id)? {
                    return Err(Refusal::EnrolmentUnknown);
                }
                audit::append(write, &caller.user, "two-step.new-codes", &Value::Null, &Value::Null)?;
                second_factor::renew_codes(write, &caller.user.id)
            })
            .await?;
        Ok(RecoveryCodes { codes })
    }

    /// Changes the caller's password. All other sessions end.
    pub(crate) async fn change_password(
        &self,
        store: &Store,
        caller: Caller,
        asked: ChangePassword,
    ) -> Result<(), Refusal> {
        self.require_password(store, &caller.user, asked.old_password).await?;
        password::require_good(&asked.new_password, &caller.user.name, &caller.user.email)?;
        let hash = self.hash(store, asked.new_password).await?;
        store
            .write(move |write| {
                write
                    .sql
                    .prepare_cached("UPDATE users SET password_hash = ?2, version = version + 1 WHERE id = ?1")?
                    .execute(params![caller.user.id, hash])?;
                own::end_others(write, &caller)?;
                links::forget_of(write, &caller.user.id)?;
                let (id, name) = (caller.user.id.as_str(), caller.user.name.as_str());
                audit::append_about(
                    write,
                    Who::person(id, name),
                    "user.password",
                    (id, name),
                    &Value::Null,
                    &Value::Null,
                )
            })
            .await
    }

    /// Hashes a new password. Never inside a write: it takes longer than a hundred of those.
    pub(crate) async fn hash(&self, store: &Store, new: String) -> Result<String, Refusal> {
        let chance = Arc::clone(&self.chance);
        self.in_turn(store, move || password::hash(&new, &mut chance.lock().unwrap_or_else(PoisonError::into_inner)))
            .await?
    }

    /// Whoever is signed in already shows that it is still them.
    async fn require_password(&self, store: &Store, user: &User, password: String) -> Result<(), Refusal> {
        let mut attempts = self.signed_in.attempts(&user.email, store.now()).await;
        attempts.require_free(store.now())?;
        let email = user.email.clone();
        let known = store.read(move |sql| Ok(find(sql, &email)?)).await?;
        let hash = known.as_ref().and_then(Known::may_enter_with).unwrap_or(NOBODYS_HASH).to_owned();
        if self.in_turn(store, move || password::is_right(&password, &hash)).await? {
            return Ok(());
        }
        attempts.failed(store.now());
        Err(Refusal::PasswordWrong)
    }

    /// The same with a code, where a second factor is in use: the password alone must not take it away.
    async fn require_both(&self, store: &Store, user: &User, shown: ConfirmWithPassword) -> Result<(), Refusal> {
        self.require_password(store, user, shown.password).await?;
        let mut attempts = self.signed_in.attempts(&user.email, store.now()).await;
        attempts.require_free(store.now())?;
        let (id, name, code) = (user.id.clone(), user.name.clone(), shown.code.unwrap_or_default());
        let passed = store
            .write(move |write| {
                Ok(!second_factor::is_enabled(write.sql, &id)? || second_factor::take(write, (&id, &name), &code)?)
            })
            .await?;
        if passed {
            attempts.code_succeeded();
            return Ok(());
        }
        attempts.code_failed(store.now());
        Err(Refusal::SecondFactorWrong)
    }

    pub(super) fn chance(&self) -> std::sync::MutexGuard<'_, Chance> {
        self.chance.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        store: &Store,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let _place = Arc::clone(&self.queue).try_acquire_owned().map_err(|_| Refusal::Overloaded)?;
        let permit = Arc::clone(&self.verifications).acquire_owned().await.map_err(|_| Refusal::Overloaded)?;
        let done = store.threads().blocking(move || {
            let _permit = permit;
            work()
        });
        done.await.ok_or(Refusal::Internal)
    }
}

/// Whoever knows only the password of before has not passed the first step any more.
fn require_same_password(sql: &Connection, passed: &Passed) -> Result<(), Refusal> {
    let now: String = sql
        .prepare_cached("SELECT password_hash FROM users WHERE id = ?1")?
        .query_row([&passed.user.id], |row| row.get(0))?;
    if now == passed.password_hash { Ok(()) } else { Err(Refusal::ChallengeUnknown) }
}

async fn workspace_name(store: &Store) -> Result<String, Refusal> {
    store.read(|sql| Ok(sql.prepare_cached("SELECT name FROM workspace")?.query_row([], |row| row.get(0))?)).await
}
