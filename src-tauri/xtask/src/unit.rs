//! systemd itself on the unit that an operator takes as it is. A service whose unit has a misspelt key starts all the same, without the limit
//! or the lock that was meant.

use std::fs;
use std::process::Command;

use anyhow::{Result, bail};

use crate::packages::{Need, Probe};
use crate::{step, workspace};

pub(crate) const NEEDS: &[Need] = &[Need {
    probe: Probe::Program("systemd-analyze"),
    why: "reads the unit of the server",
    apt: "systemd",
    dnf: "systemd",
    pacman: "systemd",
    zypper: "systemd",
}];

const NAME: &str = "signoff-platform.service";
const INSTALLED: &str = "/usr/local/bin/signoff-platform";

/// Has the unit read, with the program of this build in the place of the installed one.
pub(crate) fn verify() -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let unit = fs::read_to_string(workspace::root().join("packaging/platform").join(NAME))?;
    let (program, folder) = (workspace::target().join("debug/signoff-platform"), workspace::target().join("unit"));
    let Some(program) = program.to_str().filter(|_| unit.contains(INSTALLED)) else {
        bail!("the unit does not start {INSTALLED}")
    };
    fs::create_dir_all(&folder)?;
    let file = folder.join(NAME);
    fs::write(&file, unit.replace(INSTALLED, program))?;
    // What the unit depends on is the system's, and need not be in order here.
    step::run(Command::new("systemd-analyze").args(["verify", "--man=no", "--recursive-errors=no"]).arg(file))
}
