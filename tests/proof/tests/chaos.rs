//! `cargo xtask chaos [--rounds N] [--seed S] [--folder DIR]`: rounds of real processes that are killed. Ends with 1 if a rule is broken.
#![expect(clippy::print_stdout, reason = "this program talks to a person at a terminal")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use signoff_proof::chaos::history::{Failed, Scene, live};
use signoff_proof::chaos::proxy::Proxy;
use signoff_proof::chaos::totals::Totals;
use signoff_proof::chaos::workspace::{Prepared, Programs};
use signoff_proof::dice::Dice;

/// Rounds of one history: enough to let one death fall into what another has left, few enough to look through when something breaks.
const ROUNDS_OF_A_HISTORY: usize = 12;

struct Options {
    rounds: usize,
    seed: u64,
    folder: PathBuf,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(options) = parsed(&arguments) else {
        println!("usage: cargo xtask chaos [--rounds N] [--seed S] [--folder DIR]");
        return ExitCode::FAILURE;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    match runtime.map_err(|error| error.to_string()).and_then(|runtime| runtime.block_on(run(&options))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options) -> Result<(), String> {
    let begun = Instant::now();
    let Options { rounds, seed, folder } = options;
    if is_memory(folder) {
        println!("{} is in memory: kills are real, writes to a disk are not", folder.display());
    }
    let (totals, dice) = (Totals::default(), Dice::seeded(*seed));
    let proxy = Proxy::listen(dice.fork(), totals.clone()).map_err(|error| error.to_string())?;
    let programs = programs()?;
    let prepared = Prepared::make(&programs, folder.join("prepared"), &proxy, &dice).await?;
    let scene = Scene { programs, prepared, proxy, totals };
    println!("prepared in {:.1} s; seed {seed}, {rounds} rounds", begun.elapsed().as_secs_f64());
    let (mut done, mut seed) = (0, *seed);
    while done < *rounds {
        let (history, here) = (Instant::now(), ROUNDS_OF_A_HISTORY.min(rounds - done));
        let own = folder.join(format!("seed-{seed}"));
        if let Err(failed) = live(&scene, seed, here, &own).await {
            return Err(told(&failed, seed, here, &own));
        }
        std::fs::remove_dir_all(&own).map_err(|error| error.to_string())?;
        done += here;
        let counts = scene.totals.read();
        println!(
            "seed {seed}: {done} of {rounds} rounds, {} kills, {} clicks, {} took effect; {:.1} s",
            counts.kills(|_| true),
            counts.clicks,
            counts.effects,
            history.elapsed().as_secs_f64(),
        );
        seed += 1;
    }
    let took = begun.elapsed().as_secs_f64();
    println!("\n{}no rule broken; {took:.0} s, {:.2} s a round", scene.totals.read(), took / *rounds as f64);
    Ok(())
}

fn told(failed: &Failed, seed: u64, rounds: usize, folder: &Path) -> String {
    let broken: Vec<String> = failed.broken.iter().map(ToString::to_string).collect();
    format!(
        "seed {seed}, round {}:\n  {}\nthe folders are {}\ncargo xtask chaos --seed {seed} --rounds {rounds}",
        failed.round,
        broken.join("\n  "),
        folder.display(),
    )
}

/// Both stand beside each other in cargo's folder.
fn programs() -> Result<Programs, String> {
    let app = PathBuf::from(env!("CARGO_BIN_EXE_signoff-headless"));
    let platform = app.with_file_name(format!("signoff-platform{}", std::env::consts::EXE_SUFFIX));
    if platform.is_file() {
        Ok(Programs { app, platform })
    } else {
        Err(format!("{} is not there: `cargo xtask chaos` builds it", platform.display()))
    }
}

/// Whether the files of this folder are on no disk.
#[cfg(target_os = "linux")]
fn is_memory(folder: &Path) -> bool {
    let there = folder.ancestors().find(|part| part.exists());
    let Some(there) = there.and_then(|there| there.canonicalize().ok()) else { return false };
    let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    let of_mount = |line: &str| {
        let mut words = line.split(' ').skip(1).map(str::to_owned);
        Some((words.next()?, words.next()?))
    };
    let holds = mounts.lines().filter_map(of_mount).filter(|(point, _)| there.starts_with(point));
    holds.max_by_key(|(point, _)| point.len()).is_some_and(|(_, kind)| kind == "tmpfs" || kind == "ramfs")
}

#[cfg(not(target_os = "linux"))]
fn is_memory(_folder: &Path) -> bool {
    false
}

fn parsed(arguments: &[String]) -> Option<Options> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let mut options =
        Options { rounds: 50, seed: since.as_secs() % 1_000_000, folder: PathBuf::from("target").join("chaos") };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--rounds" => options.rounds = rest.next()?.parse().ok()?,
            "--seed" => options.seed = rest.next()?.parse().ok()?,
            "--folder" => options.folder = rest.next()?.into(),
            _ => return None,
        }
    }
    Some(options)
}
