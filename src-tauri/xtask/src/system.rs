//! Installs what the system lacks, or says how to.
//!
//! Debian and Ubuntu: with apt, as root or through sudo. Fedora, Arch and openSUSE: the exact command is printed and nothing is done,
//! since nobody has tried it there. macOS and Windows need nothing past their toolchains.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::packages::{Need, Probe};
use crate::{say, step};

/// Makes sure that everything needed is there.
pub(crate) fn provide(needs: &[&'static [Need]]) -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let missing: Vec<&Need> = needs.iter().copied().flatten().filter(|need| !is_there(need.probe)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    say::line("this system lacks:");
    for need in &missing {
        say::line(&format!("  {:<34} {}", need.apt, need.why));
    }
    let family = Family::of_this_system();
    let packages = || missing.iter().flat_map(|need| family.names(need).split(' ')).collect::<Vec<_>>();
    match family {
        Family::Debian => install(&packages(), &missing),
        Family::Fedora => stop(&format!("sudo dnf install {}", packages().join(" "))),
        Family::Arch => stop(&format!("sudo pacman -S --needed {}", packages().join(" "))),
        Family::Suse => stop(&format!("sudo zypper install {}", packages().join(" "))),
        Family::Unknown => bail!(
            "this Linux is not one we know: install what is listed above (the names are Debian's), then type the command again"
        ),
    }
}

fn stop(command: &str) -> Result<()> {
    bail!("please install what is missing, then type the command again:\n\n    {command}\n")
}

fn install(packages: &[&str], missing: &[&Need]) -> Result<()> {
    let root = step::read(Command::new("id").arg("-u"))?.trim() == "0";
    if !root && !on_path("sudo") {
        bail!(
            "installing needs root, and there is no sudo here. As root:\n\n    apt-get update && apt-get install -y {}\n",
            packages.join(" ")
        );
    }
    let apt = || {
        let mut command = if root {
            Command::new("apt-get")
        } else {
            let mut command = Command::new("sudo");
            command.arg("apt-get");
            command
        };
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    say::line(&format!("installing with apt{}: {}", if root { "" } else { " through sudo" }, packages.join(" ")));
    // A fresh image has no package lists at all; old lists name packages that are gone.
    step::run(apt().args(["update", "-q"]))?;
    step::run(apt().args(["install", "-q", "-y", "--no-install-recommends"]).args(packages))?;
    let still: Vec<&str> = missing.iter().filter(|need| !is_there(need.probe)).map(|need| need.apt).collect();
    if !still.is_empty() {
        bail!("installed, and still not found: {}", still.join(" "));
    }
    Ok(())
}

fn is_there(probe: Probe) -> bool {
    match probe {
        Probe::Library(name) => succeeds(Command::new("pkg-config").args(["--exists", name])),
        Probe::Program(name) => on_path(name),
        Probe::Perl(modules) => {
            succeeds(Command::new("perl").args(modules.iter().map(|module| format!("-M{module}"))).args(["-e", "1"]))
        }
        Probe::Python(modules) => {
            succeeds(Command::new("python3").args(["-c", &format!("import {}", modules.join(", "))]))
        }
        Probe::File(paths) => paths.iter().any(|path| Path::new(path).exists()),
        Probe::Font => Command::new("fc-list").output().is_ok_and(|list| !list.stdout.is_empty()),
    }
}

fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Whether a program of this name is on the path.
pub(crate) fn on_path(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

/// Distributions that share names of packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Debian,
    Fedora,
    Arch,
    Suse,
    Unknown,
}

impl Family {
    fn of_this_system() -> Self {
        let release = std::fs::read_to_string("/etc/os-release").context("no /etc/os-release").unwrap_or_default();
        Self::of(&release)
    }

    /// By `ID` and `ID_LIKE` of os-release(5).
    fn of(release: &str) -> Self {
        let ids: Vec<&str> = release
            .lines()
            .filter_map(|line| line.strip_prefix("ID=").or_else(|| line.strip_prefix("ID_LIKE=")))
            .flat_map(|value| value.trim_matches('"').split(' '))
            .collect();
        let known = |names: &[&str]| ids.iter().any(|id| names.contains(id));
        if known(&["debian", "ubuntu"]) {
            Self::Debian
        } else if known(&["fedora", "rhel"]) {
            Self::Fedora
        } else if known(&["arch"]) {
            Self::Arch
        } else if known(&["suse", "opensuse"]) {
            Self::Suse
        } else {
            Self::Unknown
        }
    }

    fn names(self, need: &Need) -> &'static str {
        match self {
            Self::Debian | Self::Unknown => need.apt,
            Self::Fedora => need.dnf,
            Self::Arch => need.pacman,
            Self::Suse => need.zypper,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distribution_is_known_by_itself_and_by_what_it_is_like() {
        assert_eq!(Family::of("ID=debian\nVERSION_ID=\"12\""), Family::Debian);
        assert_eq!(Family::of("ID=linuxmint\nID_LIKE=\"ubuntu debian\""), Family::Debian);
        assert_eq!(Family::of("ID=fedora"), Family::Fedora);
        assert_eq!(Family::of("ID=endeavouros\nID_LIKE=arch"), Family::Arch);
        assert_eq!(Family::of("ID=\"opensuse-tumbleweed\"\nID_LIKE=\"opensuse suse\""), Family::Suse);
        assert_eq!(Family::of("ID=nixos"), Family::Unknown);
    }
}
