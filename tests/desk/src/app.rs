//! A run of the app at the desk.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::desk::Desk;
use crate::driver::Driver;
use crate::process::{Process, Surroundings};
use crate::screen::photograph;
use crate::wait::until_within;

/// The app's window title.
const TITLE: &str = "Signoff";

/// How the app is started.
#[derive(Debug, Clone)]
pub struct Launch {
    arguments: Vec<String>,
}

impl Launch {
    /// With the desk's profile and the workspace at this address preselected.
    pub fn for_workspace(desk: &Desk, address: &str) -> Self {
        Self::with_profile(&desk.profile()).and(&["--workspace", address])
    }

    /// With this profile and nothing else.
    pub fn with_profile(profile: &Path) -> Self {
        Self { arguments: vec!["--data-dir".to_owned(), profile.display().to_string()] }
    }

    /// With further options of the app.
    #[must_use]
    pub fn and(mut self, options: &[&str]) -> Self {
        self.arguments.extend(options.iter().map(ToString::to_string));
        self
    }
}

/// The running app, operated through its window.
#[derive(Debug)]
pub struct App {
    driver: Driver,
    id: u32,
    surroundings: Surroundings,
    last_picture: PathBuf,
}

impl Desk {
    /// Starts the app and waits for its window.
    ///
    /// # Errors
    /// If it ends, or shows no window within a minute.
    pub fn start(&self, launch: &Launch) -> Result<App> {
        let program = self.app_program();
        let driver = Driver::start(
            Arc::clone(self.runtime()),
            self.surroundings(),
            self.evidence(),
            program,
            &launch.arguments,
        )?;
        let id = child_running(driver.id(), program).context("the driver has started no app")?;
        let last_picture = self.evidence().join("at-the-end.png");
        Ok(App { driver, id, surroundings: self.surroundings().clone(), last_picture })
    }

    /// Starts the app as a person does a second time, without a driver: it is expected to end or to show a window by itself.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn start_undriven(&self, launch: &Launch) -> Result<Process> {
        Process::start(
            "app-undriven",
            self.evidence(),
            self.surroundings().command(self.app_program()).args(&launch.arguments),
        )
    }

    /// Starts any program at this desk.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn start_program(&self, name: &str, program: &Path, arguments: &[&str]) -> Result<Process> {
        Process::start(name, self.evidence(), self.surroundings().command(program).args(arguments))
    }
}

impl App {
    /// The app's process id, not the driver's.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// What the app has written to its outputs.
    pub fn said(&self) -> String {
        self.driver.said()
    }

    /// Ends the app as a power cut does (SIGKILL), and waits until nothing of it is left.
    ///
    /// # Errors
    /// If it survives.
    pub fn kill(self) -> Result<()> {
        self.end(Signal::KILL)
    }

    /// Asks the app to end (SIGTERM), as a session's end does.
    ///
    /// # Errors
    /// If it does not end within ten seconds.
    pub fn quit(self) -> Result<()> {
        self.end(Signal::TERM)
    }

    fn end(mut self, signal: Signal) -> Result<()> {
        let id = self.id;
        let pid = i32::try_from(id).ok().and_then(Pid::from_raw).context("a process id")?;
        // It may have ended by itself.
        let _ = kill_process(pid, signal);
        until_within(Duration::from_secs(10), "the app to end", || Ok((!is_running(id)).then_some(())))?;
        self.driver.process().kill()
    }

    /// Whether the app's process is still there.
    pub fn is_running(&self) -> bool {
        is_running(self.id)
    }

    /// Closes the window the way a person does; the app may go on in the background.
    ///
    /// # Errors
    /// If the window stays.
    pub fn close_window(&self, desk: &Desk) -> Result<()> {
        desk.screen().close_window(TITLE)
    }

    /// Waits until the window can be seen and has the focus.
    ///
    /// # Errors
    /// If it does not come.
    pub fn comes_to_front(&self, desk: &Desk) -> Result<()> {
        crate::wait::until("the app's window in front", || {
            Ok(desk.screen().focused().is_ok_and(|title| title.contains(TITLE)).then_some(()))
        })
        .with_context(|| format!("windows on the screen: {:?}", desk.screen().titles().unwrap_or_default()))
    }

    pub(crate) fn driver(&self) -> &Driver {
        &self.driver
    }

    pub(crate) fn execute(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        self.driver.execute(script, arguments)
    }
}

impl Drop for App {
    /// The last thing that the person saw says more than an assertion. A test that succeeded leaves its picture too: it cannot be told apart here.
    fn drop(&mut self) {
        if is_running(self.id) {
            let _ = photograph(&self.surroundings, &self.last_picture);
        }
    }
}

/// The process that `parent` has started from this program.
fn child_running(parent: u32, program: &Path) -> Result<u32> {
    let program = program.canonicalize()?;
    let children = std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children"))?;
    let runs = |id: &u32| executable(*id).is_some_and(|running| running == program);
    children
        .split_whitespace()
        .filter_map(|id| id.parse().ok())
        .find(runs)
        .with_context(|| format!("no child of {parent} runs {}", program.display()))
}

fn executable(id: u32) -> Option<PathBuf> {
    std::fs::read_link(format!("/proc/{id}/exe")).ok()
}

/// A process that has ended and waits for its parent to notice does not count.
fn is_running(id: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{id}/stat"))
        .is_ok_and(|stat| stat.rsplit_once(')').is_some_and(|(_, rest)| !rest.trim_start().starts_with(['Z', 'X'])))
}
