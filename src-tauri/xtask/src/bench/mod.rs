//! `cargo xtask bench app`: the figures of the app, each beside its floor or its aim, as they come out. `cargo xtask bench outbox`: those of
//! the outbox, beside the queues of others. `cargo xtask bench platform`: those of the platform, beside what is written in an afternoon.
//!
//! What runs is measured by the program in `tests/bench`; what is built is weighed and timed here. A figure that cannot be taken is told as
//! that and spoils no other. A missed aim is no failure of this command: it says what is, and people decide.

mod built;
mod choice;
mod table;

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::step::step;
use crate::{cargo, packages, run, say, step, workspace};

use choice::{Choice, Name, Subject};
use table::{Row, Table};

/// Measures.
pub(crate) fn bench(arguments: &[String]) -> Result<()> {
    let choice = Choice::parse(arguments)?;
    if !cfg!(target_os = "linux") {
        bail!("the figures are taken at the virtual desk, which is made of Linux programs");
    }
    run::prepare(&[packages::APP, packages::DESK])?;
    if choice.names.iter().any(|name| name.in_the_program().is_some()) {
        step("Release builds of what is measured", "The compiler's message stands above.", || {
            let programs: &[&str] = match choice.subject {
                Subject::App => &["signoff", "signoff-platform", "signoff-bench", "bare-window"],
                Subject::Outbox => &["signoff-platform", "signoff-bench"],
                Subject::Platform => &["signoff-platform", "signoff-bench", "signoff-bench-baseline"],
            };
            let bins = programs.iter().flat_map(|program| ["--bin", program]);
            step::run(cargo::whole_workspace("build").arg("--release").args(bins))
        })?;
    }
    if choice.names.iter().any(|name| matches!(name, Name::OutboxClick | Name::OutboxDrain)) {
        step("Release builds of the peers", "They come from the package registry; their lock files say which.", peers)?;
    }
    if choice.names.contains(&Name::Run) {
        step("What `cargo xtask run` builds", "The compiler's message stands above.", || {
            step::run(cargo::whole_workspace("build").args(["--bin", "signoff"]))
        })?;
    }
    let mut table = Table::new(choice.subject.beside());
    for name in &choice.names {
        say::begins(&format!("Measuring: {}", name.word()));
        match measure(*name, &choice) {
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

fn measure(name: Name, choice: &Choice) -> Result<Vec<Row>> {
    match name {
        Name::Javascript => built::javascript().map(|row| vec![row]),
        Name::Package => built::package().map(|row| vec![row]),
        Name::Cold => built::cold().map(|row| vec![row]),
        Name::Run
        | Name::Start
        | Name::Click
        | Name::FirstSync
        | Name::Notification
        | Name::OutboxClick
        | Name::OutboxDrain
        | Name::OutboxDepth
        | Name::OutboxOffline
        | Name::OutboxMemory
        | Name::PlatformClicks
        | Name::PlatformStreams
        | Name::PlatformPast => in_the_program(name, choice),
    }
}

/// The queues of others: workspaces of their own, because one program can hold one SQLite.
fn peers() -> Result<()> {
    for workspace in ["tests/bench/peers", "tests/bench/peers/effectum"] {
        step::run(
            cargo::plain("build")
                .args(["--release", "--locked", "--manifest-path"])
                .arg(workspace::root().join(workspace).join("Cargo.toml"))
                .arg("--target-dir")
                .arg(workspace::target().join("peers")),
        )?;
    }
    Ok(())
}

/// Lets the measuring program measure.
fn in_the_program(name: Name, choice: &Choice) -> Result<Vec<Row>> {
    let words = name.in_the_program().context("measured by the program")?;
    let number = choice.conversations.map(|number| ["--conversations".to_owned(), number.to_string()]);
    let filled = choice.filled.clone().map(|folder| ["--filled".to_owned(), folder]);
    let size = number.into_iter().chain(filled).flatten();
    let output = Command::new(workspace::target().join("release/signoff-bench"))
        .current_dir(workspace::root())
        .arg("--evidence")
        .arg(workspace::target().join("bench"))
        .args(["--rounds", &choice.rounds.to_string()])
        .args(words)
        .args(size)
        .stderr(Stdio::inherit())
        .output()
        .context("the measuring program did not start")?;
    if !output.status.success() {
        bail!("the measuring program ended with {}", output.status);
    }
    String::from_utf8(output.stdout)?.lines().map(Row::read).collect()
}
