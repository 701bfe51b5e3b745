//! The display with its window manager; keyboard, pointer, and photographs of it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::process::{Process, Surroundings, read};
use crate::wait::{until, until_within};

/// A display that nobody looks at, with a window manager that gives focus and places dialogs.
#[derive(Debug)]
pub struct Screen {
    _manager: Process,
    _server: Process,
    surroundings: Surroundings,
    width: i32,
    pixels: PathBuf,
}

impl Screen {
    pub(crate) fn new(
        surroundings: &mut Surroundings,
        folder: &Path,
        logs: &Path,
        (width, height): (u32, u32),
    ) -> Result<Self> {
        let frame_buffer = folder.join("screen");
        std::fs::create_dir(&frame_buffer)?;
        let geometry = format!("{width}x{height}x24");
        // The server chooses a free number by itself: two desks never race for one.
        let (server, number) = Process::start_and_read(
            "display",
            logs,
            surroundings
                .command("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", &geometry, "-nolisten", "tcp", "-noreset", "-fbdir"])
                .arg(&frame_buffer),
            |line| line.parse::<u32>().ok(),
        )?;
        surroundings.set("DISPLAY", format!(":{number}"));
        let manager = Process::start("window-manager", logs, surroundings.command("openbox").arg("--sm-disable"))?;
        let screen = Self {
            _manager: manager,
            _server: server,
            surroundings: surroundings.clone(),
            width: i32::try_from(width)?,
            pixels: frame_buffer.join("Xvfb_screen0"),
        };
        // Answered by a window manager only.
        until("the window manager", || Ok(screen.xdotool(&["get_num_desktops"]).ok()))?;
        // With the first key of a made keyboard the display changes to its map, and the window manager takes its own keys anew: one that is
        // pressed meanwhile is nobody's. Before there is a window, none is lost.
        screen.press("Shift_L")?;
        Ok(screen)
    }

    /// Its width in pixels.
    pub fn width(&self) -> i32 {
        self.width
    }

    /// The file with the pixels that are on the screen at any moment: an X window dump that the display writes through.
    pub fn pixels(&self) -> &Path {
        &self.pixels
    }

    /// Keeps what is on the screen as a PNG file.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn photograph(&self, file: &Path) -> Result<()> {
        photograph(&self.surroundings, file)
    }

    /// Presses keys, as xdotool names them: `Return`, `Escape`, `alt+F4`.
    ///
    /// # Errors
    /// If the display does not take them.
    pub fn press(&self, keys: &str) -> Result<()> {
        self.xdotool(&["key", "--clearmodifiers", keys]).map(drop)
    }

    /// Types a text into whatever has the focus, letter by letter.
    ///
    /// # Errors
    /// If the display does not take it.
    pub fn write(&self, text: &str) -> Result<()> {
        self.xdotool(&["type", "--clearmodifiers", "--", text]).map(drop)
    }

    /// Takes what is at the first point and carries it to the second, without letting go.
    ///
    /// # Errors
    /// If the display does not take it.
    pub fn drag(&self, from: (i32, i32), to: (i32, i32)) -> Result<()> {
        let middle = (from.0.midpoint(to.0), from.1.midpoint(to.1));
        self.point(from)?;
        self.xdotool(&["mousedown", "1"])?;
        // As a hand does: nothing is dragged before the pointer has moved, and it does not stand still at once.
        [middle, (to.0 - 8, to.1 - 8), to].into_iter().try_for_each(|point| self.point(point))
    }

    /// Lets go what was dragged.
    ///
    /// # Errors
    /// If the display does not take it.
    pub fn drop_it(&self) -> Result<()> {
        self.xdotool(&["mouseup", "1"]).map(drop)
    }

    /// Moves the pointer to a point of the screen.
    pub(crate) fn point(&self, (x, y): (i32, i32)) -> Result<()> {
        self.xdotool(&["mousemove", "--sync", &x.to_string(), &y.to_string()]).map(drop)
    }

    /// Clicks a point of the screen.
    ///
    /// # Errors
    /// If the display does not take it.
    pub fn click(&self, x: i32, y: i32) -> Result<()> {
        self.xdotool(&["mousemove", &x.to_string(), &y.to_string(), "click", "1"]).map(drop)
    }

    /// Titles of the windows that can be seen.
    ///
    /// # Errors
    /// If the display does not answer.
    pub fn titles(&self) -> Result<Vec<String>> {
        Ok(self.visible()?.iter().filter_map(|id| self.xdotool(&["getwindowname", id]).ok()).collect())
    }

    /// Whether a window with this in its title can be seen.
    ///
    /// # Errors
    /// If the display does not answer.
    pub fn shows(&self, title: &str) -> Result<bool> {
        Ok(self.titles()?.iter().any(|found| found.contains(title)))
    }

    /// Gives the focus to the window with this in its title.
    ///
    /// # Errors
    /// If there is none that can be seen.
    pub fn activate(&self, title: &str) -> Result<()> {
        let id = until(&format!("a window titled {title:?}"), || self.with_title(title))?;
        self.xdotool(&["windowactivate", "--sync", &id]).map(drop)
    }

    /// Closes the window with this in its title, with the keys that every system has for it, and waits until it is gone.
    ///
    /// # Errors
    /// If there is none, or it stays.
    pub fn close_window(&self, title: &str) -> Result<()> {
        self.activate(title)?;
        self.press("alt+F4")?;
        until_within(Duration::from_secs(10), &format!("the window {title:?} to go"), || {
            Ok((!self.shows(title)?).then_some(()))
        })
    }

    /// The title of the window that has the focus.
    ///
    /// # Errors
    /// If no window has it.
    pub fn focused(&self) -> Result<String> {
        self.xdotool(&["getactivewindow", "getwindowname"])
    }

    /// Position and size of the window with this in its title.
    ///
    /// # Errors
    /// If there is none that can be seen.
    pub fn place(&self, title: &str) -> Result<(i32, i32, u32, u32)> {
        let id = self.with_title(title)?.with_context(|| format!("no window titled {title:?}"))?;
        let said = self.xdotool(&["getwindowgeometry", "--shell", &id])?;
        let value = |name: &str| -> Result<i32> {
            let line = said.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            Ok(line.with_context(|| format!("xdotool named no {name}"))?.parse()?)
        };
        Ok((value("X")?, value("Y")?, u32::try_from(value("WIDTH")?)?, u32::try_from(value("HEIGHT")?)?))
    }

    fn with_title(&self, title: &str) -> Result<Option<String>> {
        Ok(self
            .visible()?
            .into_iter()
            .find(|id| self.xdotool(&["getwindowname", id]).is_ok_and(|found| found.contains(title))))
    }

    fn visible(&self) -> Result<Vec<String>> {
        // xdotool fails when nothing matches; no window is an answer here.
        match self.xdotool(&["search", "--onlyvisible", "--name", ".+"]) {
            Ok(ids) => Ok(ids.lines().map(str::to_owned).collect()),
            Err(_) if self.xdotool(&["getdisplaygeometry"]).is_ok() => Ok(Vec::new()),
            Err(error) => bail!(error.context("the display does not answer")),
        }
    }

    fn xdotool(&self, arguments: &[&str]) -> Result<String> {
        Ok(read(self.surroundings.command("xdotool").args(arguments))?.trim_end().to_owned())
    }
}

/// Keeps what is on the screen of these surroundings as a PNG file.
pub(crate) fn photograph(surroundings: &Surroundings, file: &Path) -> Result<()> {
    read(surroundings.command("import").args(["-silent", "-window", "root"]).arg(file)).map(drop)
}
