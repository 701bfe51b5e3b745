//! Compact windows: one conversation beside a CRM that has no frame for it (R12). They show the widget of the interface over the same engine and the
//! same outbox as the window; what is clicked in them has the origin `crm_widget`.
//!
//! A conversation has one at most, and there are never more than a few: a link that is followed a thousand times opens one.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use signoff_engine::Engine;
use signoff_wire::contract::requests::Origin;
use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Manager as _, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

use super::{carried, window};
use crate::profile::Profile;

/// Labels begin so; the capability in `tauri.conf.json` names them.
const LABEL: &str = "compact-";
const AT_MOST: usize = 6;

/// The compact windows that are open, the oldest first: label and conversation.
#[derive(Debug, Default)]
pub(crate) struct Compact(Mutex<Open>);

#[derive(Debug, Default)]
struct Open {
    windows: VecDeque<(String, String)>,
    made: u64,
}

/// What becomes of a link to a conversation.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    /// The window to show.
    label: String,
    /// It has to be made.
    new: bool,
    /// This one makes room for it.
    gone: Option<String>,
}

impl Open {
    fn place(&mut self, conversation_id: &str) -> Place {
        if let Some((label, _)) = self.windows.iter().find(|(_, open)| open == conversation_id) {
            return Place { label: label.clone(), new: false, gone: None };
        }
        let gone = if self.windows.len() < AT_MOST { None } else { self.windows.pop_front().map(|(label, _)| label) };
        self.made += 1;
        let label = format!("{LABEL}{}", self.made);
        self.windows.push_back((label.clone(), conversation_id.to_owned()));
        Place { label, new: true, gone }
    }
}

impl Compact {
    /// The conversation of a window, if it is a compact one.
    pub(crate) fn conversation_of(&self, label: &str) -> Option<String> {
        let open = self.lock();
        open.windows.iter().find(|(known, _)| known == label).map(|(_, conversation)| conversation.clone())
    }

    /// A window is gone.
    pub(crate) fn closed(&self, label: &str) {
        self.lock().windows.retain(|(known, _)| known != label);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where a click in this window was made. The window says so, and not what runs in it.
pub(crate) fn origin_of(window: &WebviewWindow) -> Origin {
    if window.label().starts_with(LABEL) { Origin::CrmWidget } else { Origin::Console }
}

/// Shows the conversation in a compact window of its own. Called on any thread.
pub(crate) fn open(app: &AppHandle, conversation_id: String) {
    let showing = app.clone();
    // Windows are made on the main thread.
    let asked = app.run_on_main_thread(move || {
        if let Err(error) = show(&showing, &conversation_id) {
            tracing::error!(%error, "no compact window could be opened");
            showing.state::<Arc<Engine>>().open_conversation(conversation_id);
            window::show(&showing);
        }
    });
    if let Err(error) = asked {
        tracing::warn!(%error, "nobody opens windows any more");
    }
}

fn show(app: &AppHandle, conversation_id: &str) -> tauri::Result<()> {
    let compact = app.state::<Compact>();
    let Place { label, new, gone } = compact.lock().place(conversation_id);
    if let Some(gone) = gone {
        close(app, &gone);
    }
    let window = match app.get_webview_window(&label) {
        Some(window) if !new => window,
        _ => create(app, &label).inspect_err(|_| compact.closed(&label))?,
    };
    window.show()?;
    window.unminimize()?;
    window.set_focus()
}

/// Takes a window away: at once from the screen and for links, and for good when what was typed in it is kept.
pub(super) fn close(app: &AppHandle, label: &str) {
    app.state::<Compact>().closed(label);
    let Some(window) = app.get_webview_window(label) else { return };
    tauri::async_runtime::spawn(async move {
        window::farewell([&window]).await;
        if let Err(error) = window.destroy() {
            tracing::warn!(%error, "a compact window did not close");
        }
    });
}

fn create(app: &AppHandle, label: &str) -> tauri::Result<WebviewWindow> {
    let theme = app.state::<Arc<Engine>>().preferences_now().theme;
    let mut builder = WebviewWindowBuilder::new(app, label, WebviewUrl::App("compact.html".into()))
        .title("Signoff")
        .inner_size(420.0, 640.0)
        .min_inner_size(320.0, 420.0)
        .visible(false)
        .data_directory(app.state::<Profile>().folder().join("webview"))
        // Files are dropped on the page, which attaches them.
        .disable_drag_drop_handler()
        .on_navigation(window::is_ours)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|_, _| false);
    if let Some(chosen) = window::chosen(theme) {
        builder = builder.initialization_script(chosen);
    }
    let made = builder.build()?;
    made.set_background_color(Some(window::ground(&made, theme)))?;
    carried::watch(&made)?;
    Ok(made)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conversation_has_one_window_however_often_its_link_is_followed() {
        let mut open = Open::default();
        let first = open.place("conv_1");
        assert!(first.new);
        for _ in 0..1000 {
            assert_eq!(open.place("conv_1"), Place { label: first.label.clone(), new: false, gone: None });
        }
    }

    #[test]
    fn a_window_that_is_being_closed_is_not_shown_again() {
        let compact = Compact::default();
        let first = compact.lock().place("conv_1");
        compact.closed(&first.label);
        let again = compact.lock().place("conv_1");
        assert!(again.new, "what is typed from now on belongs into a window that stays");
        assert_ne!(again.label, first.label);
    }

    #[test]
    fn a_thousand_links_leave_a_few_windows_and_the_oldest_make_room() {
        let mut open = Open::default();
        let labels: Vec<String> = (0..AT_MOST).map(|number| open.place(&format!("conv_{number}")).label).collect();
        assert_eq!(open.place("conv_next").gone.as_ref(), labels.first());
        for number in 0..1000 {
            let place = open.place(&format!("other_{number}"));
            assert!(place.new && place.gone.is_some());
        }
        assert_eq!(open.windows.len(), AT_MOST);
    }
}
