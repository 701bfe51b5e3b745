//! A customer's language: what the channel or the browser says ([`primary`]), or else a guess from the small words of French and English.
//! Only these two are told apart because only these two have texts of ours; anything else stays unknown.
//!
//! A language that is once known stays, so a wrong guess costs more than none. The words here are in no other language of the
//! neighbourhood: `la`, `is` or `je` say nothing of French or English.

/// Ranges of a header that are looked at; browsers send a handful.
const MOST_RANGES: usize = 20;

const FRENCH: &[&str] = &[
    "bonjour", "bonsoir", "salut", "merci", "j'ai", "n'ai", "suis", "vous", "une", "avec", "pour", "votre", "où",
    "commande", "facture", "toujours", "c'est", "svp",
];
const ENGLISH: &[&str] = &[
    "hello", "thanks", "thank", "i'm", "my", "the", "are", "you", "your", "have", "with", "and", "please", "where",
    "what", "still", "when", "invoice",
];
/// Small words of the languages with which French and English share others: Spanish, Italian, Portuguese, Dutch, German.
const NEITHER: &[&str] = &[
    "hola",
    "el",
    "los",
    "las",
    "qué",
    "por",
    "está",
    "dónde",
    "pedido",
    "gracias",
    "con",
    "ciao",
    "che",
    "sono",
    "dove",
    "mio",
    "mia",
    "grazie",
    "ordine",
    "olá",
    "meu",
    "minha",
    "obrigado",
    "onde",
    "não",
    "het",
    "een",
    "ik",
    "mijn",
    "niet",
    "waar",
    "bestelling",
    "voor",
    "hallo",
    "der",
    "das",
    "und",
    "ich",
    "ist",
    "nicht",
    "mein",
    "meine",
    "bitte",
    "danke",
    "wo",
];

/// What a BCP 47 tag says of the language itself, which is what texts and conditions go by: `pt` of `pt-BR`.
pub(crate) fn primary(tag: &str) -> Option<String> {
    let code = tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    Some(code).filter(|code| (2..=3).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_lowercase()))
}

/// The languages that have a code of two letters (ISO 639-1).
const ISO_639_1: &str = "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo \
    es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn \
    ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl \
    ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve \
    vi vo wa wo xh yi yo za zh zu";

/// Whether a customer's language can be this one: what [`primary`] makes of a tag. Of three letters there are thousands, not listed here.
pub(crate) fn is_code(code: &str) -> bool {
    match code.len() {
        2 => ISO_639_1.split(' ').any(|known| known == code),
        3 => code.bytes().all(|b| b.is_ascii_lowercase()),
        _ => false,
    }
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

/// The languages that a browser accepts, as it weighs them (RFC 9110, 12.5.4): primary codes, the favourite first. Whoever reads one of
/// the two written forms of Norwegian reads what is called Norwegian.
pub(crate) fn accepted(header: &str) -> Vec<String> {
    let mut weighed: Vec<(f32, String)> = header.split(',').take(MOST_RANGES).filter_map(weighed).collect();
    weighed.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    let mut accepted = Vec::new();
    for (_, code) in weighed {
        let norwegian = (code == "nb" || code == "nn").then(|| "no".to_owned());
        for code in [code].into_iter().chain(norwegian) {
            if !accepted.contains(&code) {
                accepted.push(code);
            }
        }
    }
    accepted
}

/// One range of the header; none if it cannot be read, names no language, or is refused with a weight of 0.
fn weighed(range: &str) -> Option<(f32, String)> {
    let mut parts = range.split(';').map(str::trim);
    let code = primary(parts.next()?)?;
    let weight = match parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q="))) {
        Some(weight) => weight.parse().ok().filter(|weight| (0.0..=1.0).contains(weight))?,
        None => 1.0,
    };
    (weight > 0.0).then_some((weight, code))
}

