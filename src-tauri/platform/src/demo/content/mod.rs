//! What the demo workspace contains, as data: who works there, what customers write and what became of it.
//!
//! Cadrelune is an invented company that sells bicycles and outdoor gear on the web and in a few shops, delivers to the
//! door and repairs what it sold. Everything here is pure: a seed goes in, stories come out. Storing them, and knowing
//! what time it is, is somebody else's business; times are therefore minutes before now.

mod canned;
mod compose;
mod names;
mod scripts;
mod story;
mod template;
#[cfg(test)]
mod tests;
pub mod traffic;
mod workspace;

pub use canned::{CannedReply, canned_replies};
pub use compose::stories;
pub use story::{Author, ChannelFacts, ClosingSurvey, Customer, DemoChannel, Outcome, Story, Turn};
pub use workspace::{COMPANY, Person, TAGS, Team, fixed_greeting, people, scenario_greeting, tags, teams};

/// The languages that the demo's customers write in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    English,
    /// French.
    French,
}

impl Language {
    /// Both.
    pub const ALL: [Self; 2] = [Self::English, Self::French];

    /// ISO 639-1.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
        }
    }
}

/// The three people of the demo workspace, who are also its users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Advisor {
    /// The admin, who answers now and then.
    Admin,
    /// An advisor.
    Alice,
    /// An advisor.
    Bob,
}

impl Advisor {
    /// Everybody.
    pub const ALL: [Self; 3] = [Self::Admin, Self::Alice, Self::Bob];

    /// The address of the sign-in, which is as good as an id.
    #[must_use]
    pub fn email(self) -> &'static str {
        match self {
            Self::Admin => "admin@demo.test",
            Self::Alice => "alice@demo.test",
            Self::Bob => "bob@demo.test",
        }
    }
}
