//! The command line, which only `cargo xtask bench` types.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use tempfile::TempDir;

use crate::{clicks, first_sync, notification, outbox, platform, report, starts};

#[derive(Debug, Parser)]
#[command(about = "Measures the figures of `cargo xtask bench`")]
struct Options {
    /// Where `signoff`, `signoff-platform` and `bare-window` are [default: beside this program]
    #[arg(long)]
    programs: Option<PathBuf>,
    /// Where the programs of `tests/bench/peers` are [default: in `peers`, in the folder above]
    #[arg(long)]
    peers: Option<PathBuf>,
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
    /// The outbox beside other queues
    Outbox {
        /// What about it
        subject: outbox::Subject,
    },
    /// The platform under load, beside what a team would write in an afternoon
    Platform {
        /// What about it
        subject: platform::Subject,
        /// How much of it
        #[command(flatten)]
        size: platform::Size,
    },
    /// A part of that, in this process
    #[command(hide = true)]
    OutboxPart {
        #[command(subcommand)]
        part: outbox::Part,
    },
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
    pub(crate) baseline: PathBuf,
    pub(crate) peers: PathBuf,
    pub(crate) evidence: PathBuf,
}

impl Programs {
    /// A folder for one measurement, on the disk that the target folder is on: a temporary file system may be no disk at all.
    pub(crate) fn workbench(&self) -> Result<TempDir> {
        tempfile::Builder::new().prefix("workbench-").tempdir_in(&self.evidence).context("no folder to measure in")
    }

    /// This program, to do a part of its work in a process of its own.
    pub(crate) fn this_program(&self) -> Result<Command> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("--evidence").arg(&self.evidence);
        Ok(command)
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
        baseline: folder.join("signoff-bench-baseline"),
        peers: options.peers.unwrap_or_else(|| folder.with_file_name("peers").join("release")),
        evidence: options.evidence.canonicalize()?,
    };
    match options.figure {
        Name::Start => starts::measure(&programs, options.rounds),
        Name::Run => starts::measure_run(&programs, options.rounds),
        Name::Notification => notification::measure(&programs, options.rounds),
        Name::Click => clicks::measure(&programs, options.rounds),
        Name::FirstSync => first_sync::measure(&programs, options.rounds),
        Name::Outbox { subject } => outbox::measure(&programs, subject, options.rounds),
        Name::Platform { subject, size } => platform::measure(&programs, subject, &size, options.rounds),
        Name::OutboxPart { part } => outbox::take_part(&programs, &part),
        Name::FirstSyncOnce { address, profile } => {
            report::say(&first_sync::once(&address, &profile)?);
            Ok(())
        }
    }
}
