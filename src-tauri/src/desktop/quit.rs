//! Leaving: closing the window only hides it, so quitting is an act of its own, and one that says what stays behind.

use std::sync::Arc;

use chrono::Utc;
use signoff_engine::Engine;
use signoff_wire::interface::{EntryState, Stage};
use tauri::{AppHandle, Manager as _};

use super::confirm::Confirmation;
use super::language::SpokenLanguage;
use super::window;
use super::words::LeftBehind;

/// Quits, after asking if actions are queued (D21: they stay, and go out at the next start).
pub(crate) fn ask(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let left = left_behind(&app.state::<Arc<Engine>>()).await;
        let queued = left.pending + left.needs_attention;
        let question = app.state::<SpokenLanguage>().now().quit_question(&left);
        if queued == 0 || app.state::<Confirmation>().ask(question).await {
            tracing::info!(queued, "quitting");
            leave(&app).await;
        }
    });
}

/// What is queued now, and since when. A queue that cannot be read just then is counted all the same.
async fn left_behind(engine: &Engine) -> LeftBehind {
    let state = engine.state();
    let queue = engine.queue().await.unwrap_or_default();
    let open = queue.iter().filter(|entry| !matches!(entry.state, EntryState::Done | EntryState::Cancelled));
    LeftBehind {
        pending: state.queue.pending,
        needs_attention: state.queue.needs_attention,
        oldest: open.map(|entry| entry.queued_at).min().map(|clicked_at| Utc::now() - clicked_at),
        session_expired: matches!(state.stage, Stage::SignedIn { session_expired: true }),
    }
}

/// The windows go at once; what was typed in the last moment has time to become a draft before the program ends.
async fn leave(app: &AppHandle) {
    window::farewell(app.webview_windows().values()).await;
    app.exit(0);
}

/// Ends with the session: whoever is logging out, or stopping a service, is not asked. The queue is on disk already.
#[cfg(unix)]
pub(crate) async fn on_signal(app: AppHandle) -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("told to end");
    leave(&app).await;
    Ok(())
}

/// Ctrl+Q anywhere in the window. The other systems have it in the menu of the application or of the tray.
#[cfg(target_os = "linux")]
pub(crate) fn on_shortcut(window: &tauri::WebviewWindow) -> tauri::Result<()> {
    use gtk::gdk::{ModifierType, keys::constants};
    use gtk::glib::Propagation;
    use gtk::prelude::WidgetExt as _;

    let app = window.app_handle().clone();
    window.gtk_window()?.connect_key_press_event(move |_, key| {
        let held = key.state() & gtk::accelerator_get_default_mod_mask();
        if held == ModifierType::CONTROL_MASK && matches!(key.keyval(), constants::q | constants::Q) {
            ask(&app);
            return Propagation::Stop;
        }
        Propagation::Proceed
    });
    Ok(())
}
