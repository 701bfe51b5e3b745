//! The project's own commands: `cargo xtask run | test | e2e | simulate | chaos | judge | bench | package`.
//!
//! One file per command. Depends on next to nothing, since it has to build on a machine that has only Rust, Node and npm, and installs
//! the rest from there.

mod bench;
mod cargo;
mod chaos;
mod display;
mod e2e;
mod judge;
mod node;
mod package;
mod packages;
mod room;
mod run;
mod say;
mod simulate;
mod stamp;
mod step;
mod system;
mod tally;
mod test;
mod ui;
mod unit;
mod workspace;

use std::process::ExitCode;

use anyhow::{Result, bail};

const HELP: &str = "\
Signoff's own commands.

  cargo xtask run [--release] [--tour] [--data-dir DIR] [-- ARGUMENTS]
      Install what is missing, build, and open the app on the demo workspace.
      Without a display, or with --tour: the same app in a virtual display, driven through
      its main job, with a screenshot per step in target/tour/.

  cargo xtask test
      Everything that has to hold before a change is good: formatting, lints, generated
      files, dependency direction, Rust tests, interface tests, journeys in a real window and
      a real browser.

  cargo xtask e2e [FILTER]
      The journeys in a real window and a real browser alone; with FILTER those whose name
      contains it.

  cargo xtask bench app [--only NAME]... [--rounds N] [--cold]
      The figures of the app, on release builds, each beside its floor or its aim. NAME is one
      of run, start, javascript, click, first-sync, notification, package; without it, all.
      --cold adds a build from nothing.

  cargo xtask simulate [--world own|steps] [--seeds N] [--seed FIRST] [--threads T] [--trace]
      Histories of the engine in a world of faults, judged by an oracle: with our own platform,
      and with one that takes actions in steps and knows no keys; --world takes one of them.
      A seed that breaks a rule is told with the command that replays it.

  cargo xtask bench outbox [--only NAME]... [--rounds N]
      The figures of the outbox, beside the queues of others in the same run. NAME is one of
      click, drain, depth, offline, memory; without it, all.

  cargo xtask bench platform [--only NAME]... [--rounds N] [--conversations N]
                             [--filled DIR]
      The figures of the platform, beside one that is written in an afternoon. NAME is one of
      clicks, streams, past; without it, all. The past is read in a workspace of N conversations
      that is made for it, or in DIR, where `signoff-platform fill` has made one before.

  cargo xtask chaos [--rounds N] [--seed S] [--folder DIR]
      A real client process and a real platform, on real files, a network of faults between
      them, one or two of them killed (SIGKILL) in each of N rounds; then it is judged whether
      each click took effect once or waits visibly. What failed stays in DIR, target/chaos/ by
      default.

  cargo xtask judge [--examples N] [--seconds N] [-- ARGUMENTS OF SCHEMATHESIS]
      schemathesis against the served OpenAPI document, as an admin and as an advisor, with N
      made up requests for each operation, or for N seconds in all. tests/judge has its
      configuration; what it saw is in target/judge/.

  cargo xtask package [platform]
      The Debian package, and its size. With platform: the server as one static file.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match command(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say::failure(&failure);
            ExitCode::FAILURE
        }
    }
}

fn command(arguments: &[String]) -> Result<()> {
    let Some((name, rest)) = arguments.split_first() else {
        say::text(HELP);
        return Ok(());
    };
    if rest.iter().take_while(|argument| *argument != "--").any(|argument| argument == "--help" || argument == "-h") {
        say::text(HELP);
        return Ok(());
    }
    match name.as_str() {
        "run" => run::run(rest),
        "test" => test::test(rest),
        "e2e" => e2e::e2e(rest),
        "bench" => bench::bench(rest),
        "simulate" => simulate::simulate(rest),
        "chaos" => chaos::chaos(rest),
        "judge" => judge::judge(rest),
        "package" => package::package(rest),
        "help" | "--help" | "-h" => {
            say::text(HELP);
            Ok(())
        }
        unknown => bail!("there is no command {unknown:?}; `cargo xtask --help` lists them"),
    }
}
