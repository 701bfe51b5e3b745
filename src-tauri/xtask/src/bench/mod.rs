//! `cargo xtask bench app`: the figures of the app, each beside its floor or its aim, as they come out.
//!
//! What runs is measured by the program in `tests/bench`; what is built is weighed and timed here. A figure that cannot be taken is told as
//! that and spoils no other. A missed aim is no failure of this command: it says what is, and people decide.

mod built;
mod choice;
mod table;

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::step::step;
use crate::{cargo, run, say, step, workspace};

use choice::{Choice, Name};
use table::{Row, Table};

/// Measures.
pub(crate) fn bench(arguments: &[String]) -> Result<()> {
    let choice = Choice::parse(arguments)?;
    if !cfg!(target_os = "linux") {
        bail!("the figures are taken at the virtual desk, which is made of Linux programs");
    }
    run::prepare(true)?;
    if choice.names.iter().any(|name| name.in_the_program().is_some()) {
        step("Release builds of what is measured", "The compiler's message stands above.", || {
            let programs = ["signoff", "signoff-platform", "signoff-bench", "bare-window"];
            let bins = programs.iter().flat_map(|program| ["--bin", program]);
            step::run(cargo::whole_workspace("build").arg("--release").args(bins))
        })?;
    }
    if choice.names.contains(&Name::Run) {
        step("What `cargo xtask run` builds", "The compiler's message stands above.", || {
            step::run(cargo::whole_workspace("build").args(["--bin", "signoff"]))
        })?;
    }
    let mut table = Table::default();
    for name in &choice.names {
        say::begins(&format!("Measuring: {}", name.word()));
        match measure(*name, choice.rounds) {
            Ok(rows) => table.add(rows),
            Err(failure) => table.fail(name.word(), &failure),
        }
    }
    table.print(choice.rounds);
    if table.is_complete() {
        Ok(())
    } else {
        bail!("not every figure could be taken; target/bench/ has logs and screenshots")
    }
}

fn measure(name: Name, rounds: usize) -> Result<Vec<Row>> {
    match name {
        Name::Javascript => built::javascript().map(|row| vec![row]),
        Name::Package => built::package().map(|row| vec![row]),
        Name::Cold => built::cold().map(|row| vec![row]),
        Name::Run | Name::Start | Name::Click | Name::FirstSync | Name::Notification => in_the_program(name, rounds),
    }
}

/// Lets the measuring program measure.
fn in_the_program(name: Name, rounds: usize) -> Result<Vec<Row>> {
    let subject = name.in_the_program().context("measured by the program")?;
    let output = Command::new(workspace::target().join("release/signoff-bench"))
        .current_dir(workspace::root())
        .arg("--evidence")
        .arg(workspace::target().join("bench"))
        .args(["--rounds", &rounds.to_string(), subject])
        .stderr(Stdio::inherit())
        .output()
        .context("the measuring program did not start")?;
    if !output.status.success() {
        bail!("the measuring program ended with {}", output.status);
    }
    String::from_utf8(output.stdout)?.lines().map(Row::read).collect()
}
