//! What each step needs, by itself.

use std::collections::BTreeSet;

use serde_json::Value;
use signoff_wire::contract::scenarios::{
    CallHeader, Comparison, Expects, HttpCall, ScenarioFaultCode, ScenarioFlow, ScenarioStep, ScenarioTest, StepAct,
};
use url::Url;

use super::{Faults, Surroundings, texts};
use crate::channels::{
    language,
    named::{Missing, Named, Thing},
    scenario::{answers, template},
    week,
};

/// Longest delay: a month.
pub(crate) const LONGEST_DELAY_S: u32 = 30 * 24 * 60 * 60;
/// Longest that a call may take.
const LONGEST_CALL_S: u8 = 30;
const MOST_TRIES: u8 = 9;
/// Headers that are the caller's own business.
const OWN_HEADERS: [&str; 7] =
    ["host", "content-length", "connection", "transfer-encoding", "idempotency-key", "upgrade", "te"];

/// The variables that can have a value in this scenario.
pub(super) fn variables(flow: &ScenarioFlow, around: &Surroundings) -> BTreeSet<String> {
    let mut variables = around.variables.clone();
    for step in &flow.steps {
        variables.extend(set_by(&step.act).into_iter().map(str::to_owned));
    }
    variables
}

/// The variables that a step sets.
pub(crate) fn set_by(act: &StepAct) -> Vec<&str> {
    match act {
        StepAct::FreeInput { variable, .. } | StepAct::SetVariable { variable, .. } => vec![variable],
        StepAct::HttpCall(call) => call.save.iter().map(|save| save.variable.as_str()).collect(),
        StepAct::Message { .. }
        | StepAct::Buttons { .. }
        | StepAct::Condition { .. }
        | StepAct::Tag { .. }
        | StepAct::Route { .. }
        | StepAct::HandOver {}
        | StepAct::Archive { .. }
        | StepAct::Delay { .. }
        | StepAct::CloseConversation {}
        | StepAct::End {} => Vec::new(),
    }
}

/// Languages, words, ids.
pub(super) fn check_whole(flow: &ScenarioFlow, found: &mut Faults) {
    if flow.languages.is_empty() {
        let text = "A scenario speaks at least one language, named by its ISO 639-1 code.";
        found.of_all("languages", ScenarioFaultCode::BadName, text);
    }
    for code in flow.languages.iter().filter(|code| !language::is_code(code)) {
        found.of_all("languages", ScenarioFaultCode::BadName, no_language(code));
    }
    for (nr, listen) in flow.listens.iter().enumerate() {
        let field = format!("listens.{nr}.text");
        if listen.text.trim().is_empty() {
            found.of_all(field, ScenarioFaultCode::TextMissing, "There is no text to listen for.");
        } else if flow.listens[..nr].iter().any(|other| other.text == listen.text) {
            found.of_all(field, ScenarioFaultCode::SameLabel, format!("\"{}\" is listened for twice.", listen.text));
        }
    }
    for (nr, step) in flow.steps.iter().enumerate() {
        if flow.steps[..nr].iter().any(|other| other.id == step.id) {
            found.at(&step.id, "id", ScenarioFaultCode::DuplicateStep, format!("There are two steps \"{}\".", step.id));
        }
        if step.id.is_empty() || step.id.len() > 60 || step.id.chars().any(|c| c.is_control() || c.is_whitespace()) {
            found.at(&step.id, "id", ScenarioFaultCode::BadName, "A step's id has 1 to 60 characters and no blanks.");
        }
    }
}

fn no_language(code: &str) -> String {
    format!("\"{code}\" is not the code of a language, such as fr or de; a region has no place in it.")
}

