//! Reading `signoff://conversation/ID` and `signoff://conversation/ID?widget=1` (R12).
//!
//! Anybody can write such a link, so it is read strictly, and here, where no window is needed to try what it makes of anything.

use url::Url;

/// What the scheme of a link is followed by is none of ours beyond this.
const LONGEST: usize = 200;
const LONGEST_ID: usize = 80;

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// To which conversation. Letters, digits, `_` and `-`, and not many of them.
    pub conversation_id: String,
    /// In a compact window.
    pub compact: bool,
}

/// It has our scheme and leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed;

/// Whether this is meant for us, however it goes on.
#[must_use]
pub fn is_link(text: &str) -> bool {
    text.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("signoff:"))
}

impl Link {
    /// Reads a link strictly: what is not understood in full is not followed in part.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn read(text: &str) -> Result<Self, Malformed> {
        if text.len() > LONGEST || !is_link(text) {
            return Err(Malformed);
        }
        let url = Url::parse(text).map_err(|_| Malformed)?;
        let bare = url.username().is_empty() && url.password().is_none() && url.port().is_none();
        if !bare || url.host_str() != Some("conversation") || url.fragment().is_some() {
            return Err(Malformed);
        }
        // Browsers put a slash behind.
        let id = url.path().strip_prefix('/').map(|path| path.strip_suffix('/').unwrap_or(path)).unwrap_or_default();
        let letters = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
        if id.is_empty() || id.len() > LONGEST_ID || !letters {
            return Err(Malformed);
        }
        let compact = match url.query() {
            None | Some("" | "widget=0") => false,
            Some("widget=1") => true,
            Some(_) => return Err(Malformed),
        };
        Ok(Self { conversation_id: id.to_owned(), compact })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leads_to(text: &str) -> Option<(String, bool)> {
        Link::read(text).ok().map(|link| (link.conversation_id, link.compact))
    }

    #[test]
    fn a_link_leads_to_a_conversation_in_one_window_or_the_other() {
        for (text, compact) in [
            ("signoff://conversation/conv_0193aB-9", false),
            ("SIGNOFF://conversation/conv_0193aB-9", false),
            ("signoff://conversation/conv_0193aB-9/", false),
            ("signoff://conversation/conv_0193aB-9?widget=0", false),
            ("signoff://conversation/conv_0193aB-9?widget=1", true),
            ("signoff://conversation/conv_0193aB-9/?widget=1", true),
        ] {
            assert_eq!(leads_to(text), Some(("conv_0193aB-9".to_owned(), compact)), "{text}");
        }
    }

    #[test]
    fn what_is_not_understood_in_full_leads_nowhere() {
        let long = format!("signoff://conversation/{}", "a".repeat(81));
        for text in [
            "",
            "signoff:",
            "signoff://",
            "signoff://conversation",
            "signoff://conversation/",
            "signoff:conversation/conv_1",
            "signoff://settings/inbox-options",
            "signoff://conversation/a/b",
            "signoff://conversation/..",
            "signoff://conversation/%2e%2e",
            "signoff://conversation/conv%201",
            "signoff://conversation/conv_1?widget=2",
            "signoff://conversation/conv_1?widget=1&send=1",
            "signoff://conversation/conv_1?text=Hello",
            "signoff://conversation/conv_1#x",
            "signoff://me@conversation/conv_1",
            "signoff://conversation:80/conv_1",
            "signoff://conversation/--demo;",
            "signoff://conversation/\u{202e}",
            "https://conversation/conv_1",
            "javascript:alert(1)",
            &long,
        ] {
            assert_eq!(leads_to(text), None, "{text}");
        }
    }

    #[test]
    fn what_begins_otherwise_is_none_of_ours() {
        assert!(is_link("signoff:nonsense") && is_link("Signoff://conversation/x"));
        for text in ["stray", "--demo", "signof:", "", "https://signoff:", "é€ignoff:"] {
            assert!(!is_link(text), "{text}");
        }
    }
}
