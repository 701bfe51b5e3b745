//! The system's own dialogs, read as a screen reader reads them (AT-SPI) and answered with pointer and keyboard.

use std::collections::VecDeque;
use std::path::Path;

use anyhow::{Context, Result, bail};
use zbus::blocking::Connection;
use zbus::zvariant::OwnedObjectPath;

use crate::desk::Desk;
use crate::screen::Screen;
use crate::wait::until;

const ACCESSIBLE: &str = "org.a11y.atspi.Accessible";
const REGISTRY: &str = "org.a11y.atspi.Registry";
const ROOT: &str = "/org/a11y/atspi/accessible/root";
/// Roles of dialogs.
const DIALOGS: [&str; 3] = ["alert", "dialog", "file chooser"];
/// AT-SPI's states: a bit each, over two words.
const FOCUSED: u32 = 12;
const SHOWING: u32 = 25;
/// Coordinates from the corner of the screen.
const SCREEN: u32 = 0;

/// A dialog on the screen.
pub struct Dialog<'a> {
    screen: &'a Screen,
    reader: Connection,
    window: Thing,
}

/// Something that the accessibility bus tells of.
type Thing = (String, OwnedObjectPath);

impl Desk {
    /// Waits for a dialog of the system to come up.
    ///
    /// # Errors
    /// If none comes.
    pub fn dialog(&self) -> Result<Dialog<'_>> {
        let reader = self.bus().connect_accessibility()?;
        let window = until("a dialog of the system", || open_dialog(&reader))?;
        Ok(Dialog { screen: self.screen(), reader, window })
    }

    /// Whether a dialog of the system is open now.
    ///
    /// # Errors
    /// If the accessibility bus does not answer.
    pub fn has_dialog(&self) -> Result<bool> {
        Ok(open_dialog(&self.bus().connect_accessibility()?)?.is_some())
    }
}

impl Dialog<'_> {
    /// Everything that it says: title, headline and text, one per line.
    ///
    /// # Errors
    /// If it is gone.
    pub fn says(&self) -> Result<String> {
        let mut lines = vec![name(&self.reader, &self.window)?];
        for label in self.inside("label")? {
            lines.push(name(&self.reader, &label)?);
        }
        Ok(lines.join("\n"))
    }

    /// Names of its buttons.
    ///
    /// # Errors
    /// If it is gone.
    pub fn buttons(&self) -> Result<Vec<String>> {
        self.inside("push button")?.iter().map(|button| name(&self.reader, button)).collect()
    }

    /// The button that Enter would press: the one with the focus.
    ///
    /// # Errors
    /// If none of its buttons has the focus.
    pub fn default_button(&self) -> Result<String> {
        name(&self.reader, &self.focused(&["push button"])?)
    }

    /// Clicks the button of this name with the pointer, and waits until the dialog is gone.
    ///
    /// # Errors
    /// If it has no such button, or stays.
    pub fn click(self, button: &str) -> Result<()> {
        let buttons = self.inside("push button")?;
        let mut found = None;
        for candidate in buttons {
            if name(&self.reader, &candidate)? == button {
                found = Some(candidate);
            }
        }
        let found = found.with_context(|| format!("the dialog has no button {button:?}, but {:?}", self.buttons()))?;
        // The window manager puts a new dialog into its place and then gives it the focus: until it has that, it may still move.
        self.focused(&["push button", "text"])?;
        let (x, y, width, height) = extents(&self.reader, &found)?;
        self.screen.click(x + width / 2, y + height / 2)?;
        self.gone()
    }

    /// Presses a key (`Return`, `Escape`) and waits until the dialog is gone.
    ///
    /// # Errors
    /// If it stays.
    pub fn press(self, key: &str) -> Result<()> {
        self.screen.press(key)?;
        self.gone()
    }

    /// Names a file where the dialog asks for one, clicks `button`, and waits until the dialog is gone.
    ///
    /// # Errors
    /// If it asks for no file, or stays.
    pub fn choose(self, path: &Path, button: &str) -> Result<()> {
        let path = path.to_str().context("a path of letters")?;
        self.screen.press("ctrl+l")?;
        // Keys that come before the line is there go elsewhere.
        self.focused(&["text"])?;
        self.screen.press("ctrl+a")?;
        self.screen.write(path)?;
        self.click(button)
    }

    fn gone(&self) -> Result<()> {
        until("the dialog to go", || Ok(open_dialog(&self.reader)?.is_none().then_some(())))
    }

    /// What has the focus, once it is something of one of these roles.
    fn focused(&self, roles: &[&str]) -> Result<Thing> {
        until("something of the dialog to have the focus", || {
            for thing in roles.iter().map(|role| self.inside(role)).collect::<Result<Vec<_>>>()?.into_iter().flatten() {
                if has_state(&self.reader, &thing, FOCUSED)? {
                    return Ok(Some(thing));
                }
            }
            Ok(None)
        })
    }

    fn inside(&self, wanted: &str) -> Result<Vec<Thing>> {
        let mut found = Vec::new();
        let mut left = VecDeque::from([self.window.clone()]);
        while let Some(thing) = left.pop_front() {
            if role(&self.reader, &thing)? == wanted {
                found.push(thing.clone());
            }
            left.extend(children(&self.reader, &thing)?);
        }
        Ok(found)
    }
}

