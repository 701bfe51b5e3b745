//! `migrate`: the schema of a workspace, looked at or brought up to this version.

use std::{io::Write, process::ExitCode};

use clap::Args;
use signoff_platform::{Options, schema_of};

use super::config::Folder;

#[derive(Args)]
pub(super) struct Migrate {
    #[command(flatten)]
    folder: Folder,
    /// Change nothing; 0 if the file is up to date, 1 if not.
    #[arg(long)]
    check: bool,
}

impl Migrate {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let folder = self.folder.path()?;
        let before = schema_of(&folder)?;
        let mut out = std::io::stdout();
        writeln!(out, "schema of the file: {}, of this version: {}", before.found, before.known)?;
        if self.check {
            return Ok(if before.found == before.known { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        anyhow::ensure!(before.found > 0, "there is no workspace in {}", folder.display());
        signoff_platform::open(Options::new(folder)).await?.close().await;
        writeln!(out, "up to date")?;
        Ok(ExitCode::SUCCESS)
    }
}
