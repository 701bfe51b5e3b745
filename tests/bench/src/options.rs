//! The command line, which only `cargo xtask bench app` types.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use tempfile::TempDir;

use crate::{clicks, first_sync, notification, report, starts};

#[derive(Debug, Parser)]
#[command(about = "Measures the figures of `cargo xtask bench app`")]
struct Options {
    /// Where `signoff`, `signoff-platform` and `bare-window` are [default: beside this program]
    #[arg(long)]
    programs: Option<PathBuf>,
    /// Where screenshots, logs and the large workspace are kept
    #[arg(long, default_value = "target/bench")]
    evidence: PathBuf,
    /// How often everything is measured
    #[arg(long, default_value_t = 7)]
    rounds: usize,
    #[command(subcommand)]
    figure: Name,
}

#[derive(Debug, Subcommand)]
enum Name {
    /// From the start of the app to the painted inbox, and its memory
    Start,
    /// From a warm `cargo xtask run` to the painted inbox
    Run,
    /// From the platform's commit to the notification on the screen
    Notification,
    /// From the click to "queued"
    Click,
    /// The first synchronisation
    FirstSync,
    /// One synchronisation in this process
    #[command(hide = true)]
    FirstSyncOnce {
        /// The platform
        address: String,
        /// The profile
        profile: PathBuf,
    },
}

/// What is measured, and where.
#[derive(Debug)]
pub(crate) struct Programs {
    pub(crate) app: PathBuf,
    pub(crate) bare_window: PathBuf,
    pub(crate) platform: PathBuf,
    pub(crate) evidence: PathBuf,
}

impl Programs {
    /// A folder for one measurement, on the disk that the target folder is on: a temporary file system may be no disk at all.
    pub(crate) fn workbench(&self) -> Result<TempDir> {
        tempfile::Builder::new().prefix("workbench-").tempdir_in(&self.evidence).context("no folder to measure in")
    }
}

/// Measures what the command line names.
pub(crate) fn run() -> Result<()> {
    let options = Options::parse();
    let beside = std::env::current_exe()?.parent().context("a program has a folder")?.to_owned();
    let folder = std::path::absolute(options.programs.unwrap_or(beside))?;
    std::fs::create_dir_all(&options.evidence)?;
    let programs = Programs {
        app: folder.join("signoff"),
        bare_window: folder.join("bare-window"),
        platform: folder.join("signoff-platform"),
        evidence: options.evidence.canonicalize()?,
    };
    match options.figure {
        Name::Start => starts::measure(&programs, options.rounds),
        Name::Run => starts::measure_run(&programs, options.rounds),
        Name::Notification => notification::measure(&programs, options.rounds),
        Name::Click => clicks::measure(&programs, options.rounds),
        Name::FirstSync => first_sync::measure(&programs, options.rounds),
        Name::FirstSyncOnce { address, profile } => {
            report::say(&first_sync::once(&address, &profile)?);
            Ok(())
        }
    }
}
