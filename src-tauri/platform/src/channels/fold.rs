//! Comparing what people write: case and accents do not count, since customers leave both out.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The text in lower case, without accents.
pub(crate) fn fold(text: &str) -> String {
    text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

/// Whether a folded text contains a folded phrase; with `whole`, not as a part of longer words.
pub(crate) fn contains(text: &str, phrase: &str, whole: bool) -> bool {
    if phrase.is_empty() {
        return false;
    }
    if !whole {
        return text.contains(phrase);
    }
    let in_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    text.match_indices(phrase).any(|(at, found)| {
        let (before, after) = (&text[..at], &text[at + found.len()..]);
        let cut = |inside: Option<char>, outside: Option<char>| in_word(inside) && in_word(outside);
        !cut(found.chars().next(), before.chars().next_back()) && !cut(found.chars().next_back(), after.chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::{contains, fold};

    #[test]
    fn neither_case_nor_accents_count() {
        assert_eq!(fold("Débité À Noël"), "debite a noel");
        assert_eq!(fold("ﬁnal ÉTÉ"), "final ete");
    }

    #[test]
    fn whole_words_are_not_parts_of_others() {
        let text = fold("My order isn't here; reordered twice");
        assert!(contains(&text, "order", true));
        assert!(!contains(&text, "rder", true) && contains(&text, "rder", false));
        assert!(!contains(&fold("reordered"), "order", true));
        assert!(contains(&fold("order!"), "order", true) && contains(&fold("order 12"), "order 12", true));
        assert!(contains(&fold("what?? now"), "??", true), "a phrase without letters has no word to be a part of");
        assert!(!contains("anything", "", false));
    }
}
