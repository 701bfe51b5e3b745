//! Files that another program hands over: dragged onto the window, or copied and pasted.
//!
//! Windows' and macOS' web views give them to the page. WebKitGTK tells the page that some were brought and keeps them back, so there
//! the shell takes them from where WebKit itself has them: the drag that is over the window, and GTK's clipboard. Their places stay here.

use signoff_wire::interface::Carried;
use tauri::WebviewWindow;

use super::open_dialog::Chosen;

/// What was brought.
#[derive(Debug)]
pub(crate) enum Brought {
    /// A file of this computer.
    File(Chosen),
    /// Something copied that is no file yet: a picture of the screen.
    Bytes {
        /// A name for it.
        name: String,
        /// Its content.
        bytes: Vec<u8>,
    },
    /// A file that no program here can open by a path.
    OutOfReach {
        /// Its name.
        name: String,
    },
}

/// Notes what is dragged over a window, from now on.
///
/// # Errors
/// If there is no web view.
pub(crate) fn watch(window: &WebviewWindow) -> tauri::Result<()> {
    system::watch(window)
}

/// What was brought to a window last, in its order; once.
pub(crate) async fn take(window: &WebviewWindow, from: Carried) -> Vec<Brought> {
    system::take(window, from).await
}

#[cfg(target_os = "linux")]
mod system {
    use std::sync::{Mutex, PoisonError};

    use gtk::gdk::SELECTION_CLIPBOARD;
    use gtk::gdk_pixbuf::Pixbuf;
    use gtk::gio::File;
    use gtk::glib::GString;
    use gtk::prelude::{FileExt as _, WidgetExt as _};
    use gtk::{Clipboard, SelectionData};
    use signoff_wire::interface::Carried;
    use tauri::{Manager as _, WebviewWindow};
    use tokio::sync::oneshot;

    use super::Brought;
    use crate::desktop::open_dialog::Chosen;

    /// Addresses of the files of the drag that came over the window last.
    #[derive(Default)]
    struct Dragged(Mutex<Vec<String>>);

    impl Dragged {
        fn are(&self, addresses: Vec<String>) {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = addresses;
        }

        fn take(&self) -> Vec<String> {
            std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
        }
    }

    pub(super) fn watch(window: &WebviewWindow) -> tauri::Result<()> {
        window.manage(Dragged::default());
        let noting = window.clone();
        window.with_webview(move |view| {
            // WebKit asks for a drag's files when it enters; the answer comes to both.
            view.inner().connect_drag_data_received(move |_, _, _, _, data: &SelectionData, _, _| {
                let addresses = data.uris();
                if !addresses.is_empty() {
                    noting.state::<Dragged>().are(addresses.iter().map(GString::to_string).collect());
                }
            });
        })
    }

    pub(super) async fn take(window: &WebviewWindow, from: Carried) -> Vec<Brought> {
        match from {
            Carried::Dropped => window.state::<Dragged>().take().iter().map(|address| at(address)).collect(),
            Carried::Copied => {
                let (answer, answered) = oneshot::channel();
                let asked = window.run_on_main_thread(move || copied(answer));
                if let Err(error) = asked {
                    tracing::error!(%error, "the clipboard could not be asked");
                }
                // Dropped without an answer, with the program on its way out, means none.
                answered.await.unwrap_or_default()
            }
        }
    }

    fn copied(answer: oneshot::Sender<Vec<Brought>>) {
        // Who asked may be gone by the time of the answer; then nobody misses it.
        Clipboard::get(&SELECTION_CLIPBOARD).request_uris(move |clipboard, addresses| {
            if addresses.is_empty() {
                clipboard.request_image(move |_, picture| {
                    let _ = answer.send(picture.and_then(drawn).into_iter().collect());
                });
            } else {
                let _ = answer.send(addresses.iter().map(|address| at(address)).collect());
            }
        });
    }

    fn drawn(picture: &Pixbuf) -> Option<Brought> {
        let written = picture.save_to_bufferv("png", &[]);
        let bytes =
            written.inspect_err(|error| tracing::warn!(%error, "a copied picture could not be written")).ok()?;
        // As browsers call a picture without a name.
        Some(Brought::Bytes { name: "image.png".to_owned(), bytes })
    }

    /// The file at an address, as file managers write them. What lies on another computer has a path where it is mounted.
    fn at(address: &str) -> Brought {
        let file = File::for_uri(address);
        match file.path() {
            Some(path) => Brought::File(Chosen::at(path)),
            None => Brought::OutOfReach {
                name: file.basename().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            },
        }
    }

    #[cfg(test)]
    mod tests {
        use std::path::Path;

        use super::*;

        #[test]
        fn an_address_is_a_path_of_this_computer_or_out_of_reach() {
            let Brought::File(file) = at("file:///tmp/%C3%A9t%C3%A9%20100%25.png") else { panic!("a path") };
            assert_eq!((file.name.as_str(), file.path.as_path()), ("été 100%.png", Path::new("/tmp/été 100%.png")));
            assert!(matches!(at("https://example.com/a.pdf"), Brought::OutOfReach { name } if name == "a.pdf"));
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    //! Nothing is kept back.

    use signoff_wire::interface::Carried;
    use tauri::WebviewWindow;

    use super::Brought;

    #[expect(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
    pub(super) fn watch(_: &WebviewWindow) -> tauri::Result<()> {
        Ok(())
    }

    pub(super) async fn take(_: &WebviewWindow, _: Carried) -> Vec<Brought> {
        Vec::new()
    }
}
