//! Everything that the shell itself says, in both languages: the confirmation, the notifications, the tray, leaving.
//!
//! The interface has its own texts; these appear where it does not reach, or while it does not run. A sentence is a method with an arm
//! per language, so that none can be missing. No customer's text is laid out here: [`super::plain_text`] has been over it before.

#[cfg(target_os = "macos")]
mod menu;
mod notifications;
mod questions;

use signoff_wire::interface::Language;

pub(crate) use questions::{LeftBehind, Question};

use super::plain_text;

/// A language that Signoff speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tongue {
    /// English.
    En,
    /// French.
    Fr,
}

impl Tongue {
    /// The preferred language, or the system's if it is one of ours, else English.
    pub(crate) fn of(language: Language, system_language: &str) -> Self {
        match language {
            Language::En => Self::En,
            Language::Fr => Self::Fr,
            Language::System if system_language.split(['-', '_']).next() == Some("fr") => Self::Fr,
            Language::System => Self::En,
        }
    }

    /// The tray's and the menu's way back to the window.
    pub(crate) fn open(self) -> &'static str {
        match self {
            Self::En => "Open Signoff",
            Self::Fr => "Ouvrir Signoff",
        }
    }

    /// The tray's and the menu's way out.
    pub(crate) fn quit(self) -> &'static str {
        match self {
            Self::En => "Quit Signoff",
            Self::Fr => "Quitter Signoff",
        }
    }

    /// The title of the dialog that asks where to save a file.
    pub(crate) fn save_title(self) -> &'static str {
        match self {
            Self::En => "Save file",
            Self::Fr => "Enregistrer le fichier",
        }
    }

    /// Its button that saves.
    #[cfg(target_os = "linux")]
    pub(crate) fn save_accept(self) -> &'static str {
        match self {
            Self::En => "_Save",
            Self::Fr => "_Enregistrer",
        }
    }

    /// Its button that does not.
    #[cfg(target_os = "linux")]
    pub(crate) fn save_cancel(self) -> &'static str {
        match self {
            Self::En => "_Cancel",
            Self::Fr => "_Annuler",
        }
    }

    /// The title of the dialog that asks which files to attach.
    pub(crate) fn attach_title(self) -> &'static str {
        match self {
            Self::En => "Attach files",
            Self::Fr => "Joindre des fichiers",
        }
    }

    /// Its button that attaches.
    #[cfg(target_os = "linux")]
    pub(crate) fn attach_accept(self) -> &'static str {
        match self {
            Self::En => "_Attach",
            Self::Fr => "_Joindre",
        }
    }

    fn name(self, customer_name: &str) -> String {
        plain_text::name(customer_name).unwrap_or_else(|| {
            match self {
                Self::En => "a customer",
                Self::Fr => "un client",
            }
            .to_owned()
        })
    }
}

/// French sets its double punctuation off by a space, at which no line may end.
#[cfg(test)]
fn can_break_before_punctuation(text: &str) -> bool {
    [" :", " ;", " !", " ?"].iter().any(|pair| text.contains(pair))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_language_is_followed_if_it_is_one_of_ours() {
        for (language, system, expected) in [
            (Language::System, "fr-CA", Tongue::Fr),
            (Language::System, "fr", Tongue::Fr),
            (Language::System, "de-DE", Tongue::En),
            (Language::System, "fro", Tongue::En),
            (Language::En, "fr-FR", Tongue::En),
            (Language::Fr, "en-GB", Tongue::Fr),
        ] {
            assert_eq!(Tongue::of(language, system), expected, "{language:?} on {system}");
        }
    }
}
