//! Who asks, remembered from request to request.
//!
//! Nearly every request begins by asking whose token it carries. The answer is kept as long as nothing was committed that decides about
//! it ([`Store::access`]): a token that was taken back is dead with the commit that took it back.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{Caller, LiveSession, hash_token, session};
use crate::{
    refusal::Refusal,
    store::{self, Store},
};

/// More sessions than a platform of this size has at work. Past it everything is forgotten and asked again.
const MOST: usize = 20_000;

/// The sessions that have asked lately.
#[derive(Default)]
pub(crate) struct Callers {
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    access: i64,
    sessions: HashMap<Vec<u8>, LiveSession>,
}

impl Callers {
    /// Whose token this is, if it lives.
    pub(crate) async fn caller(&self, store: &Store, token: &str) -> Result<Caller, Refusal> {
        let (access, hash, now) = (*store.access().borrow(), hash_token(token), store.now());
        if let Some(known) = self.look_up(access, &hash) {
            return if now < known.expires_at { Ok(known.caller) } else { Err(Refusal::Unauthenticated) };
        }
        let token = token.to_owned();
        let (access, found) = store.read(move |sql| Ok((store::access(sql)?, session(sql, &token, now)?))).await?;
        let caller = found.caller.clone();
        self.remember(access, hash, found);
        Ok(caller)
    }

    fn look_up(&self, access: i64, hash: &[u8]) -> Option<LiveSession> {
        let known = self.lock();
        if known.access >= access { known.sessions.get(hash).cloned() } else { None }
    }

    fn remember(&self, access: i64, hash: Vec<u8>, found: LiveSession) {
        let mut known = self.lock();
        if access < known.access {
            return;
        }
        if access > known.access || known.sessions.len() >= MOST {
            known.access = access;
            known.sessions.clear();
        }
        known.sessions.insert(hash, found);
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
