//! How programs take turns at being measured. A shared machine is never equally busy twice, so whatever is compared runs in small turns, one
//! program after the other, and what counts is the median of the ratios within a turn.
//!
//! Queues cannot all be linked into one program: each brings an SQLite of its own. So each is a process that does what a line on its standard
//! input says and answers with a line of milliseconds; it takes the time itself, around the work alone. This crate is both ends of that, and
//! what has to be the same for all: the payload, and how many conversations it is spread over. It depends on nothing, so that it forces no
//! version on anybody.

mod contender;
mod opponent;

use std::time::Duration;

pub use contender::{Contender, serve};
pub use opponent::Opponent;

/// Whatever went wrong.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// The payload of a click: a reply of ordinary length.
pub const REPLY: &str = "Thank you for your patience. The parcel was found and leaves the depot today; you will have it on Thursday \
                         before noon. I wish you a pleasant afternoon.";

/// Conversations that clicks are spread over.
pub const CONVERSATIONS: usize = 100;

/// What a contender is told to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// Click so many times, over all conversations in turn. Answers with the time of each.
    Click(usize),
    /// Queue so many entries in one conversation, as clicks come: one after the other. Answers with the time of them all.
    Fill(usize),
    /// Bring everything in that conversation to a platform that answers at once, in its order. Answers with the time of that.
    Drain,
}

impl Task {
    fn word(self) -> String {
        match self {
            Self::Click(times) => format!("click {times}"),
            Self::Fill(entries) => format!("fill {entries}"),
            Self::Drain => "drain".to_owned(),
        }
    }

    fn read(line: &str) -> Result<Self, Error> {
        let mut words = line.split_whitespace();
        let task = (words.next(), words.next().map(str::parse).transpose()?, words.next());
        match task {
            (Some("click"), Some(times), None) => Ok(Self::Click(times)),
            (Some("fill"), Some(entries), None) => Ok(Self::Fill(entries)),
            (Some("drain"), None, None) => Ok(Self::Drain),
            _ => Err(format!("no task: {line:?}").into()),
        }
    }
}

fn milliseconds(took: Duration) -> f64 {
    took.as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_is_read_as_it_was_written() {
        for task in [Task::Click(25), Task::Fill(1000), Task::Drain] {
            assert_eq!(Task::read(&task.word()).expect("a task"), task);
        }
        Task::read("click").expect_err("how often?");
        Task::read("drain 3").expect_err("everything");
    }
}
