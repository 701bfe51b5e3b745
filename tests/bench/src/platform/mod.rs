//! The platform under load, beside what a team would write in an afternoon with the same crates (`cargo xtask bench platform`).
//!
//! Both are processes that are asked over HTTP, in turns. A disk that others use, too, is never equally quick twice: what is compared runs
//! in small turns, and the median of the ratios within a turn counts.

mod clicks;
mod contender;
mod http;
mod past;
mod streams;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::options::Programs;

/// A subject of the benchmark.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Subject {
    /// Closes and replies under two hundred advisors at once
    Clicks,
    /// From a commit to five hundred listening clients
    Streams,
    /// Lists, timelines, search and figures of a large workspace
    Past,
}

/// How much of everything.
#[derive(Debug, Clone, Args)]
pub(crate) struct Size {
    /// Advisors at work at the same time
    #[arg(long, default_value_t = 200)]
    pub(crate) advisors: usize,
    /// Clients that listen
    #[arg(long, default_value_t = 500)]
    pub(crate) streams: usize,
    /// Conversations of the large workspace, of twenty messages each
    #[arg(long, default_value_t = 100_000)]
    pub(crate) conversations: u32,
    /// That workspace, where `signoff-platform fill` has made it before; it stays
    #[arg(long)]
    pub(crate) filled: Option<PathBuf>,
}

/// Measures.
pub(crate) fn measure(programs: &Programs, subject: Subject, size: &Size, rounds: usize) -> Result<()> {
    // One thread: whoever measures takes as little as possible from who is measured.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        match subject {
            Subject::Clicks => clicks::measure(programs, size, rounds).await,
            Subject::Streams => streams::measure(programs, size, rounds).await,
            Subject::Past => past::measure(programs, size, rounds).await,
        }
    })
}
