//! When exports are made: daily ones at their hour of the next day, requested ones as soon as nothing else is being made,
//! and what an outage kept from being made, afterwards.

use std::{path::PathBuf, sync::Arc, time::Duration};

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use rusqlite::{Connection, params};
use serde_json::json;
use signoff_wire::contract::{
    exports::{ExportKind, ExportSchedule, UpdateExportSchedule},
    sessions::{User, UserRef},
};
use tokio::sync::{Notify, watch};

use super::{archive, record};
use crate::{
    audit,
    refusal::Refusal,
    store::{Store, Write, ms, time},
};

/// Looked at again after at most so long: clocks are set, laptops sleep, and an erasure makes the files outdated that there are.
const LOOK_AGAIN: Duration = Duration::from_secs(60);
/// A daily export that failed is tried again after so long.
const TRY_AGAIN: TimeDelta = TimeDelta::hours(1);

/// The schedule with its version.
pub(crate) struct Schedule {
    /// What admins see.
    pub(crate) view: ExportSchedule,
    /// The `ETag`.
    pub(crate) version: i64,
    since: DateTime<Utc>,
}

/// The schedule as it is.
pub(crate) fn schedule(sql: &Connection, now: DateTime<Utc>) -> rusqlite::Result<Schedule> {
    sql.prepare_cached(
        "SELECT enabled, hour, keep_days, since, version, changed_at, changed_by_id, changed_by_name FROM export_schedule",
    )?
    .query_row([], |row| {
        let (enabled, hour): (bool, u32) = (row.get(0)?, row.get(1)?);
        let (id, name): (Option<String>, Option<String>) = (row.get(6)?, row.get(7)?);
        let view = ExportSchedule {
            enabled,
            hour,
            keep_days: row.get(2)?,
            next_at: enabled.then(|| next_at(now, hour)),
            changed_at: row.get::<_, Option<i64>>(5)?.map(time),
            changed_by: id.zip(name).map(|(id, name)| UserRef { id, name }),
        };
        Ok(Schedule { view, version: row.get(4)?, since: time(row.get(3)?) })
    })
}

/// The next time that it is this hour.
fn next_at(now: DateTime<Utc>, hour: u32) -> DateTime<Utc> {
    let today = midnight(now) + TimeDelta::hours(hour.into());
    if today > now { today } else { today + TimeDelta::days(1) }
}

fn midnight(at: DateTime<Utc>) -> DateTime<Utc> {
    at.date_naive().and_time(NaiveTime::MIN).and_utc()
}

/// Changes the schedule that one has seen. What stays as it is leaves no trace.
pub(crate) fn update(
    write: &mut Write<'_>,
    user: &User,
    new: UpdateExportSchedule,
    matches: impl Fn(i64) -> bool,
) -> Result<Schedule, Refusal> {
    if new.hour > 23 || !(1..=90).contains(&new.keep_days) {
        return Err(Refusal::InvalidBody("hour is 0 to 23, keep_days 1 to 90".to_owned()));
    }
    let before = schedule(write.sql, write.now)?;
    if !matches(before.version) {
        return Err(Refusal::Stale);
    }
    let was =
        UpdateExportSchedule { enabled: before.view.enabled, hour: before.view.hour, keep_days: before.view.keep_days };
    if was == new {
        return Ok(before);
    }
    // Switched on: the first one is of yesterday.
    let since = if new.enabled && !was.enabled { midnight(write.now) - TimeDelta::days(1) } else { before.since };
    write.sql.execute(
        "UPDATE export_schedule SET enabled = ?1, hour = ?2, keep_days = ?3, since = ?4, version = version + 1,
            changed_at = ?5, changed_by_id = ?6, changed_by_name = ?7",
        params![new.enabled, new.hour, new.keep_days, ms(since), ms(write.now), user.id, user.name],
    )?;
    audit::append(write, user, "settings.export-schedule", &json!(was), &json!(new))?;
    Ok(schedule(write.sql, write.now)?)
}

/// Makes exports until the platform stops.
pub(crate) async fn run(store: Store, directory: PathBuf, wake: Arc<Notify>, mut stopping: watch::Receiver<bool>) {
    if let Err(refusal) = sweep(&store, &directory).await {
        tracing::warn!(code = %refusal.kind().0, "cannot look for exports that are left over");
    }
    loop {
        if let Err(refusal) = round(&store, &directory, &stopping).await {
            tracing::warn!(code = %refusal.kind().0, "cannot make exports");
        }
        tokio::select! {
            biased;
            _ = stopping.wait_for(|stop| *stop) => return,
            () = wake.notified() => {}
            () = tokio::time::sleep(until_due(&store).await) => {}
        }
    }
}

