//! `signoff-platform audit verify`.

use std::path::PathBuf;

use clap::Subcommand;
use signoff_platform::verify::{self, Anchor};

use super::{config::Folder, say};

/// The audit log.
#[derive(Subcommand)]
pub(crate) enum Audit {
    /// Recompute the chain of hashes. Works while the platform runs, and changes nothing.
    Verify {
        #[command(flatten)]
        folder: Folder,
        /// The hash of an entry that has to be in the log, as an earlier run printed it: finds out that the end was cut off.
        #[arg(long, value_name = "HASH", conflicts_with = "anchor")]
        expect: Option<Anchor>,
        /// A file with the last known number and hash: it has to fit, and is brought forward. Made if it is not there.
        #[arg(long, value_name = "FILE")]
        anchor: Option<PathBuf>,
    },
}

/// Does it.
pub(crate) fn run(command: Audit) -> anyhow::Result<()> {
    let Audit::Verify { folder, expect, anchor } = command;
    let folder = folder.path()?;
    let intact = match anchor {
        Some(file) => verify::verify_with_file(&folder, &file)?,
        None => verify::verify(&folder, expect.as_ref())?,
    };
    let until = intact.newest_at.map(|at| format!(", the newest of {}", at.format("%Y-%m-%d %H:%M:%S UTC")));
    say(format_args!("intact up to entry {}{}", intact.entries, until.unwrap_or_default()))?;
    say(format_args!("hash {}", intact.hash))
}
