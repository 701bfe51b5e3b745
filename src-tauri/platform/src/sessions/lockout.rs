//! Five failed sign-ins for an e-mail address within a minute, and it is locked until the minute is over, for the right
//! password too: whoever guesses must not learn that a guess was right.
//!
//! Where the guesses come from makes no difference: whoever guesses has many addresses. So a stranger can keep somebody out of
//! the password's door, a minute at a time; sign-in at the provider and the operator's command line stay open.
//!
//! Codes are short, and whoever guesses them has the password already: there each further failure doubles the wait.
//!
//! Kept in memory: a restart forgets it, which an attacker can neither cause nor count on.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest as _, Sha256};
use tokio::sync::OwnedMutexGuard;

use crate::refusal::Refusal;

const FAILURES: usize = 5;
const MINUTE: TimeDelta = TimeDelta::minutes(1);
/// The longest wait between two codes, and for how long wrong codes are remembered.
const LONGEST: TimeDelta = TimeDelta::hours(1);
const CODES_KEPT: TimeDelta = TimeDelta::days(1);
/// Addresses remembered before those without a recent failure are forgotten.
const ADDRESSES: usize = 10_000;

/// What went wrong for an e-mail address.
#[derive(Default)]
struct Failures {
    passwords: VecDeque<DateTime<Utc>>,
    /// Wrong codes in a row, and when the last one was.
    codes: Option<(u32, DateTime<Utc>)>,
}

/// Stands for an address: what a stranger types may be a megabyte long.
type Digest = [u8; 32];

#[derive(Default)]
pub(super) struct Lockout {
    by_address: Mutex<HashMap<Digest, Arc<tokio::sync::Mutex<Failures>>>>,
}

impl Lockout {
    /// The address's failures, exclusively: other attempts for it wait.
    pub(super) async fn attempts(&self, email: &str, now: DateTime<Utc>) -> Attempts {
        let failures = {
            let mut by_address = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
            if by_address.len() >= ADDRESSES {
                by_address.retain(|_, failures| is_needed(failures, now));
            }
            Arc::clone(by_address.entry(Sha256::digest(email).into()).or_default())
        };
        Attempts { failures: failures.lock_owned().await }
    }
}

/// Whether somebody is about to sign in there, or has failed lately.
fn is_needed(failures: &Arc<tokio::sync::Mutex<Failures>>, now: DateTime<Utc>) -> bool {
    let in_use = Arc::strong_count(failures) > 1;
    in_use
        || failures.try_lock().map_or(true, |failures| {
            failures.passwords.iter().any(|at| is_recent(*at, now))
                || failures.codes.is_some_and(|(_, at)| now < at + CODES_KEPT)
        })
}

fn is_recent(failed_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now < failed_at + MINUTE
}

pub(super) struct Attempts {
    failures: OwnedMutexGuard<Failures>,
}

impl Attempts {
    /// Refuses while five failures are younger than a minute, or a code is not due yet.
    pub(super) fn require_free(&mut self, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.failures.passwords.retain(|at| is_recent(*at, now));
        let until = [self.passwords_until(), self.codes_until()].into_iter().flatten().max();
        match until.filter(|until| now < *until) {
            None => Ok(()),
            Some(until) => {
                // Rounded up: whoever comes back after that many seconds is let in.
                let wait_ms = u64::try_from((until - now).num_milliseconds()).unwrap_or_default();
                Err(Refusal::TooManyAttempts { retry_after_s: wait_ms.div_ceil(1000).max(1) })
            }
        }
    }

    fn passwords_until(&self) -> Option<DateTime<Utc>> {
        let passwords = &self.failures.passwords;
        passwords.front().filter(|_| passwords.len() >= FAILURES).map(|at| *at + MINUTE)
    }

    fn codes_until(&self) -> Option<DateTime<Utc>> {
        let (wrong, last) = self.failures.codes?;
        let beyond = wrong.checked_sub(u32::try_from(FAILURES).unwrap_or_default())?;
        let wait = MINUTE * 1_i32.checked_shl(beyond.min(16)).unwrap_or(i32::MAX);
        Some(last + wait.min(LONGEST))
    }

    /// Says whether this was one too many.
    pub(super) fn failed(&mut self, now: DateTime<Utc>) -> bool {
        self.failures.passwords.push_back(now);
        self.passwords_until().is_some()
    }

    /// The same of a code.
    pub(super) fn code_failed(&mut self, now: DateTime<Utc>) -> bool {
        let before = self.failures.codes.filter(|(_, at)| now < *at + CODES_KEPT).map_or(0, |(wrong, _)| wrong);
        self.failures.codes = Some((before.saturating_add(1), now));
        self.codes_until().is_some()
    }

    /// A right password, with nothing more to come.
    pub(super) fn succeeded(&mut self) {
        self.failures.passwords.clear();
    }

    /// A right code.
    pub(super) fn code_succeeded(&mut self) {
        self.succeeded();
        self.failures.codes = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Somebody tries a new address each time: what is remembered must not grow for ever.
    #[tokio::test]
    async fn addresses_whose_minute_is_over_are_forgotten() {
        let lockout = Lockout::default();
        let start = DateTime::UNIX_EPOCH;
        for number in 0..ADDRESSES {
            lockout.attempts(&format!("{number}@example.com"), start).await.failed(start);
        }
        let later = start + MINUTE;

        lockout.attempts("one-more@example.com", later).await.failed(later);

        assert_eq!(lockout.by_address.lock().expect("nobody panics with it in hand").len(), 1);
    }

    #[tokio::test]
    async fn a_failure_within_the_minute_is_remembered_however_many_addresses_there_are() {
        let lockout = Lockout::default();
        let start = DateTime::UNIX_EPOCH;
        for _ in 0..FAILURES {
            lockout.attempts("ada@example.com", start).await.failed(start);
        }
        for number in 0..ADDRESSES {
            drop(lockout.attempts(&format!("{number}@example.com"), start).await);
        }

        let refused = lockout.attempts("ada@example.com", start).await.require_free(start);
        assert!(matches!(refused, Err(Refusal::TooManyAttempts { .. })));
    }

    #[tokio::test]
    async fn each_wrong_code_doubles_the_wait_up_to_an_hour() {
        let lockout = Lockout::default();
        let mut now = DateTime::UNIX_EPOCH;
        let mut waits = Vec::new();
        for _ in 0..15 {
            let mut attempts = lockout.attempts("ada@example.com", now).await;
            attempts.code_failed(now);
            if let Err(Refusal::TooManyAttempts { retry_after_s }) = attempts.require_free(now) {
                waits.push(retry_after_s / 60);
                now += TimeDelta::seconds(i64::try_from(retry_after_s).expect("seconds"));
            }
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60]);
        lockout.attempts("ada@example.com", now).await.code_succeeded();
        lockout.attempts("ada@example.com", now).await.code_failed(now);
        assert!(lockout.attempts("ada@example.com", now).await.require_free(now).is_ok(), "it begins anew");
    }
}
