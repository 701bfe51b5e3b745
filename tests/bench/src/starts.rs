//! From the start to the painted inbox, and what the app occupies then; beside it a bare window of Tauri.
//!
//! What is painted is read off the screen ([`crate::watch`]): no WebDriver slows the window down, and the app does not say itself when it
//! is done.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::memory::{Occupied, occupied};
use crate::options::Programs;
use crate::report::{Figure, megabytes, progress, spread};
use crate::samples::Samples;
use crate::seat::{Seat, SignedIn};

const SCREEN: (u32, u32) = (1360, 900);

/// Of one program.
#[derive(Debug, Default)]
struct Starts {
    painted: Samples,
    own: Samples,
    with_children: Samples,
}

impl Starts {
    fn push(&mut self, (painted, occupied): (Duration, Occupied)) {
        self.painted.push_ms(painted);
        self.own.push(occupied.own);
        self.with_children.push(occupied.with_children);
    }
}

/// Measures the release build.
pub(crate) fn measure(programs: &Programs, rounds: usize) -> Result<()> {
    let seat = Seat::new(programs, "start", SCREEN)?;
    let signed_in = seat.sign_in("inbox", &["--workspace", seat.platform.address()])?;
    let profile = signed_in.profile.display().to_string();
    let app = || start(&seat, "signoff", &programs.app, &["--data-dir", &profile], Some(&signed_in));
    let bare = || start(&seat, "bare-window", &programs.bare_window, &[], None);

    // The first start of each finds nothing in the system's caches.
    app()?;
    bare()?;
    let (mut ours, mut least) = (Starts::default(), Starts::default());
    for round in 1..=rounds {
        progress(&format!("starts, round {round} of {rounds}"));
        // Who goes first takes turns as well.
        if round % 2 == 0 {
            ours.push(app()?);
            least.push(bare()?);
        } else {
            least.push(bare()?);
            ours.push(app()?);
        }
    }
    Figure::new("Release start to painted inbox", spread(&ours.painted))
        .over(spread(&least.painted), ours.painted.ratio_to(&least.painted))
        .at_most_times(1.3)
        .print();
    Figure::new("Memory of its own process (PSS)", megabytes(ours.own.median()))
        .over(megabytes(least.own.median()), ours.own.ratio_to(&least.own))
        .at_most_times(1.5)
        .print();
    Figure::new("Memory with WebKit's processes (PSS)", megabytes(ours.with_children.median()))
        .over(megabytes(least.with_children.median()), ours.with_children.ratio_to(&least.with_children))
        .print();
    Ok(())
}

/// Measures `cargo xtask run` when everything has been built.
pub(crate) fn measure_run(programs: &Programs, rounds: usize) -> Result<()> {
    let seat = Seat::new(programs, "run", SCREEN)?;
    let signed_in = seat.sign_in("demo", &["--demo"])?;
    let profile = signed_in.profile.display().to_string();
    let environment = for_cargo()?;
    let mut arguments: Vec<&str> = environment.iter().map(String::as_str).collect();
    arguments.extend(["cargo", "xtask", "run", "--data-dir", &profile]);
    let run = || start(&seat, "xtask-run", Path::new("/usr/bin/env"), &arguments, Some(&signed_in));

    // What had to be built has been built after this one.
    run()?;
    let mut painted = Samples::default();
    for round in 1..=rounds {
        progress(&format!("cargo xtask run, round {round} of {rounds}"));
        painted.push_ms(run()?.0);
    }
    Figure::new("Warm `cargo xtask run` to painted inbox", spread(&painted)).print();
    Ok(())
}

/// One start: when it was painted, and what it occupied then.
fn start(
    seat: &Seat,
    name: &str,
    program: &Path,
    arguments: &[&str],
    inbox: Option<&SignedIn>,
) -> Result<(Duration, Occupied)> {
    let (mut process, seen) = seat.watch(name, program, arguments)?;
    if let Some(signed_in) = inbox {
        seat.is_inbox(&seen, signed_in)?;
    }
    let occupied = occupied(process.id())?;
    process.stop()?;
    // With it goes whatever it had started and left behind.
    drop(process);
    seat.clear()?;
    Ok((seen.painted()?, occupied))
}

/// Where cargo finds itself: at the desk there is another home.
fn for_cargo() -> Result<Vec<String>> {
    let home = PathBuf::from(std::env::var_os("HOME").context("no home folder")?);
    let folder = |variable: &str, name: &str| {
        let folder = std::env::var_os(variable).map_or_else(|| home.join(name), PathBuf::from);
        format!("{variable}={}", folder.display())
    };
    let mut variables = vec![folder("CARGO_HOME", ".cargo"), folder("RUSTUP_HOME", ".rustup")];
    if let Some(target) = std::env::var_os("CARGO_TARGET_DIR") {
        variables.push(format!("CARGO_TARGET_DIR={}", PathBuf::from(target).display()));
    }
    Ok(variables)
}
