//! The tray icon: another way back to the window, and out.
//!
//! Never the only one: on Linux many desktops show no tray, and without the library that draws it there is none. A second start, a click on
//! a notification and Ctrl+Q do the same. So it is put up after the window, and a failure is a line in the log.

use tauri::menu::{Menu, MenuItem};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager as _};

use super::words::Tongue;
use super::{quit, window};

const OPEN: &str = "tray-open";
const QUIT: &str = "tray-quit";

struct Tray(TrayIcon);

/// Puts the icon up, or says in the log why not. To be called on the main thread.
pub(crate) fn put_up(app: &AppHandle, tongue: Tongue) {
    if !can_be_drawn() {
        tracing::info!("no tray: the library that draws it is missing");
        return;
    }
    match build(app, tongue) {
        Ok(tray) => {
            app.manage(Tray(tray));
        }
        Err(error) => tracing::warn!(%error, "no tray"),
    }
}

/// Puts the menu into another language.
pub(crate) fn speak(app: &AppHandle, tongue: Tongue) {
    let Some(tray) = app.try_state::<Tray>() else { return };
    let spoken = menu(app, tongue).and_then(|menu| tray.0.set_menu(Some(menu)));
    if let Err(error) = spoken {
        tracing::warn!(%error, "the tray keeps its language");
    }
}

fn build(app: &AppHandle, tongue: Tongue) -> tauri::Result<TrayIcon> {
    let mut builder = TrayIconBuilder::new()
        .tooltip("Signoff")
        .menu(&menu(app, tongue)?)
        .show_menu_on_left_click(false)
        .on_menu_event(|app, event| match event.id().as_ref() {
            OPEN => window::show(app),
            QUIT => quit::ask(app),
            _ => {}
        })
        .on_tray_icon_event(|tray, event| {
            if let TrayIconEvent::Click { button: MouseButton::Left, button_state: MouseButtonState::Up, .. } = event {
                window::show(tray.app_handle());
            }
        });
    if cfg!(target_os = "macos") {
        builder = builder.icon(tauri::include_image!("icons/tray-template.png")).icon_as_template(true);
    } else if let Some(icon) = app.default_window_icon() {
        builder = builder.icon(icon.clone());
    }
    builder.build(app)
}

fn menu(app: &AppHandle, tongue: Tongue) -> tauri::Result<Menu<tauri::Wry>> {
    let open = MenuItem::with_id(app, OPEN, tongue.open(), true, None::<&str>)?;
    let quit = MenuItem::with_id(app, QUIT, tongue.quit(), true, None::<&str>)?;
    Menu::with_items(app, &[&open, &quit])
}

/// Whether the library behind the icon is there. The binding would end the program instead of answering.
#[cfg(target_os = "linux")]
fn can_be_drawn() -> bool {
    const NAMES: [&str; 2] = ["libayatana-appindicator3.so.1", "libappindicator3.so.1"];
    const FOLDERS: [&str; 4] = ["/usr/lib", "/usr/lib64", "/lib", "/usr/local/lib"];
    let multiarch = format!("{}-linux-gnu", std::env::consts::ARCH);
    FOLDERS.iter().any(|folder| {
        NAMES.iter().any(|name| {
            let folder = std::path::Path::new(folder);
            folder.join(name).exists() || folder.join(&multiarch).join(name).exists()
        })
    })
}

#[cfg(not(target_os = "linux"))]
fn can_be_drawn() -> bool {
    true
}
