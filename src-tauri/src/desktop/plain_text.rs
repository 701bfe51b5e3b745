//! Customers' names and messages on the system's own surfaces: dialogs and notifications.
//!
//! Both lay text out themselves, and neither has asked for a customer who writes markup, line breaks, invisible direction changes or
//! five megabytes. What leaves here is one line of visible text that cannot reorder or imitate the words around it.

use unicode_segmentation::UnicodeSegmentation as _;

/// Longest name, in graphemes: more would push the sentence that matters out of the dialog.
const NAME_LENGTH: usize = 48;
/// Longest quotation of a message, in graphemes: what notification daemons show.
const QUOTE_LENGTH: usize = 180;

/// A customer's name, fit to stand within a sentence; `None` if nothing visible is left of it.
pub(crate) fn name(text: &str) -> Option<String> {
    let name = one_line(text, NAME_LENGTH);
    (!name.is_empty()).then(|| isolated(name))
}

/// The beginning of a message, on one line; `None` if nothing visible is left of it.
pub(crate) fn quote(text: &str) -> Option<String> {
    let quote = one_line(text, QUOTE_LENGTH);
    (!quote.is_empty()).then_some(quote)
}

/// The text with everything escaped that the notification specification lets a daemon read as markup in a body.
pub(crate) fn without_markup(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            other => escaped.push(other),
        }
    }
    escaped
}

fn one_line(text: &str, length: usize) -> String {
    // A grapheme can carry any number of combining marks; the bytes are bounded as well, before anything else looks at them.
    let bounded: String = text.chars().take(length * 16).filter(|c| !reorders(*c)).map(visible).collect();
    let line = bounded.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut graphemes = line.graphemes(true);
    let mut kept: String = graphemes.by_ref().take(length).collect();
    if graphemes.next().is_some() {
        kept.truncate(kept.trim_end().len());
        kept.push('…');
    }
    kept
}

/// Control characters become a blank: NUL would end the text in C, a line feed would add a line of the customer's to ours.
fn visible(character: char) -> char {
    if character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') { ' ' } else { character }
}

/// Invisible characters that change the order or the look of what stands around them.
fn reorders(character: char) -> bool {
    matches!(character,
        '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'
        | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// A name in a script that runs from right to left stands apart from the direction of the sentence around it.
fn isolated(name: String) -> String {
    if name.chars().any(runs_leftwards) { format!("\u{2068}{name}\u{2069}") } else { name }
}

fn runs_leftwards(character: char) -> bool {
    matches!(character,
        '\u{0590}'..='\u{08FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFF}' | '\u{10800}'..='\u{10FFF}'
        | '\u{1E800}'..='\u{1EFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_names_stay_as_they_are() {
        for text in ["Marie Dupont", "José", "李雷", "O'Brien & Søns", "👩‍👩‍👧 family"] {
            assert_eq!(name(text).as_deref(), Some(text));
        }
    }

    #[test]
    fn controls_and_line_breaks_become_blanks() {
        assert_eq!(name("Eve\0\r\n\nCancel\u{2028}\u{85}now").as_deref(), Some("Eve Cancel now"));
    }

    #[test]
    fn direction_changes_are_removed() {
        assert_eq!(name("Eve\u{202E}esolC\u{2066}\u{200F}").as_deref(), Some("EveesolC"));
    }

    #[test]
    fn a_right_to_left_name_cannot_reorder_the_sentence() {
        assert_eq!(name("דנה").as_deref(), Some("\u{2068}דנה\u{2069}"));
    }

    #[test]
    fn long_texts_are_cut_between_graphemes() {
        let family = "👩‍👩‍👧".repeat(500);
        let cut = name(&family).unwrap_or_default();
        assert_eq!(cut, format!("{}…", "👩‍👩‍👧".repeat(NAME_LENGTH)));

        let marks = format!("e{}", "\u{301}".repeat(1_000_000));
        assert!(quote(&marks).unwrap_or_default().len() < 10_000, "one letter cannot carry a megabyte of marks");
    }

    #[test]
    fn nothing_visible_is_none() {
        for text in ["", " \n\t", "\u{200B}\u{202E}\u{FEFF}", "\0\u{1}"] {
            assert_eq!(name(text), None, "{text:?}");
            assert_eq!(quote(text), None, "{text:?}");
        }
    }

    #[test]
    fn markup_is_shown_as_text() {
        assert_eq!(
            without_markup(r#"<a href="https://evil.example">&amp;</a>"#),
            r#"&lt;a href="https://evil.example"&gt;&amp;amp;&lt;/a&gt;"#
        );
    }
}
