//! `cargo xtask test`: everything that has to hold before a change is good, cheapest first.

use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::step::step;
use crate::tally::Tally;
use crate::{cargo, chaos, e2e, judge, packages, room, run, say, stamp, step, ui, unit, workspace};

/// What a runner counted.
struct Counted {
    runner: &'static str,
    tally: Tally,
}

/// Runs every check. Stops at the first that fails, after the tests that were counted have been summed up.
pub(crate) fn test(arguments: &[String]) -> Result<()> {
    if let Some(argument) = arguments.first() {
        bail!("`test` runs everything and knows no {argument:?}; the window journeys alone are `cargo xtask e2e`");
    }
    room::look();
    let begun = Instant::now();
    let mut counted = Vec::new();
    let result = checks(&mut counted);
    let mut sum = Tally::default();
    say::begins(&format!("Summary, after {}", say::seconds(begun.elapsed())));
    for Counted { runner, tally } in &counted {
        say::line(&format!("{runner}: {tally}"));
        sum += *tally;
    }
    if result.is_ok() {
        say::line("formatting, lints, generated files and dependency direction: in order");
    }
    say::relay(&sum.to_string());
    result
}

fn checks(counted: &mut Vec<Counted>) -> Result<()> {
    run::prepare(&[e2e::NEEDS, &[packages::JUDGE, unit::NEEDS]].concat())?;
    step("Formatting of Rust", "Run `cargo fmt --all`.", || step::run(cargo::plain("fmt").args(["--all", "--check"])))?;
    step(
        "Direction of dependencies",
        "A crate reached for what stands above it; ARCHITECTURE.md says who may use whom.",
        direction,
    )?;
    step("Lints and formatting of the interface", "`npm run format` in ui/ settles formatting.", || {
        step::run(&mut ui::script("lint"))
    })?;
    step("Types of the interface", "The compiler's message stands above.", || step::run(&mut ui::script("check")))?;
    step("Tests of the interface", "`npm test` in ui/ runs them alone.", || {
        let mut tally = Tally::default();
        let result = step::relay(&mut ui::script("test"), |line| tally.read(line));
        counted.push(Counted { runner: "Interface", tally });
        result
    })?;
    step("Lints of Rust", "Clippy's message stands above; `#[expect(…, reason = …)]` where it is wrong.", lints)?;
    let wire = workspace::ui().join("src/lib/wire");
    let before = stamp::of_folder(&wire, &[])?;
    step("Tests of Rust", "`cargo test --workspace NAME` runs one alone.", || {
        let mut tally = Tally::default();
        let result = step::relay(cargo::whole_workspace("test").arg("--no-fail-fast"), |line| tally.read(line));
        counted.push(Counted { runner: "Rust", tally });
        result
    })?;
    step("The server's unit", "systemd says above what it does not know.", unit::verify)?;
    step("Processes that are killed", "target/chaos/ has the folders and logs of what failed.", chaos::some_rounds)?;
    judge::for_a_while()?;
    step("Generated files", "They are up to date now: look at `git diff ui/src/lib/wire` and commit them.", || {
        // The tests of signoff-wire have just written the TypeScript of its types anew.
        if stamp::of_folder(&wire, &[])? == before {
            Ok(())
        } else {
            bail!("ui/src/lib/wire did not match the types of signoff-wire")
        }
    })?;
    step(
        "Journeys in a real window and a real browser",
        "target/e2e/ has screenshots and logs of those that failed.",
        || {
            let mut tally = Tally::default();
            let result = e2e::journeys(&[], |line| tally.read(line));
            counted.push(Counted { runner: "Journeys", tally });
            result
        },
    )
}

fn lints() -> Result<()> {
    let clippy =
        |targets: &[&str]| step::run(cargo::whole_workspace("clippy").args(targets).args(["--", "-D", "warnings"]));
    clippy(&["--all-targets"])?;
    // `test = false` keeps these out of `cargo test`, and out of `--all-targets` with it.
    clippy(&["--test", "window", "--test", "journeys", "--test", "tour", "--test", "simulate", "--test", "chaos"])
}

/// `shell → engine → wire ← platform`: nobody reaches the other way, and the engine knows no Tauri.
const MUST_NOT_REACH: &[(&str, &[&str])] = &[
    (
        "signoff-wire",
        &["signoff", "signoff-engine", "signoff-platform", "signoff-proof", "signoff-desk", "signoff-browser", "tauri"],
    ),
    ("signoff-engine", &["signoff", "signoff-platform", "signoff-proof", "signoff-desk", "signoff-browser", "tauri"]),
    ("signoff-platform", &["signoff", "signoff-engine", "signoff-proof", "signoff-desk", "signoff-browser", "tauri"]),
    ("signoff-desk", &["signoff", "signoff-engine", "signoff-platform", "tauri"]),
];

fn direction() -> Result<()> {
    for (package, forbidden) in MUST_NOT_REACH {
        // Tests may use what their crate must not: the engine's run against a real platform.
        let tree = step::read(cargo::plain("tree").args(["--package", package]).args([
            "--edges",
            "normal,build",
            "--target",
            "all",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ]))
        .context("cargo tree")?;
        for line in tree.lines().skip(1) {
            let name = line.split(' ').next().unwrap_or_default();
            if forbidden.contains(&name) {
                bail!(
                    "{package} depends on {name}; `cargo tree -p {package} --edges normal,build --target all -i {name}` shows through whom"
                );
            }
        }
    }
    Ok(())
}
