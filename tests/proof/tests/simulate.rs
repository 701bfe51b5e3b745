//! `cargo xtask simulate`: any number of histories, on as many threads as one likes. Ends with 1 if one breaks a rule.
//!
//! Simulated time stands still while anybody is busy, so a loop that waits for nothing would never end: a history that takes longer than
//! [`LONGEST`] is a fault, too.
#![expect(clippy::print_stdout, reason = "this program talks to a person at a terminal")]

mod common;

use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use signoff_proof::sim::counterpart::WorldKind;
use signoff_proof::sim::history::{Figures, Verdict};

/// A hundred times what a history takes on a busy machine.
const LONGEST: Duration = Duration::from_secs(120);

const USAGE: &str =
    "usage: cargo xtask simulate [--world own|steps] [--seeds N] [--seed FIRST] [--threads T] [--trace]";

struct Options {
    /// Each seed is lived through in each of them.
    kinds: Vec<WorldKind>,
    first: u64,
    seeds: u64,
    threads: usize,
    trace: bool,
}

/// What the threads share.
struct Shared {
    options: Options,
    next: AtomicUsize,
    sum: Mutex<Sum>,
    /// What each thread is at, and since when.
    under_way: Vec<Mutex<Option<(WorldKind, u64, Instant)>>>,
}

#[derive(Default)]
struct Sum {
    figures: Figures,
    seeds: u64,
    broken: u64,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(options) = parsed(&arguments) else {
        println!("{USAGE}");
        return ExitCode::FAILURE;
    };
    let begun = Instant::now();
    let under_way = (0..options.threads).map(|_| Mutex::default()).collect();
    let shared = Shared { options, next: AtomicUsize::new(0), sum: Mutex::default(), under_way };
    std::thread::scope(|scope| {
        let working: Vec<_> = shared.under_way.iter().map(|at| scope.spawn(|| work(&shared, at))).collect();
        while working.iter().any(|thread| !thread.is_finished()) {
            std::thread::sleep(Duration::from_millis(50));
            shared.under_way.iter().for_each(watch);
        }
    });
    let sum = shared.sum.into_inner().unwrap_or_else(PoisonError::into_inner);
    println!("{}", summary(&sum, begun.elapsed()));
    if sum.broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn work(shared: &Shared, at: &Mutex<Option<(WorldKind, u64, Instant)>>) {
    let Options { first, seeds, trace, .. } = shared.options;
    let kinds = &shared.options.kinds;
    loop {
        let (kind, number) = common::in_turn(kinds, shared.next.fetch_add(1, Ordering::Relaxed));
        if number >= seeds {
            return;
        }
        let seed = first + number;
        *at.lock().unwrap_or_else(PoisonError::into_inner) = Some((kind, seed, Instant::now()));
        let verdict = common::live(kind, seed, trace);
        *at.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let mut sum = shared.sum.lock().unwrap_or_else(PoisonError::into_inner);
        sum.figures += verdict.figures;
        sum.seeds += 1;
        sum.broken += u64::from(!verdict.broken.is_empty());
        say(&verdict, trace);
        if sum.seeds.is_multiple_of(1000) {
            println!("{} histories, {} broken", sum.seeds, sum.broken);
        }
    }
}

fn say(verdict: &Verdict, trace: bool) {
    for line in &verdict.trace {
        println!("{line}");
    }
    if trace {
        println!("{:016x} of {} lines", verdict.hash.0, verdict.hash.1);
    }
    if let Some(line) = common::sentence(verdict) {
        println!("{line}");
    }
}

fn watch(at: &Mutex<Option<(WorldKind, u64, Instant)>>) {
    let at = *at.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((kind, seed, since)) = at
        && since.elapsed() > LONGEST
    {
        println!("{kind} seed {seed}: something loops without waiting; {}", common::replay(kind, seed));
        std::process::exit(1);
    }
}

#[expect(clippy::cast_precision_loss, reason = "a figure to read")]
fn summary(sum: &Sum, took: Duration) -> String {
    let Figures { clicks, app_deaths, platform_deaths, requests, seconds } = sum.figures;
    let each = took.as_secs_f64() * 1000.0 / sum.seeds.max(1) as f64;
    format!(
        "{} histories, {} broken: {clicks} clicks, {requests} requests, {app_deaths} deaths of the app, {platform_deaths} of the platform, {} simulated hours; {:.1} s, {each:.1} ms each",
        sum.seeds,
        sum.broken,
        seconds / 3600,
        took.as_secs_f64(),
    )
}

fn parsed(arguments: &[String]) -> Option<Options> {
    let mut options = Options { kinds: WorldKind::ALL.to_vec(), first: 1, seeds: 1, threads: 1, trace: false };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--world" => options.kinds = vec![rest.next()?.parse().ok()?],
            "--seeds" => options.seeds = rest.next()?.parse().ok()?,
            "--seed" => options.first = rest.next()?.parse().ok()?,
            "--threads" => options.threads = rest.next()?.parse().ok().filter(|threads| *threads > 0)?,
            "--trace" => options.trace = true,
            _ => return None,
        }
    }
    Some(options)
}
