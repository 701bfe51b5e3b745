//! A window with files in it, as a file manager's: `signoff-hand FILE...`. They can be dragged out of it, and they are what was copied last.
//!
//! With `--picture FILE` what was copied is the picture itself, as after a screenshot.

#[cfg(target_os = "linux")]
fn main() {
    linux::main();
}

#[cfg(not(target_os = "linux"))]
fn main() {}

#[cfg(target_os = "linux")]
mod linux {
    use std::path::PathBuf;

    use gtk::gdk::{DragAction, ModifierType, SELECTION_CLIPBOARD};
    use gtk::gdk_pixbuf::Pixbuf;
    use gtk::prelude::*;
    use gtk::{Clipboard, TargetEntry, TargetFlags, Window, WindowType, glib};

    /// What file managers hand over: addresses of files.
    const FILES: &str = "text/uri-list";

    pub(super) fn main() {
        gtk::init().expect("a display");
        let arguments: Vec<_> = std::env::args_os().skip(1).collect();
        let clipboard = Clipboard::get(&SELECTION_CLIPBOARD);
        if let [flag, file] = arguments.as_slice()
            && flag == "--picture"
        {
            let picture = Pixbuf::from_file(PathBuf::from(file)).expect("a picture");
            clipboard.set_image(&picture);
            show(Vec::new());
        } else {
            let addresses: Vec<_> = arguments
                .iter()
                .map(|file| glib::filename_to_uri(PathBuf::from(file), None).expect("a whole path"))
                .collect();
            let copied = addresses.clone();
            clipboard.set_with_data(&[target(TargetFlags::empty())], move |_, selection, _| put(selection, &copied));
            show(addresses);
        }
        gtk::main();
    }

    fn show(addresses: Vec<glib::GString>) {
        let window = Window::new(WindowType::Toplevel);
        window.set_title("Files of the desk");
        window.set_default_size(200, 120);
        window.drag_source_set(ModifierType::BUTTON1_MASK, &[target(TargetFlags::OTHER_APP)], DragAction::COPY);
        window.connect_drag_data_get(move |_, _, selection, _, _| put(selection, &addresses));
        // Before it is shown: whoever sees it knows where it is.
        window.move_(0, 0);
        window.show_all();
    }

    fn put(selection: &gtk::SelectionData, addresses: &[glib::GString]) {
        selection.set_uris(&addresses.iter().map(glib::GString::as_str).collect::<Vec<_>>());
    }

    fn target(flags: TargetFlags) -> TargetEntry {
        TargetEntry::new(FILES, flags, 0)
    }
}
