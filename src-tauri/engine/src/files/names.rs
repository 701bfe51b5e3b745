//! Names of files as they are shown here. The platform makes what it keeps safe by itself.

/// In characters.
const LONGEST: usize = 100;

/// The name without folders and without what cannot be seen or reads backwards.
pub(super) fn clean(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last.chars().filter(|c| !is_treacherous(*c)).collect();
    let kept = kept.trim();
    let (stem, ending) = match kept.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && ending.chars().count() <= 10 => (stem, format!(".{ending}")),
        Some(_) | None => (kept, String::new()),
    };
    let stem: String = stem.chars().take(LONGEST).collect();
    if stem.is_empty() { format!("file{ending}") } else { format!("{stem}{ending}") }
}

/// Controls, what changes the direction of writing, and what cannot be seen.
fn is_treacherous(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{ad}' | '\u{61c}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line_without_folders_or_tricks() {
        for (given, kept) in [
            ("Été à Paris.JPG", "Été à Paris.JPG"),
            ("/home/zoe/me.jpeg", "me.jpeg"),
            (r"C:\Users\zoe\me.jpeg", "me.jpeg"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            ("a\0b\nc.jpg", "abc.jpg"),
            ("", "file"),
            (" \u{feff}", "file"),
        ] {
            assert_eq!(clean(given), kept, "{given:?}");
        }
        assert_eq!(clean(&format!("{}.pdf", "x".repeat(5000))).chars().count(), LONGEST + 4);
    }
}
