//! Room on the disk. Without it a build ends in the middle, and what the linker says then (a bus error) tells nobody why.

use std::process::Command;

use crate::{say, step, workspace};

/// What a run of all tests writes from nothing, in KiB, with some to spare.
const WANTED_KIB: u64 = 10 * 1024 * 1024;

/// Warns of a disk on which a run from nothing is unlikely to end well.
pub(crate) fn look() {
    let target = workspace::target();
    if target.join("debug").exists() {
        return;
    }
    if let Some(free) = free_kib()
        && free < WANTED_KIB
    {
        say::line(&format!(
            "{:.1} GiB are free, and a first run takes about {} GiB in {}: if it ends in the middle, this is why",
            free as f64 / (1024.0 * 1024.0),
            WANTED_KIB / (1024 * 1024),
            target.display()
        ));
    }
}

/// By `df`, which every Unix has.
fn free_kib() -> Option<u64> {
    let told = step::read(Command::new("df").arg("-Pk").arg(workspace::root())).ok()?;
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
