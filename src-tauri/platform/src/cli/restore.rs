//! `restore`: a backup into a folder.

use std::{io::Write, path::PathBuf};

use clap::Args;
use signoff_platform::backups;

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
        let manifest = backups::restore(&self.from, &folder)?;
        let mut out = std::io::stdout().lock();
        writeln!(
            out,
            "{}: the workspace as it was at {}",
            folder.display(),
            manifest.made_at.format("%Y-%m-%d %H:%M:%S UTC")
        )?;
        writeln!(out, "What was erased since then is back: erase it again (docs/operating.md).")?;
        Ok(())
    }
}
