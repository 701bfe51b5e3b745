//! A seed in a world, on a runtime of its own, whose time stands still unless everybody waits.

use signoff_proof::sim::counterpart::WorldKind;
use signoff_proof::sim::history::{self, Verdict};

/// Lives through a seed.
pub(crate) fn live(kind: WorldKind, seed: u64, keep_trace: bool) -> Verdict {
    let folder = folder();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let runtime = runtime.expect("a runtime");
    runtime.block_on(history::live(kind, seed, folder.path(), keep_trace))
}

/// What a broken seed is told with, and how to see it again.
pub(crate) fn sentence(verdict: &Verdict) -> Option<String> {
    let first = verdict.broken.first()?;
    let more = match verdict.broken.len() {
        1 => String::new(),
        several => format!(" (and {} more)", several - 1),
    };
    let Verdict { seed, kind, .. } = verdict;
    Some(format!("{kind} seed {seed}: {first}{more}; {}", replay(*kind, *seed)))
}

/// The so manieth history, if each seed is lived through in each of these worlds: its world, and its seed counted from 0.
pub(crate) fn in_turn(kinds: &[WorldKind], number: usize) -> (WorldKind, u64) {
    let seed = u64::try_from(number / kinds.len()).expect("a number of histories");
    (kinds[number % kinds.len()], seed)
}

/// The command that shows a history again.
pub(crate) fn replay(kind: WorldKind, seed: u64) -> String {
    format!("cargo xtask simulate --world {kind} --seed {seed} --trace")
}

/// Where a history has its files: in memory, if there is such a place. What is durable is decided by the simulation.
fn folder() -> tempfile::TempDir {
    let memory = std::path::Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    folder.expect("a temporary folder")
}
