//! People between the app and the provider: who has been sent there, and who has come back and not yet been let in.
//!
//! In memory only: a restart forgets it, and the person begins again. Everything here works once.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};

use super::provider::{Metadata, Secrets};
use crate::{refusal::Refusal, sessions::hash_token};

/// How long somebody may take at the provider.
pub(super) const VISIT_LIVES: TimeDelta = TimeDelta::minutes(10);
/// The app is waiting: it takes the code within moments.
const CODE_LIVES: TimeDelta = TimeDelta::minutes(1);
/// Visits at a time; beyond that the platform has too much to do.
const OPEN: usize = 10_000;

/// Somebody who was sent to the provider.
#[derive(Clone)]
pub(super) struct Visit {
    pub(super) id: String,
    pub(super) secrets: Secrets,
    pub(super) metadata: Metadata,
    /// Where the app listens.
    pub(super) port: u16,
    /// SHA-256 of what the app keeps to itself.
    pub(super) challenge: String,
    pub(super) device: Option<String>,
    pub(super) begun: DateTime<Utc>,
    pub(super) until: DateTime<Utc>,
}

/// Somebody whom the provider let through.
#[derive(Clone)]
pub(super) struct Arrival {
    /// The binding by which they were recognised.
    pub(super) binding: String,
    pub(super) challenge: String,
    pub(super) device: Option<String>,
    pub(super) until: DateTime<Utc>,
}

/// All of them.
#[derive(Default)]
pub(in crate::sessions) struct Visits {
    open: Mutex<HashMap<Vec<u8>, Visit>>,
    arrived: Mutex<HashMap<Vec<u8>, Arrival>>,
}

impl Visits {
    /// Remembers a visit by its state.
    pub(super) fn begin(&self, visit: Visit, now: DateTime<Utc>) -> Result<(), Refusal> {
        let mut open = lock(&self.open);
        open.retain(|_, visit| now < visit.until);
        if open.len() >= OPEN {
            return Err(Refusal::Overloaded);
        }
        open.insert(hash_token(&visit.secrets.state), visit);
        Ok(())
    }

    /// The visit of this state, once.
    pub(super) fn end(&self, state: &str, now: DateTime<Utc>) -> Option<Visit> {
        lock(&self.open).remove(&hash_token(state)).filter(|visit| now < visit.until)
    }

    /// Keeps somebody for the app to fetch.
    pub(super) fn arrive(&self, code: &str, visit: &Visit, binding: String, now: DateTime<Utc>) {
        let mut arrived = lock(&self.arrived);
        arrived.retain(|_, arrival| now < arrival.until);
        let (challenge, device, until) = (visit.challenge.clone(), visit.device.clone(), now + CODE_LIVES);
        arrived.insert(hash_token(code), Arrival { binding, challenge, device, until });
    }

    /// Whoever arrived with this code, once.
    pub(super) fn fetch(&self, code: &str, now: DateTime<Utc>) -> Option<Arrival> {
        lock(&self.arrived).remove(&hash_token(code)).filter(|arrival| now < arrival.until)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
