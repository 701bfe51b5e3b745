//! `cargo xtask package platform`: the server as one file that needs nothing of the system it runs on.
//!
//! With musl where the toolchain has its target; elsewhere with glibc, linked statically as well. Both are asked afterwards
//! whether they need a library: a program that only nearly stands alone fails on somebody else's machine.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::packages::{Need, Probe};
use crate::{cargo, packages, say, step, system, ui, workspace};

const PROGRAM: &str = "signoff-platform";

const MUSL_TOOLS: &[Need] = &[Need {
    probe: Probe::Program("musl-gcc"),
    why: "compiles SQLite and OpenSSL for the static program",
    apt: "musl-tools",
    dnf: "musl-gcc",
    pacman: "musl",
    zypper: "musl-gcc",
}];

/// Builds the program, with the pages that it serves, and returns its file.
pub(super) fn build() -> Result<PathBuf> {
    step::step("Packages of the interface", "Is the network there? `npm ci` in ui/ shows more.", ui::install)?;
    step::step("The pages", "`npm run build` in ui/ shows more.", ui::build)?;
    if !cfg!(target_os = "linux") {
        step::step("The platform", "The compiler's message stands above.", || step::run(&mut compile(None)))?;
        return Ok(workspace::target().join("release").join(format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX)));
    }
    let arch = std::env::consts::ARCH;
    let musl = format!("{arch}-unknown-linux-musl");
    let target = if has_musl(&musl) {
        step::step("System packages", "Nothing was built yet.", || system::provide(&[MUSL_TOOLS, packages::C]))?;
        musl
    } else {
        say::line(&format!("the toolchain has no {musl} and cannot fetch it: linking glibc statically instead"));
        step::step("System packages", "Nothing was built yet.", || system::provide(&[packages::C]))?;
        format!("{arch}-unknown-linux-gnu")
    };
    step::step("The platform", "The compiler's message stands above.", || {
        step::run(compile(Some(&target)).env("RUSTFLAGS", "-C target-feature=+crt-static"))
    })?;
    let file = workspace::target().join(&target).join("release").join(PROGRAM);
    step::step("It needs no library", "The line above names what it needs.", || needs_nothing(&file))?;
    Ok(file)
}

fn compile(target: Option<&str>) -> Command {
    let mut command = cargo::plain("build");
    command.args(["--release", "--locked", "--package", PROGRAM, "--bin", PROGRAM]);
    if let Some(target) = target {
        command.args(["--target", target]);
    }
    command
}

/// Whether the toolchain has the target, or gets it.
fn has_musl(target: &str) -> bool {
    let installed = || {
        let library = step::read(Command::new("rustc").args(["--print", "target-libdir", "--target", target]));
        library.is_ok_and(|library| Path::new(library.trim()).is_dir())
    };
    installed() || (step::read(Command::new("rustup").args(["target", "add", target])).is_ok() && installed())
}

/// The dynamic section of a program that stands alone names no library.
fn needs_nothing(file: &Path) -> Result<()> {
    let section = step::read(Command::new("readelf").args(["--dynamic", "--wide"]).arg(file)).context("readelf")?;
    let needed: Vec<&str> = section.lines().filter(|line| line.contains("(NEEDED)")).collect();
    if needed.is_empty() { Ok(()) } else { bail!("{}", needed.join("\n")) }
}
