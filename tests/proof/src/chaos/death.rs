//! Who dies when.

use std::time::Duration;

use super::process::Killer;
use crate::dice::Dice;

/// A way to die.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Death {
    /// The app, while it starts.
    AppStarting,
    /// The app, in the middle of a click.
    AppInClick,
    /// The app, in the middle of an attempt.
    AppInAttempt,
    /// The app, at any time.
    App,
    /// The platform, while it starts.
    PlatformStarting,
    /// The platform, in the middle of an attempt.
    PlatformInAttempt,
    /// The platform, at any time.
    Platform,
}

/// Where an attempt is when somebody dies over it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// The request has left the app.
    Left,
    /// The platform has it.
    Passed,
    /// The platform has answered, and the app does not know yet.
    Answered,
}

/// A death that waits for an attempt.
#[derive(Clone)]
pub struct Trap {
    /// Who dies.
    pub killer: Killer,
    /// How it counts.
    pub death: Death,
    /// At which moment of the attempt.
    pub moment: Moment,
    /// And how long after it.
    pub after: Duration,
}

impl Death {
    /// The deaths of a round: one or two, of the one, the other or both.
    #[must_use]
    pub fn drawn(dice: &Dice) -> Vec<Self> {
        let app = [(12, Self::AppStarting), (40, Self::AppInClick), (28, Self::AppInAttempt), (20, Self::App)];
        let platform = [(15, Self::PlatformStarting), (50, Self::PlatformInAttempt), (35, Self::Platform)];
        match dice.weighed(&[(45, (true, false)), (20, (false, true)), (35, (true, true))]) {
            Some((true, false)) => dice.weighed(&app).into_iter().collect(),
            Some((false, _)) => dice.weighed(&platform).into_iter().collect(),
            Some((true, true)) | None => [dice.weighed(&app), dice.weighed(&platform)].into_iter().flatten().collect(),
        }
    }

    /// Whether it is the app that dies.
    #[must_use]
    pub fn is_apps(self) -> bool {
        match self {
            Self::AppStarting | Self::AppInClick | Self::AppInAttempt | Self::App => true,
            Self::PlatformStarting | Self::PlatformInAttempt | Self::Platform => false,
        }
    }

    /// How long after the beginning of what is interrupted it comes. A click takes some milliseconds, a start a hundred; most draws fall
    /// into either, some after it.
    #[must_use]
    pub fn after(self, dice: &Dice) -> Duration {
        let us = Duration::from_micros;
        match self {
            Self::AppInClick => exactly(dice, us(30), us(20_000)),
            Self::AppInAttempt | Self::PlatformInAttempt => exactly(dice, us(10), us(10_000)),
            Self::AppStarting | Self::PlatformStarting => exactly(dice, us(2_000), us(300_000)),
            Self::App | Self::Platform => exactly(dice, us(500), us(400_000)),
        }
    }

    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::AppStarting => "app while starting",
            Self::AppInClick => "app in a click",
            Self::AppInAttempt => "app in an attempt",
            Self::App => "app at any time",
            Self::PlatformStarting => "platform while starting",
            Self::PlatformInAttempt => "platform in an attempt",
            Self::Platform => "platform at any time",
        }
    }
}

impl Moment {
    /// Any.
    #[must_use]
    pub fn drawn(dice: &Dice) -> Self {
        dice.weighed(&[(25, Self::Left), (40, Self::Passed), (35, Self::Answered)]).unwrap_or(Self::Passed)
    }
}

/// [`Dice::between`] knows no time under a millisecond; a commit does.
fn exactly(dice: &Dice, from: Duration, to: Duration) -> Duration {
    dice.between(from * 1000, to * 1000) / 1000
}
