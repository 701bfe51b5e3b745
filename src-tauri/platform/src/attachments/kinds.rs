//! What a file is, by its first bytes. What it says of itself counts for nothing, except which kind of plain text it is.

/// What a file was found to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    /// Its media type.
    pub(super) media_type: &'static str,
    /// Endings that files of the kind may have; the first is the usual one.
    pub(super) endings: &'static [&'static str],
}

const TEXT: Kind = Kind { media_type: "text/plain", endings: &["txt", "text", "log", "md", "csv", "json"] };
const TABLE: Kind = Kind { media_type: "text/csv", endings: &["csv"] };
const UNKNOWN: Kind = Kind { media_type: "application/octet-stream", endings: &["bin"] };

/// How much of a file has to be looked at: office formats say late what they are.
pub(super) const HEAD: usize = 16 * 1024;

/// Looks at the beginning of a file. `whole` says that there is no more of it.
pub(super) fn look(head: &[u8], whole: bool, name: &str) -> Kind {
    if let Some(found) = infer::get(head) {
        // Several endings are as good as the usual one, and people know their pictures by them.
        let endings: &[&str] = match found.mime_type() {
            "image/jpeg" => &["jpg", "jpeg", "jpe"],
            "image/tiff" => &["tif", "tiff"],
            "video/mp4" => &["mp4", "m4v"],
            "video/quicktime" => &["mov", "qt"],
            "audio/mpeg" => &["mp3", "mpga"],
            "audio/ogg" => &["ogg", "oga", "opus"],
            "audio/m4a" => &["m4a", "mp4"],
            "text/html" => &["html", "htm"],
            _ => return Kind { media_type: found.mime_type(), endings: one(found.extension()) },
        };
        return Kind { media_type: found.mime_type(), endings };
    }
    if !is_text(head, whole) {
        return UNKNOWN;
    }
    if name.to_ascii_lowercase().ends_with(".csv") { TABLE } else { TEXT }
}

/// `infer`'s endings live as long as the program, but come one by one.
fn one(ending: &'static str) -> &'static [&'static str] {
    const ENDINGS: &[&[&str]] = &[
        &["png"],
        &["gif"],
        &["webp"],
        &["bmp"],
        &["heif"],
        &["heic"],
        &["avif"],
        &["ico"],
        &["psd"],
        &["pdf"],
        &["zip"],
        &["docx"],
        &["xlsx"],
        &["pptx"],
        &["doc"],
        &["xls"],
        &["ppt"],
        &["odt"],
        &["ods"],
        &["odp"],
        &["rtf"],
        &["wav"],
        &["flac"],
        &["aac"],
        &["amr"],
        &["aiff"],
        &["mid"],
        &["webm"],
        &["mkv"],
        &["avi"],
        &["mpg"],
        &["flv"],
        &["wmv"],
        &["xml"],
        &["exe"],
        &["elf"],
        &["7z"],
        &["gz"],
        &["tar"],
        &["rar"],
        &["epub"],
        &["sh"],
    ];
    ENDINGS.iter().find(|known| known[0] == ending).copied().unwrap_or(&["bin"])
}

/// UTF-8 without control characters. The last character may be cut off.
fn is_text(head: &[u8], whole: bool) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if !whole && error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    let looks_like_markup = text.trim_start().starts_with('<');
    !looks_like_markup && text.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t'))
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
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        assert_eq!(look(png, true, "notes.txt").media_type, "image/png");
        assert_eq!(look(b"hello, world", true, "a.png").media_type, "text/plain");
        assert_eq!(look(b"a;b\r\n1;2", true, "Table.CSV").media_type, "text/csv");
        assert_eq!(look("caf\u{e9}".as_bytes(), true, "x").media_type, "text/plain");
        assert_eq!(look(&"caf\u{e9}".as_bytes()[..4], false, "x").media_type, "text/plain", "cut in a character");
        assert_eq!(look(b"\0\x01\x02\x03", true, "x.pdf").media_type, "application/octet-stream");
        for page in
            ["<html><script>alert(1)</script>", "  <svg onload=alert(1)>", "<?xml version='1.0'?><svg/>", "<b>x"]
        {
            let kind = look(page.as_bytes(), true, "x.txt");
            assert!(!is_among(kind.media_type, &["text/plain".to_owned(), "image/*".to_owned()]), "{page}: {kind:?}");
        }
    }

    #[test]
    fn a_star_stands_for_a_family() {
        let types = ["image/*".to_owned(), "application/pdf".to_owned()];
        assert!(is_among("image/png", &types) && is_among("application/pdf", &types));
        assert!(!is_among("application/zip", &types) && !is_among("imagery/png", &types));
    }
}
