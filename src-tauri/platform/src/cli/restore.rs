//! `restore`: a backup into a folder.

use std::{io::Write, path::PathBuf};

use clap::Args;
use signoff_platform::{Chance, Clock as _, SystemClock, backups};

use super::config::Folder;

#[derive(Args)]
pub(super) struct Restore {
    #[command(flatten)]
    folder: Folder,
    /// The backup.
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
}

impl Restore {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let folder = self.folder.path()?;
        let manifest = backups::restore(&self.from, &folder, SystemClock::default().now(), &mut Chance::from_os())?;
        let mut out = std::io::stdout().lock();
        writeln!(
            out,
            "{}: the workspace as it was at {}",
            folder.display(),
            manifest.made_at.format("%Y-%m-%d %H:%M:%S UTC")
        )?;
        writeln!(
            out,
            "Everybody signs in anew. What was erased since then is back: erase it again. People deactivated, passwords,"
        )?;
        writeln!(
            out,
            "second steps and keys replaced since then are as they were: do that again, too (docs/operating.md)."
        )?;
        Ok(())
    }
}
