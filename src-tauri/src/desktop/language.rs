//! The language that the shell speaks at the moment: the preference, or the system's.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signoff_wire::interface::Language;

use super::words::Tongue;

/// The language in use, shared by everything that speaks.
#[derive(Debug, Clone, Default)]
pub(crate) struct SpokenLanguage {
    french: Arc<AtomicBool>,
}

impl SpokenLanguage {
    /// The language now.
    pub(crate) fn now(&self) -> Tongue {
        if self.french.load(Ordering::Relaxed) { Tongue::Fr } else { Tongue::En }
    }

    /// Follows the preference from now on, and says whether anything changes by that.
    pub(crate) fn follow(&self, preference: Language) -> bool {
        let french = Tongue::of(preference, &system()) == Tongue::Fr;
        self.french.swap(french, Ordering::Relaxed) != french
    }
}

/// The system's language as a BCP 47 tag; English where it has none, as under `LANG=C`.
pub(crate) fn system() -> String {
    sys_locale::get_locale().filter(|tag| !matches!(tag.as_str(), "C" | "POSIX")).unwrap_or_else(|| "en".to_owned())
}
