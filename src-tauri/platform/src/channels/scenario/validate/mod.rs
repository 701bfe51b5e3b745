//! What keeps a draft from being published: each fault with its step, its field and a sentence.
//!
//! Whatever passes here the interpreter can run to its end, whoever writes what; the property tests hold the two together.

use std::collections::BTreeSet;

use signoff_wire::contract::{
    channels::ChannelType,
    scenarios::{ScenarioFault, ScenarioFaultCode, ScenarioFlow},
};

use crate::channels::named::{self, Missing, Named, Thing};

mod graph;
mod steps;
mod texts;

pub(crate) use steps::set_by;

/// What the workspace has, as far as a scenario can name it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Surroundings {
    /// The channels that use the scenario.
    pub(crate) used_by: Vec<Limits>,
    /// Channels, teams and tags.
    pub(crate) named: Named,
    /// Variables that published scenarios set.
    pub(crate) variables: BTreeSet<String>,
    /// Ids of the scenario's secrets.
    pub(crate) secrets: BTreeSet<String>,
}

/// What a channel takes.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    /// Its name.
    pub(crate) name: String,
    /// Longest text, in Unicode scalar values.
    pub(crate) text: usize,
    /// Longest label.
    pub(crate) label: usize,
    /// Most buttons.
    pub(crate) buttons: usize,
}

/// Longest label and most buttons of a kind of channel. WhatsApp shows more than three as a list, whose lines have 24 characters.
pub(crate) fn button_limits(kind: &ChannelType) -> (usize, usize) {
    match kind {
        ChannelType::WebChat => (60, 20),
        ChannelType::WhatsApp => (24, 10),
        ChannelType::Messenger | ChannelType::Instagram | ChannelType::Line => (20, 13),
        ChannelType::AppleMessages | ChannelType::Rcs | ChannelType::KakaoTalk | ChannelType::Other(_) => (20, 10),
    }
}

/// All faults, in the order of the steps; those of the scenario itself first.
pub(crate) fn faults(flow: &ScenarioFlow, around: &Surroundings) -> Vec<ScenarioFault> {
    let mut found = Faults { found: Vec::new() };
    steps::check_whole(flow, &mut found);
    let variables = steps::variables(flow, around);
    for step in &flow.steps {
        steps::check(flow, step, around, &variables, &mut found);
    }
    graph::check(flow, &mut found);
    let place = |fault: &ScenarioFault| {
        fault.step.as_ref().map(|id| flow.steps.iter().position(|step| step.id == *id).unwrap_or(usize::MAX))
    };
    found.found.sort_by_key(place);
    found.found
}

/// Those of the faults that came of themselves: what the flow names and the workspace has no longer.
pub(crate) fn gone(flow: &ScenarioFlow, named: &Named) -> Vec<ScenarioFault> {
    let mut found = Faults { found: Vec::new() };
    for step in &flow.steps {
        steps::check_named(step, named, &mut found);
    }
    found.found
}

/// The faults found so far.
struct Faults {
    found: Vec<ScenarioFault>,
}

impl Faults {
    /// A fault of a step.
    fn at(&mut self, step: &str, field: impl Into<String>, code: ScenarioFaultCode, text: impl Into<String>) {
        let (step, field, text) = (Some(step.to_owned()), field.into(), text.into());
        self.found.push(ScenarioFault { step, field, code, name: None, text });
    }

    /// A fault of a step that names what is not there.
    fn missing(&mut self, step: &str, field: impl Into<String>, thing: Thing, key: &str, missing: Missing) {
        let (code, name, text) = named::told(thing, key, missing);
        self.found.push(ScenarioFault { step: Some(step.to_owned()), field: field.into(), code, name, text });
    }

    /// A fault of the scenario itself.
    fn of_all(&mut self, field: impl Into<String>, code: ScenarioFaultCode, text: impl Into<String>) {
        self.found.push(ScenarioFault { step: None, field: field.into(), code, name: None, text: text.into() });
    }
}
