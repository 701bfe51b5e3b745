//! Links that anybody may have written: in a mail, in a web page, in a CRM.
//!
//! Whatever stands there, it leads nowhere, or to one conversation by a name that is letters and digits.

use signoff_engine::link::{Link, is_link};

use crate::bytes::Bytes;

const PARTS: &[&str] = &[
    "signoff:",
    "SIGNOFF://",
    "conversation",
    "/",
    "?widget=1",
    "?widget=0",
    "#",
    "@",
    ":80",
    "..",
    "%2e%2e",
    "%00",
    "\u{202e}",
    "\t",
    "conv_0193aB-9",
];

/// Follows the link that the bytes say.
pub fn link(data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let mut text = match bytes.below(3) {
        0 => "signoff://conversation/".to_owned(),
        1 => "signoff:".to_owned(),
        _ => String::new(),
    };
    for _ in 0..bytes.below(12) {
        match bytes.below(4) {
            0 => text.push_str(&bytes.text()),
            _ => text.push_str(bytes.pick(PARTS).copied().unwrap_or_default()),
        }
    }
    let Ok(link) = Link::read(&text) else { return };
    assert!(is_link(&text), "{text:?}");
    let id = &link.conversation_id;
    let is_plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    assert!(is_plain && (1..=80).contains(&id.len()), "{text:?} leads to {id:?}");
    let again = format!("signoff://conversation/{id}{}", if link.compact { "?widget=1" } else { "" });
    assert_eq!(Link::read(&again), Ok(link), "{text:?} says no more than {again:?}");
}
