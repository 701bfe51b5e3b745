//! A virtual desk: everything that a person sits in front of, for tests, the tour and the figures.
//!
//! A display, a window manager, a session bus, a keyring, a notification daemon and a WebDriver, all real programs, all private to one
//! [`Desk`] and gone with it; several desks stand side by side. Beside the desk runs a real [`Platform`] process. The app is operated as a
//! person would: by the roles and names that a screen reader hears, by keyboard and pointer, by clicking notifications and answering the
//! system's dialogs. Nothing in the app knows that it is being watched, except that WebKit is told to accept a driver.
#![cfg(target_os = "linux")]

mod advisor;
mod app;
mod bus;
mod cable;
mod control;
mod customer;
mod desk;
mod dialog;
mod driver;
mod hand;
mod keyring;
mod line;
mod notifications;
mod platform;
mod process;
mod screen;
mod session;
mod wait;

pub use app::{App, Launch};
pub use cable::Cable;
pub use control::{Control, Place, Role};
pub use customer::{Arrived, Customer};
pub use desk::{Desk, Setup};
pub use dialog::Dialog;
pub use hand::Hand;
pub use keyring::Keyring;
pub use line::Refusal;
pub use notifications::{Notifications, Shown};
pub use platform::{PASSWORD, Platform, PlatformOptions};
pub use process::Process;
pub use screen::Screen;
pub use session::Session;
pub use wait::{PATIENCE, until, until_within};
