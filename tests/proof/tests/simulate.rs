//! `cargo xtask simulate --seeds N [--seed S] [--threads T] [--trace]`: any number of histories. Ends with 1 if one breaks a rule.
#![expect(clippy::print_stdout, reason = "this program talks to a person at a terminal")]

mod common;

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use signoff_proof::sim::history::Figures;

struct Options {
    first: u64,
    seeds: u64,
    threads: u64,
    trace: bool,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(options) = parsed(&arguments) else {
        println!("usage: cargo xtask simulate [--seeds N] [--seed S] [--threads T] [--trace]");
        return ExitCode::FAILURE;
    };
    let begun = Instant::now();
    let next = AtomicU64::new(0);
    let sum = Mutex::new((Figures::default(), 0_u64));
    std::thread::scope(|scope| {
        for _ in 0..options.threads {
            scope.spawn(|| work(&options, &next, &sum));
        }
    });
    let (figures, failed) = sum.into_inner().unwrap_or_else(PoisonError::into_inner);
    let took = begun.elapsed();
    println!(
        "{} seeds, {failed} broken; {} clicks, {} deaths of the app, {} of the platform, {} simulated hours; {:.0} ms a seed",
        options.seeds,
        figures.clicks,
        figures.app_deaths,
        figures.platform_deaths,
        figures.seconds / 3600,
        took.as_secs_f64() * 1000.0 / options.seeds.max(1) as f64,
    );
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn work(options: &Options, next: &AtomicU64, sum: &Mutex<(Figures, u64)>) {
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= options.seeds {
            return;
        }
        let verdict = common::live(options.first + number, options.trace);
        for line in &verdict.trace {
            println!("{line}");
        }
        let mut sum = sum.lock().unwrap_or_else(PoisonError::into_inner);
        sum.0.clicks += verdict.figures.clicks;
        sum.0.app_deaths += verdict.figures.app_deaths;
        sum.0.platform_deaths += verdict.figures.platform_deaths;
        sum.0.seconds += verdict.figures.seconds;
        if let Some(first) = verdict.broken.first() {
            sum.1 += 1;
            println!(
                "seed {}: {first}{}; cargo xtask simulate --seed {} --trace",
                verdict.seed,
                if verdict.broken.len() > 1 {
                    format!(" (and {} more)", verdict.broken.len() - 1)
                } else {
                    String::new()
                },
                verdict.seed,
            );
        }
        if options.trace {
            println!("hash {:016x} of {} lines", verdict.hash.0, verdict.hash.1);
        }
    }
}

fn parsed(arguments: &[String]) -> Option<Options> {
    let mut options = Options { first: 1, seeds: 1, threads: 1, trace: false };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--seeds" => options.seeds = rest.next()?.parse().ok()?,
            "--seed" => options.first = rest.next()?.parse().ok()?,
            "--threads" => options.threads = rest.next()?.parse().ok()?,
            "--trace" => options.trace = true,
            _ => return None,
        }
    }
    Some(options)
}
