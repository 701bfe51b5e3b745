//! A keyring that is missing or locked, and a passphrase in its place.

use anyhow::Result;
use signoff_desk::{Keyring, Launch, PlatformOptions};

use crate::{desk_with, platform_with_closing};

const PASSPHRASE: &str = "eleven grey geese on the motorway";

#[test]
fn without_a_keyring_a_passphrase_protects_the_profile() -> Result<()> {
    let desk = desk_with(Keyring::Absent)?;
    let platform = platform_with_closing(&desk)?;
    let launch = Launch::for_workspace(&desk, platform.address());

    let app = desk.start(&launch)?;
    app.see("This computer has no keyring")?;
    app.text_box("Passphrase").fill("short")?;
    app.text_box("Passphrase again").fill("short")?;
    app.button("Protect and continue").click()?;
    app.see("Too short")?;
    app.text_box("Passphrase").fill(PASSPHRASE)?;
    app.text_box("Passphrase again").fill(PASSPHRASE)?;
    app.button("Protect and continue").click()?;
    app.sign_in("alice")?;
    app.quit()?;

    let app = desk.start(&launch)?;
    app.text_box("Passphrase").fill("eleven grey geese")?;
    app.button("Unlock").click()?;
    app.see("This passphrase does not open the profile.")?;
    app.text_box("Passphrase").fill(PASSPHRASE)?;
    app.button("Unlock").click()?;
    app.tab("Received").appears()
}

#[test]
fn a_locked_keyring_is_named_and_looked_at_again() -> Result<()> {
    let mut desk = desk_with(Keyring::Unlocked)?;
    let platform = desk.platform(PlatformOptions::default())?;
    let launch = Launch::for_workspace(&desk, platform.address());
    let app = desk.start(&launch)?;
    app.sign_in("alice")?;
    app.quit()?;

    desk.replace_keyring(Keyring::Locked)?;
    let app = desk.start(&launch)?;
    app.see("The keyring of this computer is locked.")?;
    desk.replace_keyring(Keyring::Unlocked)?;
    app.button("Try again").click()?;
    app.tab("Received").appears()
}
