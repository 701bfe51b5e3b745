//! A real platform process: started, stopped, killed and started again, always at the same address with the same data.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use anyhow::{Context, Result};
use tokio::runtime::Runtime;

use crate::line::Line;
use crate::process::Process;

/// The password of everybody in the demo workspace.
pub const PASSWORD: &str = "signoff-demo";

/// How a platform is started.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlatformOptions {
    /// Its clock is ahead by this much.
    pub clock_offset_s: i64,
    /// Simulated customers.
    pub traffic: bool,
}

/// A platform with a demo workspace.
#[derive(Debug)]
pub struct Platform {
    process: Option<Process>,
    program: PathBuf,
    data: PathBuf,
    logs: PathBuf,
    options: PlatformOptions,
    pub(crate) line: Line,
}

impl Platform {
    /// Starts `program` on a folder and waits until it serves.
    ///
    /// # Errors
    /// If it does not.
    pub fn start(
        runtime: Arc<Runtime>,
        program: &Path,
        data: &Path,
        logs: &Path,
        options: PlatformOptions,
    ) -> Result<Self> {
        let mut platform = Self {
            process: None,
            program: program.to_owned(),
            data: data.to_owned(),
            logs: logs.to_owned(),
            options,
            line: Line::new(runtime)?,
        };
        platform.serve("127.0.0.1:0")?;
        Ok(platform)
    }

    /// Its base address; the same after a stop and a start.
    pub fn address(&self) -> &str {
        &self.line.address
    }

    /// Its data directory.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Takes the platform off the network by ending it (SIGTERM).
    ///
    /// # Errors
    /// If it does not end within ten seconds.
    pub fn stop(&mut self) -> Result<()> {
        if let Some(mut process) = self.process.take() {
            process.stop()?;
        }
        Ok(())
    }

    /// Ends it as a power cut does (SIGKILL).
    ///
    /// # Errors
    /// If the system cannot say whether it is gone.
    pub fn kill(&mut self) -> Result<()> {
        if let Some(mut process) = self.process.take() {
            process.kill()?;
        }
        Ok(())
    }

    /// Starts it again where it was.
    ///
    /// # Errors
    /// If it does not serve.
    pub fn start_again(&mut self) -> Result<()> {
        let listen = self.line.address.trim_start_matches("http://").to_owned();
        self.serve(&listen)
    }

    /// Starts it again with its clock ahead by this much.
    ///
    /// # Errors
    /// If it does not serve.
    pub fn start_again_ahead(&mut self, clock_offset_s: i64) -> Result<()> {
        self.options.clock_offset_s = clock_offset_s;
        self.start_again()
    }

    fn serve(&mut self, listen: &str) -> Result<()> {
        let mut command = Command::new(&self.program);
        command.args(["serve", "--listen", listen, "--demo"]).arg("--data-dir").arg(&self.data);
        if self.options.traffic {
            command.arg("--demo-traffic");
        }
        if self.options.clock_offset_s != 0 {
            command.env("SIGNOFF_CLOCK_OFFSET_S", self.options.clock_offset_s.to_string());
        }
        let (process, address) = Process::start_and_read("platform", &self.logs, &mut command, |line| {
            line.strip_prefix("listening on ").map(|address| address.trim_end_matches('/').to_owned())
        })
        .context("build it first: `cargo build --workspace --bin signoff-platform`, or use `cargo xtask e2e`")?;
        self.process = Some(process);
        self.line.address = address;
        Ok(())
    }
}
