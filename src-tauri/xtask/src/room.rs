//! Room on the disk. Without it a build ends in the middle, and what the linker says then (a bus error) tells nobody why.

use std::process::Command;

use crate::{say, step, workspace};

/// What a run of all tests takes from nothing, by what `df` told before and after one, rounded up.
const TAKES_GIB: u64 = 7;
const KIB_IN_GIB: u64 = 1024 * 1024;

/// Warns of a disk on which a run from nothing is unlikely to end well.
pub(crate) fn look() {
    // The folder itself is there already: this program has been built into it.
    if workspace::target().join("debug/signoff").exists() {
        return;
    }
    if let Some(free) = free_kib()
        && free < TAKES_GIB * KIB_IN_GIB
    {
        say::line(&format!(
            "{:.1} GiB are free, and a first run takes about {TAKES_GIB} GiB: if it ends in the middle, this is why",
            free as f64 / KIB_IN_GIB as f64,
        ));
    }
}

/// By `df`, which every Unix has.
fn free_kib() -> Option<u64> {
    let told = step::read(Command::new("df").arg("-Pk").arg(workspace::target())).ok()?;
    available(&told)
}

fn available(told: &str) -> Option<u64> {
    told.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::available;

    #[test]
    fn the_fourth_column_is_what_is_free() {
        let told =
            "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/vda 264000000 91000000 5033164 95% /\n";
        assert_eq!(available(told), Some(5_033_164));
        assert_eq!(available(""), None);
    }
}
