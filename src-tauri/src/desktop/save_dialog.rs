//! Where a file is to be saved: the operating system's own dialog, which asks by itself before anything is overwritten.

use std::path::PathBuf;

use tauri::AppHandle;

use super::words::Tongue;

/// Characters in a suggested name, at most: file systems count bytes and have room for 255.
const LONGEST: usize = 80;
/// What no file may be called on Windows, whatever follows after a dot.
const RESERVED: &[&str] = &["con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "lpt1", "lpt2", "lpt3", "lpt4"];

/// Asks for a place. `None` if the person cancelled, or no dialog could be shown.
pub(crate) async fn ask(app: &AppHandle, tongue: Tongue, name: &str) -> Option<PathBuf> {
    system::ask(app, tongue, suggested(name)).await
}

/// A name that every file system takes and that leads to no other folder. Names of attachments come from customers.
fn suggested(name: &str) -> String {
    let harmless = |character: char| match character {
        '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '_',
        // What turns the direction of writing makes one ending look like another.
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '_',
        character if character.is_control() => '_',
        character => character,
    };
    let name: String = name.chars().map(harmless).collect();
    let name = name.trim_matches(|character: char| character == '.' || character.is_whitespace());
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if ending.chars().count() <= 10 => (stem, format!(".{ending}")),
        Some(_) | None => (name, String::new()),
    };
    let stem: String = stem.chars().take(LONGEST).collect();
    let first = stem.split('.').next().unwrap_or_default().to_lowercase();
    let stem = if stem.is_empty() || RESERVED.contains(&&*first) { format!("file{stem}") } else { stem };
    format!("{stem}{ending}")
}

#[cfg(target_os = "linux")]
mod system {
    //! GTK's, which inside a sandbox is the portal's.

    use std::cell::Cell;
    use std::path::PathBuf;

    use gtk::glib;
    use gtk::prelude::{FileChooserExt as _, NativeDialogExt as _};
    use gtk::{FileChooserAction, FileChooserNative, ResponseType};
    use tauri::AppHandle;
    use tokio::sync::oneshot;

    use crate::desktop::window;
    use crate::desktop::words::Tongue;

    pub(super) async fn ask(app: &AppHandle, tongue: Tongue, name: String) -> Option<PathBuf> {
        let (answer, answered) = oneshot::channel();
        let asking = app.clone();
        let shown = app.run_on_main_thread(move || show(&asking, tongue, &name, answer));
        if let Err(error) = shown {
            tracing::error!(%error, "no dialog could be shown");
            return None;
        }
        // Dropped without an answer, with the program on its way out, means no.
        answered.await.ok().flatten()
    }

    fn show(app: &AppHandle, tongue: Tongue, name: &str, answer: oneshot::Sender<Option<PathBuf>>) {
        let parent = window::main(app).and_then(|window| window.gtk_window().ok());
        let dialog = FileChooserNative::new(
            Some(tongue.save_title()),
            parent.as_ref(),
            FileChooserAction::Save,
            Some(tongue.save_accept()),
            Some(tongue.save_cancel()),
        );
        dialog.set_modal(true);
        dialog.set_do_overwrite_confirmation(true);
        if let Some(folder) = dirs::download_dir().filter(|folder| folder.is_dir()) {
            dialog.set_current_folder(folder);
        }
        dialog.set_current_name(name);
        let answer = Cell::new(Some(answer));
        // Nothing else holds the dialog while it is open; it goes with its answer.
        let held = Cell::new(Some(dialog.clone()));
        dialog.connect_response(move |dialog, response| {
            if let Some(answer) = answer.take() {
                let place = dialog.filename().filter(|_| response == ResponseType::Accept);
                // Nobody waits any more if the command was dropped; the dialog goes all the same.
                let _ = answer.send(place);
            }
            dialog.hide();
            let held = held.take();
            glib::idle_add_local_once(move || drop(held));
        });
        dialog.show();
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    //! The dialogs of Windows and macOS.

    use std::path::PathBuf;

    use rfd::AsyncFileDialog;
    use tauri::AppHandle;
    use tokio::sync::oneshot;

    use crate::desktop::window;
    use crate::desktop::words::Tongue;

    pub(super) async fn ask(app: &AppHandle, tongue: Tongue, name: String) -> Option<PathBuf> {
        let parent = window::main(app).filter(|window| window.is_visible().unwrap_or(false));
        let (answer, answered) = oneshot::channel();
        let shown = app.run_on_main_thread(move || {
            let mut dialog = AsyncFileDialog::new().set_title(tongue.save_title()).set_file_name(name);
            if let Some(folder) = dirs::download_dir().filter(|folder| folder.is_dir()) {
                dialog = dialog.set_directory(folder);
            }
            if let Some(parent) = &parent {
                dialog = dialog.set_parent(parent);
            }
            let asked = dialog.save_file();
            tauri::async_runtime::spawn(async move {
                let _ = answer.send(asked.await.map(|file| file.path().to_owned()));
            });
        });
        if let Err(error) = shown {
            tracing::error!(%error, "no dialog could be shown");
            return None;
        }
        answered.await.ok().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::suggested;

    #[test]
    fn a_suggested_name_is_one_everywhere_and_leads_nowhere() {
        assert_eq!(suggested("signoff-2026-03-02.zip"), "signoff-2026-03-02.zip");
        assert_eq!(suggested("../../etc/passwd"), "_.._etc_passwd");
        assert_eq!(suggested("C:\\a\nb?.pdf"), "C__a_b_.pdf");
        assert_eq!(suggested("gnp.\u{202e}exe"), "gnp._exe");
        assert_eq!(suggested("con.txt"), "filecon.txt");
        assert_eq!(suggested(" .. "), "file");
        let long = suggested(&format!("{}.csv", "é".repeat(300)));
        assert_eq!((long.chars().count(), long.ends_with(".csv")), (84, true));
    }
}
