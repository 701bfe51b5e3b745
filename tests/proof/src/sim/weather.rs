//! How bad it is. Every seed has weather of its own: some are nearly calm, so that much gets done, some storm.

use std::sync::{Arc, Mutex, PoisonError};

use crate::dice::Dice;

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It works.
    Works,
    /// It never arrives.
    Lost,
    /// It is applied, and the answer never comes.
    AnswerLost,
    /// It arrives late, or its answer does: later than anybody waits, sometimes.
    Late,
    /// It arrives twice, the second time later.
    Doubled,
    /// It arrives twice at the same moment.
    AtOnce,
    /// The answer is cut in its middle.
    Cut,
    /// 500, and nothing happened.
    FaultBefore,
    /// 500, and everything happened.
    FaultAfter,
    /// 429 or 503, with `Retry-After` in seconds, as a date, or without.
    Busy,
    /// A captive portal answers.
    Portal,
    /// Nobody listens.
    Refused,
    /// 409 in progress.
    InProgress,
    /// Of a stream: a proxy holds it back, nothing comes through.
    HeldBack,
}

/// What can go wrong, and how often: percent of all requests.
#[derive(Debug, Clone, Default)]
pub struct Weather {
    faults: Vec<(u32, Fate)>,
}

impl Weather {
    /// The weather of a seed: each fault is absent, rare or common.
    #[must_use]
    pub fn drawn(dice: &Dice) -> Self {
        let all = [
            Fate::Lost,
            Fate::AnswerLost,
            Fate::Late,
            Fate::Doubled,
            Fate::AtOnce,
            Fate::Cut,
            Fate::FaultBefore,
            Fate::FaultAfter,
            Fate::Busy,
            Fate::Portal,
            Fate::Refused,
            Fate::InProgress,
            Fate::HeldBack,
        ];
        let drawn = all.map(|fate| (dice.weighed(&[(50, 0), (30, 2), (20, 7)]).unwrap_or_default(), fate));
        Self { faults: drawn.into_iter().filter(|(percent, _)| *percent > 0).collect() }
    }

    /// What becomes of the next request.
    #[must_use]
    pub fn fate(&self, dice: &Dice, stream: bool) -> Fate {
        let bad: u32 = self.faults.iter().map(|(percent, _)| percent).sum();
        let mut all = vec![(100_u32.saturating_sub(bad), Fate::Works)];
        all.extend(&self.faults);
        let fate = dice.weighed(&all).unwrap_or(Fate::Works);
        let possible = match (stream, fate) {
            (true, Fate::Doubled | Fate::AtOnce | Fate::InProgress) | (false, Fate::HeldBack) => false,
            (true | false, _) => true,
        };
        if possible { fate } else { Fate::Works }
    }
}

/// The weather as it is now. Clones share it.
#[derive(Clone, Default)]
pub struct Sky {
    now: Arc<Mutex<Now>>,
}

#[derive(Default)]
struct Now {
    weather: Weather,
    cut_off: bool,
}

impl Sky {
    /// Changes the weather.
    pub fn becomes(&self, weather: Weather) {
        self.lock().weather = weather;
    }

    /// The client is cut off from everything, or no longer.
    pub fn cuts_off(&self, off: bool) {
        self.lock().cut_off = off;
    }

    /// Whether the client is cut off.
    #[must_use]
    pub fn is_cut_off(&self) -> bool {
        self.lock().cut_off
    }

    /// What becomes of the next request.
    #[must_use]
    pub fn fate(&self, dice: &Dice, stream: bool) -> Fate {
        self.lock().weather.fate(dice, stream)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
