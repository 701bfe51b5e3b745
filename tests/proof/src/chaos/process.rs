//! A process that is going to be killed.

use std::fs::File;
use std::io;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::death::Death;
use super::totals::Totals;

/// How long an end may take.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(1);

/// A running process of ours. Dropped, it is killed.
pub struct Victim {
    killer: Killer,
}

/// What kills it. Clones kill the same.
#[derive(Clone)]
pub struct Killer {
    child: Arc<Mutex<Child>>,
    /// Set with the signal: for a moment the system still lists a process that will never do anything again.
    killed: Arc<AtomicBool>,
    totals: Totals,
}

impl Victim {
    /// Starts a program whose complaints go to the end of `log`.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn start(
        command: &mut Command,
        log: &Path,
        totals: &Totals,
    ) -> io::Result<(Self, Option<ChildStdin>, Option<ChildStdout>)> {
        let log = File::options().create(true).append(true).open(log)?;
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log).spawn()?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let killer = Killer { child: Arc::new(Mutex::new(child)), killed: Arc::default(), totals: totals.clone() };
        Ok((Self { killer }, stdin, stdout))
    }

    /// What kills it.
    #[must_use]
    pub fn killer(&self) -> &Killer {
        &self.killer
    }

    /// Whether it has ended, by whatever.
    #[must_use]
    pub fn is_over(&self) -> bool {
        let mut child = self.killer.child();
        self.killer.has_killed() || !matches!(child.try_wait(), Ok(None))
    }

    /// Waits for its end, which somebody else has seen to.
    ///
    /// # Errors
    /// If it does not come, or if it has ended in another way than by us: nothing but SIGKILL and a quit may end it.
    pub async fn ends(&self, quit: bool) -> Result<(), String> {
        let until = Instant::now() + PATIENCE;
        loop {
            let status = self.killer.child().try_wait().map_err(|error| error.to_string())?;
            match status {
                Some(status) if was_killed(status) || (quit && status.success()) => return Ok(()),
                Some(status) => return Err(format!("it ended by itself: {status}")),
                None if Instant::now() > until => return Err("it does not end".to_owned()),
                None => sleep(LOOK_EVERY).await,
            }
        }
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        let mut child = self.killer.child();
        // Gone already is what was wanted.
        let _ = child.kill();
        let _ = child.wait();
    }
}

impl Killer {
    /// Kills it now: SIGKILL, which no process can see coming. Counts as `death`, if it was alive.
    pub fn kill(&self, death: Death) {
        let mut child = self.child();
        let alive = !self.has_killed() && matches!(child.try_wait(), Ok(None));
        if alive && child.kill().is_ok() {
            self.killed.store(true, Ordering::Release);
            self.totals.died(death);
        }
    }

    /// Kills it in a moment. On a thread of its own: a runtime's clock knows no microseconds.
    pub fn kill_after(&self, time: Duration, death: Death) {
        let killer = self.clone();
        thread::spawn(move || {
            thread::sleep(time);
            killer.kill(death);
        });
    }

    /// Whether it has done so, whoever asked it to.
    #[must_use]
    pub fn has_killed(&self) -> bool {
        self.killed.load(Ordering::Acquire)
    }

    fn child(&self) -> MutexGuard<'_, Child> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(unix)]
fn was_killed(status: ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt;
    const SIGKILL: i32 = 9;
    status.signal() == Some(SIGKILL)
}

/// Elsewhere a killed process cannot be told from one that failed.
#[cfg(not(unix))]
fn was_killed(status: ExitStatus) -> bool {
    !status.success()
}
