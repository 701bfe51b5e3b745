//! The keyring: a real gnome-keyring that nobody has to be asked to unlock, or that nobody can unlock, or none.

use std::io::Write;
use std::path::Path;

use anyhow::Result;

use crate::bus::Bus;
use crate::process::{Process, Surroundings};

pub(crate) const NAME: &str = "org.freedesktop.secrets";
const PASSWORD: &[u8] = b"the person's own";

/// What the person's keyring is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keyring {
    /// There, and unlocked at sign-in: the ordinary case.
    Unlocked,
    /// There, and locked; nothing on the desk can ask the person to unlock it.
    Locked,
    /// None.
    Absent,
}

/// A running keyring.
#[derive(Debug)]
pub(crate) struct KeyringDaemon(#[expect(dead_code, reason = "held for its end")] Process);

impl KeyringDaemon {
    pub(crate) fn new(keyring: Keyring, surroundings: &Surroundings, bus: &Bus, logs: &Path) -> Result<Option<Self>> {
        match keyring {
            Keyring::Absent => Ok(None),
            Keyring::Unlocked => Ok(Some(Self(start(surroundings, bus, logs, true)?))),
            Keyring::Locked => {
                // A keyring exists only once it has been unlocked; a second daemon then finds it locked.
                let mut first = start(surroundings, bus, logs, true)?;
                first.kill()?;
                bus.wait_without(NAME)?;
                Ok(Some(Self(start(surroundings, bus, logs, false)?)))
            }
        }
    }
}

fn start(surroundings: &Surroundings, bus: &Bus, logs: &Path, unlock: bool) -> Result<Process> {
    let mut command = surroundings.command("gnome-keyring-daemon");
    command.args(["--foreground", "--components=secrets"]);
    let process = if unlock {
        command.arg("--unlock");
        // Shorter than the pipe's buffer: nobody waits for anybody.
        let (reader, mut writer) = std::io::pipe()?;
        writer.write_all(PASSWORD)?;
        drop(writer);
        Process::start_reading("keyring", logs, &mut command, reader.into())?
    } else {
        Process::start("keyring", logs, &mut command)?
    };
    bus.wait_for(NAME)?;
    Ok(process)
}
