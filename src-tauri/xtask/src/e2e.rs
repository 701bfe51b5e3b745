//! `cargo xtask e2e`: the journeys in a real window, at a virtual desk, and those of the platform's pages in a real browser.

use anyhow::Result;

use crate::packages::{APP, BROWSER, DESK, Need};
use crate::step::step;
use crate::{cargo, run, say, step};

/// What the journeys take.
pub(crate) const NEEDS: &[&[Need]] = &[APP, DESK, BROWSER];

/// Builds what the journeys need and runs those whose name contains the arguments.
pub(crate) fn e2e(filters: &[String]) -> Result<()> {
    if cfg!(target_os = "linux") {
        run::prepare(NEEDS)?;
    }
    step(
        "Journeys in a real window and a real browser",
        "target/e2e/ has screenshots and logs of those that failed.",
        || journeys(filters, |_| {}),
    )
}

/// The journeys, each line of the runner's output handed to `each`. The interface must have been built.
pub(crate) fn journeys(filters: &[String], each: impl FnMut(&str)) -> Result<()> {
    if !cfg!(target_os = "linux") {
        say::line("the virtual desk is made of Linux programs: left out here");
        return Ok(());
    }
    step::run(cargo::whole_workspace("build").args([
        "--bin",
        "signoff",
        "--bin",
        "signoff-platform",
        "--bin",
        "signoff-hand",
    ]))?;
    step::relay(
        cargo::whole_workspace("test")
            .args(["--no-fail-fast", "--test", "window", "--test", "journeys", "--"])
            .args(filters),
        each,
    )
}
