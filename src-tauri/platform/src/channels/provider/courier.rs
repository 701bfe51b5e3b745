//! The courier: takes items to providers, in order within a conversation, conversations side by side, for days if need be.
//!
//! What waits is a table. A row goes when the provider has the item or never will; until then it says how often it was tried
//! and when it is due. An attempt is written down when it is over: a crash in the middle of one repeats it (items carry an id
//! for that), but costs none, and a restart changes nothing about when the next one is due. Between attempts lies a random
//! time up to a bound that doubles (full jitter), so that many items do not come back together. `Retry-After` holds for all of
//! a channel.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, params};
use signoff_wire::contract::{
    channels::{DeliveryReport, OutboundItem, OutboundKind},
    timeline::DeliveryStatus,
    webhooks::ToProvider,
};
use tokio::sync::{Notify, mpsc, watch};

use super::{Destination, Outcome, Provider};
use crate::{
    channels::{deliveries, outbound},
    refusal::Refusal,
    store::{Store, Write, ms, time},
    surveys,
};

/// Conversations of one channel that are delivered side by side.
const AT_ONCE: usize = 8;
/// And of all channels.
const AT_ONCE_IN_ALL: usize = 64;
/// The first bound of the random wait; it doubles with every attempt.
const FIRST_WAIT: TimeDelta = TimeDelta::seconds(2);
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(1);
/// The longest that a provider's `Retry-After` is believed.
const LONGEST_PATIENCE: TimeDelta = TimeDelta::hours(24);
/// For how long an item is tried before it counts as failed (D12).
const GIVEN_UP_AFTER: TimeDelta = TimeDelta::days(3);
/// Looked at again at the latest, should a wake-up be missed.
const AT_THE_LATEST: Duration = Duration::from_secs(60);

/// Takes items to providers until the platform stops.
pub(crate) struct Courier {
    store: Store,
    provider: Arc<dyn Provider>,
    /// Rung when an admin changes a channel.
    bell: Arc<Notify>,
    /// Conversations with an item under way, and how many per channel.
    flying: HashSet<String>,
    per_channel: HashMap<String, usize>,
}

/// An item that is due.
struct Due {
    to: Destination,
    item: OutboundItem,
    attempts: u32,
    first_tried_at: Option<DateTime<Utc>>,
}

/// What there is to do.
struct Plan {
    due: Vec<Due>,
    next_at: Option<DateTime<Utc>>,
    any_webhooks: bool,
}

impl Courier {
    /// A courier with nothing under way.
    pub(crate) fn new(store: Store, provider: Arc<dyn Provider>, bell: Arc<Notify>) -> Self {
        Self { store, provider, bell, flying: HashSet::new(), per_channel: HashMap::new() }
    }

    /// Until the platform stops.
    pub(crate) async fn run(mut self, mut stopping: watch::Receiver<bool>) {
        let mut commits = self.store.commits();
        let (landed, mut landings) = mpsc::channel::<(String, String)>(AT_ONCE_IN_ALL);
        loop {
            commits.mark_unchanged();
            let plan = match self.plan().await {
                Ok(plan) => plan,
                Err(refusal) => {
                    tracing::warn!(code = %refusal.kind().0, "cannot look for what is to be delivered");
                    Plan { due: Vec::new(), next_at: None, any_webhooks: true }
                }
            };
            for due in plan.due {
                self.set_out(due, landed.clone());
            }
            let wait = plan.next_at.map(|at| (at - self.store.now()).to_std().unwrap_or_default());
            let wait = wait.unwrap_or(AT_THE_LATEST).clamp(Duration::from_millis(10), AT_THE_LATEST);
            tokio::select! {
                biased;
                _ = stopping.wait_for(|stop| *stop) => return,
                landing = landings.recv() => if let Some((channel_id, conversation_id)) = landing {
                    self.flying.remove(&conversation_id);
                    if let Some(count) = self.per_channel.get_mut(&channel_id) {
                        *count = count.saturating_sub(1);
                    }
                },
                () = self.bell.notified() => {}
                changed = commits.changed(), if plan.any_webhooks => if changed.is_err() { return },
                () = tokio::time::sleep(wait), if plan.any_webhooks => {}
            }
        }
    }

    async fn plan(&self) -> Result<Plan, Refusal> {
        let now = self.store.now();
        let (flying, per_channel) = (self.flying.clone(), self.per_channel.clone());
        self.store.read(move |sql| Ok(look(sql, now, &flying, &per_channel)?)).await
    }

