//! Texts: there in every language, with variables that exist, and short enough for every channel that shows them.

use std::collections::BTreeSet;

use signoff_wire::contract::scenarios::{ScenarioButton, ScenarioFaultCode, ScenarioFlow, Texts};

use super::{Faults, Surroundings};
use crate::channels::scenario::template;

/// A text of a step that customers read.
pub(super) fn check(
    flow: &ScenarioFlow,
    (step, field): (&str, &str),
    texts: &Texts,
    around: &Surroundings,
    variables: &BTreeSet<String>,
    found: &mut Faults,
) {
    for language in &flow.languages {
        let field = format!("{field}.{language}");
        let text = texts.get(language).map(String::as_str).unwrap_or_default();
        if text.chars().all(char::is_whitespace) {
            found.at(
                step,
                field,
                ScenarioFaultCode::TextMissing,
                format!("There is no text in the language \"{language}\"."),
            );
            continue;
        }
        names(step, &field, text, variables, found);
        let length = text.chars().count();
        for channel in around.used_by.iter().filter(|channel| length > channel.text) {
            let text = format!("The text has {length} characters; {} takes {}.", channel.name, channel.text);
            found.at(step, field.clone(), ScenarioFaultCode::TooLong, text);
        }
    }
}

/// Variables in a template.
pub(super) fn names(step: &str, field: &str, text: &str, variables: &BTreeSet<String>, found: &mut Faults) {
    let unknown: BTreeSet<&str> =
        template::names(text).filter(|name| !variables.contains(*name) && !template::BUILT_IN.contains(name)).collect();
    for name in unknown {
        found.at(step, field, ScenarioFaultCode::UnknownVariable, format!("Nothing sets the variable \"{name}\"."));
    }
}

/// The buttons of a step.
pub(super) fn buttons(
    flow: &ScenarioFlow,
    step: &str,
    buttons: &[ScenarioButton],
    around: &Surroundings,
    found: &mut Faults,
) {
    if buttons.is_empty() {
        found.at(step, "buttons", ScenarioFaultCode::NoButtons, "There is no button.");
    }
    for channel in around.used_by.iter().filter(|channel| buttons.len() > channel.buttons) {
        let text = format!("There are {} buttons; {} takes {}.", buttons.len(), channel.name, channel.buttons);
        found.at(step, "buttons", ScenarioFaultCode::TooManyButtons, text);
    }
    let mut seen: Vec<(&str, usize)> = Vec::new();
    for (nr, button) in buttons.iter().enumerate() {
        for language in &flow.languages {
            let field = format!("buttons.{nr}.label.{language}");
            let label = button.label.get(language).map(String::as_str).unwrap_or_default();
            if label.trim().is_empty() {
                let text = format!("There is no label in the language \"{language}\".");
                found.at(step, field, ScenarioFaultCode::TextMissing, text);
                continue;
            }
            if seen.iter().any(|(other, of)| *other == label && *of != nr) {
                let text = format!("Two buttons read \"{label}\".");
                found.at(step, field.clone(), ScenarioFaultCode::SameLabel, text);
            }
            seen.push((label, nr));
            let length = label.chars().count();
            for channel in around.used_by.iter().filter(|channel| length > channel.label) {
                let text = format!("The label has {length} characters; {} takes {}.", channel.name, channel.label);
                found.at(step, field.clone(), ScenarioFaultCode::ButtonTooLong, text);
            }
        }
    }
}
