//! A desk with a platform, and an advisor who has signed in there before: what a start in the morning finds.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use signoff_desk::{Desk, Launch, Platform, PlatformOptions, Process, Role, Setup, until};

use crate::options::Programs;
use crate::report::progress;
use crate::watch::{Picture, Pixels, Seen};

/// The least of the inbox's ink that a start has to show again: another page has next to none of it, the same list a minute later most.
const THE_SAME: f64 = 0.5;

/// The desk.
#[derive(Debug)]
pub(crate) struct Seat {
    pub(crate) pixels: Pixels,
    pub(crate) platform: Platform,
    pub(crate) desk: Desk,
    empty: Picture,
}

/// A profile that somebody has signed in with, and its inbox as the screen showed it then.
#[derive(Debug)]
pub(crate) struct SignedIn {
    pub(crate) profile: PathBuf,
    inbox: Picture,
}

impl Seat {
    /// Sets up a desk with a screen of this size, and a platform with the demo workspace.
    pub(crate) fn new(programs: &Programs, name: &str, size: (u32, u32)) -> Result<Self> {
        let mut setup = Setup::new(name, &programs.app, &programs.evidence);
        setup.size = size;
        let desk = Desk::new(setup)?;
        let platform = desk.platform(PlatformOptions::default())?;
        let pixels = Pixels::open(desk.screen().pixels())?;
        let empty = pixels.look()?;
        Ok(Self { pixels, platform, desk, empty })
    }

    /// Signs an advisor in through the window, with a profile of this name and these options of the app, and leaves again.
    pub(crate) fn sign_in(&self, name: &str, options: &[&str]) -> Result<SignedIn> {
        progress(&format!("signing in ({name})"));
        let profile = self.desk.folder().join(name);
        let app = self.desk.start(&Launch::with_profile(&profile).and(options))?;
        app.sign_in("alice")?;
        app.control_with(Role::Tab, "Received").appears()?;
        let mut last = self.pixels.look()?;
        // The first synchronisation fills the list; a start finds it filled.
        let inbox = until("the inbox to stand still", || {
            std::thread::sleep(std::time::Duration::from_millis(800));
            let now = self.pixels.look()?;
            let still = now.has_ink_over(&self.empty) && now.has_ink_of(&last, &self.empty) > 0.99;
            last = now.clone();
            Ok(still.then_some(now))
        })?;
        self.desk.screen().photograph(&self.desk.evidence().join(format!("{name}.png")))?;
        app.quit()?;
        self.clear()?;
        Ok(SignedIn { profile, inbox })
    }

    /// Starts a program and watches until its window is painted.
    pub(crate) fn watch(&self, name: &str, program: &Path, arguments: &[&str]) -> Result<(Process, Seen)> {
        let before = self.pixels.look()?;
        let begun = Instant::now();
        let mut process = self.desk.start_program(name, program, arguments)?;
        let seen = self.pixels.watch(before, begun);
        if let Some(status) = process.ended()? {
            bail!("{name} ended with {status}:\n{}", process.said());
        }
        let seen = seen?;
        self.desk.screen().photograph(&self.desk.evidence().join(format!("{name}.png")))?;
        Ok((process, seen))
    }

    /// Makes sure that what was painted is the inbox, and not a page that says why there is none.
    pub(crate) fn is_inbox(&self, seen: &Seen, signed_in: &SignedIn) -> Result<()> {
        let likeness = seen.last().has_ink_of(&signed_in.inbox, &self.empty);
        if likeness < THE_SAME {
            bail!("what was painted is not the inbox ({likeness:.2}); {} shows it", self.desk.evidence().display());
        }
        Ok(())
    }

    /// Waits until the screen is empty again.
    pub(crate) fn clear(&self) -> Result<()> {
        until("an empty screen", || Ok((!self.pixels.look()?.has_ink_over(&self.empty)).then_some(())))
            .context("a window stays")
    }
}