/// The language of somebody who writes this, if the browser asks for that one. What is written decides against the browser only between
/// French and English, where many a browser speaks English and its user does not; without a browser's word it takes more than one word.
pub(crate) fn of_writer(text: &str, browser: Option<&str>) -> Option<String> {
    let written = match browser {
        Some("fr" | "en") => guess(text, 1),
        Some(_) => None,
        None => guess(text, 2),
    };
    written.or(browser).map(str::to_owned)
}

/// `fr` or `en`, if so many words say so and by far most of those that say anything.
fn guess(text: &str, at_least: usize) -> Option<&'static str> {
    let (mut french, mut english, mut neither) = (0, 0, 0);
    // An apostrophe is as often the typographic one.
    let text = text.to_lowercase().replace('\u{2019}', "'");
    for word in text.split(|c: char| !c.is_alphanumeric() && c != '\'') {
        french += usize::from(FRENCH.contains(&word));
        english += usize::from(ENGLISH.contains(&word));
        neither += usize::from(NEITHER.contains(&word));
    }
    let (language, most, others) =
        if french > english { ("fr", french, english + neither) } else { ("en", english, french + neither) };
    (most >= at_least && most >= 2 * others && most > others).then_some(language)
}

#[cfg(test)]
mod tests {
    use super::{accepted, is_code, is_tag, of_writer, primary};

    #[test]
    fn a_tag_names_a_language() {
        assert_eq!(primary("pt-BR").as_deref(), Some("pt"));
        assert_eq!(primary("DE").as_deref(), Some("de"));
        assert_eq!(primary("x-private"), None);
        assert!(["de", "zh-Hant-TW", "es-419"].into_iter().all(is_tag));
        assert!(!["", "d", "de_DE", "de-", "-de", "de\n", "deutschsprachig"].into_iter().any(is_tag));
    }

    #[test]
    fn a_code_is_what_a_customer_can_speak() {
        assert!(["de", "pt", "zh", "fil"].into_iter().all(is_code));
        assert!(!["pt-br", "xx", "FR", "f", "", "fran", "f1", "e n"].into_iter().any(is_code));
    }

    #[test]
    fn tells_french_from_english_and_admits_ignorance() {
        let told = |text| of_writer(text, None);
        assert_eq!(told("Bonjour, je n\u{2019}ai toujours pas reçu ma commande").as_deref(), Some("fr"));
        assert_eq!(told("Hi, where is my order?").as_deref(), Some("en"));
        for text in [
            "こんにちは 12345",
            "Bonjour",
            "Hello, merci",
            "Hola, ¿dónde está la factura de mi pedido? No la encuentro en mes de mayo",
            "Buongiorno, le scarpe non sono arrivate, ma la fattura si",
            "Ik heb je les gemist, is dat pas morgen?",
            "Wo ist die Rechnung des Monats? My order",
        ] {
            assert_eq!(told(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_written_decides_against_a_browser_between_french_and_english_only() {
        let french = "Bonjour, merci pour votre facture";
        for browser in ["es", "it", "nl", "de", "ja"] {
            assert_eq!(of_writer(french, Some(browser)).as_deref(), Some(browser), "{browser} stays {browser}");
        }
        assert_eq!(of_writer("Bonjour", Some("en")).as_deref(), Some("fr"));
        assert_eq!(of_writer("Thank you", Some("fr")).as_deref(), Some("en"));
        assert_eq!(of_writer("12345", Some("fr")).as_deref(), Some("fr"));
    }

    #[test]
    fn a_browser_accepts_languages_by_weight() {
        assert_eq!(accepted("fr;q=0.2, de-CH, en ; q=0.8, *;q=0.1"), ["de", "en", "fr"]);
        assert_eq!(accepted("fr;q=0, en;q=0.1"), ["en"], "refused");
        assert_eq!(accepted("nn-NO, da;q=0.5"), ["nn", "no", "da"]);
        assert_eq!(accepted("fil, fi;q=0.9"), ["fil", "fi"], "Filipino is not Finnish");
        assert!(accepted("").is_empty() && accepted("x, de;q=abc, é, en;q=2").is_empty());
    }
}
