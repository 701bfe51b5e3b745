//! What the notification daemon reads in a body: plain text or markup (Linux; elsewhere it is always plain text).
//!
//! The daemon is another program. It can hang, be started by the question, or be exchanged for another one: it is asked on a thread that
//! nobody waits for longer than for a moment, once it has answered never again, and without an answer it is taken to read markup: a
//! stray `&amp;` on the screen is better than a customer's markup.

use std::time::Duration;

use tauri::async_runtime::{JoinHandle, spawn_blocking};
use tokio::time::timeout;

/// How long the first notification waits for the daemon's answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Asks a daemon whether it reads markup; `None`: it does not say. May block for ever.
type Ask = fn() -> Option<bool>;

/// The daemon, as far as it has answered.
#[derive(Debug)]
pub(crate) struct Daemon {
    ask: Ask,
    patience: Duration,
    reads_markup: Option<bool>,
    /// A question under way. There is one at a time: a daemon that hangs costs one thread.
    question: Option<JoinHandle<Option<bool>>>,
}

impl Daemon {
    /// The system's.
    pub(crate) fn of_the_system() -> Self {
        Self::asked_by(ask, PATIENCE)
    }

    fn asked_by(ask: Ask, patience: Duration) -> Self {
        Self { ask, patience, reads_markup: None, question: None }
    }

    /// Whether the body of a notification is read as markup, as far as that is known within a moment.
    pub(crate) async fn reads_markup(&mut self) -> bool {
        if let Some(known) = self.reads_markup {
            return known;
        }
        // Who has been waited for in vain is not waited for again.
        let patience = if self.question.is_some() { Duration::ZERO } else { self.patience };
        let ask = self.ask;
        let question = self.question.get_or_insert_with(|| spawn_blocking(ask));
        if let Ok(answer) = timeout(patience, question).await {
            self.question = None;
            self.reads_markup = answer.ok().flatten();
        }
        self.reads_markup.unwrap_or(true)
    }
}

#[cfg(target_os = "linux")]
fn ask() -> Option<bool> {
    let capabilities = notify_rust::get_capabilities().ok()?;
    Some(capabilities.iter().any(|capability| capability == "body-markup"))
}

#[cfg(not(target_os = "linux"))]
fn ask() -> Option<bool> {
    Some(false)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Instant;

    use super::*;

    #[tokio::test]
    async fn an_answer_is_remembered() {
        static ASKED: AtomicU32 = AtomicU32::new(0);
        let ask: Ask = || {
            ASKED.fetch_add(1, Ordering::SeqCst);
            Some(false)
        };
        let mut daemon = Daemon::asked_by(ask, Duration::from_secs(60));

        assert!(!daemon.reads_markup().await);
        assert!(!daemon.reads_markup().await);

        assert_eq!(ASKED.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_daemon_that_cannot_be_asked_is_asked_again() {
        static ASKED: AtomicU32 = AtomicU32::new(0);
        let ask: Ask = || (ASKED.fetch_add(1, Ordering::SeqCst) > 0).then_some(false);
        let mut daemon = Daemon::asked_by(ask, Duration::from_secs(60));

        assert!(daemon.reads_markup().await, "until it says so");
        assert!(!daemon.reads_markup().await);
    }

    #[tokio::test]
    async fn a_daemon_that_hangs_keeps_nobody_waiting() {
        static ASKED: AtomicU32 = AtomicU32::new(0);
        let hang: Ask = || {
            ASKED.fetch_add(1, Ordering::SeqCst);
            loop {
                std::thread::park();
            }
        };
        let mut daemon = Daemon::asked_by(hang, Duration::from_millis(10));
        let began = Instant::now();

        for _ in 0..100 {
            assert!(daemon.reads_markup().await);
        }

        assert!(began.elapsed() < PATIENCE, "waited for once, and not for each");
        assert!(ASKED.load(Ordering::SeqCst) <= 1, "one question at a time");
    }
}
