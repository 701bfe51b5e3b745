//! What is built: the size of the scripts and of the package, and how long a build from nothing takes.

use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};

use super::table::Row;
use crate::step::step;
use crate::{cargo, package as packaging, say, step, workspace};

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

/// The interface's scripts, gzipped.
pub(super) fn javascript() -> Result<Row> {
    let said = step::read(Command::new("node").current_dir(workspace::ui()).args(["-e", GZIPPED]))?;
    let bytes: f64 = said.trim().parse().context("node did not print a number")?;
    Ok(Row::below("JavaScript, gzipped", bytes / 1000.0, 150.0, "kB"))
}

/// The Debian package.
pub(super) fn package() -> Result<Row> {
    let deb = packaging::build()?;
    Ok(Row::plain("Debian package", &format!("{:.1} MB", packaging::megabytes(&deb)?)))
}

/// What `cargo xtask run` builds, into an empty folder. Downloads are not part of it.
pub(super) fn cold() -> Result<Row> {
    let folder = workspace::target().join("cold");
    let clear = || match std::fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    };
    clear().context("cannot remove the last cold build")?;
    step::run(cargo::plain("fetch").args(["--locked"]))?;
    let begun = Instant::now();
    step("A build from nothing", "The compiler's message stands above.", || {
        step::run(cargo::whole_workspace("build").args(["--bin", "signoff"]).env("CARGO_TARGET_DIR", &folder))
    })?;
    let took = begun.elapsed();
    clear().context("cannot remove the cold build")?;
    Ok(Row::plain("Cold build of the app (cargo build)", &say::seconds(took)))
}
