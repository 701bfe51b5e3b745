//! What a file is, by its first bytes, as the platform finds it out: what it would refuse is said before anything is sent. Where the two
//! differ the platform decides.

/// How much of a file is looked at: office formats say late what they are.
const HEAD: usize = 16 * 1024;

/// The media type of a file.
pub(super) fn look(bytes: &[u8], name: &str) -> &'static str {
    let head = &bytes[..bytes.len().min(HEAD)];
    if let Some(found) = infer::get(head) {
        return found.mime_type();
    }
    if !is_text(head, bytes.len() <= HEAD) {
        return "application/octet-stream";
    }
    if name.to_ascii_lowercase().ends_with(".csv") { "text/csv" } else { "text/plain" }
}

/// UTF-8 without control characters and markup. The last character may be cut off.
fn is_text(head: &[u8], whole: bool) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if !whole && error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !text.trim_start().starts_with('<') && text.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t'))
}

/// Whether a list of media types, `image/*` for all of a kind, has this one.
pub(super) fn is_among(media_type: &str, types: &[String]) -> bool {
    types.iter().any(|allowed| match allowed.strip_suffix("/*") {
        Some(family) => media_type.split('/').next() == Some(family) && media_type != "text/html",
        None => allowed == media_type,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_it_contains_and_not_what_it_is_called() {
        for (bytes, name, expected) in [
            (&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], "notes.txt", "image/png"),
            (b"%PDF-1.7", "a.png", "application/pdf"),
            (b"hello", "a.png", "text/plain"),
            (b"a;b\r\n1;2", "Table.CSV", "text/csv"),
            (b"\0\x01\x02", "x.pdf", "application/octet-stream"),
            (b"  <svg onload=alert(1)>", "x.txt", "application/octet-stream"),
            (b"caf\xc3", "x.txt", "application/octet-stream"),
        ] {
            assert_eq!(look(bytes, name), expected, "{name}");
        }
        let mut long = vec![b'a'; HEAD - 1];
        long.extend("é".as_bytes());
        assert_eq!(look(&long, "x"), "text/plain", "cut in a character");
    }

    #[test]
    fn a_star_stands_for_a_family() {
        let types = ["image/*".to_owned(), "application/pdf".to_owned()];
        assert!(is_among("image/png", &types) && is_among("application/pdf", &types));
        assert!(!is_among("application/zip", &types) && !is_among("imagery/png", &types));
    }
}