/// One step.
pub(super) fn check(
    flow: &ScenarioFlow,
    step: &ScenarioStep,
    around: &Surroundings,
    variables: &BTreeSet<String>,
    found: &mut Faults,
) {
    let id = step.id.as_str();
    for variable in set_by(&step.act).into_iter().filter(|name| !template::is_name(name)) {
        let text =
            format!("\"{variable}\" cannot be a variable: small letters, digits and _, at most 40, a letter first.");
        found.at(id, "variable", ScenarioFaultCode::BadName, text);
    }
    match &step.act {
        StepAct::Message { text, .. } => texts::check(flow, (id, "text"), text, around, variables, found),
        StepAct::Buttons { text, buttons, wait, unexpected, tries, .. } => {
            texts::check(flow, (id, "text"), text, around, variables, found);
            texts::buttons(flow, id, buttons, around, found);
            // Without a text of its own the question is asked again.
            if *wait && *tries > 0 && unexpected.values().any(|text| !text.trim().is_empty()) {
                texts::check(flow, (id, "unexpected"), unexpected, around, variables, found);
            }
            tries_fit(id, *tries, found);
        }
        StepAct::FreeInput { text, expects, unexpected, tries, .. } => {
            texts::check(flow, (id, "text"), text, around, variables, found);
            if *tries > 0 {
                texts::check(flow, (id, "unexpected"), unexpected, around, variables, found);
            }
            tries_fit(id, *tries, found);
            if let Expects::Pattern { pattern } = expects
                && !answers::is_pattern(pattern)
            {
                found.at(
                    id,
                    "expects",
                    ScenarioFaultCode::BadPattern,
                    "This is no regular expression that can be used.",
                );
            }
        }
        StepAct::Condition { tests, .. } => check_tests(id, tests, variables, found),
        StepAct::Tag { add, remove, .. } => {
            if add.is_empty() && remove.is_empty() {
                found.at(id, "add", ScenarioFaultCode::UnknownTag, "No tag is chosen.");
            }
        }
        StepAct::HttpCall(call) => check_call(id, call, around, variables, found),
        StepAct::Delay { seconds, .. } => {
            if !(1..=LONGEST_DELAY_S).contains(seconds) {
                found.at(id, "seconds", ScenarioFaultCode::BadNumber, "A delay lasts between a second and 30 days.");
            }
        }
        StepAct::SetVariable { value, .. } => texts::names(id, "value", value, variables, found),
        StepAct::Route { .. }
        | StepAct::HandOver {}
        | StepAct::Archive { .. }
        | StepAct::CloseConversation {}
        | StepAct::End {} => {}
    }
    check_named(step, &around.named, found);
}

/// The channels, teams and tags that a step names. A tag that is archived may be taken off.
pub(super) fn check_named(step: &ScenarioStep, named: &Named, found: &mut Faults) {
    let id = step.id.as_str();
    match &step.act {
        StepAct::Tag { add, remove, .. } => {
            let missing = add.iter().filter_map(|tag| Some((tag, named.tags.missing(tag)?)));
            let unknown = remove.iter().filter(|tag| !named.tags.had(tag)).map(|tag| (tag, Missing::Unknown));
            for (tag, missing) in missing.chain(unknown) {
                found.missing(id, "add", Thing::Tag, tag, missing);
            }
        }
        StepAct::Route { team_id, .. } => {
            if let Some(missing) = named.teams.missing(team_id) {
                found.missing(id, "team_id", Thing::Team, team_id, missing);
            }
        }
        StepAct::Condition { tests, .. } => {
            for (nr, test) in tests.iter().enumerate() {
                let (thing, kind, keys) = match test {
                    ScenarioTest::Channel { channels } => (Thing::Channel, &named.channels, channels),
                    ScenarioTest::Tags { tags } => (Thing::Tag, &named.tags, tags),
                    ScenarioTest::Variable { .. }
                    | ScenarioTest::Language { .. }
                    | ScenarioTest::CustomerName { .. }
                    | ScenarioTest::Vip { .. }
                    | ScenarioTest::OfficeHours { .. }
                    | ScenarioTest::Times(_) => continue,
                };
                for (key, missing) in keys.iter().filter_map(|key| Some((key, kind.missing(key)?))) {
                    found.missing(id, format!("tests.{nr}"), thing, key, missing);
                }
            }
        }
        StepAct::Message { .. }
        | StepAct::Buttons { .. }
        | StepAct::FreeInput { .. }
        | StepAct::HandOver {}
        | StepAct::Archive { .. }
        | StepAct::HttpCall(_)
        | StepAct::Delay { .. }
        | StepAct::CloseConversation {}
        | StepAct::SetVariable { .. }
        | StepAct::End {} => {}
    }
}

fn tries_fit(id: &str, tries: u8, found: &mut Faults) {
    if tries > MOST_TRIES {
        found.at(id, "tries", ScenarioFaultCode::BadNumber, format!("At most {MOST_TRIES} tries."));
    }
}

