//! Memory with few entries and with many: the most that a process has ever occupied that queues them and brings them all.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::ours::Ours;
use crate::memory::peak_of_this_process;
use crate::options::Programs;
use crate::report::{Figure, megabytes, progress, say};
use crate::samples::Samples;

const FEW: usize = 1000;
const MORE: [usize; 2] = [10_000, 100_000];
/// What flat means where the page cache of SQLite fills up to its limit.
const FLAT: f64 = 1.25;

/// Measures. What a process occupies hardly differs from run to run.
pub(super) fn measure(programs: &Programs, rounds: usize) -> Result<()> {
    let rounds = rounds.div_ceil(3);
    let few = in_processes(programs, FEW, rounds)?;
    Figure::new(&format!("Peak memory, {FEW} entries"), megabytes(few.median())).print();
    for entries in MORE {
        let many = in_processes(programs, entries, rounds)?;
        Figure::new(&format!("Peak memory, {entries} entries; {FEW}"), megabytes(many.median()))
            .over(megabytes(few.median()), many.ratio_to(&few))
            .at_most_times(FLAT)
            .print();
    }
    Ok(())
}

fn in_processes(programs: &Programs, entries: usize, rounds: usize) -> Result<Samples> {
    progress(&format!("{entries} entries in memory"));
    let mut peaks = Samples::default();
    for _ in 0..rounds {
        let folder = programs.workbench()?;
        let mut command: Command = programs.this_program()?;
        let output = command.args(["outbox-part", "memory", &entries.to_string()]).arg(folder.path()).output()?;
        if !output.status.success() {
            bail!("{entries} entries failed: {}", String::from_utf8_lossy(&output.stderr));
        }
        peaks.push(String::from_utf8(output.stdout)?.trim().parse().context("no number")?);
    }
    Ok(peaks)
}

/// Queues and brings so many, and says what this process has occupied at most.
pub(super) fn once(entries: usize, folder: &Path) -> Result<()> {
    let mut ours = Ours::open(folder)?;
    ours.fill(entries)?;
    ours.bring(Duration::ZERO)?;
    say(&peak_of_this_process()?.to_string());
    Ok(())
}
