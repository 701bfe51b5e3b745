//! The main job, end to end, in a real window: real WebKit, real GTK dialog, real keyring, real notification daemon, a real platform process.
//!
//! Every journey has a desk and a platform of its own and knows the app by what a person can see and hear of it. What became of an action is
//! read from the platform, never from the app's files. `cargo xtask e2e` builds what is needed and runs them.
#![cfg(target_os = "linux")]

mod addresses;
mod administration;
mod attention;
mod closing;
mod crashes;
mod feature_switch;
mod files;
mod foreign_text;
mod french;
mod keyring;
mod returning;
mod second_start;
mod sign_in;

use std::path::{Path, PathBuf};

use anyhow::Result;
use signoff_desk::{App, Desk, Keyring, Launch, Platform, PlatformOptions, Setup};

/// A closing sentence, as advisors are told to write one (R13).
const GOODBYE: &str = "Your refund is on its way. Thank you for your patience, and have a lovely day.";

/// A desk named after the journey, with an unlocked keyring.
fn desk() -> Result<Desk> {
    desk_with(Keyring::Unlocked)
}

fn desk_with(keyring: Keyring) -> Result<Desk> {
    Desk::new(setup(&journey()).with_keyring(keyring))
}

/// A second desk of the same journey, for a second person.
fn desk_of(person: &str) -> Result<Desk> {
    Desk::new(setup(&format!("{}-{person}", journey())))
}

fn setup(name: &str) -> Setup {
    Setup::new(name, env!("CARGO_BIN_EXE_signoff"), evidence())
}

/// A platform on which advisors may close (R1: it is off until an admin turns it on).
fn platform_with_closing(desk: &Desk) -> Result<Platform> {
    let platform = desk.platform(PlatformOptions::default())?;
    platform.allow_manual_close(true)?;
    Ok(platform)
}

/// Alice at her desk, signed in to the workspace at this address.
fn alice(desk: &Desk, address: &str) -> Result<App> {
    let app = desk.start(&Launch::for_workspace(desk, address))?;
    app.sign_in("alice")?;
    Ok(app)
}

/// The running test, as a name for a folder.
fn journey() -> String {
    std::thread::current().name().unwrap_or("journey").replace("::", "-")
}

/// Screenshots and logs, beside Cargo's other output.
fn evidence() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("e2e")
}
