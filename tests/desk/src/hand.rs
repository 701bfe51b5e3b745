//! A hand that holds files: it drags them into the app, or has copied them.

use std::path::Path;

use anyhow::Result;

use crate::desk::Desk;
use crate::process::Process;
use crate::wait::until;

/// Title of the window in which the files lie.
const WINDOW: &str = "Files of the desk";

/// Files in a window beside the app's.
#[derive(Debug)]
pub struct Hand<'a> {
    desk: &'a Desk,
    _window: Process,
}

impl Desk {
    /// Opens a window with files, which are copied by that.
    ///
    /// # Errors
    /// If it does not come up.
    pub fn files(&self, files: &[&Path]) -> Result<Hand<'_>> {
        self.hand(files)
    }

    /// Copies a picture, as a program for screenshots does.
    ///
    /// # Errors
    /// If there is no such picture.
    pub fn picture(&self, file: &Path) -> Result<Hand<'_>> {
        self.hand(&[Path::new("--picture"), file])
    }

    fn hand(&self, arguments: &[&Path]) -> Result<Hand<'_>> {
        let program = self.app_program().with_file_name("signoff-hand");
        let mut command = self.surroundings().command(&program);
        let window = Process::start("hand", self.evidence(), command.args(arguments))?;
        until("the window with files", || Ok(self.screen().shows(WINDOW)?.then_some(())))?;
        Ok(Hand { desk: self, _window: window })
    }
}

impl Hand<'_> {
    /// Drags the files to a point of the screen and holds them there until they are `noticed`. A hand is never quite still, and programs that
    /// ask what is dragged know where it is by its next movement only.
    ///
    /// # Errors
    /// If the display does not take it, or nobody notices.
    pub fn drag_over(&self, (x, y): (i32, i32), mut noticed: impl FnMut() -> Result<bool>) -> Result<()> {
        let screen = self.desk.screen();
        let (left, top, width, height) = screen.place(WINDOW)?;
        screen.activate(WINDOW)?;
        screen.drag((left + i32::try_from(width / 2)?, top + i32::try_from(height / 2)?), (x, y))?;
        let mut away = false;
        until("the files to be noticed", || {
            away = !away;
            screen.point((x - i32::from(away), y))?;
            Ok(noticed()?.then_some(()))
        })
    }

    /// Lets them go.
    ///
    /// # Errors
    /// If the display does not take it.
    pub fn let_go(&self) -> Result<()> {
        self.desk.screen().drop_it()
    }
}
