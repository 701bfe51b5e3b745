//! Whether Node and npm are there, and new enough for what builds the interface. Debian 12's own Node is not, and what npm says about that
//! helps nobody.

use std::process::Command;

use anyhow::{Result, bail};

use crate::{step, system, ui};

/// The versions that Vite, ESLint and Vitest all run on: of a line, this minor version or newer. Newer lines than these are taken as they are.
const OLDEST: &[(u32, u32)] = &[(20, 19), (22, 13), (24, 0)];

/// Stops with what to do, if the interface cannot be built with what is installed.
pub(crate) fn require() -> Result<()> {
    if !system::on_path(if cfg!(windows) { "node.exe" } else { "node" }) || !system::on_path(ui::NPM) {
        bail!("Node or npm is not on the path: install Node 22 from https://nodejs.org");
    }
    let version = step::read(Command::new("node").arg("--version"))?;
    if !is_new_enough(&version) {
        bail!(
            "Node {} is too old or of a line that is no longer kept: install Node 22 from https://nodejs.org (20.19 or newer will do)",
            version.trim().trim_start_matches('v')
        );
    }
    Ok(())
}

/// Whether a version as Node prints it, such as `v20.19.4`, will do.
fn is_new_enough(version: &str) -> bool {
    let mut parts = version.trim().trim_start_matches('v').split('.').map(str::parse::<u32>);
    let (Some(Ok(line)), Some(Ok(minor))) = (parts.next(), parts.next()) else { return false };
    let newest = OLDEST.last().is_some_and(|(newest, _)| line > *newest);
    newest || OLDEST.iter().any(|(of, oldest)| line == *of && minor >= *oldest)
}

#[cfg(test)]
mod tests {
    use super::is_new_enough;

    #[test]
    fn the_kept_lines_will_do_from_the_version_that_the_tools_name() {
        for version in ["v20.19.0\n", "v20.20.2", "v22.13.1", "v24.0.0", "v25.1.0", "v30.0.0"] {
            assert!(is_new_enough(version), "{version}");
        }
    }

    #[test]
    fn debians_own_and_other_old_ones_will_not() {
        for version in ["v18.20.4", "v20.18.3", "v21.7.0", "v22.12.0", "v23.11.0", "", "rubbish"] {
            assert!(!is_new_enough(version), "{version}");
        }
    }
}
