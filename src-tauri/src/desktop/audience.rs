//! Who listens to the engine's announcements: the interface over its channel, and the shell itself where one concerns it.

use signoff_wire::interface::Announcement;
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager as _};

use super::language::SpokenLanguage;
use super::tray;

/// A listener for a compact window. Which conversation the window is to show is nothing to it.
pub(crate) fn beside(channel: Channel<Announcement>) -> impl Fn(Announcement) -> bool + Send + Sync + 'static {
    move |announcement| {
        matches!(announcement, Announcement::OpenConversation { .. }) || channel.send(announcement).is_ok()
    }
}

/// A listener for the interface behind `channel`. It answers `false` once the interface is gone, as after a reload.
pub(crate) fn of(
    app: &AppHandle,
    channel: Channel<Announcement>,
) -> impl Fn(Announcement) -> bool + Send + Sync + 'static {
    let app = app.clone();
    move |announcement| {
        if let Announcement::PreferencesChanged { preferences } = &announcement
            && app.state::<SpokenLanguage>().follow(preferences.language)
        {
            let speaking = app.clone();
            // The tray is drawn on the main thread; if that is gone, so is the tray.
            let _ = app.run_on_main_thread(move || tray::speak(&speaking, speaking.state::<SpokenLanguage>().now()));
        }
        channel.send(announcement).is_ok()
    }
}
