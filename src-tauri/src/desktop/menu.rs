//! The application's menu on macOS, where every program has one and the usual keys work through it.
//!
//! The system's own would end the program without a word about the queue, so Quit is ours. On the other systems a menu bar would only be in
//! the way: there Ctrl+Q and the tray lead out, and the interface handles its own keys.

use tauri::menu::{Menu, MenuItem, PredefinedMenuItem, Submenu};
use tauri::{AppHandle, Wry};

use super::quit;
use super::words::Tongue;

const QUIT: &str = "menu-quit";

/// Puts the menu up in the language of the start.
///
/// # Errors
/// Whatever the system answers instead of a menu.
pub(crate) fn put_up(app: &AppHandle, tongue: Tongue) -> tauri::Result<()> {
    app.set_menu(menu(app, tongue)?)?;
    app.on_menu_event(|app, event| {
        if event.id().as_ref() == QUIT {
            quit::ask(app);
        }
    });
    Ok(())
}

fn menu(app: &AppHandle, tongue: Tongue) -> tauri::Result<Menu<Wry>> {
    let words = tongue.menu();
    let line = PredefinedMenuItem::separator(app)?;
    let application = Submenu::with_items(
        app,
        "Signoff",
        true,
        &[
            &PredefinedMenuItem::hide(app, Some(words.hide))?,
            &PredefinedMenuItem::hide_others(app, Some(words.hide_others))?,
            &PredefinedMenuItem::show_all(app, Some(words.show_all))?,
            &line,
            &MenuItem::with_id(app, QUIT, tongue.quit(), true, Some("CmdOrCtrl+Q"))?,
        ],
    )?;
    let edit = Submenu::with_items(
        app,
        words.edit,
        true,
        &[
            &PredefinedMenuItem::undo(app, Some(words.undo))?,
            &PredefinedMenuItem::redo(app, Some(words.redo))?,
            &line,
            &PredefinedMenuItem::cut(app, Some(words.cut))?,
            &PredefinedMenuItem::copy(app, Some(words.copy))?,
            &PredefinedMenuItem::paste(app, Some(words.paste))?,
            &PredefinedMenuItem::select_all(app, Some(words.select_all))?,
        ],
    )?;
    let window = Submenu::with_items(
        app,
        words.window,
        true,
        &[
            &PredefinedMenuItem::minimize(app, Some(words.minimize))?,
            &PredefinedMenuItem::close_window(app, Some(words.close))?,
        ],
    )?;
    Menu::with_items(app, &[&application, &edit, &window])
}
