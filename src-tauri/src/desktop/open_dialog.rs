//! Which files are to be attached: the operating system's own dialog asks, and what is chosen is read here. No path reaches the interface.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use signoff_wire::interface::LARGEST_FILE;
use tauri::WebviewWindow;

use super::words::Tongue;

/// A file that the person has chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chosen {
    /// Its name, without the folder.
    pub(crate) name: String,
    /// Where it is.
    pub(crate) path: PathBuf,
}

impl Chosen {
    /// The file at a path.
    pub(crate) fn at(path: PathBuf) -> Self {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Self { name, path }
    }
}

/// Asks for files. None, if the person cancelled, or no dialog could be shown.
pub(crate) async fn ask(window: &WebviewWindow, tongue: Tongue) -> Vec<Chosen> {
    let chosen = system::ask(window, tongue).await.unwrap_or_default();
    chosen.into_iter().map(Chosen::at).collect()
}

/// The bytes of a file. Of one that is larger than any channel takes, only as many as show that.
///
/// # Errors
/// The file system's.
pub(crate) async fn read(path: PathBuf) -> io::Result<Vec<u8>> {
    let read = tauri::async_runtime::spawn_blocking(move || read_at_most(&path, LARGEST_FILE + 1));
    read.await.unwrap_or_else(|error| Err(io::Error::other(error)))
}

fn read_at_most(path: &Path, most: usize) -> io::Result<Vec<u8>> {
    // A pipe or a device would be waited for without an end, and a pipe already when it is opened.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::from(io::ErrorKind::InvalidInput));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(u64::try_from(most).unwrap_or(u64::MAX)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(target_os = "linux")]
mod system {
    //! GTK's, which inside a sandbox is the portal's.

    use std::cell::Cell;
    use std::path::PathBuf;

    use gtk::glib;
    use gtk::prelude::{FileChooserExt as _, NativeDialogExt as _};
    use gtk::{FileChooserAction, FileChooserNative, ResponseType};
    use tauri::WebviewWindow;
    use tokio::sync::oneshot;

    use crate::desktop::words::Tongue;

    pub(super) async fn ask(window: &WebviewWindow, tongue: Tongue) -> Option<Vec<PathBuf>> {
        let (answer, answered) = oneshot::channel();
        let asking = window.clone();
        let shown = window.run_on_main_thread(move || show(&asking, tongue, answer));
        if let Err(error) = shown {
            tracing::error!(%error, "no dialog could be shown");
            return None;
        }
        // Dropped without an answer, with the program on its way out, means none.
        answered.await.ok()
    }

    fn show(window: &WebviewWindow, tongue: Tongue, answer: oneshot::Sender<Vec<PathBuf>>) {
        let dialog = FileChooserNative::new(
            Some(tongue.attach_title()),
            window.gtk_window().ok().as_ref(),
            FileChooserAction::Open,
            Some(tongue.attach_accept()),
            Some(tongue.save_cancel()),
        );
        dialog.set_modal(true);
        dialog.set_select_multiple(true);
        let answer = Cell::new(Some(answer));
        // Nothing else holds the dialog while it is open; it goes with its answer.
        let held = Cell::new(Some(dialog.clone()));
        dialog.connect_response(move |dialog, response| {
            if let Some(answer) = answer.take() {
                let chosen = if response == ResponseType::Accept { dialog.filenames() } else { Vec::new() };
                // Nobody waits any more if the command was dropped; the dialog goes all the same.
                let _ = answer.send(chosen);
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
    use tauri::WebviewWindow;
    use tokio::sync::oneshot;

    use crate::desktop::words::Tongue;

    pub(super) async fn ask(window: &WebviewWindow, tongue: Tongue) -> Option<Vec<PathBuf>> {
        let parent = window.clone();
        let (answer, answered) = oneshot::channel();
        let shown = window.run_on_main_thread(move || {
            let dialog = AsyncFileDialog::new().set_title(tongue.attach_title()).set_parent(&parent);
            let asked = dialog.pick_files();
            tauri::async_runtime::spawn(async move {
                let chosen = asked.await.unwrap_or_default();
                let _ = answer.send(chosen.iter().map(|file| file.path().to_owned()).collect());
            });
        });
        if let Err(error) = shown {
            tracing::error!(%error, "no dialog could be shown");
            return None;
        }
        answered.await.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_a_limit_and_nothing_but_files_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("été.txt");
        std::fs::write(&path, b"0123456789").expect("is written");
        assert_eq!(read_at_most(&path, 10).expect("is read"), b"0123456789");
        assert_eq!(read_at_most(&path, 4).expect("is read"), b"0123");
        assert!(read_at_most(folder.path(), 4).is_err());
        assert!(read_at_most(&folder.path().join("gone"), 4).is_err());
        assert_eq!(Chosen::at(path).name, "été.txt");
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_refused_at_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs");
        assert!(made.success());
        assert!(read_at_most(&pipe, 4).is_err());
    }
}
