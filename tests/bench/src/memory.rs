//! What a program occupies, as the kernel accounts for it: pages shared with others count in part (PSS). And what it computes.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Context, Result};

/// Proportional set sizes in millions of bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Occupied {
    /// The process itself.
    pub(crate) own: f64,
    /// With every process that it started: WebKit's for pages and network.
    pub(crate) with_children: f64,
}

/// What the process occupies now.
pub(crate) fn occupied(process: u32) -> Result<Occupied> {
    let own = pss(process)?;
    // A child may end while it is looked at.
    let children: f64 = descendants(process)?.into_iter().filter_map(|child| pss(child).ok()).sum();
    Ok(Occupied { own, with_children: own + children })
}

/// The most that this process has ever occupied of real memory, in millions of bytes.
pub(crate) fn peak_of_this_process() -> Result<f64> {
    field(&std::fs::read_to_string("/proc/self/status")?, "VmHWM:")
}

/// Time that all threads of this process have computed for so far: unlike time on the wall, it does not depend on who else is at work.
pub(crate) fn computed_by_this_process() -> Result<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields = stat.rsplit_once(')').context("no name in brackets")?.1;
    let ticks: u64 = fields.split_whitespace().skip(11).take(2).map(str::parse::<u64>).sum::<Result<u64, _>>()?;
    // Of the unit that Linux shows to programs on every architecture that Tauri runs on.
    Ok(Duration::from_millis(ticks * 10))
}

/// Millions of bytes of real memory that the process occupies now, and the most that it ever has.
pub(crate) fn resident(process: u32) -> Result<(f64, f64)> {
    let path = format!("/proc/{process}/status");
    let status = std::fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
    Ok((field(&status, "VmRSS:")?, field(&status, "VmHWM:")?))
}

fn pss(process: u32) -> Result<f64> {
    let path = format!("/proc/{process}/smaps_rollup");
    field(&std::fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?, "Pss:")
}

/// A field that the kernel gives in units of 1024 bytes.
fn field(text: &str, name: &str) -> Result<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let number =
        line.and_then(|line| line.split_whitespace().next()).with_context(|| format!("the kernel names no {name}"))?;
    Ok(number.parse::<f64>()? * 1024.0 / 1e6)
}

fn descendants(process: u32) -> Result<Vec<u32>> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    for entry in std::fs::read_dir("/proc")? {
        let Some(id) = entry?.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        if let Some(parent) = parent_of(id) {
            children.entry(parent).or_default().push(id);
        }
    }
    let mut found = children.remove(&process).unwrap_or_default();
    let mut looked_at = 0;
    while let Some(id) = found.get(looked_at).copied() {
        found.extend(children.remove(&id).unwrap_or_default());
        looked_at += 1;
    }
    Ok(found)
}

fn parent_of(process: u32) -> Option<u32> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name before it stands in brackets and may contain anything.
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_is_counted_with_its_parent() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().expect("sleep can be started");
        let found = descendants(std::process::id()).expect("processes can be listed");
        child.kill().and_then(|()| child.wait()).expect("sleep can be ended");
        assert!(found.contains(&child.id()));
    }
}
