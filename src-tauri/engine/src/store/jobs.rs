//! What waits for the writer: clicks first, then the rest, each in the order in which it came.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, PoisonError};

/// Waiting jobs.
pub(super) struct Jobs<J> {
    state: Mutex<State<J>>,
    changed: Condvar,
}

struct State<J> {
    clicks: VecDeque<J>,
    background: VecDeque<J>,
    closed: bool,
}

impl<J> Jobs<J> {
    pub(super) fn new() -> Self {
        let state = State { clicks: VecDeque::new(), background: VecDeque::new(), closed: false };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Adds a job; gives it back if nobody will take it any more.
    pub(super) fn push(&self, click: bool, job: J) -> Result<(), J> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.closed {
            return Err(job);
        }
        if click {
            state.clicks.push_back(job);
        } else {
            state.background.push_back(job);
        }
        self.changed.notify_one();
        Ok(())
    }

    /// The next job and whether it is a click's; waits for one. `None` after [`Jobs::close`], when all are taken.
    pub(super) fn take(&self) -> Option<J> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(job) = state.next() {
                return Some(job);
            }
            if state.closed {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The next click's job if one waits right now.
    pub(super) fn take_waiting_click(&self) -> Option<J> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clicks.pop_front()
    }

    /// No more jobs are taken in; those that wait are still handed out.
    pub(super) fn close(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.changed.notify_all();
    }
}

impl<J> State<J> {
    fn next(&mut self) -> Option<J> {
        self.clicks.pop_front().or_else(|| self.background.pop_front())
    }
}
