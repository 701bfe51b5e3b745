//! `cargo xtask bench app`: the figures of the app, each beside its floor or its aim, as they come out.
//!
//! What can be measured from inside Cargo's bench profile is measured by `tests/bench`; what concerns builds and packages, here.

use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::step::step;
use crate::{cargo, package, run, say, step, workspace};

/// Reads a folder's scripts and prints the sum of their sizes after gzip, as a web server would send them.
const GZIPPED: &str = "
const { readdirSync, readFileSync } = require('node:fs');
const { gzipSync } = require('node:zlib');
const { join } = require('node:path');
const sum = (folder) => readdirSync(folder, { withFileTypes: true }).reduce((bytes, entry) => bytes
  + (entry.isDirectory() ? sum(join(folder, entry.name))
    : /\\.m?js$/.test(entry.name) ? gzipSync(readFileSync(join(folder, entry.name)), { level: 9 }).length : 0), 0);
console.log(sum('dist'));
";

/// Measures.
pub(crate) fn bench(arguments: &[String]) -> Result<()> {
    let cold = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["app"] => false,
        ["app", "--cold"] | ["--cold", "app"] => true,
        _ => bail!("`cargo xtask bench app [--cold]`"),
    };
    if !cfg!(target_os = "linux") {
        bail!("the figures are taken at the virtual desk, which is made of Linux programs");
    }
    run::prepare(true)?;
    let bytes: f64 = step::read(Command::new("node").current_dir(workspace::ui()).args(["-e", GZIPPED]))?
        .trim()
        .parse()
        .context("node did not print a number")?;
    figure("JavaScript, gzipped", &format!("{:.1} kB", bytes / 1000.0), "under 150 kB");

    step("Programs to start", "The compiler's message stands above.", || {
        step::run(cargo::whole_workspace("build").args(["--bin", "signoff"]))?;
        step::run(cargo::whole_workspace("build").args(["--release", "--bins", "--examples"]))
    })?;
    step("Figures of the app", "target/bench/ has screenshots and logs.", || {
        step::run(cargo::whole_workspace("bench").args(["--bench", "app"]))
    })?;
    let deb = package::build()?;
    figure("Debian package", &format!("{:.1} MB", package::megabytes(&deb)?), "");
    if cold { cold_build() } else { Ok(()) }
}

/// A figure beside its aim.
fn figure(name: &str, value: &str, aim: &str) {
    say::relay(&format!("{name:<58} {value:>14}   {aim}"));
}

fn cold_build() -> Result<()> {
    let folder = workspace::target().join("cold");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).context("cannot remove the last cold build")?;
    }
    let begun = Instant::now();
    step("A build from nothing", "The compiler's message stands above.", || {
        step::run(cargo::whole_workspace("build").args(["--bin", "signoff"]).env("CARGO_TARGET_DIR", &folder))
    })?;
    figure("Cold build of the app (cargo build)", &say::seconds(begun.elapsed()), "");
    std::fs::remove_dir_all(&folder).context("cannot remove the cold build")
}