    fn set_out(&mut self, due: Due, landed: mpsc::Sender<(String, String)>) {
        let (channel_id, conversation_id) = (due.to.channel_id.clone(), due.item.conversation_id.clone());
        self.flying.insert(conversation_id.clone());
        *self.per_channel.entry(channel_id.clone()).or_default() += 1;
        let (store, provider) = (self.store.clone(), Arc::clone(&self.provider));
        tokio::spawn(async move {
            let item = ToProvider::Item(due.item.clone());
            let outcome = provider.deliver(&due.to, &item, store.now()).await;
            let settled = store.write(move |write| settle(write, &due, outcome)).await;
            if let Err(refusal) = settled {
                tracing::warn!(code = %refusal.kind().0, "cannot write down what became of a delivery");
                // The item is still due; not at once again.
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            let _ = landed.send((channel_id, conversation_id)).await;
        });
    }
}

fn look(
    sql: &Connection,
    now: DateTime<Utc>,
    flying: &HashSet<String>,
    per_channel: &HashMap<String, usize>,
) -> rusqlite::Result<Plan> {
    let destinations = sql
        .prepare_cached(
            "SELECT id, webhook_url, secret FROM channels WHERE webhook_url IS NOT NULL AND secret IS NOT NULL",
        )?
        .query_map([], |row| Ok(Destination { channel_id: row.get(0)?, url: row.get(1)?, secret: row.get(2)? }))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let any_webhooks = !destinations.is_empty();
    let mut due = Vec::new();
    for to in destinations {
        let busy = per_channel.get(&to.channel_id).copied().unwrap_or_default();
        let room = AT_ONCE.saturating_sub(busy).min(AT_ONCE_IN_ALL.saturating_sub(flying.len() + due.len()));
        if room > 0 {
            due.extend(
                due_of(sql, &to, now)?.into_iter().filter(|due| !flying.contains(&due.item.conversation_id)).take(room),
            );
        }
    }
    let next_at: Option<i64> = sql
        .prepare_cached("SELECT min(due_at) FROM deliveries WHERE due_at > ?1")?
        .query_row([ms(now)], |row| row.get(0))?;
    Ok(Plan { due, next_at: next_at.map(time), any_webhooks })
}

/// The heads of a channel's conversations that are due. As many as are under way may be among them.
fn due_of(sql: &Connection, to: &Destination, now: DateTime<Utc>) -> rusqlite::Result<Vec<Due>> {
    sql.prepare_cached(&format!(
        "SELECT {}, d.attempts, d.first_tried_at
         FROM {} JOIN deliveries d ON d.seq = o.seq
         WHERE d.channel_id = ?1 AND d.due_at <= ?2 AND NOT EXISTS (
            SELECT 1 FROM deliveries ahead WHERE ahead.conversation_id = d.conversation_id AND ahead.seq < d.seq)
         ORDER BY d.due_at, d.seq LIMIT ?3",
        outbound::COLUMNS,
        outbound::TABLES
    ))?
    .query_map(params![to.channel_id, ms(now), i64::try_from(AT_ONCE * 2).unwrap_or(i64::MAX)], |row| {
        Ok(Due {
            to: to.clone(),
            item: outbound::read(row)?,
            attempts: row.get(outbound::WIDTH)?,
            first_tried_at: row.get::<_, Option<i64>>(outbound::WIDTH + 1)?.map(time),
        })
    })?
    .collect()
}

/// Writes down what became of an attempt.
fn settle(write: &mut Write<'_>, due: &Due, outcome: Outcome) -> Result<(), Refusal> {
    let (channel_id, seq) = (&due.to.channel_id, due.item.seq);
    let waits: bool = write
        .sql
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM deliveries WHERE seq = ?1)")?
        .query_row([seq], |row| row.get(0))?;
    if !waits {
        // An admin has taken the channel away from this provider meanwhile.
        return Ok(());
    }
    match outcome {
        Outcome::Taken => {
            write
                .sql
                .prepare_cached("UPDATE channels SET last_success_at = ?2, last_failure = NULL WHERE id = ?1")?
                .execute(params![channel_id, ms(write.now)])?;
            finish(write, due, DeliveryStatus::Sent, None)
        }
        Outcome::Refused(reason) => {
            note_failure(write, channel_id, &reason)?;
            finish(write, due, DeliveryStatus::Failed, Some(reason))
        }
        Outcome::Later { reason, retry_after } => {
            note_failure(write, channel_id, &reason)?;
            let first_tried_at = due.first_tried_at.unwrap_or(write.now);
            if write.now - first_tried_at >= GIVEN_UP_AFTER {
                return finish(write, due, DeliveryStatus::Failed, Some(reason));
            }
            let bound = LONGEST_WAIT.min(FIRST_WAIT * 2_i32.saturating_pow(due.attempts.min(20)).min(3600));
            let jitter = TimeDelta::milliseconds(write.chance.between(0..bound.num_milliseconds().max(1)));
            let asked =
                retry_after.and_then(|asked| TimeDelta::from_std(asked).ok()).map(|asked| asked.min(LONGEST_PATIENCE));
            let due_at = write.now + asked.map_or(jitter, |asked| asked + jitter.min(TimeDelta::seconds(5)));
            write
                .sql
                .prepare_cached(
                    "UPDATE deliveries SET attempts = attempts + 1, first_tried_at = ?2, due_at = ?3 WHERE seq = ?1",
                )?
                .execute(params![seq, ms(first_tried_at), ms(due_at)])?;
            if let Some(asked) = asked {
                write
                    .sql
                    .prepare_cached("UPDATE deliveries SET due_at = max(due_at, ?2) WHERE channel_id = ?1")?
                    .execute(params![channel_id, ms(write.now + asked)])?;
            }
            Ok(())
        }
    }
}

fn note_failure(write: &Write<'_>, channel_id: &str, reason: &str) -> Result<(), Refusal> {
    write
        .sql
        .prepare_cached("UPDATE channels SET last_failure = ?2 WHERE id = ?1")?
        .execute(params![channel_id, reason])?;
    Ok(())
}

fn finish(write: &mut Write<'_>, due: &Due, status: DeliveryStatus, reason: Option<String>) -> Result<(), Refusal> {
    write.sql.prepare_cached("DELETE FROM deliveries WHERE seq = ?1")?.execute([due.item.seq])?;
    match due.item.kind {
        OutboundKind::Reply => {
            let report = DeliveryReport { reply_id: due.item.id.clone(), status, reason };
            deliveries::report(write, &due.to.channel_id, &report)
        }
        OutboundKind::Survey if status == DeliveryStatus::Failed => surveys::not_delivered(write, &due.item.id, reason),
        OutboundKind::Survey => Ok(()),
    }
}
