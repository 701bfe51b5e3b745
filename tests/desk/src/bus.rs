//! The session bus, and the accessibility bus that dialogs are read through.
//!
//! Nothing on it starts by itself: a keyring that is to be missing must not be activated by the first program that asks for it.

use std::path::Path;

use anyhow::{Context, Result};
use zbus::blocking::{Connection, connection};

use crate::process::{Process, Surroundings};
use crate::wait::until;

const ACCESSIBILITY: [&str; 2] = ["/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi-bus-launcher"];

/// A session bus of one desk.
#[derive(Debug)]
pub(crate) struct Bus {
    address: String,
    session: Connection,
    _accessibility: Process,
    _daemon: Process,
}

impl Bus {
    pub(crate) fn new(surroundings: &mut Surroundings, folder: &Path, logs: &Path) -> Result<Self> {
        let config = folder.join("bus.conf");
        std::fs::write(&config, configuration(&folder.join("run/bus")))?;
        let (daemon, address) = Process::start_and_read(
            "bus",
            logs,
            surroundings.command("dbus-daemon").arg(format!("--config-file={}", config.display())).args([
                "--nofork",
                "--nopidfile",
                "--print-address=1",
            ]),
            |line| line.starts_with("unix:").then(|| line.to_owned()),
        )?;
        surroundings.set("DBUS_SESSION_BUS_ADDRESS", &address);
        let session = connect(&address)?;
        let launcher = ACCESSIBILITY
            .iter()
            .find(|path| Path::new(path).exists())
            .context("at-spi2-core is not installed: dialogs cannot be read")?;
        let accessibility =
            Process::start("accessibility", logs, surroundings.command(launcher).arg("--launch-immediately"))?;
        let bus = Self { address, session, _accessibility: accessibility, _daemon: daemon };
        bus.wait_for("org.a11y.Bus")?;
        Ok(bus)
    }

    /// Waits until a program answers to this name.
    pub(crate) fn wait_for(&self, name: &str) -> Result<()> {
        until(&format!("{name} on the session bus"), || Ok(self.has(name)?.then_some(())))
    }

    /// Waits until no program answers to this name.
    pub(crate) fn wait_without(&self, name: &str) -> Result<()> {
        until(&format!("{name} to leave the session bus"), || Ok((!self.has(name)?).then_some(())))
    }

    /// Whether a program answers to this name.
    fn has(&self, name: &str) -> Result<bool> {
        let reply = self.session.call_method(
            Some("org.freedesktop.DBus"),
            "/org/freedesktop/DBus",
            Some("org.freedesktop.DBus"),
            "NameHasOwner",
            &name,
        )?;
        Ok(reply.body().deserialize()?)
    }

    /// A connection of its own to the session bus.
    pub(crate) fn connect(&self) -> Result<Connection> {
        connect(&self.address)
    }

    /// A connection to the accessibility bus.
    pub(crate) fn connect_accessibility(&self) -> Result<Connection> {
        let reply =
            self.session.call_method(Some("org.a11y.Bus"), "/org/a11y/bus", Some("org.a11y.Bus"), "GetAddress", &())?;
        let address: String = reply.body().deserialize()?;
        connect(&address)
    }
}

fn connect(address: &str) -> Result<Connection> {
    connection::Builder::address(address)?.build().with_context(|| format!("the bus at {address} does not answer"))
}

fn configuration(socket: &Path) -> String {
    format!(
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#,
        socket.display()
    )
}