/// The first dialog of any program. Programs that are just ending do not answer: they have none.
fn open_dialog(reader: &Connection) -> Result<Option<Thing>> {
    for program in children(reader, &(REGISTRY.to_owned(), OwnedObjectPath::try_from(ROOT)?))? {
        for window in children(reader, &program).unwrap_or_default() {
            let is_dialog = role(reader, &window).is_ok_and(|role| DIALOGS.contains(&role.as_str()));
            if is_dialog && has_state(reader, &window, SHOWING).unwrap_or(false) {
                return Ok(Some(window));
            }
        }
    }
    Ok(None)
}

fn children(reader: &Connection, thing: &Thing) -> Result<Vec<Thing>> {
    let reply = reader.call_method(Some(thing.0.as_str()), &thing.1, Some(ACCESSIBLE), "GetChildren", &())?;
    Ok(reply.body().deserialize()?)
}

fn role(reader: &Connection, thing: &Thing) -> Result<String> {
    let reply = reader.call_method(Some(thing.0.as_str()), &thing.1, Some(ACCESSIBLE), "GetRoleName", &())?;
    Ok(reply.body().deserialize()?)
}

fn name(reader: &Connection, thing: &Thing) -> Result<String> {
    let reply = reader.call_method(
        Some(thing.0.as_str()),
        &thing.1,
        Some("org.freedesktop.DBus.Properties"),
        "Get",
        &(ACCESSIBLE, "Name"),
    )?;
    let value: zbus::zvariant::OwnedValue = reply.body().deserialize()?;
    Ok(String::try_from(value)?)
}

fn has_state(reader: &Connection, thing: &Thing, state: u32) -> Result<bool> {
    let reply = reader.call_method(Some(thing.0.as_str()), &thing.1, Some(ACCESSIBLE), "GetState", &())?;
    let words: Vec<u32> = reply.body().deserialize()?;
    let word = usize::try_from(state / 32)?;
    Ok(words.get(word).is_some_and(|word| word & (1 << (state % 32)) != 0))
}

fn extents(reader: &Connection, thing: &Thing) -> Result<(i32, i32, i32, i32)> {
    let reply = reader.call_method(
        Some(thing.0.as_str()),
        &thing.1,
        Some("org.a11y.atspi.Component"),
        "GetExtents",
        &SCREEN,
    )?;
    let place: (i32, i32, i32, i32) = reply.body().deserialize()?;
    if place.2 <= 0 || place.3 <= 0 {
        bail!("{} is nowhere on the screen", name(reader, thing)?);
    }
    Ok(place)
}