/// Once, after a start.
async fn sweep(store: &Store, directory: &std::path::Path) -> Result<(), Refusal> {
    let named = store.read(record::ids).await?;
    let directory = directory.to_owned();
    store.threads().blocking(move || archive::remove_unnamed(&directory, |id| named.contains(id))).await;
    Ok(())
}

async fn until_due(store: &Store) -> Duration {
    let now = store.now();
    let due = store.read(move |sql| Ok(schedule(sql, now)?.view.next_at)).await.ok().flatten();
    let wait = due.and_then(|due| (due - now).to_std().ok()).unwrap_or(LOOK_AGAIN);
    wait.clamp(Duration::from_secs(1), LOOK_AGAIN)
}

async fn round(store: &Store, directory: &std::path::Path, stopping: &watch::Receiver<bool>) -> Result<(), Refusal> {
    let now = store.now();
    let plan = store.read(move |sql| plan(sql, now)).await?;
    if !plan.is_empty() {
        let gone = store.write(move |write| carry_out(write, plan)).await?;
        gone.iter().for_each(|id| archive::remove(directory, id));
    }
    while let Some(export) = store.read(record::waiting).await? {
        match archive::make(store, directory, &export, stopping).await {
            Ok(made) => {
                let id = export.id.clone();
                tracing::info!(id, bytes = made.bytes, "made an export");
                if !store.write(move |write| record::ready(write, &id, &made)).await? {
                    archive::remove(directory, &export.id);
                }
            }
            Err(archive::MakeError::Stopping) => return Ok(()),
            Err(error) => {
                tracing::error!(%error, id = export.id, "cannot make an export");
                let reason = error.reason();
                store.write(move |write| record::failed(write, &export.id, reason)).await?;
            }
        }
    }
    Ok(())
}

/// What is due.
#[derive(Default)]
struct Plan {
    new: Vec<DateTime<Utc>>,
    again: Vec<String>,
    old: Vec<String>,
}

impl Plan {
    fn without_old(mut self) -> Self {
        self.again.retain(|id| !self.old.contains(id));
        self
    }

    fn is_empty(&self) -> bool {
        self.new.is_empty() && self.again.is_empty() && self.old.is_empty()
    }
}

fn plan(sql: &Connection, now: DateTime<Utc>) -> Result<Plan, Refusal> {
    let Schedule { view, since, .. } = schedule(sql, now)?;
    let kept_since = now - TimeDelta::days(view.keep_days.into());
    let ids = |statement: &str, before: DateTime<Utc>| -> rusqlite::Result<Vec<String>> {
        sql.prepare_cached(statement)?.query_map([ms(before)], |row| row.get(0))?.collect()
    };
    let made_before = record::changes(sql)?;
    let outdated = sql
        .prepare_cached("SELECT id FROM exports WHERE status = 'ready' AND changes <> ?1")?
        .query_map([made_before], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<String>>>()?;
    let old = ids("SELECT id FROM exports WHERE asked_at < ?1 AND status <> 'waiting'", kept_since)?;
    if !view.enabled {
        return Ok(Plan { old, again: outdated, ..Plan::default() }.without_old());
    }
    let again = "SELECT id FROM exports WHERE kind = 'daily' AND status = 'failed' AND ended_at <= ?1";
    let again = ids(again, now - TRY_AGAIN)?.into_iter().chain(outdated).collect();
    let mut plan = Plan { again, old, new: Vec::new() }.without_old();
    let mut day = midnight(kept_since).max(since);
    while day + TimeDelta::days(1) + TimeDelta::hours(view.hour.into()) <= now {
        let there: bool = sql
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM exports WHERE kind = 'daily' AND from_at = ?1)
                    OR EXISTS (SELECT 1 FROM exports_deleted WHERE from_at = ?1)",
            )?
            .query_row([ms(day)], |row| row.get(0))?;
        if !there {
            plan.new.push(day);
        }
        day += TimeDelta::days(1);
    }
    Ok(plan)
}

/// Returns the ids whose files go.
fn carry_out(write: &mut Write<'_>, plan: Plan) -> Result<Vec<String>, Refusal> {
    for day in plan.new {
        record::insert(write, &ExportKind::Daily, day, day + TimeDelta::days(1), None)?;
    }
    for id in &plan.again {
        write.sql.execute("UPDATE exports SET status = 'waiting' WHERE id = ?1", [id])?;
    }
    for id in &plan.old {
        write.sql.execute("DELETE FROM exports WHERE id = ?1", [id])?;
    }
    // Nobody gets what is to be made again: it may have in it who was erased.
    Ok(plan.old.into_iter().chain(plan.again).collect())
}
