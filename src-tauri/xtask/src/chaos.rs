//! `cargo xtask chaos`: real processes, killed again and again.

use anyhow::Result;

use crate::{cargo, step, workspace};

/// Any number of rounds, in the release build.
pub(crate) fn chaos(arguments: &[String]) -> Result<()> {
    step::run(cargo::plain("build").args(["--release", "--quiet", "--package", "signoff-platform"]))?;
    let mut test = cargo::plain("test");
    test.args(["--release", "--quiet", "--package", "signoff-proof", "--test", "chaos", "--", "--folder"]);
    step::run(test.arg(workspace::target().join("chaos")).args(arguments))
}

/// Some rounds, in the build that the tests have made.
pub(crate) fn some_rounds() -> Result<()> {
    step::run(cargo::whole_workspace("build").args(["--bin", "signoff-platform"]))?;
    let mut test = cargo::whole_workspace("test");
    test.args(["--test", "chaos", "--", "--folder"]).arg(workspace::target().join("chaos"));
    step::run(test.args(["--rounds", "15"]))
}
