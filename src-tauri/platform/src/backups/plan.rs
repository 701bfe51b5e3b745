//! Backups that are made by themselves, and how many are kept.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use tokio::sync::watch;

use super::{BackupError, write};
use crate::store::Store;

/// Clocks are set: what is due is looked at again now and then.
const LOOKED_AT_EVERY: Duration = Duration::from_secs(60 * 60);
/// After a failure it is tried again before the next one is due.
const AGAIN_AFTER: Duration = Duration::from_secs(15 * 60);
/// The name of a backup says when it was made.
const NAME: &str = "signoff-%Y%m%dT%H%M%SZ.db";

/// When and where.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The folder; created if it does not exist.
    pub folder: PathBuf,
    /// From one to the next.
    pub every: TimeDelta,
    /// How many are kept.
    pub keep: usize,
}

/// Makes backups as planned, until the platform stops. One that is under way then is given up: the next start makes it.
pub(crate) async fn run(store: Store, plan: Plan, mut stopping: watch::Receiver<bool>) {
    loop {
        let last = newest(&plan.folder).map(|(at, _)| at);
        let due = last.map_or(store.now(), |last| last + plan.every);
        let wait = match (due - store.now()).to_std() {
            Ok(wait) if wait > Duration::ZERO => wait.min(LOOKED_AT_EVERY),
            _ => make(&store, &plan).await,
        };
        tokio::select! {
            biased;
            () = tokio::time::sleep(wait) => {}
            _ = stopping.wait_for(|stop| *stop) => return,
        }
    }
}

/// Makes one; says how long to wait before looking again.
async fn make(store: &Store, plan: &Plan) -> Duration {
    let (directory, folder, now, keep) = (store.directory().to_owned(), plan.folder.clone(), store.now(), plan.keep);
    let made = store.threads().blocking(move || make_one(&directory, &folder, now, keep)).await;
    let metrics = store.metrics();
    match made {
        Some(Ok(path)) => {
            metrics.backups.inc();
            metrics.last_backup.set(now.timestamp());
            tracing::info!(path = %path.display(), "a backup was written");
            Duration::ZERO
        }
        Some(Err(error)) => {
            metrics.backup_failures.inc();
            tracing::error!(%error, "no backup was written");
            AGAIN_AFTER
        }
        None => {
            metrics.backup_failures.inc();
            AGAIN_AFTER
        }
    }
}

fn make_one(directory: &Path, folder: &Path, now: DateTime<Utc>, keep: usize) -> Result<PathBuf, BackupError> {
    fs::create_dir_all(folder).map_err(super::at(folder))?;
    let to = folder.join(now.format(NAME).to_string());
    write(directory, &to, now)?;
    let mut all = all(folder);
    all.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    for (_, old) in all.into_iter().skip(keep) {
        super::remove_if_there(&old)?;
        super::remove_if_there(&super::checksum_path(&old))?;
    }
    Ok(to)
}

/// The newest of the backups in a folder that were made by themselves.
pub(crate) fn newest(folder: &Path) -> Option<(DateTime<Utc>, PathBuf)> {
    all(folder).into_iter().max_by_key(|(at, _)| *at)
}

fn all(folder: &Path) -> Vec<(DateTime<Utc>, PathBuf)> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let named = entries.flatten().filter_map(|entry| {
        let at = NaiveDateTime::parse_from_str(entry.file_name().to_str()?, NAME).ok()?;
        Some((at.and_utc(), entry.path()))
    });
    named.collect()
}
