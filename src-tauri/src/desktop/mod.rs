//! What belongs to the desktop: the window and everything of the operating system's around it. Each module is one subject; none of them
//! decides anything about conversations.

mod afterwards;
pub(crate) mod audience;
pub(crate) mod carried;
pub(crate) mod clock;
pub(crate) mod compact;
pub(crate) mod confirm;
mod daemon;
pub(crate) mod demo;
pub(crate) mod folder;
pub(crate) mod language;
pub(crate) mod link;
#[cfg(target_os = "linux")]
pub(crate) mod linux_font;
#[cfg(target_os = "linux")]
pub(crate) mod linux_webkit;
#[cfg(target_os = "macos")]
pub(crate) mod menu;
mod network;
pub(crate) mod notifications;
pub(crate) mod open_dialog;
mod placement;
mod plain_text;
mod power;
pub(crate) mod quit;
pub(crate) mod save_dialog;
pub(crate) mod secrets;
pub(crate) mod single_instance;
mod tray;
pub(crate) mod window;
mod words;
