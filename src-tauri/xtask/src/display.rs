//! Whether a window can be shown to a person here.

use std::path::PathBuf;

/// On Linux: whether a display answers. A variable that points nowhere (a container, an ssh session) is no display.
pub(crate) fn is_there() -> bool {
    #[cfg(target_os = "linux")]
    {
        wayland().is_some_and(|socket| std::os::unix::net::UnixStream::connect(socket).is_ok()) || x11_answers()
    }
    #[cfg(not(target_os = "linux"))]
    {
        true
    }
}

#[cfg(target_os = "linux")]
fn wayland() -> Option<PathBuf> {
    let name = std::env::var_os("WAYLAND_DISPLAY").filter(|name| !name.is_empty())?;
    Some(std::env::var_os("XDG_RUNTIME_DIR").map_or_else(PathBuf::new, PathBuf::from).join(name))
}

#[cfg(target_os = "linux")]
fn x11_answers() -> bool {
    let Ok(display) = std::env::var("DISPLAY") else { return false };
    let Some((host, number)) = display.rsplit_once(':') else { return false };
    let number = number.split('.').next().unwrap_or_default();
    match host {
        "" | "unix" => std::os::unix::net::UnixStream::connect(format!("/tmp/.X11-unix/X{number}")).is_ok(),
        // Forwarded through ssh, or another machine's: it is there until it says otherwise.
        _ => number.parse::<u16>().is_ok(),
    }
}
