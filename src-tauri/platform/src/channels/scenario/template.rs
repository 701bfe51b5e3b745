//! `{{name}}` in texts, addresses and bodies.

use std::collections::BTreeMap;

/// What stands for itself in every scenario, besides variables.
pub(crate) const BUILT_IN: [&str; 4] = ["customer.name", "customer.language", "channel.name", "message"];

/// A part of a template.
#[derive(Debug, PartialEq, Eq)]
enum Part<'a> {
    Text(&'a str),
    Name(&'a str),
}

fn parts(template: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = template;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let named = rest.find("{{").and_then(|from| Some((from, from + rest[from..].find("}}")?)));
        let Some((from, to)) = named else {
            return Some(Part::Text(std::mem::take(&mut rest)));
        };
        if from > 0 {
            let (text, after) = rest.split_at(from);
            rest = after;
            return Some(Part::Text(text));
        }
        let name = rest[2..to].trim();
        rest = &rest[to + 2..];
        Some(Part::Name(name))
    })
}

/// The names in a template, as often as they stand there.
pub(crate) fn names(template: &str) -> impl Iterator<Item = &str> {
    parts(template).filter_map(|part| match part {
        Part::Name(name) => Some(name),
        Part::Text(_) => None,
    })
}

/// The template with values in place of names; what has no value is nothing. Values are not looked through again.
pub(crate) fn render(template: &str, values: &BTreeMap<String, String>, write: impl Fn(&str) -> String) -> String {
    parts(template)
        .map(|part| match part {
            Part::Text(text) => text.to_owned(),
            Part::Name(name) => values.get(name).map(|value| write(value)).unwrap_or_default(),
        })
        .collect()
}

/// Whether a variable may be called so: a letter, then letters, digits and low lines, in lower case, 40 at most.
pub(crate) fn is_name(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|first| first.is_ascii_lowercase())
        && letters.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && name.len() <= 40
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{names, render};

    #[test]
    fn names_become_values_once() {
        let values = BTreeMap::from([("a".to_owned(), "{{b}}".to_owned()), ("b".to_owned(), "no".to_owned())]);
        let plain = |template| render(template, &values, str::to_owned);
        assert_eq!(plain("x {{a}} y {{ b }} z {{c}}!"), "x {{b}} y no z !", "a customer's braces stay braces");
        assert_eq!(plain("{{a"), "{{a");
        assert_eq!(plain("}} {{"), "}} {{");
        assert_eq!(names("{{a}}{{ b }} {{").collect::<Vec<_>>(), ["a", "b"]);
    }
}
