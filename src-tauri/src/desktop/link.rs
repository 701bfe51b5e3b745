//! `signoff://conversation/ID` and `signoff://conversation/ID?widget=1`: links into Signoff, from a CRM, a mail, a web page (R12).
//!
//! Anybody can write such a link, so one does nothing but show: a conversation in the window, or in a compact window. Whether this person
//! sees that conversation is decided where it always is. On Linux and Windows the system starts the program with the link as its argument,
//! which the single instance hands on; macOS tells the running program. Which program it starts, the bundler tells the system from
//! `plugins.deep-link` in `tauri.conf.json`.

use signoff_engine::Engine;
use signoff_wire::interface::Code;
use std::sync::Arc;
use tauri::{AppHandle, Manager as _, Url};

use super::{compact, window};

/// What the scheme of a link is followed by is none of ours beyond this.
const LONGEST: usize = 200;
const LONGEST_ID: usize = 80;

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    conversation_id: String,
    compact: bool,
}

/// It has our scheme and leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed;

/// Whether this is meant for us, however it goes on.
pub(crate) fn is_link(text: &str) -> bool {
    text.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("signoff:"))
}

impl Link {
    /// Reads a link strictly: what is not understood in full is not followed in part.
    ///
    /// # Errors
    /// [`Malformed`].
    pub(crate) fn read(text: &str) -> Result<Self, Malformed> {
        if text.len() > LONGEST || !is_link(text) {
            return Err(Malformed);
        }
        let url = Url::parse(text).map_err(|_| Malformed)?;
        let bare = url.username().is_empty() && url.password().is_none() && url.port().is_none();
        if !bare || url.host_str() != Some("conversation") || url.fragment().is_some() {
            return Err(Malformed);
        }
        // Browsers put a slash behind.
        let id = url.path().strip_prefix('/').map(|path| path.strip_suffix('/').unwrap_or(path)).unwrap_or_default();
        let letters = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
        if id.is_empty() || id.len() > LONGEST_ID || !letters {
            return Err(Malformed);
        }
        let compact = match url.query() {
            None | Some("" | "widget=0") => false,
            Some("widget=1") => true,
            Some(_) => return Err(Malformed),
        };
        Ok(Self { conversation_id: id.to_owned(), compact })
    }
}

/// Follows the first link among the arguments of a start, if there is one. Whether there was.
pub(crate) fn follow_argument(app: &AppHandle, arguments: &[String]) -> bool {
    match arguments.iter().find(|argument| is_link(argument)) {
        Some(link) => {
            follow(app, link);
            true
        }
        None => false,
    }
}

/// Follows a link. One that leads nowhere brings the window to the front, which says so.
pub(crate) fn follow(app: &AppHandle, text: &str) {
    let engine = app.state::<Arc<Engine>>();
    match Link::read(text) {
        Ok(Link { conversation_id, compact: true }) => compact::open(app, conversation_id),
        Ok(Link { conversation_id, compact: false }) => {
            engine.open_conversation(conversation_id);
            window::show(app);
        }
        Err(Malformed) => {
            tracing::info!("a link leads nowhere");
            engine.notify(Code::LinkMalformed);
            window::show(app);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leads_to(text: &str) -> Option<(String, bool)> {
        Link::read(text).ok().map(|link| (link.conversation_id, link.compact))
    }

    #[test]
    fn a_link_leads_to_a_conversation_in_one_window_or_the_other() {
        for (text, compact) in [
            ("signoff://conversation/conv_0193aB-9", false),
            ("SIGNOFF://conversation/conv_0193aB-9", false),
            ("signoff://conversation/conv_0193aB-9/", false),
            ("signoff://conversation/conv_0193aB-9?widget=0", false),
            ("signoff://conversation/conv_0193aB-9?widget=1", true),
            ("signoff://conversation/conv_0193aB-9/?widget=1", true),
        ] {
            assert_eq!(leads_to(text), Some(("conv_0193aB-9".to_owned(), compact)), "{text}");
        }
    }

    #[test]
    fn what_is_not_understood_in_full_leads_nowhere() {
        let long = format!("signoff://conversation/{}", "a".repeat(81));
        for text in [
            "",
            "signoff:",
            "signoff://",
            "signoff://conversation",
            "signoff://conversation/",
            "signoff:conversation/conv_1",
            "signoff://settings/inbox-options",
            "signoff://conversation/a/b",
            "signoff://conversation/..",
            "signoff://conversation/%2e%2e",
            "signoff://conversation/conv%201",
            "signoff://conversation/conv_1?widget=2",
            "signoff://conversation/conv_1?widget=1&send=1",
            "signoff://conversation/conv_1?text=Hello",
            "signoff://conversation/conv_1#x",
            "signoff://me@conversation/conv_1",
            "signoff://conversation:80/conv_1",
            "signoff://conversation/--demo;",
            "signoff://conversation/\u{202e}",
            "https://conversation/conv_1",
            "javascript:alert(1)",
            &long,
        ] {
            assert_eq!(leads_to(text), None, "{text}");
        }
    }

    #[test]
    fn what_begins_otherwise_is_none_of_ours() {
        assert!(is_link("signoff:nonsense") && is_link("Signoff://conversation/x"));
        for text in ["stray", "--demo", "signof:", "", "https://signoff:", "é€ignoff:"] {
            assert!(!is_link(text), "{text}");
        }
    }
}
