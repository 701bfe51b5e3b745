//! A program of the desk: in a process group of its own, its output in a file, dead when it is dropped.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};

use crate::wait::until_within;

/// A running program with whatever it has started itself.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    output: PathBuf,
}

impl Process {
    /// Starts a program. What it says goes to `NAME.log` in the folder of logs.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn start(name: &str, logs: &Path, command: &mut Command) -> Result<Self> {
        Self::start_reading(name, logs, command, Stdio::null())
    }

    /// Starts a program that reads its standard input from somewhere.
    pub(crate) fn start_reading(name: &str, logs: &Path, command: &mut Command, input: Stdio) -> Result<Self> {
        let output = logs.join(format!("{name}.log"));
        let file = File::options().create(true).append(true).open(&output)?;
        command.stdin(input).stdout(file.try_clone()?).stderr(file);
        Self::spawn(name, output, command)
    }

    /// Starts a program that says on its standard output when it is ready, and returns the first line that `ready` accepts. The rest goes to
    /// the log.
    ///
    /// # Errors
    /// If it cannot be started, or ends without having said so.
    pub fn start_and_read<T>(
        name: &str,
        logs: &Path,
        command: &mut Command,
        ready: impl Fn(&str) -> Option<T>,
    ) -> Result<(Self, T)> {
        let output = logs.join(format!("{name}.log"));
        let file = File::options().create(true).append(true).open(&output)?;
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(file.try_clone()?);
        let mut process = Self::spawn(name, output, command)?;
        let said = process.child.stdout.take().context("a piped output")?;
        let mut lines = BufReader::new(said);
        let mut line = String::new();
        loop {
            line.clear();
            if lines.read_line(&mut line)? == 0 {
                let status = process.child.wait()?;
                bail!("{name} ended with {status} before it was ready:\n{}", process.said());
            }
            if let Some(found) = ready(line.trim()) {
                // Nobody reads on; a full pipe would stop the program one day.
                let mut file = file;
                std::thread::spawn(move || std::io::copy(&mut lines, &mut file));
                return Ok((process, found));
            }
        }
    }

    fn spawn(name: &str, output: PathBuf, command: &mut Command) -> Result<Self> {
        let child = command
            .process_group(0)
            .spawn()
            .with_context(|| format!("{name} ({}) did not start", command.get_program().to_string_lossy()))?;
        Ok(Self { name: name.to_owned(), child, output })
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Everything that it has said.
    pub fn said(&self) -> String {
        std::fs::read(&self.output).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    /// Whether it has ended, and how.
    ///
    /// # Errors
    /// If the system cannot say.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// Waits for it to end by itself.
    ///
    /// # Errors
    /// If it is still there after `patience`.
    pub fn wait(&mut self, patience: Duration) -> Result<ExitStatus> {
        let what = format!("the end of {}", self.name);
        until_within(patience, &what, || Ok(self.child.try_wait()?))
    }

    /// Asks it to end (SIGTERM) and waits.
    ///
    /// # Errors
    /// If it does not end within ten seconds.
    pub fn stop(&mut self) -> Result<ExitStatus> {
        self.signal(Signal::TERM);
        self.wait(Duration::from_secs(10))
    }

    /// Ends it and what it started, at once and without warning (SIGKILL).
    ///
    /// # Errors
    /// If the system cannot say whether it is gone.
    pub fn kill(&mut self) -> Result<()> {
        self.signal(Signal::KILL);
        self.child.wait()?;
        Ok(())
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            // Gone already is what was wanted.
            let _ = kill_process_group(group, signal);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
        let _ = self.child.wait();
    }
}

/// Runs a short program and returns what it says.
pub(crate) fn read(command: &mut Command) -> Result<String> {
    let shown = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| format!("{shown} did not start"))?;
    if !output.status.success() {
        bail!("{shown} ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The surroundings that every program of one desk shares.
#[derive(Debug, Clone, Default)]
pub(crate) struct Surroundings(Vec<(String, std::ffi::OsString)>);

impl Surroundings {
    pub(crate) fn set(&mut self, name: &str, value: impl AsRef<OsStr>) {
        self.0.retain(|(known, _)| known != name);
        self.0.push((name.to_owned(), value.as_ref().to_owned()));
    }

    /// A command with these surroundings and nothing of the person's who runs the tests.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(self.0.iter().map(|(name, value)| (name, value)));
        command
    }
}
