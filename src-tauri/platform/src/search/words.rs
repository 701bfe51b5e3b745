//! What somebody typed, as the index understands it.
//!
//! Words are found wherever they stand and in any order, the last of them already by its beginning; what stands in quotation marks is found
//! as it stands. Nothing that is typed has a meaning of its own beyond that: every word reaches the index as a string.

/// More words than anybody searches for; what follows is not looked at.
const WORDS: usize = 32;

/// The query for the index; `None` if nothing is asked for.
pub(super) fn query(typed: &str) -> Option<String> {
    let mut parts = Vec::new();
    for (number, piece) in typed.split('"').enumerate() {
        // Every other piece stands between quotation marks; one that was not closed reaches to the end.
        if number % 2 == 1 {
            parts.extend(phrase(piece));
        } else {
            parts.extend(words(piece));
        }
    }
    parts.truncate(WORDS);
    let ends_in_word = typed.ends_with(char::is_alphanumeric) && typed.matches('"').count().is_multiple_of(2);
    if let (true, Some(last)) = (ends_in_word, parts.last_mut()) {
        last.push('*');
    }
    if parts.is_empty() { None } else { Some(parts.join(" ")) }
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty()).map(quoted)
}

fn phrase(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.is_empty() { None } else { Some(quoted(&words.join(" "))) }
}

fn quoted(word: &str) -> String {
    format!("\"{word}\"")
}

#[cfg(test)]
mod tests {
    use super::query;

    #[test]
    fn words_are_strings_and_the_last_is_a_beginning() {
        assert_eq!(query("lost parc").as_deref(), Some("\"lost\" \"parc\"*"));
        assert_eq!(query("parcel ").as_deref(), Some("\"parcel\""));
        assert_eq!(query("d'été 2026-03").as_deref(), Some("\"d\" \"été\" \"2026\" \"03\"*"));
    }

    #[test]
    fn what_is_quoted_stays_together() {
        assert_eq!(query("\"on its way\" lost").as_deref(), Some("\"on its way\" \"lost\"*"));
        assert_eq!(query("\"on its").as_deref(), Some("\"on its\""), "not closed yet");
    }

    #[test]
    fn nothing_typed_is_an_operator() {
        assert_eq!(query("a OR NOT b* NEAR(c) text:d ^e").as_deref(), {
            Some("\"a\" \"OR\" \"NOT\" \"b\" \"NEAR\" \"c\" \"text\" \"d\" \"e\"*")
        });
        for nothing in ["", "  ", "\"", "\"\"", "*()\u{0}-"] {
            assert_eq!(query(nothing), None, "{nothing:?}");
        }
    }
}
