//! The one window: on the screen in the colour of its ground as soon as there is one, hidden instead of closed.
//!
//! It does not wait for the interface: a web view that is not on the screen neither lays out nor draws, so everything it has to do for its
//! first picture would only begin when the picture could have been there.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use signoff_engine::Engine;
use signoff_wire::interface::Theme;
use tauri::utils::config::Color;
use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Manager as _, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder, Window, WindowEvent};
use tauri_plugin_window_state::StateFlags;

use super::compact::{self, Compact};
use super::{afterwards, carried, placement};
use crate::profile::Profile;

/// The window's label, which its capability in `tauri.conf.json` names.
pub(crate) const LABEL: &str = "main";

/// From a window's last picture to its end: many times what a draft takes to be on disk.
const LAST_WORDS: Duration = Duration::from_millis(300);

/// The window had the focus once, and with that a place and a size that can be asked for.
#[derive(Debug, Default)]
struct Focused(AtomicBool);

/// What is remembered of the window between two starts. Not whether it was visible: a start shows it.
pub(crate) fn remembered() -> StateFlags {
    StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED | StateFlags::FULLSCREEN
}

/// Creates the window, with its place restored before it is seen, and starts loading the interface.
///
/// # Errors
/// Whatever the windowing system or the web view answers instead of a window.
pub(crate) fn create(app: &AppHandle, profile: &Profile, theme: Theme) -> tauri::Result<WebviewWindow> {
    app.manage(Focused::default());
    let mut builder = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
        .title("Signoff")
        .inner_size(1280.0, 820.0)
        .min_inner_size(400.0, 560.0)
        .center()
        .visible(false)
        .data_directory(profile.folder().join("webview"))
        // Files are dropped on the page, which attaches them.
        .disable_drag_drop_handler()
        .on_navigation(is_ours)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|_, _| false);
    if let Some(chosen) = chosen(theme) {
        builder = builder.initialization_script(chosen);
    }
    let window = builder.build()?;
    window.set_background_color(Some(ground(&window, theme)))?;
    carried::watch(&window)?;
    show(app);
    tauri::async_runtime::spawn(afterwards::run(app.clone()));
    Ok(window)
}

/// Brings the window to the front: from the background, from the taskbar, from behind others. A second start can be so quick that there
/// is none yet; the first one is about to show it then.
pub(crate) fn show(app: &AppHandle) {
    let Some(window) = main(app) else { return };
    for step in [WebviewWindow::show, WebviewWindow::unminimize, WebviewWindow::set_focus] {
        if let Err(error) = step(&window) {
            tracing::warn!(%error, "the window did not come to the front");
        }
    }
}

/// The window, as long as the program runs.
pub(crate) fn main(app: &AppHandle) -> Option<WebviewWindow> {
    app.get_webview_window(LABEL)
}

/// Hides windows that are about to end, and waits until what was typed in their last moment is a draft. Not every web view tells a page of its
/// end, and none tells it early enough.
pub(super) async fn farewell(windows: impl IntoIterator<Item = &WebviewWindow>) {
    for window in windows {
        let told = window.hide().and_then(|()| window.eval("window.dispatchEvent(new Event('pagehide'))"));
        if let Err(error) = told {
            tracing::warn!(%error, window = window.label(), "the interface was not told");
        }
    }
    tokio::time::sleep(LAST_WORDS).await;
}

/// What the person does to the window, or to a compact one, which is gone when it is closed.
///
/// Closing hides it to the background, where the queue goes on and notifications arrive; quitting is another act. Coming back to it is
/// when a person looks: the engine tries then what it was waiting with.
pub(crate) fn on_event(window: &Window, event: &WindowEvent) {
    if window.label() != LABEL {
        if let WindowEvent::Focused(true) = event {
            window.state::<Arc<Engine>>().wake();
        }
        if let WindowEvent::CloseRequested { api, .. } = event {
            api.prevent_close();
            compact::close(window.app_handle(), window.label());
        }
        if let WindowEvent::Destroyed = event {
            window.state::<Compact>().closed(window.label());
        }
        return;
    }
    if let WindowEvent::CloseRequested { api, .. } = event {
        api.prevent_close();
        if let Err(error) = window.hide() {
            tracing::warn!(%error, "the window was not hidden");
        }
    }
    if let WindowEvent::Focused(true) = event {
        window.state::<Arc<Engine>>().wake();
        if !window.state::<Focused>().0.swap(true, Ordering::SeqCst)
            && let Err(error) = placement::bring_onto_screen(window)
        {
            tracing::warn!(%error, "the window's place is not known");
        }
    }
}

/// The interface that was built in, and nothing else, is ever shown in the window.
pub(super) fn is_ours(url: &Url) -> bool {
    let ours = match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" => {
            url.host_str() == Some("tauri.localhost") || (tauri::is_dev() && url.host_str() == Some("localhost"))
        }
        _ => false,
    };
    if !ours {
        tracing::warn!(scheme = url.scheme(), "navigation refused");
    }
    ours
}

/// What the page does before anything of it is drawn: takes the theme that was chosen. It follows the system's by itself.
pub(super) fn chosen(theme: Theme) -> Option<String> {
    let name = match theme {
        Theme::System => return None,
        Theme::Light => "light",
        Theme::Dark => "dark",
        Theme::Contrast => "contrast",
    };
    // Some web views run this before there is a root.
    Some(format!(
        "(() => {{
           const take = () => document.documentElement && (document.documentElement.dataset.theme = '{name}')
           take() || new MutationObserver((_, waiting) => take() && waiting.disconnect()).observe(document, {{ childList: true }})
         }})()"
    ))
}

/// The colour that the interface will paint on, `--ground` of its tokens: without it, a white window flashes before a dark interface.
pub(super) fn ground(window: &WebviewWindow, wanted: Theme) -> Color {
    let dark = match wanted {
        Theme::Light => false,
        Theme::Dark => true,
        Theme::Contrast => return Color(0x00, 0x00, 0x00, 0xff),
        Theme::System => window.theme().is_ok_and(|theme| theme == tauri::Theme::Dark),
    };
    if dark { Color(0x11, 0x15, 0x1b, 0xff) } else { Color(0xf3, 0xf5, 0xf8, 0xff) }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

    use super::*;

    #[test]
    fn only_the_built_in_interface_is_shown() {
        for address in ["tauri://localhost/", "tauri://localhost/index.html", "http://tauri.localhost/"] {
            assert!(is_ours(&address.parse().unwrap()), "{address}");
        }
        for address in [
            "https://evil.example/",
            "http://tauri.localhost.evil.example/",
            "tauri://evil/",
            "file:///etc/passwd",
            "data:text/html,x",
            "javascript:alert(1)",
            "about:blank",
        ] {
            assert!(!is_ours(&address.parse().unwrap()), "{address}");
        }
    }
}
