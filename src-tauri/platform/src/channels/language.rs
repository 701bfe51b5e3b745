//! A customer's language: what the channel or the browser says ([`primary`]), or else a first guess from the small words of French and
//! English. Only these two are told apart because only these two have texts of ours; anything else stays unknown.

const FRENCH: &[&str] = &[
    "bonjour", "bonsoir", "salut", "merci", "je", "j'ai", "vous", "est", "une", "des", "les", "mon", "ma", "mes",
    "pas", "avec", "pour", "dans", "votre", "où", "commande", "facture", "toujours", "c'est", "le", "la", "suis",
    "svp",
];
const ENGLISH: &[&str] = &[
    "hello", "hi", "hey", "thanks", "thank", "i", "i'm", "my", "the", "is", "are", "you", "your", "have", "not",
    "with", "for", "and", "please", "order", "where", "what", "can", "it", "still", "when", "been",
];

/// What a BCP 47 tag says of the language itself, which is what texts and conditions go by: `pt` of `pt-BR`.
pub(crate) fn primary(tag: &str) -> Option<String> {
    let code = tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    Some(code).filter(|code| (2..=3).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_lowercase()))
}

/// Whether this is a tag at all.
pub(crate) fn is_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let first = parts.next().unwrap_or_default();
    tag.len() <= 35
        && (2..=8).contains(&first.len())
        && first.bytes().all(|b| b.is_ascii_alphabetic())
        && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// `fr`, `en`, or nothing.
pub(crate) fn guess(text: &str) -> Option<&'static str> {
    let (mut french, mut english) = (0, 0);
    for word in text.split(|c: char| !c.is_alphanumeric() && c != '\'') {
        let word = word.to_lowercase();
        french += usize::from(FRENCH.contains(&word.as_str()));
        english += usize::from(ENGLISH.contains(&word.as_str()));
    }
    match french.cmp(&english) {
        std::cmp::Ordering::Greater => Some("fr"),
        std::cmp::Ordering::Less => Some("en"),
        std::cmp::Ordering::Equal => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{guess, is_tag, primary};

    #[test]
    fn a_tag_names_a_language() {
        assert_eq!(primary("pt-BR").as_deref(), Some("pt"));
        assert_eq!(primary("DE").as_deref(), Some("de"));
        assert_eq!(primary("x-private"), None);
        assert!(["de", "zh-Hant-TW", "es-419"].into_iter().all(is_tag));
        assert!(!["", "d", "de_DE", "de-", "-de", "de\n", "deutschsprachig"].into_iter().any(is_tag));
    }

    #[test]
    fn tells_french_from_english_and_admits_ignorance() {
        assert_eq!(guess("Bonjour, je n'ai toujours pas reçu ma commande"), Some("fr"));
        assert_eq!(guess("Hi, where is my order?"), Some("en"));
        assert_eq!(guess("こんにちは 12345"), None);
    }
}
