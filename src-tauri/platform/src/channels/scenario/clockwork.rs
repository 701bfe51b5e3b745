//! Coming back to what outlasts a transaction: delays that are over, and calls to other systems.
//!
//! A call is marked as begun before its first byte leaves. After a restart a begun call is repeated only if it just reads (GET);
//! any other may have arrived, so it counts as failed: at most once is all that HTTP lets anybody promise, and the
//! Idempotency-Key, the same for one visit of a step, lets the other system promise more.

use std::{sync::Arc, time::Duration};

use signoff_wire::contract::scenarios::{CallMethod, ScenarioEvent};
use tokio::{sync::watch, task::JoinSet};

use super::{
    outside::{Outcome, Outside},
    pending::{self, Pending},
    perform, secrets,
};
use crate::{refusal::Refusal, store::Store};

/// Calls at the same time.
const CALLS: usize = 16;
/// Delays that are over, looked at together.
const DELAYS: usize = 64;
/// The platform's clock may be moved; it is looked at again after so long.
const LOOK: Duration = Duration::from_secs(1);
/// Commits that follow each other are looked at together.
const GATHER: Duration = Duration::from_millis(50);
/// What could not be carried out is tried again after so long.
const AGAIN: chrono::TimeDelta = chrono::TimeDelta::minutes(1);

/// Until the platform stops.
pub(crate) async fn run(store: Store, outside: Arc<Outside>, mut stopping: watch::Receiver<bool>) {
    let mut commits = store.commits();
    let mut clockwork = Clockwork { store, outside, calls: JoinSet::new(), under_way: Vec::new() };
    loop {
        commits.borrow_and_update();
        let wait = clockwork.look().await.unwrap_or_else(|refusal| {
            tracing::warn!(code = %refusal.kind().0, "cannot see what is due");
            Some(LOOK)
        });
        let gather = tokio::select! {
            biased;
            _ = stopping.wait_for(|stop| *stop) => return,
            Some(ended) = clockwork.calls.join_next() => {
                clockwork.ended(ended.ok());
                false
            }
            changed = commits.changed() => match changed {
                Ok(()) => true,
                Err(_) => return,
            },
            () = tokio::time::sleep(wait.unwrap_or(LOOK)), if wait.is_some() => false,
        };
        if gather {
            tokio::time::sleep(GATHER).await;
        }
    }
}

/// One conversation at one visit of a step.
type Visit = (i64, i64);

struct Clockwork {
    store: Store,
    outside: Arc<Outside>,
    calls: JoinSet<Visit>,
    under_way: Vec<Visit>,
}

impl Clockwork {
    /// Does what is due. How long to wait for more; `None`: until something is committed.
    async fn look(&mut self) -> Result<Option<Duration>, Refusal> {
        loop {
            let (now, besides) = (self.store.now(), self.under_way.clone());
            let room = CALLS.saturating_sub(besides.len());
            let (delays, calls) = self
                .store
                .read(move |sql| Ok((pending::delays(sql, now, DELAYS)?, pending::calls(sql, now, &besides, room)?)))
                .await?;
            // A delay takes no place: however long other systems take to answer, it is over when it is over.
            let all = delays.len() < DELAYS && (room == 0 || calls.len() < room);
            for (nr, visit) in delays {
                settle(&self.store, nr, visit, ScenarioEvent::TimePasses {}, false).await;
            }
            for pending in calls {
                let visit = (pending.conversation_nr, pending.visit);
                self.under_way.push(visit);
                let (store, outside) = (self.store.clone(), Arc::clone(&self.outside));
                self.calls.spawn(async move {
                    call(&store, &outside, pending).await;
                    visit
                });
            }
            if all {
                let next = self.store.read(move |sql| Ok(pending::next_due(sql, now)?)).await?;
                return Ok(next.map(|due| (due - now).to_std().unwrap_or_default().min(LOOK)));
            }
        }
    }

    fn ended(&mut self, ended: Option<Visit>) {
        match ended {
            Some(visit) => self.under_way.retain(|other| *other != visit),
            // It panicked, and took the name of its visit with it: what is still there is looked for anew.
            None => self.under_way.clear(),
        }
    }
}

async fn call(store: &Store, outside: &Outside, pending: Pending) {
    let (nr, visit) = (pending.conversation_nr, pending.visit);
    let request = pending.request.clone();
    if pending.started && request.method != CallMethod::Get {
        return settle(store, nr, visit, ScenarioEvent::Fails {}, false).await;
    }
    let (asked, wanted) = (pending.clone(), request.secrets.clone());
    let begun = store
        .write(move |write| {
            if !pending::start(write, &asked)? {
                pending::forget_visit(write.sql, asked.conversation_nr, asked.visit)?;
                return Ok(None);
            }
            let mut values = Vec::with_capacity(wanted.len());
            for (name, id) in wanted {
                if let Some(value) = secrets::value(write.sql, &id)? {
                    values.push((name, value));
                }
            }
            Ok(Some(values))
        })
        .await;
    let Ok(Some(values)) = begun else { return };
    let (event, forbidden) = match outside.ask(&request, &values, &pending.key).await {
        Outcome::Answered { status, body } => (ScenarioEvent::Answers { status, body }, false),
        Outcome::Failed => (ScenarioEvent::Fails {}, false),
        Outcome::TimedOut => (ScenarioEvent::TimesOut {}, false),
        Outcome::Forbidden => (ScenarioEvent::Fails {}, true),
    };
    settle(store, nr, visit, event, forbidden).await;
}

/// Lets the scenario go on and forgets what was waited for, in one transaction.
async fn settle(store: &Store, conversation_nr: i64, visit: i64, event: ScenarioEvent, forbidden: bool) {
    let settled = store
        .write(move |write| {
            perform::resume(write, conversation_nr, visit, &event, forbidden)?;
            Ok(pending::forget_visit(write.sql, conversation_nr, visit)?)
        })
        .await;
    if let Err(refusal) = settled {
        tracing::warn!(code = %refusal.kind().0, "a scenario cannot go on; it tries again");
        let postponed = store
            .write(move |write| Ok(pending::postpone(write.sql, conversation_nr, visit, write.now + AGAIN)?))
            .await;
        if let Err(refusal) = postponed {
            tracing::warn!(code = %refusal.kind().0, "nor can it be postponed");
        }
    }
}
