//! What the network does to a request.

use crate::dice::Dice;

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// Nothing: it works.
    None,
    /// The connection is cut before all of it has arrived.
    RequestCut,
    /// It is applied, and nothing of the answer gets through.
    AnswerLost,
    /// The answer is cut after some bytes.
    AnswerCut,
    /// It is passed on late.
    Delayed,
    /// It is not passed on, and nobody says so.
    Stalled,
    /// The answer drips.
    Throttled,
    /// 500, and nothing happened.
    FailedBefore,
    /// 500, and everything happened.
    FailedAfter,
    /// 503 with `Retry-After`, and nothing happened.
    Busy,
    /// Nobody listens.
    Refused,
}

impl Fault {
    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::None => "passed on",
            Self::RequestCut => "requests cut",
            Self::AnswerLost => "answers lost",
            Self::AnswerCut => "answers cut",
            Self::Delayed => "delayed",
            Self::Stalled => "stalled",
            Self::Throttled => "throttled",
            Self::FailedBefore => "500 before the effect",
            Self::FailedAfter => "500 after the effect",
            Self::Busy => "503 with Retry-After",
            Self::Refused => "refused",
        }
    }
}

/// How often what goes wrong: percent of all requests.
#[derive(Debug, Clone, Default)]
pub struct Weather {
    faults: Vec<(u32, Fault)>,
}

impl Weather {
    /// The weather of a round: each fault is absent, rare or common.
    #[must_use]
    pub fn drawn(dice: &Dice) -> Self {
        let all = [
            Fault::RequestCut,
            Fault::AnswerLost,
            Fault::AnswerCut,
            Fault::Delayed,
            Fault::Stalled,
            Fault::Throttled,
            Fault::FailedBefore,
            Fault::FailedAfter,
            Fault::Busy,
            Fault::Refused,
        ];
        let drawn = all.map(|fault| (dice.weighed(&[(50, 0), (32, 4), (18, 12)]).unwrap_or_default(), fault));
        Self { faults: drawn.into_iter().filter(|(percent, _)| *percent > 0).collect() }
    }

    /// What becomes of the next request. Of the stream's: what a stream can suffer.
    #[must_use]
    pub fn fault(&self, dice: &Dice, stream: bool) -> Fault {
        let bad: u32 = self.faults.iter().map(|(percent, _)| percent).sum();
        let mut all = vec![(100_u32.saturating_sub(bad), Fault::None)];
        all.extend(&self.faults);
        let fault = dice.weighed(&all).unwrap_or(Fault::None);
        if stream && fault == Fault::FailedAfter { Fault::AnswerLost } else { fault }
    }
}
