//! `{{name}}` in texts, addresses and bodies.

use std::collections::BTreeMap;

/// What stands for itself in every scenario and every rule, besides variables.
pub(crate) const BUILT_IN: [&str; 6] =
    ["customer.id", "customer.name", "customer.language", "channel.name", "conversation.id", "message"];

/// The customer's and the conversation's id where something is tried and there is neither.
pub(crate) const TRIED: (&str, &str) = ("cust_tried", "conv_tried");

/// The values of [`BUILT_IN`].
pub(crate) struct BuiltIn<'a> {
    /// The platform's id of the customer.
    pub(crate) customer_id: &'a str,
    /// The customer's name.
    pub(crate) customer_name: &'a str,
    /// The customer's language, if it is known.
    pub(crate) customer_language: Option<&'a str>,
    /// The channel's name.
    pub(crate) channel_name: &'a str,
    /// The conversation's id.
    pub(crate) conversation_id: &'a str,
    /// The newest message.
    pub(crate) message: &'a str,
}

impl BuiltIn<'_> {
    /// All values by name: the variables', and these.
    pub(crate) fn beside(&self, variables: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let values = [
            self.customer_id,
            self.customer_name,
            self.customer_language.unwrap_or_default(),
            self.channel_name,
            self.conversation_id,
            self.message,
        ];
        let mut all = variables.clone();
        all.extend(BUILT_IN.into_iter().zip(values).map(|(name, value)| (name.to_owned(), value.to_owned())));
        all
    }
}

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
