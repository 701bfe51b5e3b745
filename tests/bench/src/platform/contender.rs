//! Who is measured: the platform and the baseline, each a process that says where it listens.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::json;
use signoff_desk::{PASSWORD, Process};

use super::http::Connection;
use crate::memory;
use crate::options::Programs;

/// A contender that serves.
#[derive(Debug)]
pub(super) struct Contender {
    process: Process,
    pub(super) address: String,
}

impl Contender {
    /// The platform on a folder that [`fill`] has filled.
    pub(super) fn platform(programs: &Programs, data: &Path) -> Result<Self> {
        let mut command = Command::new(&programs.platform);
        command.args(["serve", "--listen", "127.0.0.1:0", "--data-dir"]).arg(data);
        Self::start("platform", programs, &mut command)
    }

    /// The baseline, with open conversations of its own.
    pub(super) fn baseline(programs: &Programs, data: &Path, conversations: u32) -> Result<Self> {
        let mut command = Command::new(&programs.baseline);
        command.args(["--conversations", &conversations.to_string(), "--data-dir"]).arg(data);
        Self::start("baseline", programs, &mut command)
    }

    /// The baseline's queries on a file of the platform.
    pub(super) fn reader(programs: &Programs, data: &Path) -> Result<Self> {
        let mut command = Command::new(&programs.baseline);
        command.arg("--past").arg(data.join("workspace.db")).arg("--data-dir").arg(data);
        Self::start("baseline", programs, &mut command)
    }

    fn start(name: &str, programs: &Programs, command: &mut Command) -> Result<Self> {
        let (process, address) = Process::start_and_read(name, &programs.evidence, command, |line| {
            line.strip_prefix("listening on ").map(|address| address.trim_end_matches('/').to_owned())
        })?;
        Ok(Self { process, address })
    }

    /// A token of one of the demo's people.
    pub(super) async fn sign_in(&self, name: &str) -> Result<String> {
        let who = json!({ "email": format!("{name}@demo.test"), "password": PASSWORD }).to_string();
        let answer = Connection::open(&self.address, "").await?.post("/v1/sessions", "", &who).await?.expect(201)?;
        answer["token"].as_str().map(str::to_owned).context("a session has a token")
    }

    /// Millions of bytes that it occupies now, and the most that it ever has.
    pub(super) fn memory(&self) -> Result<(f64, f64)> {
        memory::resident(self.process.id())
    }

    pub(super) fn stop(mut self) -> Result<()> {
        self.process.stop().map(drop)
    }
}

/// Fills an empty folder with a workspace of the platform.
pub(super) fn fill(
    programs: &Programs,
    data: &Path,
    conversations: u32,
    each: u32,
    days: u32,
    open_of: u32,
) -> Result<()> {
    let mut command = Command::new(&programs.platform);
    command.arg("fill").arg("--data-dir").arg(data);
    for (option, value) in [
        ("--conversations", conversations),
        ("--messages", conversations * each),
        ("--days", days),
        ("--open-of", open_of),
    ] {
        command.args([option, &value.to_string()]);
    }
    let status = command.status().context("there is no signoff-platform")?;
    if status.success() { Ok(()) } else { anyhow::bail!("filling ended with {status}") }
}
