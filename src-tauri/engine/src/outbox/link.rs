//! The way to the platform, as the dispatcher has found it: open, or being felt for with one attempt at a time.
//!
//! With the platform down, a hundred conversations would each knock at their own pace. So after failures that are not about one entry, one
//! head alone is tried when the wait is over, each time the one that has waited longest (an entry that the platform stumbles over
//! does not keep the others out), and the first answer opens the way for all.

use std::time::Duration;

use tokio::time::Instant;

use crate::remote::RemoteError;

/// Failures in a row that may still be one entry's own.
const TOLERATED: u32 = 3;

/// The way to the platform.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link {
    failures: u32,
    open: bool,
    /// Our own wait after a failure.
    resting_until: Option<Instant>,
    /// The longest wait that the platform has asked for.
    asked_until: Option<Instant>,
}

impl Link {
    /// At the start nothing is known, so one attempt goes first.
    pub(super) fn unproven() -> Self {
        Self { failures: 0, open: false, resting_until: None, asked_until: None }
    }

    /// How many attempts may be under way at `now`, `most` at best.
    pub(super) fn width(&self, now: Instant, most: usize) -> usize {
        if self.closed_until().is_some_and(|until| until > now) {
            0
        } else if self.open {
            most
        } else {
            1
        }
    }

    /// Whether the platform has answered, and nothing has failed since.
    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    /// When attempts are allowed again, if they are not now.
    pub(super) fn closed_until(&self) -> Option<Instant> {
        self.resting_until.max(self.asked_until)
    }

    /// Failures in a row.
    pub(super) fn failures(&self) -> u32 {
        self.failures
    }

    /// The platform has answered with something that only it can know. Says whether that was in doubt.
    pub(super) fn answered(&mut self) -> bool {
        let news = !self.open;
        *self = Self { failures: 0, open: true, resting_until: None, asked_until: None };
        news
    }

    /// An attempt failed; `wait` is what chance gives for this number of failures.
    pub(super) fn failed(&mut self, error: &RemoteError, now: Instant, wait: Duration) {
        match error {
            // These are answers.
            RemoteError::SignedOut | RemoteError::InProgress | RemoteError::KeyReused | RemoteError::Refused(_) => {
                self.answered();
                return;
            }
            RemoteError::Unavailable { retry_after, .. } => {
                self.asked_until = self.asked_until.max(retry_after.map(|asked| now + asked));
            }
            RemoteError::Interrupted(_) | RemoteError::Fault(_) | RemoteError::Nonsense(_)
                if self.failures + 1 < TOLERATED =>
            {
                self.failures += 1;
                return;
            }
            RemoteError::Interrupted(_) | RemoteError::Fault(_) | RemoteError::Nonsense(_) => {}
            RemoteError::Unreachable(_) | RemoteError::Certificate(_) => {}
        }
        self.failures = self.failures.saturating_add(1);
        self.open = false;
        self.resting_until = self.resting_until.max(Some(now + wait));
    }

    /// Something suggests that the platform can be reached again. What it has asked for still holds.
    pub(super) fn wake(&mut self) {
        self.resting_until = None;
    }
}
