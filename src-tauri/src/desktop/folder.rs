//! A saved file in the system's file manager.

use std::path::Path;

/// Opens the file's folder, with the file selected where the file manager can do that.
pub(crate) fn show(file: &Path) {
    if let Err(error) = system::show(file) {
        // The error may name the place; its kind does not matter to anybody.
        tracing::warn!("the folder could not be shown");
        tracing::debug!(%error, "the folder could not be shown");
    }
}

#[cfg(target_os = "linux")]
mod system {
    use std::path::Path;

    use gtk::gio::{self, AppLaunchContext, BusType, Cancellable, DBusCallFlags};
    use gtk::glib::{self, ToVariant as _};
    use gtk::prelude::FileExt as _;

    /// What an answer is waited for, in milliseconds: a file manager may have to be started.
    const PATIENCE_MS: i32 = 5_000;

    pub(super) fn show(file: &Path) -> Result<(), glib::Error> {
        selected(file).or_else(|_| {
            let folder = gio::File::for_path(file.parent().unwrap_or(file));
            gio::AppInfo::launch_default_for_uri(&folder.uri(), None::<&AppLaunchContext>)
        })
    }

    /// The interface that file managers share.
    fn selected(file: &Path) -> Result<(), glib::Error> {
        let bus = gio::bus_get_sync(BusType::Session, None::<&Cancellable>)?;
        let uri = gio::File::for_path(file).uri().to_string();
        bus.call_sync(
            Some("org.freedesktop.FileManager1"),
            "/org/freedesktop/FileManager1",
            "org.freedesktop.FileManager1",
            "ShowItems",
            Some(&(vec![uri], String::new()).to_variant()),
            None,
            DBusCallFlags::NONE,
            PATIENCE_MS,
            None::<&Cancellable>,
        )
        .map(|_| ())
    }
}

#[cfg(target_os = "macos")]
mod system {
    use std::{io, path::Path, process::Command};

    pub(super) fn show(file: &Path) -> io::Result<()> {
        Command::new("/usr/bin/open").arg("-R").arg(file).status().map(|_| ())
    }
}

#[cfg(target_os = "windows")]
mod system {
    use std::{ffi::OsString, io, os::windows::process::CommandExt as _, path::Path, process::Command};

    pub(super) fn show(file: &Path) -> io::Result<()> {
        // The quotes stand around the path alone, as the program wants them.
        let mut select = OsString::from("/select,\"");
        select.push(file);
        select.push("\"");
        Command::new("explorer.exe").raw_arg(select).status().map(|_| ())
    }
}
