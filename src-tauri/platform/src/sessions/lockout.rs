//! Five failed sign-ins for an address within a minute, and the address is locked until the minute is over, for the right
//! password too: whoever guesses must not learn that a guess was right.
//!
//! Kept in memory: a restart forgets it, which an attacker can neither cause nor count on.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::OwnedMutexGuard;

use crate::refusal::Refusal;

const FAILURES: usize = 5;
const MINUTE: TimeDelta = TimeDelta::minutes(1);
/// Addresses remembered before those without a recent failure are forgotten.
const ADDRESSES: usize = 10_000;

type Failures = VecDeque<DateTime<Utc>>;

#[derive(Default)]
pub(super) struct Lockout {
    by_address: Mutex<HashMap<String, Arc<tokio::sync::Mutex<Failures>>>>,
}

impl Lockout {
    /// The address's failures, exclusively: other attempts for it wait.
    pub(super) async fn attempts(&self, email: &str) -> Attempts {
        let failures = {
            let mut by_address = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
            if by_address.len() >= ADDRESSES {
                by_address.retain(|_, failures| failures.try_lock().map_or(true, |failures| !failures.is_empty()));
            }
            Arc::clone(by_address.entry(email.to_owned()).or_default())
        };
        Attempts { failures: failures.lock_owned().await }
    }
}

pub(super) struct Attempts {
    failures: OwnedMutexGuard<Failures>,
}

impl Attempts {
    /// Refuses while five failures are younger than a minute.
    pub(super) fn require_free(&mut self, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.failures.retain(|at| now < *at + MINUTE);
        if self.failures.len() < FAILURES {
            return Ok(());
        }
        let over = self.failures.front().map_or(now, |first| *first + MINUTE);
        // Rounded up: whoever comes back after that many seconds is let in.
        let wait_ms = u64::try_from((over - now).num_milliseconds()).unwrap_or_default();
        Err(Refusal::TooManyAttempts { retry_after_s: wait_ms.div_ceil(1000).max(1) })
    }

    pub(super) fn failed(&mut self, now: DateTime<Utc>) {
        self.failures.push_back(now);
    }

    pub(super) fn succeeded(&mut self) {
        self.failures.clear();
    }
}
