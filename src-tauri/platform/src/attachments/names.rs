//! Names of files, made harmless: no folders, nothing invisible, nothing that reads backwards, and an ending that fits the content.

use super::kinds::Kind;

/// In characters; every file system takes it, ending and copy numbers included.
const LONGEST: usize = 100;

/// A name under which the file can be saved anywhere.
pub(super) fn clean(name: &str, kind: Kind) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last.chars().filter(|c| !is_treacherous(*c)).collect();
    let kept = kept.trim().trim_matches(['.', ' ']);
    let (stem, ending) = match kept.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() => (stem, ending.to_lowercase()),
        _ => (kept, String::new()),
    };
    let fits = kind.endings.contains(&ending.as_str());
    let stem = if fits || ending.is_empty() { stem } else { kept };
    let stem: String = stem.chars().take(LONGEST).collect();
    let stem = if stem.is_empty() || is_reserved(&stem) { format!("file{stem}") } else { stem };
    let ending = if fits { &ending } else { kind.endings.first().copied().unwrap_or("bin") };
    format!("{stem}.{ending}")
}

/// Controls, what changes the direction of writing, what cannot be seen, and what file systems or shells give a meaning.
fn is_treacherous(c: char) -> bool {
    c.is_control()
        || matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{ad}' | '\u{61c}')
}

/// Devices of Windows, which no file can be named after.
fn is_reserved(stem: &str) -> bool {
    let name = stem.split('.').next().unwrap_or_default().trim().to_ascii_uppercase();
    matches!(name.as_str(), "CON" | "PRN" | "AUX" | "NUL")
        || (name.len() == 4
            && (name.starts_with("COM") || name.starts_with("LPT"))
            && name.ends_with(|digit: char| digit.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PICTURE: Kind = Kind { media_type: "image/jpeg", endings: &["jpg", "jpeg"] };

    #[test]
    fn names_lose_what_is_dangerous_and_keep_what_people_know_them_by() {
        for (given, kept) in [
            ("Été à Paris.JPG", "Été à Paris.jpg"),
            ("../../etc/passwd", "passwd.jpg"),
            (r"C:\Users\zoe\me.jpeg", "me.jpeg"),
            ("invoice.pdf.exe", "invoice.pdf.exe.jpg"),
            ("photo\u{202e}gpj.exe", "photogpj.exe.jpg"),
            ("a\0b\nc.jpg", "abc.jpg"),
            (".htaccess", "htaccess.jpg"),
            ("con.jpg", "filecon.jpg"),
            ("<img src=x>.jpg", "img src=x.jpg"),
            ("", "file.jpg"),
            ("...", "file.jpg"),
        ] {
            assert_eq!(clean(given, PICTURE), kept, "{given:?}");
        }
        assert!(clean(&"x".repeat(5000), PICTURE).chars().count() <= LONGEST + 4);
    }
}
