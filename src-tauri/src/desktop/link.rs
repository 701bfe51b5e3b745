//! `signoff://conversation/ID` and `signoff://conversation/ID?widget=1`: links into Signoff, from a CRM, a mail, a web page (R12).
//!
//! Anybody can write such a link, so one does nothing but show: a conversation in the window, or in a compact window. Whether this person
//! sees that conversation is decided where it always is. On Linux and Windows the system starts the program with the link as its argument,
//! which the single instance hands on; macOS tells the running program. Which program it starts, the bundler tells the system from
//! `plugins.deep-link` in `tauri.conf.json`.

use std::sync::Arc;

use signoff_engine::Engine;
use signoff_engine::link::{Link, Malformed, is_link};
use signoff_wire::interface::Code;
use tauri::{AppHandle, Manager as _};

use super::{compact, window};

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
