//! What happened, in numbers.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::death::Death;
use super::faults::Fault;

/// The totals of a run. Clones share them.
#[derive(Clone, Default)]
pub struct Totals {
    counts: Arc<Mutex<Counts>>,
}

/// Everything that is counted.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    /// Rounds.
    pub rounds: usize,
    /// Deaths by SIGKILL.
    pub deaths: BTreeMap<Death, usize>,
    /// What became of requests.
    pub faults: BTreeMap<Fault, usize>,
    /// Times that the app was cut off altogether.
    pub cut_off: usize,
    /// Clicks that were answered with "queued".
    pub clicks: usize,
    /// Clicks during which the app died, found queued afterwards.
    pub unheard_queued: usize,
    /// Clicks during which the app died, found not to have happened.
    pub unheard_not: usize,
    /// Clicks that took effect.
    pub effects: usize,
    /// Clicks that wait for the advisor at the end, with those behind them.
    pub waiting: usize,
    /// Clicks that were taken back or discarded.
    pub given_up: usize,
}

impl Totals {
    /// Somebody was killed.
    pub fn died(&self, death: Death) {
        *self.counts().deaths.entry(death).or_default() += 1;
    }

    /// Something became of a request.
    pub fn met(&self, fault: Fault) {
        *self.counts().faults.entry(fault).or_default() += 1;
    }

    /// Counts something.
    pub fn count(&self, what: impl FnOnce(&mut Counts)) {
        what(&mut self.counts());
    }

    /// Everything so far.
    #[must_use]
    pub fn read(&self) -> Counts {
        self.counts().clone()
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    /// Deaths of either kind of process, or of both.
    #[must_use]
    pub fn kills(&self, of: impl Fn(Death) -> bool) -> usize {
        self.deaths.iter().filter(|(death, _)| of(**death)).map(|(_, count)| count).sum()
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (app, platform) = (self.kills(Death::is_apps), self.kills(|death| !death.is_apps()));
        let rounds = self.rounds;
        writeln!(f, "{rounds} rounds, {} kills: {app} of the app, {platform} of the platform", app + platform)?;
        for (death, count) in &self.deaths {
            writeln!(f, "  {count:6}  {}", death.words())?;
        }
        let unheard = self.unheard_queued + self.unheard_not;
        writeln!(f, "{} clicks answered as queued, {unheard} cut short by a kill:", self.clicks)?;
        writeln!(f, "  {:6}  of those cut short were queued all the same", self.unheard_queued)?;
        writeln!(f, "  {:6}  had not happened, the text in the draft", self.unheard_not)?;
        writeln!(f, "  {:6}  took effect, once", self.effects)?;
        writeln!(f, "  {:6}  wait for the advisor", self.waiting)?;
        writeln!(f, "  {:6}  taken back or discarded", self.given_up)?;
        writeln!(f, "requests, and {} times cut off altogether:", self.cut_off)?;
        for (fault, count) in &self.faults {
            writeln!(f, "  {count:6}  {}", fault.words())?;
        }
        Ok(())
    }
}
