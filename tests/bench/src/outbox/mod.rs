//! The outbox beside the queues of others, and beside the least that the same promise costs (`cargo xtask bench outbox`).
//!
//! Every queue is a process of its own that does what it is told in turns ([`signoff_turns`]). Ours are this program with another
//! subcommand; the peers are built from a workspace of their own, since their SQLite cannot be linked with the app's.

mod clicks;
mod contenders;
mod depth;
mod draining;
mod memory;
mod offline;
mod ours;
mod platform;
mod through_the_engine;

use anyhow::Result;
use clap::{Subcommand, ValueEnum};

use contenders::contend;

pub(crate) use contenders::Which;
pub(crate) use ours::id;

use crate::options::Programs;

/// A subject of the benchmark.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Subject {
    /// From the click until nothing can take it back
    Click,
    /// Bringing a thousand entries of one conversation
    Drain,
    /// What ten times as many entries cost
    Depth,
    /// Coming back after a day offline
    Offline,
    /// Memory with few entries and with many
    Memory,
}

/// What this program does for itself while it measures.
#[derive(Debug, Subcommand)]
pub(crate) enum Part {
    /// Takes part as a contender
    Contender {
        /// Which
        which: Which,
        /// An empty folder for its files
        folder: std::path::PathBuf,
    },
    /// Queues and brings so many entries, and says how much memory that took
    Memory {
        /// How many
        entries: usize,
        /// An empty folder for its files
        folder: std::path::PathBuf,
    },
}

/// Measures.
pub(crate) fn measure(programs: &Programs, subject: Subject, rounds: usize) -> Result<()> {
    match subject {
        Subject::Click => clicks::measure(programs, rounds),
        Subject::Drain => draining::measure(programs, rounds),
        Subject::Depth => depth::measure(programs, rounds),
        Subject::Offline => offline::measure(programs, rounds),
        Subject::Memory => memory::measure(programs, rounds),
    }
}

/// Does a part of what is measured.
pub(crate) fn take_part(programs: &Programs, part: &Part) -> Result<()> {
    match part {
        Part::Contender { which, folder } => contend(programs, *which, folder),
        Part::Memory { entries, folder } => memory::once(*entries, folder),
    }
}
