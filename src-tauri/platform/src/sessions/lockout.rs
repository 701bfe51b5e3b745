//! Five failed sign-ins for an address within a minute, and the address is locked until the minute is over, for the right
//! password too: whoever guesses must not learn that a guess was right.
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
/// Addresses remembered before those without a recent failure are forgotten.
const ADDRESSES: usize = 10_000;

type Failures = VecDeque<DateTime<Utc>>;
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

/// Whether somebody is about to sign in there, or has failed within the last minute.
fn is_needed(failures: &Arc<tokio::sync::Mutex<Failures>>, now: DateTime<Utc>) -> bool {
    let in_use = Arc::strong_count(failures) > 1;
    in_use || failures.try_lock().map_or(true, |failures| failures.iter().any(|at| is_recent(*at, now)))
}

fn is_recent(failed_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now < failed_at + MINUTE
}

pub(super) struct Attempts {
    failures: OwnedMutexGuard<Failures>,
}

impl Attempts {
    /// Refuses while five failures are younger than a minute.
    pub(super) fn require_free(&mut self, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.failures.retain(|at| is_recent(*at, now));
        if self.failures.len() < FAILURES {
            return Ok(());
        }
        let over = self.failures.front().map_or(now, |first| *first + MINUTE);
        // Rounded up: whoever comes back after that many seconds is let in.
        let wait_ms = u64::try_from((over - now).num_milliseconds()).unwrap_or_default();
        Err(Refusal::TooManyAttempts { retry_after_s: wait_ms.div_ceil(1000).max(1) })
    }

    /// Says whether this was one too many.
    pub(super) fn failed(&mut self, now: DateTime<Utc>) -> bool {
        self.failures.push_back(now);
        self.failures.len() >= FAILURES
    }

    pub(super) fn succeeded(&mut self) {
        self.failures.clear();
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
}
