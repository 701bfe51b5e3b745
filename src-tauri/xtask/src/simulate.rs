//! `cargo xtask simulate`: histories of faults, as many as one likes, in the release build.

use anyhow::Result;

use crate::{cargo, step};

/// Passes everything on to the simulation.
pub(crate) fn simulate(arguments: &[String]) -> Result<()> {
    step::run(
        cargo::plain("test")
            .args(["--release", "--quiet", "--package", "signoff-proof", "--test", "simulate", "--"])
            .args(arguments),
    )
}
