//! A first guess at a customer's language, from the small words of French and English.
//!
//! Only these two are told apart because only these two have texts of ours; anything else stays unknown.

const FRENCH: &[&str] = &[
    "bonjour", "bonsoir", "salut", "merci", "je", "j'ai", "vous", "est", "une", "des", "les", "mon", "ma", "mes",
    "pas", "avec", "pour", "dans", "votre", "où", "commande", "facture", "toujours", "c'est", "le", "la", "suis",
    "svp",
];
const ENGLISH: &[&str] = &[
    "hello", "hi", "hey", "thanks", "thank", "i", "i'm", "my", "the", "is", "are", "you", "your", "have", "not",
    "with", "for", "and", "please", "order", "where", "what", "can", "it", "still", "when", "been",
];

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
    use super::guess;

    #[test]
    fn tells_french_from_english_and_admits_ignorance() {
        assert_eq!(guess("Bonjour, je n'ai toujours pas reçu ma commande"), Some("fr"));
        assert_eq!(guess("Hi, where is my order?"), Some("en"));
        assert_eq!(guess("こんにちは 12345"), None);
    }
}
