//! `backup`: a workspace into one file.

use std::{io::Write, path::PathBuf};

use clap::Args;
use signoff_platform::{Clock, SystemClock, backups};

use super::config::Folder;

#[derive(Args)]
pub(super) struct Backup {
    #[command(flatten)]
    folder: Folder,
    /// The new file; its checksum is written beside it. Never overwritten.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

impl Backup {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let manifest = backups::write(&self.folder.path()?, &self.to, SystemClock::default().now())?;
        let rows: i64 = manifest.rows.values().sum();
        let mut out = std::io::stdout().lock();
        writeln!(out, "{}: {rows} rows, {} files, checked", self.to.display(), manifest.files)?;
        Ok(())
    }
}
