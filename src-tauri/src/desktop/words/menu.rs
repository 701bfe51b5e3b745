//! What the application's menu says on macOS, in the system's own terms.

use super::Tongue;

/// The entries that every application has.
pub(crate) struct MenuWords {
    pub(crate) hide: &'static str,
    pub(crate) hide_others: &'static str,
    pub(crate) show_all: &'static str,
    pub(crate) edit: &'static str,
    pub(crate) undo: &'static str,
    pub(crate) redo: &'static str,
    pub(crate) cut: &'static str,
    pub(crate) copy: &'static str,
    pub(crate) paste: &'static str,
    pub(crate) select_all: &'static str,
    pub(crate) window: &'static str,
    pub(crate) minimize: &'static str,
    pub(crate) close: &'static str,
}

impl Tongue {
    /// The menu's entries.
    pub(crate) fn menu(self) -> MenuWords {
        match self {
            Self::En => MenuWords {
                hide: "Hide Signoff",
                hide_others: "Hide Others",
                show_all: "Show All",
                edit: "Edit",
                undo: "Undo",
                redo: "Redo",
                cut: "Cut",
                copy: "Copy",
                paste: "Paste",
                select_all: "Select All",
                window: "Window",
                minimize: "Minimize",
                close: "Close",
            },
            Self::Fr => MenuWords {
                hide: "Masquer Signoff",
                hide_others: "Masquer les autres",
                show_all: "Tout afficher",
                edit: "Édition",
                undo: "Annuler",
                redo: "Rétablir",
                cut: "Couper",
                copy: "Copier",
                paste: "Coller",
                select_all: "Tout sélectionner",
                window: "Fenêtre",
                minimize: "Placer dans le Dock",
                close: "Fermer",
            },
        }
    }
}
