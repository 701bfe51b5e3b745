//! The system's font on a desktop that has named none.
//!
//! Interface and dialogs are written in the system's font. Where no settings of a desktop say which that is, as in many virtual and remote
//! ones, GTK asks for anything called "Sans" and gets DejaVu Sans: so wide that what fits elsewhere is cut short.

use gtk::prelude::GtkSettingsExt as _;

/// What GTK takes when nobody has chosen, as a family before its size.
const NOBODYS_CHOICE: &str = "Sans";
/// Narrower, and on every desktop that opens documents. Where it is missing, the system finds the next best.
const OURS: &str = "Liberation Sans";

/// Chooses where nobody has. On the main thread, before the first window.
pub(crate) fn choose() {
    let Some(settings) = gtk::Settings::default() else { return };
    let Some(name) = settings.gtk_font_name() else { return };
    if let Some((NOBODYS_CHOICE, size)) = name.rsplit_once(' ') {
        settings.set_gtk_font_name(Some(&format!("{OURS} {size}")));
    }
}