fn check_tests(id: &str, tests: &[ScenarioTest], variables: &BTreeSet<String>, found: &mut Faults) {
    if tests.is_empty() {
        found.at(id, "tests", ScenarioFaultCode::NoTests, "There is nothing to decide by.");
    }
    for (nr, test) in tests.iter().enumerate() {
        let field = format!("tests.{nr}");
        match test {
            ScenarioTest::Variable { variable, is, value } => {
                if !variables.contains(variable) {
                    let text = format!("Nothing sets the variable \"{variable}\".");
                    found.at(id, field, ScenarioFaultCode::UnknownVariable, text);
                } else if !matches!(is, Comparison::Known | Comparison::Unknown) && value.trim().is_empty() {
                    found.at(id, field, ScenarioFaultCode::TextMissing, "There is no value to compare with.");
                }
            }
            ScenarioTest::Channel { channels } => {
                if channels.is_empty() {
                    found.at(id, field, ScenarioFaultCode::UnknownChannel, "No channel is chosen.");
                }
            }
            ScenarioTest::Tags { tags } => {
                if tags.is_empty() {
                    found.at(id, field, ScenarioFaultCode::UnknownTag, "No tag is chosen.");
                }
            }
            ScenarioTest::Language { languages } => {
                if languages.is_empty() {
                    found.at(id, field, ScenarioFaultCode::TextMissing, "No language is chosen.");
                } else if let Some(code) = languages.iter().find(|code| !language::is_code(code)) {
                    found.at(id, field, ScenarioFaultCode::BadName, no_language(code));
                }
            }
            ScenarioTest::CustomerName { contains } => {
                if contains.trim().is_empty() {
                    found.at(id, field, ScenarioFaultCode::TextMissing, "There is no name to compare with.");
                }
            }
            ScenarioTest::Times(times) => {
                if !week::is_valid(times) {
                    let text = "Times need a time zone, weekdays, and times such as 09:00.";
                    found.at(id, field, ScenarioFaultCode::BadTimes, text);
                }
            }
            ScenarioTest::OfficeHours { .. } | ScenarioTest::Vip { .. } => {}
        }
    }
}

fn check_call(id: &str, call: &HttpCall, around: &Surroundings, variables: &BTreeSet<String>, found: &mut Faults) {
    match address(&call.url) {
        Ok(()) => texts::names(id, "url", &call.url, variables, found),
        Err(text) => found.at(id, "url", ScenarioFaultCode::BadUrl, text),
    }
    if !(1..=LONGEST_CALL_S).contains(&call.timeout_s) {
        let text = format!("A call takes between 1 and {LONGEST_CALL_S} seconds.");
        found.at(id, "timeout_s", ScenarioFaultCode::BadNumber, text);
    }
    for (nr, header) in call.headers.iter().enumerate() {
        let field = format!("headers.{nr}");
        if !is_header(header) {
            let text = format!("\"{}\" is no header that a call may have, or its value is none.", header.name);
            found.at(id, field.clone(), ScenarioFaultCode::BadHeader, text);
        }
        if header.secret && !header.secret_id.as_ref().is_some_and(|secret| around.secrets.contains(secret)) {
            found.at(id, field.clone(), ScenarioFaultCode::UnknownSecret, "The secret is not there; enter it again.");
        }
        if !header.secret {
            texts::names(id, &field, &header.value, variables, found);
        }
    }
    if let Some(body) = &call.body {
        // As every value stays inside its string, what is JSON without values is JSON with them.
        let bare = template::render(body, &std::collections::BTreeMap::new(), str::to_owned);
        if serde_json::from_str::<Value>(&bare).is_err() {
            let text = "The body is no JSON. Variables stand inside strings: {\"order\": \"{{order}}\"}.";
            found.at(id, "body", ScenarioFaultCode::BadBody, text);
        }
        texts::names(id, "body", body, variables, found);
    }
    for (nr, save) in call.save.iter().enumerate() {
        if !save.pointer.is_empty() && !save.pointer.starts_with('/') {
            let text = "A JSON pointer is empty or begins with a slash: /order/state.";
            found.at(id, format!("save.{nr}"), ScenarioFaultCode::BadPointer, text);
        }
    }
}

/// Whether this is an address that can be called. Where it leads is fixed: no variable stands before the path.
fn address(url: &str) -> Result<(), &'static str> {
    const NONE: &str = "This is no address. It begins with https:// or http://.";
    if url.len() > 2000 {
        return Err("The address is longer than 2000 characters.");
    }
    let bare = template::render(url, &std::collections::BTreeMap::new(), str::to_owned);
    let parsed = Url::parse(&bare).map_err(|_| NONE)?;
    if !matches!(parsed.scheme(), "http" | "https") || parsed.host_str().is_none_or(str::is_empty) {
        return Err(NONE);
    }
    if !parsed.username().is_empty() || parsed.password().is_some() {
        return Err("A name or a password does not belong into an address. Use a secret header.");
    }
    let before_path = url.find("://").map_or(0, |at| at + 3);
    // Browsers forgive what a person cannot have meant.
    if url[before_path..].starts_with(['/', '\\']) {
        return Err(NONE);
    }
    let host_ends = url[before_path..].find(['/', '?', '#']).map_or(url.len(), |at| before_path + at);
    if url[..host_ends].contains("{{") {
        return Err("The server's name is fixed: variables stand in the path or after the question mark only.");
    }
    Ok(())
}

fn is_header(header: &CallHeader) -> bool {
    let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    !header.name.is_empty()
        && header.name.len() <= 100
        && header.name.chars().all(token)
        && !OWN_HEADERS.contains(&header.name.to_ascii_lowercase().as_str())
        && header.value.chars().all(|c| !c.is_control())
}
