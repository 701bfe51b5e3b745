//! Between the two steps of a sign-in: whose password was right a moment ago.
//!
//! In memory only: a restart forgets it, and the person types the password again.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use signoff_wire::contract::sessions::User;

use super::{hash_token, second_factor::Fresh};
use crate::{chance::Chance, refusal::Refusal};

const LIVES: TimeDelta = TimeDelta::minutes(10);
/// Challenges at a time; beyond that the platform has too much to do.
const OPEN: usize = 10_000;

/// Somebody who has passed the first step.
#[derive(Clone)]
pub(crate) struct Passed {
    /// Who.
    pub(crate) user: User,
    /// What is signing in, as it called itself.
    pub(crate) device: Option<String>,
    /// The secret that an authenticator was just given, where the person has no second factor yet.
    pub(crate) enrolment: Option<Fresh>,
    /// The password that was right, as it is kept: with another one the first step would have to be taken again.
    pub(crate) password_hash: String,
    /// There is a second factor already, which cannot be replaced at a sign-in.
    pub(crate) enrolled: bool,
    until: DateTime<Utc>,
}

#[derive(Default)]
pub(crate) struct Challenges {
    open: Mutex<HashMap<Vec<u8>, Passed>>,
}

impl Challenges {
    /// Opens one; the answer is its token, of which only the hash is kept.
    pub(crate) fn open(
        &self,
        chance: &mut Chance,
        (user, password_hash): (User, String),
        device: Option<String>,
        enrolled: bool,
        now: DateTime<Utc>,
    ) -> Result<String, Refusal> {
        let token = chance.token();
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, passed| now < passed.until);
        if open.len() >= OPEN {
            return Err(Refusal::Overloaded);
        }
        open.insert(
            hash_token(&token),
            Passed { user, device, enrolment: None, password_hash, enrolled, until: now + LIVES },
        );
        Ok(token)
    }

    /// Who has passed the first step with this token.
    pub(crate) fn find(&self, token: &str, now: DateTime<Utc>) -> Result<Passed, Refusal> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = open.get(&hash_token(token)).filter(|passed| now < passed.until);
        passed.cloned().ok_or(Refusal::ChallengeUnknown)
    }

    /// Remembers which secret the authenticator was given.
    pub(crate) fn enrol(&self, token: &str, secret: Fresh) {
        if let Some(passed) = self.open.lock().unwrap_or_else(PoisonError::into_inner).get_mut(&hash_token(token)) {
            passed.enrolment = Some(secret);
        }
    }

    /// A challenge is good for one sign-in.
    pub(crate) fn close(&self, token: &str) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&hash_token(token));
    }
}
