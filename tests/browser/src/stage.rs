//! One journey: its browsers, its platforms, and what it leaves behind when it fails.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use signoff_desk::{Platform, PlatformOptions};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::browser::{Browser, Device, Page};

/// Where a journey takes place.
#[derive(Debug)]
pub struct Stage {
    runtime: Arc<Runtime>,
    evidence: PathBuf,
    browsers: RefCell<Vec<Arc<Page>>>,
    platforms: RefCell<u32>,
    folder: TempDir,
}

/// Plays a journey. If it fails, `target/e2e/NAME/` has a screenshot, the page and the console of each of its browsers.
///
/// # Errors
/// Those of the journey.
pub fn journey(name: &str, play: impl FnOnce(&Stage) -> Result<()>) -> Result<()> {
    let evidence = evidence().join(format!("browser-{}", name.replace(' ', "-")));
    if evidence.exists() {
        std::fs::remove_dir_all(&evidence).with_context(|| format!("cannot clear {}", evidence.display()))?;
    }
    std::fs::create_dir_all(&evidence).with_context(|| format!("cannot make {}", evidence.display()))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let stage = Stage {
        runtime: Arc::new(runtime),
        evidence,
        browsers: RefCell::default(),
        platforms: RefCell::default(),
        folder: tempfile::Builder::new().prefix("browser-").tempdir()?,
    };
    let played = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| play(&stage)));
    if !matches!(played, Ok(Ok(()))) {
        for (number, page) in stage.browsers.borrow().iter().enumerate() {
            page.leave_evidence(&stage.evidence, number);
        }
    }
    match played {
        Ok(outcome) => outcome.with_context(|| format!("{} shows more", stage.evidence.display())),
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

impl Stage {
    /// Starts a browser: a person with no past on any page.
    ///
    /// # Errors
    /// If Chromium or chromedriver does not come up.
    pub fn browser(&self, device: Device) -> Result<Browser> {
        let number = self.browsers.borrow().len();
        let page = Arc::new(Page::start(Arc::clone(&self.runtime), &self.evidence, number, device)?);
        self.browsers.borrow_mut().push(Arc::clone(&page));
        Ok(Browser(page))
    }

    /// Starts a platform process with a demo workspace.
    ///
    /// # Errors
    /// If it does not serve; the program has to have been built.
    pub fn platform(&self, options: PlatformOptions) -> Result<Platform> {
        let number = self.platforms.replace_with(|number| *number + 1);
        let data = self.folder.path().join(format!("workspace-{number}"));
        Platform::start(Arc::clone(&self.runtime), &program()?, &data, &self.evidence, options)
    }

    /// A screenshot in the journey's folder, for looking at.
    ///
    /// # Errors
    /// If the browser does not answer.
    pub fn picture(&self, browser: &Browser, name: &str) -> Result<()> {
        browser.0.screenshot(&self.evidence.join(format!("{name}.png")))
    }

    /// A folder that is gone after the journey.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// Beside Cargo's other output, wherever that is: the test program lies in `target/debug/deps`.
fn target() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    let target = program.ancestors().nth(3).context("a test program lies in target/debug/deps")?;
    Ok(target.to_owned())
}

fn evidence() -> PathBuf {
    target().unwrap_or_else(|_| PathBuf::from("target")).join("e2e")
}

fn program() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    Ok(program.ancestors().nth(2).context("a test program lies in target/debug/deps")?.join("signoff-platform"))
}
