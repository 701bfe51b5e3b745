//! Whether the platform can do its work: what `/readyz` says.
//!
//! Alive is not ready: a platform that stops, whose disk is full or whose file cannot be written goes on answering, but whoever
//! distributes requests should send them elsewhere.

use std::{
    path::Path,
    sync::Mutex,
    time::{Duration, Instant},
};

use signoff_wire::contract::health::{HealthCheck, Readiness};

use crate::store::Store;

/// A write is tried at most this often, however many ask.
const WRITE_TRIED_EVERY: Duration = Duration::from_secs(5);
/// A writer that takes longer is not well.
const WRITE_TAKES: Duration = Duration::from_secs(5);

/// What the last look found.
#[derive(Default)]
pub(crate) struct Health {
    last_write: tokio::sync::Mutex<Option<(Instant, bool)>>,
    last_complaint: Mutex<Option<Instant>>,
}

impl Health {
    /// Looks at everything that a request needs.
    pub(crate) async fn readiness(&self, store: &Store, stopping: bool, min_free_bytes: u64) -> Readiness {
        let free = free_bytes(store.directory());
        let mib = |bytes: u64| bytes / 1024 / 1024;
        let disk = match free {
            Some(free) => check("disk", free >= min_free_bytes, format!("{} MiB free", mib(free))),
            None => check("disk", true, "unknown".to_owned()),
        };
        let writes = self.writes(store).await;
        let checks = vec![
            check("serving", !stopping, if stopping { "stopping" } else { "yes" }.to_owned()),
            check("writes", writes, if writes { "durable" } else { "the file cannot be written" }.to_owned()),
            disk,
            // It does not serve before.
            check("schema", true, format!("version {}", crate::store::schema_version())),
        ];
        let ready = checks.iter().all(|check| check.ok);
        if !ready && !stopping {
            self.complain(&checks);
        }
        Readiness { ready, checks }
    }

    async fn writes(&self, store: &Store) -> bool {
        let mut last = self.last_write.lock().await;
        if let Some((at, worked)) = *last
            && at.elapsed() < WRITE_TRIED_EVERY
        {
            return worked;
        }
        let worked = can_write(store).await;
        *last = Some((Instant::now(), worked));
        worked
    }

    /// Once a minute at most: whoever asks every second shall not fill the disk.
    fn complain(&self, checks: &[HealthCheck]) {
        let mut last = self.last_complaint.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if last.is_none_or(|at| at.elapsed() > Duration::from_secs(60)) {
            *last = Some(Instant::now());
            for check in checks.iter().filter(|check| !check.ok) {
                tracing::warn!(check = check.name, detail = check.detail, "not ready");
            }
        }
    }
}

/// Whether a write is durable within a moment. It changes nothing, but goes all the way to the disk.
pub(crate) async fn can_write(store: &Store) -> bool {
    let write = store.write(|write| {
        write.sql.execute("UPDATE workspace SET only_row = 1 WHERE only_row = 1", [])?;
        Ok(())
    });
    matches!(tokio::time::timeout(WRITE_TAKES, write).await, Ok(Ok(())))
}

fn check(name: &str, ok: bool, detail: String) -> HealthCheck {
    HealthCheck { name: name.to_owned(), ok, detail }
}

/// Free space for us on the disk of a folder, where the system tells.
#[cfg(unix)]
pub(crate) fn free_bytes(directory: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(directory).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Free space for us on the disk of a folder, where the system tells.
#[cfg(not(unix))]
pub(crate) fn free_bytes(_: &Path) -> Option<u64> {
    None
}
