//! The notification daemon: a real dunst, which shows what it is given until somebody clicks it and keeps a record of what was on screen.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use zbus::blocking::Connection;

use crate::bus::Bus;
use crate::process::{Process, Surroundings};
use crate::screen::Screen;
use crate::wait::until;

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
/// Between fields and between notifications in the record: no text contains them.
const FIELD: char = '\u{1f}';
const END: char = '\u{1e}';
const WIDTH: i32 = 360;

/// A notification that was on the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// When it came on, in milliseconds since 1970.
    pub at_ms: u64,
    /// Title.
    pub title: String,
    /// Body as the app sent it: markup that the daemon understands.
    pub body: String,
}

impl Shown {
    /// What a person reads: the body without markup and with its entities resolved. A text that the app failed to escape comes out changed.
    pub fn reads(&self) -> String {
        let mut text = String::new();
        let mut rest = self.body.as_str();
        while let Some((before, tag)) = rest.split_once('<') {
            text.push_str(before);
            rest = tag.split_once('>').map_or("", |(_, after)| after);
        }
        text.push_str(rest);
        [
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&quot;", "\""),
            ("&apos;", "'"),
            ("&#39;", "'"),
            ("&#x27;", "'"),
            ("&amp;", "&"),
        ]
        .iter()
        .fold(text, |text, (entity, letter)| text.replace(entity, letter))
    }
}

/// The notification daemon of a desk.
#[derive(Debug)]
pub struct Notifications {
    daemon: Process,
    record: PathBuf,
    connection: Connection,
}

impl Notifications {
    pub(crate) fn new(surroundings: &Surroundings, bus: &Bus, folder: &Path, logs: &Path) -> Result<Self> {
        let record = folder.join("notifications");
        let script = folder.join("record-notification");
        let config = folder.join("dunstrc");
        std::fs::write(&record, "")?;
        std::fs::write(&script, script_text(&record))?;
        std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755))?;
        std::fs::write(&config, configuration(&script))?;
        let daemon = Process::start("notifications", logs, surroundings.command("dunst").arg("-config").arg(&config))?;
        bus.wait_for(NAME)?;
        Ok(Self { daemon, record, connection: bus.connect()? })
    }

    /// Every notification that has been on the screen, oldest first, also those that are gone.
    ///
    /// # Errors
    /// If the record cannot be read.
    pub fn shown(&self) -> Result<Vec<Shown>> {
        let record = std::fs::read_to_string(&self.record)?;
        record
            .split_terminator(END)
            .map(|entry| {
                let mut fields = entry.split(FIELD);
                let mut next = || fields.next().context("a field is missing in the record of notifications");
                Ok(Shown { at_ms: next()?.trim().parse()?, title: next()?.to_owned(), body: next()?.to_owned() })
            })
            .collect()
    }

    /// Waits for a notification that says `part` in its title or body.
    ///
    /// # Errors
    /// If none comes.
    pub fn wait_for(&self, part: &str) -> Result<Shown> {
        until(&format!("a notification that says {part:?}"), || {
            Ok(self.shown()?.into_iter().find(|shown| shown.title.contains(part) || shown.reads().contains(part)))
        })
        .with_context(|| format!("shown so far: {:?}", self.shown().unwrap_or_default()))
    }

    /// How many are on the screen now.
    ///
    /// # Errors
    /// If the daemon does not answer.
    pub fn on_screen(&self) -> Result<u32> {
        let reply = self.connection.call_method(
            Some(NAME),
            PATH,
            Some("org.freedesktop.DBus.Properties"),
            "Get",
            &("org.dunstproject.cmd0", "displayedLength"),
        )?;
        let value: zbus::zvariant::OwnedValue = reply.body().deserialize()?;
        Ok(u32::try_from(value)?)
    }

    /// Clicks the only notification on the screen, with the pointer.
    ///
    /// # Errors
    /// If there is not exactly one.
    pub fn click(&self, screen: &Screen) -> Result<()> {
        let count = self.on_screen()?;
        if count != 1 {
            bail!("there are {count} notifications on the screen; which one is to be clicked?");
        }
        screen.click(screen.width() - WIDTH / 2, 40)?;
        until("the clicked notification to go", || Ok((self.on_screen()? == 0).then_some(())))
    }

    /// Takes everything off the screen, as a person does who has read it.
    ///
    /// # Errors
    /// If the daemon does not answer.
    pub fn dismiss_all(&self) -> Result<()> {
        self.connection.call_method(Some(NAME), PATH, Some("org.dunstproject.cmd0"), "NotificationCloseAll", &())?;
        until("the screen to be free of notifications", || Ok((self.on_screen()? == 0).then_some(())))
    }

    /// The daemon's process.
    pub fn process(&mut self) -> &mut Process {
        &mut self.daemon
    }
}

fn script_text(record: &Path) -> String {
    // One write per notification: two that come at once do not mix.
    format!(
        "#!/bin/sh\nprintf '%s\\037%s\\037%s\\036' \"$(date +%s%3N)\" \"$DUNST_SUMMARY\" \"$DUNST_BODY\" >> '{}'\n",
        record.display()
    )
}

fn configuration(script: &Path) -> String {
    format!(
        r#"[global]
    follow = none
    origin = top-right
    offset = 8x8
    width = {WIDTH}
    notification_limit = 8
    idle_threshold = 0
    show_age_threshold = -1
    stack_duplicates = false
    markup = full
    format = "<b>%s</b>\n%b"
    font = DejaVu Sans 10
    mouse_left_click = do_action, close_current
    always_run_script = true
[urgency_low]
    timeout = 0
[urgency_normal]
    timeout = 0
[urgency_critical]
    timeout = 0
[record]
    summary = "*"
    script = "{}"
"#,
        script.display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(body: &str) -> Shown {
        Shown { at_ms: 0, title: String::new(), body: body.to_owned() }
    }

    #[test]
    fn an_escaped_text_reads_as_it_was_written_and_an_unescaped_one_does_not() {
        assert_eq!(shown("&lt;b&gt;1 &amp;lt; 2&lt;/b&gt;").reads(), "<b>1 &lt; 2</b>");
        assert_eq!(shown("<b>1</b>").reads(), "1");
    }
}
