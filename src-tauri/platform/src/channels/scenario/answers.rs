//! What is taken as an answer to a free input, and in which form it is kept.

use std::{
    collections::HashMap,
    sync::{LazyLock, Mutex, PoisonError},
};

use chrono::NaiveDate;
use regex::{Regex, RegexBuilder};
use signoff_wire::contract::scenarios::Expects;

/// Longest value of a variable.
pub(crate) const LONGEST: usize = 2000;
/// A pattern that is larger than this when compiled is refused.
const PATTERN_SIZE: usize = 256 * 1024;
const PATTERNS_KEPT: usize = 100;

/// The value that an answer stands for; `None`: this is no answer.
pub(crate) fn value(expects: &Expects, text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > LONGEST {
        return None;
    }
    match expects {
        Expects::Any {} => Some(text.to_owned()),
        Expects::Number {} => number(text),
        Expects::Email {} => email(text).then(|| text.to_owned()),
        Expects::Phone {} => phone(text).then(|| text.to_owned()),
        Expects::Date {} => date(text),
        Expects::Pattern { pattern } => matches(pattern, text).then(|| text.to_owned()),
    }
}

/// A number in digits, as 1234.5.
fn number(text: &str) -> Option<String> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect::<String>().replace(',', ".");
    let digits = plain.strip_prefix(['-', '+']).unwrap_or(&plain);
    let decimal = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.ends_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
    (decimal && digits.matches('.').count() <= 1).then(|| plain.trim_start_matches('+').to_owned())
}

fn email(text: &str) -> bool {
    let Some((name, domain)) = text.rsplit_once('@') else { return false };
    let label = |part: &str| {
        !part.is_empty()
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    text.len() <= 254
        && !name.is_empty()
        && !name.contains(['@', ',', ';', '<', '>', '(', ')'])
        && !text.contains(char::is_whitespace)
        && domain.contains('.')
        && domain.split('.').all(label)
}

fn phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let rest = text.strip_prefix('+').unwrap_or(text);
    (6..=15).contains(&digits) && rest.chars().all(|c| c.is_ascii_digit() || " .-/()\u{a0}\u{202f}".contains(c))
}

/// A date, as 2026-03-31.
fn date(text: &str) -> Option<String> {
    let day =
        ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"].iter().find_map(|form| NaiveDate::parse_from_str(text, form).ok())?;
    let year: i32 = day.format("%Y").to_string().parse().ok()?;
    (1900..=2200).contains(&year).then(|| day.to_string())
}

/// Whether the expression can be used.
pub(crate) fn is_pattern(pattern: &str) -> bool {
    compile(pattern).is_some()
}

fn compile(pattern: &str) -> Option<Regex> {
    let compiled = |pattern: &str| RegexBuilder::new(pattern).size_limit(PATTERN_SIZE).build().ok();
    // Alone, too: half an expression could close the group around it.
    compiled(pattern)?;
    compiled(&format!("^(?:{pattern})$"))
}

/// The whole text matches. Expressions are compiled once; these take time in proportion to the text, whatever they say.
fn matches(pattern: &str, text: &str) -> bool {
    static COMPILED: LazyLock<Mutex<HashMap<String, Option<Regex>>>> = LazyLock::new(Mutex::default);
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    if compiled.len() >= PATTERNS_KEPT && !compiled.contains_key(pattern) {
        compiled.clear();
    }
    let regex = compiled.entry(pattern.to_owned()).or_insert_with(|| compile(pattern));
    regex.as_ref().is_some_and(|regex| regex.is_match(text))
}

#[cfg(test)]
mod tests {
    use signoff_wire::contract::scenarios::Expects;

    use super::{is_pattern, value};

    #[test]
    fn each_kind_takes_its_own_and_keeps_it_in_one_form() {
        let pattern = Expects::Pattern { pattern: "[A-Z]{2}\\d{4}|none".to_owned() };
        for (expects, text, wanted) in [
            (Expects::Any {}, "  hello ", Some("hello")),
            (Expects::Any {}, " \n", None),
            (Expects::Number {}, "12,50", Some("12.50")),
            (Expects::Number {}, "1 234", Some("1234")),
            (Expects::Number {}, "-3", Some("-3")),
            (Expects::Number {}, "1.2.3", None),
            (Expects::Number {}, "twelve", None),
            (Expects::Number {}, "1e9", None),
            (Expects::Email {}, "zoe@example.co.uk", Some("zoe@example.co.uk")),
            (Expects::Email {}, "zoe@localhost", None),
            (Expects::Email {}, "zoe example@a.b", None),
            (Expects::Email {}, "@a.b", None),
            (Expects::Phone {}, "+33 6 12 34 56 78", Some("+33 6 12 34 56 78")),
            (Expects::Phone {}, "call me", None),
            (Expects::Phone {}, "12345", None),
            (Expects::Date {}, "31/03/2026", Some("2026-03-31")),
            (Expects::Date {}, "2026-03-31", Some("2026-03-31")),
            (Expects::Date {}, "31.02.2026", None),
            (Expects::Date {}, "1/1/26", None),
            (pattern.clone(), "AB1234", Some("AB1234")),
            (pattern.clone(), "xAB1234", None),
            (pattern, "none", Some("none")),
        ] {
            assert_eq!(value(&expects, text).as_deref(), wanted, "{expects:?} {text:?}");
        }
        assert_eq!(value(&Expects::Any {}, &"x".repeat(2001)), None);
    }

    #[test]
    fn a_pattern_is_a_regular_expression_of_bounded_size() {
        assert!(is_pattern("\\d{5}") && !is_pattern("(") && !is_pattern("((x{1000}){1000}){1000}"));
        assert!(!is_pattern("a)|(b"), "it cannot step out of the whole");
    }
}
